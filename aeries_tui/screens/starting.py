"""Starting a pull from a screen: it is asked for, with what it will do; then it runs by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.master.imports import imports
from aeries_tui.master.schools import schools
from aeries_tui.pull.recovery import resumable
from aeries_tui.pull.request import PREREQUISITES
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.session import CommandProcess
from aeries_tui.widgets.dialogs import Confirm

ADVICE = (
    "A pull is read completely before anything is changed, and what it changes can be undone. "
    "Who acknowledged, and when, is kept."
)


@dataclass(frozen=True)
class Readiness:
    """What is asked before a pull.

    Attributes:
        mapped: how many schools take part.
        acknowledged: whether the prerequisites are.
        held: the number of an import whose plan waits.
        stopped: the number of a stopped pull that can go on.
        is_plan: that one was to end with its plan, and so will what goes on from it.
    """

    mapped: int
    acknowledged: bool
    held: int | None
    stopped: int | None
    is_plan: bool = False


def begin_pull(
    screen: DistrictScreen,
    begun: Callable[[CommandProcess], None],
    *,
    plan_only: bool = False,
    resume: bool = False,
    quick: bool = False,
) -> None:
    """Ask whether to start a pull of the district, saying what it will do and what becomes of a plan that waits.

    Where the prerequisites are not acknowledged, that is asked in the same question.

    Args:
        screen: where this was asked for; dialogs and errors are shown in front of it.
        begun: called when the process has been started.
        plan_only: the pull ends with its plan.
        resume: the pull goes on from the staged pages of a stopped one.
        quick: only what the change feeds name is read.
    """

    def start(acknowledge: bool) -> None:
        session = screen.session
        screen.ask(
            lambda: session.start_pull(
                plan_only=plan_only, resume=resume, quick=quick, acknowledge=acknowledge
            ),
            begun,
            lambda error: screen.show_error(error, "The pull did not begin"),
        )

    def known(found: Readiness) -> None:
        told = what_it_does(found, plan_only=plan_only or found.is_plan, resume=resume, quick=quick)
        if not found.mapped:
            nothing_mapped(screen)
        elif not found.acknowledged:
            yes = "Acknowledge and pull"
            ask_acknowledgement(screen, yes, lambda: start(acknowledge=True), before=told)
        else:
            kind = "quick pull" if quick else "pull"
            question = f"Resume import {found.stopped} of {screen.session.name}?"
            if not resume:
                question = f"Start a {kind} of {screen.session.name}?"
            yes = "Resume" if resume else f"Start the {kind}"

            def answered(answer: bool | None) -> None:
                if answer:
                    start(acknowledge=False)

            title = "Resume" if resume else kind.capitalize()
            screen.app.push_screen(Confirm(question, yes=yes, detail=told, title=title), answered)

    def not_known(error: BaseException) -> None:
        if isinstance(error, NotFound):
            nothing_mapped(screen)
        else:
            screen.show_error(error, "The pull did not begin")

    district, hours = screen.session.district, screen.session.settings.pull.resume_max_age_hours

    def read(db: sqlite3.Connection) -> Readiness:
        held = imports.latest_held(db)
        acknowledged = schools.acknowledgement(db) is not None
        waiting = held.id if held is not None else None
        stopped = resumable(district, db, hours) if resume else None
        is_plan = stopped is not None and imports.get(db, stopped).plan_only
        return Readiness(len(schools.mapped_codes(db)), acknowledged, waiting, stopped, is_plan)

    screen.ask_master(read, known, not_known)


def what_it_does(found: Readiness, *, plan_only: bool, resume: bool, quick: bool) -> str:
    """What a pull will do, and what becomes of a plan that waits, in sentences."""
    schools_read = f"{found.mapped:,} mapped school{'s' if found.mapped != 1 else ''}"
    if resume:
        reads = f"It goes on from what was read of the {schools_read}."
    elif quick:
        reads = (
            f"It asks Aeries what has changed at the {schools_read} and reads only that; nobody is deactivated by "
            "absence."
        )
    else:
        reads = f"It reads everybody of the {schools_read} from Aeries; minutes to hours."
    ends = (
        "It ends with its plan: nothing is changed before the plan is approved."
        if plan_only
        else "Then it changes the District Master, unless a limit holds it for review."
    )
    return "\n\n".join(filter(None, (f"{reads} {ends}", _fate_of_plan(found.held, plan_only))))


def _fate_of_plan(held: int | None, plan_only: bool) -> str:
    if held is None:
        return ""
    when = "the new plan is approved" if plan_only else "this pull changes the District Master"
    return (
        f"The plan of import {held} waits. Once {when}, it is superseded and can't be approved any more; until then it "
        "stays as it is."
    )


def nothing_mapped(screen: DistrictScreen) -> None:
    """Say that a pull needs a mapped school."""
    screen.show_error(
        NotAllowedNow(
            "No school is mapped, so there is nothing to pull.",
            meaning="Nothing was read and nothing was changed.",
            remedy=f"Press {screen.key('go-schools')} for Schools: update the list there, then map a school.",
        ),
        "The pull did not begin",
    )


def ask_acknowledgement(
    screen: DistrictScreen, yes: str, acknowledged: Callable[[], None], *, before: str = ""
) -> None:
    """Ask a person to acknowledge the prerequisites.

    Args:
        screen: the question is shown in front of it.
        yes: what the key does.
        acknowledged: called when they do.
        before: what else comes of it.
    """

    def answered(answer: bool | None) -> None:
        if answer:
            acknowledged()

    question = f"Acknowledge the prerequisites of a pull of {screen.session.name}?"
    detail = "\n\n".join(filter(None, (PREREQUISITES, before, ADVICE)))
    screen.app.push_screen(Confirm(question, yes=yes, detail=detail, title="Before the first pull"), answered)
