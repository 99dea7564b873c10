"""Deciding who is behind an id, with a question that shows both and says what comes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from aeries_tui.codes import Code
from aeries_tui.identity import Facts
from aeries_tui.master.identity.facts import PersonKind
from aeries_tui.master.identity.questions import Question, Said
from aeries_tui.master.kept_facts import shown_facts
from aeries_tui.operations.identity import asked, what_comes_of
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.plan import reason_missing
from aeries_tui.session.command import run_command
from aeries_tui.widgets.dialogs import AskText

_TITLES: dict[Said, str] = {"same": "The same person", "another": "Another person"}


def ask_who(
    screen: DistrictScreen, kind: PersonKind, number: int, verdict: Said, decided: Callable[[], None]
) -> None:
    """Ask for the reason, then decide by the command.

    Args:
        screen: the person's.
        kind, number: student or staff, and the id.
        verdict: what is to be said.
        decided: called when it is.
    """

    def read(db: sqlite3.Connection) -> tuple[Question, list[str]]:
        question = asked(db, kind, number)
        return question, what_comes_of(db, question, verdict)

    def known(found: tuple[Question, list[str]]) -> None:
        question, told = found

        def answered(reason: str | None) -> None:
            if not reason:
                return
            places, district = screen.session.places, screen.session.district.name
            words = ["people", verdict, kind, str(number), "--reason-stdin"]
            screen.ask(
                lambda: run_command(places, district, words, typed=reason),
                lambda _: decided(),
                lambda error: screen.show_error(error, "The decision was not taken"),
            )

        screen.app.push_screen(
            AskText(
                "\n".join(_both(question)),
                title=_TITLES[verdict],
                detail="\n".join([*told, "Type the reason; Esc decides nothing."]),
                check=reason_missing,
            ),
            answered,
        )

    screen.ask_master(read, known, lambda error: screen.show_error(error, "Nothing to decide"))


def _both(question: Question) -> list[str]:
    if question.code == Code.REC_RENUMBERED:
        return [
            f"{question.former}: {_words(question.before)}",
            f"{question.person}: {_words(question.after)}",
        ]
    return [
        f"Id {question.person} before: {_words(question.before)}",
        f"Id {question.person} now: {_words(question.after)}",
    ]


def _words(facts: Facts) -> str:
    """The facts in one line, as many as are known."""
    facts = shown_facts(facts)
    name = " ".join(filter(None, (facts.first_name, facts.middle_name, facts.last_name)))
    second = "born" if facts.kind == "student" else "HR id"
    others = ((second, facts.second_id), ("state id", facts.state_id), ("gender", facts.gender))
    return ", ".join([name or "(no name)", *(f"{word} {value}" for word, value in others if value)])
