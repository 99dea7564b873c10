"""Starting a pull from a screen: what must be so first is asked for, then the pull runs by itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.master.schools import schools
from aeries_tui.pull.request import PREREQUISITES
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.session import CommandProcess
from aeries_tui.widgets.dialogs import Confirm

ADVICE = (
    "A pull is read completely before anything is changed, and what it changes can be undone. "
    "Who acknowledged, and when, is kept."
)


def begin_pull(
    screen: DistrictScreen,
    begun: Callable[[CommandProcess], None],
    *,
    plan_only: bool = False,
    resume: bool = False,
    quick: bool = False,
) -> None:
    """Start a pull of the district; first ask for the acknowledgement of the prerequisites where it is missing.

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

    def known(found: tuple[bool, bool]) -> None:
        mapped, acknowledged = found
        if not mapped:
            nothing_mapped(screen)
        elif acknowledged:
            start(acknowledge=False)
        else:
            ask_acknowledgement(screen, "Acknowledge and pull", lambda: start(acknowledge=True))

    def not_known(error: BaseException) -> None:
        if isinstance(error, NotFound):
            nothing_mapped(screen)
        else:
            screen.show_error(error, "The pull did not begin")

    screen.ask_master(_readiness, known, not_known)


def _readiness(db: sqlite3.Connection) -> tuple[bool, bool]:
    return bool(schools.mapped_codes(db)), schools.acknowledgement(db) is not None


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


def ask_acknowledgement(screen: DistrictScreen, yes: str, acknowledged: Callable[[], None]) -> None:
    """Ask a person to acknowledge the prerequisites; `acknowledged` is called when they do."""

    def answered(answer: bool | None) -> None:
        if answer:
            acknowledged()

    question = f"Acknowledge the prerequisites of a pull of {screen.session.name}?"
    screen.app.push_screen(
        Confirm(question, yes=yes, detail=f"{PREREQUISITES}\n\n{ADVICE}", title="Before the first pull"),
        answered,
    )
