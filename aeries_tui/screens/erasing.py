"""Erasing a person from their screen: a reason, then a question that says what goes; done by the command."""

from __future__ import annotations

from collections.abc import Callable

from aeries_tui.master.roster.people import PersonKind
from aeries_tui.operations.district import District
from aeries_tui.operations.erase import Erasure, plan_erasure
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.plan import reason_missing
from aeries_tui.session.command import run_command
from aeries_tui.widgets.dialogs import AskText, Confirm


def ask_erase(screen: DistrictScreen, kind: PersonKind, number: int, erased: Callable[[], None]) -> None:
    """Ask why, show what would be erased, ask whether that is meant, and erase.

    Args:
        screen: the person's.
        kind, number: student or staff, and the id.
        erased: called when nothing of the person is left.
    """
    session = screen.session
    noun = "student" if kind == "student" else "member of staff"

    def look() -> Erasure:
        credential = session.must_have_credential()
        district = District(session.places, session.settings, credential, session.district)
        return plan_erasure(district, [(kind, number)])

    def planned(found: Erasure) -> None:
        screen.app.push_screen(
            AskText(
                f"Why is the {noun} {number} to be erased?",
                title="Erase",
                detail="\n".join(
                    [*_told(found), "The reason is kept: name nobody in it. Esc erases nothing."]
                ),
                check=reason_missing,
            ),
            lambda reason: _sure(reason, found) if reason else None,
        )

    def _sure(reason: str, found: Erasure) -> None:
        words = ["people", "erase", kind, str(number), "--reason-stdin", "--yes"]

        def answered(answer: bool | None) -> None:
            if answer:
                screen.ask(
                    lambda: run_command(session.places, session.district.name, words, typed=reason),
                    lambda _: erased(),
                    lambda error: screen.show_error(error, "Not erased"),
                )

        screen.app.push_screen(
            Confirm(
                f"Erase the {noun} {number} everywhere? It can't be undone.",
                yes="Erase",
                detail="\n".join(_told(found)),
                title="Erase",
            ),
            answered,
        )

    screen.ask(look, planned, lambda error: screen.show_error(error, "Nothing to erase"))


def _told(found: Erasure) -> list[str]:
    """What goes, a line each."""
    lines = [
        f"Rows of the District Master: {found.rows_told}.",
        f"Looked through as well: archives ({found.archives}), files of imports ({found.imports}), logs, saved lists.",
        "A tombstone without personal data keeps the person out of pulls until somebody lifts it.",
        *found.told,
    ]
    if found.plans:
        lines.append(f"Plans that wait go: {', '.join(map(str, found.plans))}.")
    return lines
