"""A command for all districts at once, as the command line tells it."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Collection, Sequence
from typing import Any

from aeries_tui.cli.chosen import chosen_districts
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import say
from aeries_tui.documents import Document
from aeries_tui.errors import WrongUse
from aeries_tui.operations.district import District
from aeries_tui.operations.side_by_side import Done, run_side_by_side, usual_jobs
from aeries_tui.schedule import delays, wanted_schedule

_GRAVITY = (0, 75, 4, 3, 2, 1, 5, 130)
"""Exit statuses of one district, the one that says most of all districts last."""


class Districts(Document, frozen=True):
    """Several districts.

    Attributes:
        districts: of each what the command prints of it alone.
    """

    districts: Sequence[Any]


def gravest(statuses: Sequence[int]) -> int:
    """The status that says most of all districts."""
    return max(
        (one if one in _GRAVITY else 130 if one > 128 else 5 for one in statuses),
        key=_GRAVITY.index,
        default=0,
    )


def is_side_by_side(options: argparse.Namespace) -> bool:
    """Whether the command is to run for all districts side by side; raises WrongUse for what goes with --all without it."""
    if options.jobs is not None and not options.all:
        raise WrongUse("--jobs goes with --all.")
    if getattr(options, "window", None) is not None and options.jobs is None:
        raise WrongUse("--window goes with --all and --jobs.")
    return options.jobs is not None


def side_by_side(options: argparse.Namespace, words: Sequence[str]) -> int:
    """Run the command for all districts, tell each as it ends, and all of it at the end.

    Args:
        options: with `jobs`, 0 for what the machine bears, and `json`.
        words: the command for one district.

    Returns:
        The exit status that says most.
    """
    districts = chosen_districts(options)
    waits = _waits(districts, getattr(options, "window", None))
    names = [one.name for one in districts if waits is None or one.name in waits]
    jobs = options.jobs or usual_jobs()
    is_quiet = getattr(options, "quiet", False)
    tell = _unsaid if is_quiet else _say_now
    tell(f"{len(names)} districts, {min(jobs, max(len(names), 1))} side by side.")
    if waits:
        tell(_moments(waits.values()))

    def ended(one: Done) -> None:
        # What no import in the books tells is said in any case.
        if not is_quiet or (one.status and "import" not in one.document):
            _say_now(_told(one))

    done = run_side_by_side(names, words, jobs, tell, ended, waits or {})
    if options.json:
        print_document(Districts([one.document for one in done]))
    return gravest([one.status for one in done])


def _waits(districts: Sequence[District], window: int | None) -> dict[str, float] | None:
    """Seconds after which each district with a daily import begins; None where all begin at once."""
    if window is None:
        return None
    wanted = [wanted_schedule(one.credential, one.settings, one.places) for one in districts]
    return delays([one for one in wanted if one is not None], window, dt.date.today())


def _moments(waits: Collection[float]) -> str:
    now = dt.datetime.now().astimezone()
    first, last = (f"{now + dt.timedelta(seconds=wait):%H:%M %Z}" for wait in (min(waits), max(waits)))
    return f"Each begins at its own moment, the first at {first}, the last at {last}."


def _unsaid(text: str) -> None:
    """Nobody wants to hear it."""


def _say_now(text: str) -> None:
    """Say it while the others still run, also where nobody sits at a terminal."""
    say(text)
    sys.stderr.flush()


def _told(done: Done) -> str:
    """One line of what became of a district."""
    problem = done.document.get("problem")
    label = (
        done.document.get("status")
        or done.document.get("skipped")
        or ("well" if not done.status else f"status {done.status}")
    )
    why = f": {problem['message']}" if isinstance(problem, dict) and problem.get("message") else ""
    return f"{done.district}: {label}, {done.seconds:.0f} s{why}"
