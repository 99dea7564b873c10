"""A command for all districts, one after the other or side by side, as the command line tells it."""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from aeries_tui.cli import run
from aeries_tui.cli.addressed import addressed
from aeries_tui.cli.chosen import chosen_districts
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import about, say, tell
from aeries_tui.documents import Document, refusal_of
from aeries_tui.errors import AeriesTuiError, Cancelled, WrongUse
from aeries_tui.operations.district import District
from aeries_tui.operations.side_by_side import Done, run_side_by_side, usual_jobs
from aeries_tui.outcome import Outcome
from aeries_tui.pull.signals import noting_signals
from aeries_tui.schedule import delays, wanted_schedule
from aeries_tui.text import in_list, in_number

_GRAVITY = {
    0: "well", 75: "in use", 4: "with errors", 3: "held for review", 2: "refused", 1: "ended by a defect", 5: "failed",
    130: "cancelled",
}  # fmt: skip
"""Exit statuses of one district in words, the one that says most of all districts last."""
_GOOD = (0, 4)
_NAMED = 12
"""Districts that the last line names of each kind; each was told of as it ended."""


class Districts(Document, frozen=True):
    """Several districts.

    Attributes:
        districts: of each what the command prints of it alone.
    """

    districts: Sequence[Any]


def gravest(statuses: Sequence[int]) -> int:
    """The status that says most of all districts."""
    return max(map(_known, statuses), key=list(_GRAVITY).index, default=0)


def _known(status: int) -> int:
    return status if status in _GRAVITY else 5


def for_each(
    options: argparse.Namespace,
    words: Sequence[str],
    work: Callable[[District], tuple[int, Document]],
    districts: Sequence[District] | None = None,
    in_words: Callable[[Mapping[str, Any]], str] = lambda document: "",
) -> int:
    """Carry out the command: for one district, or for all, one after the other or side by side.

    Args:
        options: with `all`, `jobs`, `only` and `json`.
        words: the command for one district, for another process.
        work: carries it out for one district here; gives its exit status and what it prints with `--json`.
        districts: those that it is for; None for those that the options choose.
        in_words: what a document says that has no `status`; blank where it says nothing.

    Returns:
        The exit status that says most.

    Raises:
        WrongUse: for what goes with `--all` without it.
        AeriesTuiError: what the work raises for one district; of several districts it is told of each.
    """
    if options.jobs is not None and not options.all:
        raise WrongUse("--jobs goes with --all.")
    if getattr(options, "window", None) is not None and options.jobs is None:
        raise WrongUse("--window goes with --all and --jobs.")
    if districts is None:
        districts = chosen_districts(options)
    if not options.all:
        status, document = work(districts[0])
        if options.json:
            print_document(document)
        return status
    if options.jobs is not None:
        return _side_by_side(options, districts, words, in_words)
    return _one_after_the_other(options, districts, work)


def _one_after_the_other(
    options: argparse.Namespace,
    districts: Sequence[District],
    work: Callable[[District], tuple[int, Document]],
) -> int:
    statuses: list[int] = []
    documents: list[Document] = []
    is_quiet = getattr(options, "quiet", False)
    for district in districts:
        heading = f"== {district.name}"
        if not is_quiet:
            say(heading)
        with about(district.name, heading if is_quiet else ""), noting_signals() as heard:
            try:
                status, document = work(district)
            except AeriesTuiError as error:
                tell(error)
                status, document = error.exit_status, refusal_of(error, district.name)
            except KeyboardInterrupt:
                never = Cancelled("It was cancelled before it began.", meaning="Nothing was changed.")
                status, document = never.exit_status, refusal_of(never, district.name)
        statuses.append(status)
        documents.append(document)
        if heard or status == Outcome.CANCELLED.exit_status:
            break  # who cancels means all of it
    if options.json:
        print_document(Districts(documents))
    return gravest(statuses)


def _side_by_side(
    options: argparse.Namespace,
    districts: Sequence[District],
    words: Sequence[str],
    in_words: Callable[[Mapping[str, Any]], str],
) -> int:
    """Tell each district as it ends, and all of it at the end; `jobs` 0 for what the machine bears."""
    waits = _waits(districts, getattr(options, "window", None))
    names = [one.name for one in districts if waits is None or one.name in waits]
    jobs = options.jobs or usual_jobs()
    is_quiet = getattr(options, "quiet", False)
    tell = _unsaid if is_quiet else _say_now
    if names:
        tell(f"{in_number(len(names), 'district')}, {min(jobs, len(names))} side by side.")
    else:
        tell("No district has a daily import that is on.")
    if waits:
        tell(_moments(waits.values()))

    ends = itertools.count(1)

    def ended(one: Done) -> None:
        number = next(ends)
        # What no import in the books tells is said in any case.
        if not is_quiet or (one.status and "import" not in one.document):
            _say_now(_told(one, in_words, f"{number:,} of {len(names):,}"))
        for sentence in _said_beside(one):
            _say_now(f"{one.district}: {sentence}")

    done = run_side_by_side(names, words, jobs, tell, run, ended, waits)
    if len(done) > 1:
        tell(_tally(done))
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


def _told(done: Done, in_words: Callable[[Mapping[str, Any]], str], place: str) -> str:
    """One line of what became of a district, and what to do about it; `place` is the how manyth it is of all."""
    problem = done.document.get("problem")
    label = (
        done.document.get("status")
        or done.document.get("skipped")
        or in_words(done.document)
        or _GRAVITY[_known(done.status)]
    )
    told = problem if isinstance(problem, dict) else {}
    why = " ".join(told[part] for part in ("message", "remedy") if told.get(part))
    why = addressed(why, done.district)
    parts = (str(label), _students(done.document), f"{done.seconds:.0f} s ({place})")
    return f"{done.district}: {', '.join(filter(None, parts))}{': ' if why else ''}{why}"


def _students(document: Mapping[str, Any]) -> str:
    """How many are active after a pull; blank for anything else."""
    counts = document.get("counts")
    found = counts.get("student") if isinstance(counts, dict) else None
    active = found.get("active") if isinstance(found, dict) else None
    return in_number(active, "student") if isinstance(active, int) else ""


def _said_beside(done: Done) -> list[str]:
    """What a job said beside its document and the problem in it, such as of an alarm that failed."""
    problem = done.document.get("problem")
    told = problem if isinstance(problem, dict) else {}
    parts = [str(told.get(part, "")) for part in ("message", "meaning", "remedy")]
    known = {addressed(part, done.district) for part in (*parts, f"{told.get('code')}: {parts[0]}")}
    return [one for one in done.said if one not in known]


def _tally(done: Sequence[Done]) -> str:
    """How many districts ended how, with the names of those that somebody has to look at."""
    parts = []
    for status, label in _GRAVITY.items():
        names = [one.district for one in done if _known(one.status) == status]
        if names:
            which = "" if status in _GOOD else f" ({in_list(names, _NAMED)})"
            parts.append(f"{len(names)} {label}{which}")
    return f"{in_number(len(done), 'district')}: {', '.join(parts)}."
