"""`pull`, `approve`, `discard`, `undo`."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, tell
from aeries_tui.cli.reason import reason_of
from aeries_tui.cli.side_by_side import for_each
from aeries_tui.cli.summary import print_ended, print_result
from aeries_tui.documents import Document
from aeries_tui.errors import MasterError, Problem
from aeries_tui.master.imports.told import import_result, told_problem
from aeries_tui.operations import decisions
from aeries_tui.operations.district import District
from aeries_tui.operations.follow_up import Imported
from aeries_tui.operations.pull_roster import PullOptions, pull_roster
from aeries_tui.operations.pull_roster import Skipped as NotPulled
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import Ended
from aeries_tui.pull.log import Line


class Skipped(Document, frozen=True):
    """A district that was not pulled, and why not.

    Attributes:
        district: its name.
        skipped: why not, in a sentence.
    """

    district: str
    skipped: str


class UnreadImport(Document, frozen=True):
    """An import whose result can't be read now; the import is as it ended.

    Attributes:
        import_: its number.
        district: of which district.
        outcome: what became of it.
        status: the outcome in words.
        problem: why it can't be read, or what else is to be said of it.
    """

    import_: int = msgspec.field(name="import")
    district: str
    outcome: Outcome
    status: str
    problem: Problem


def pull(options: argparse.Namespace) -> int:
    """Pull the roster of one district, or of all, one after the other or side by side."""
    return for_each(options, ["pull", *_words(options)], lambda district: _pull_one(options, district))


def _words(options: argparse.Namespace) -> list[str]:
    """The options of a pull, as words for another process, of which nobody reads more than the document."""
    words = ["--quiet"]
    words += [f"--{name}" for name in ("plan", "resume", "quick", "acknowledge") if getattr(options, name)]
    words += ["--year", options.year] if options.year else []
    return words + (["--trigger", options.trigger] if options.trigger else [])


def _pull_one(options: argparse.Namespace, district: District) -> tuple[int, Document]:
    wanted = PullOptions(
        options.trigger, plan_only=options.plan, resume=options.resume, quick=options.quick, year=options.year,
        acknowledge=options.acknowledge,
    )  # fmt: skip
    pulled = pull_roster(district, wanted, _unsaid if options.quiet else _echo, say)
    if isinstance(pulled, NotPulled):
        if not options.quiet:
            say(pulled.why)
        return 0, Skipped(district.name, pulled.why)
    return _report(district, pulled, as_json=options.json, quiet=options.quiet)


def _unsaid(entry: Line) -> None:
    """A line of the log that stands in the log alone."""


def _echo(entry: Line) -> None:
    """The log on standard error: short lines for a person, with a level that the journal understands."""
    if entry.level == "debug":
        return
    if os.environ.get("JOURNAL_STREAM"):
        level = {"info": 6, "warning": 4, "error": 3}[entry.level]
        text = f"<{level}>{entry.stage}: {entry.message}\n"
    else:
        sign = {"info": " ", "warning": "!", "error": "x"}[entry.level]
        text = f"{entry.at[11:19]} {sign} {entry.stage:<8} {entry.message}\n"
    with contextlib.suppress(OSError):  # a terminal that has gone is no reason to end a pull
        sys.stderr.write(text)
        sys.stderr.flush()


def _report(
    district: District, imported: Imported, *, as_json: bool, quiet: bool = False
) -> tuple[int, Document]:
    """Print an import; its status is its own, also where nothing more can be read of it."""
    ended = imported.ended
    for sentence in imported.failed:
        say(sentence)
    try:
        with district.reading() as db:
            document = import_result(db, ended.number, district.name)
            if not as_json and not quiet:
                print_result(db, ended, district.name)
    except MasterError as error:
        unread = _unread(ended, error)
        if not as_json:
            print_ended(ended, district.name)
        tell(unread)
        problem = ended.untold or unread.problem
        return ended.outcome.exit_status, UnreadImport(
            ended.number, district.name, ended.outcome, ended.outcome.look.label, problem
        )
    return ended.outcome.exit_status, msgspec.structs.replace(
        document,
        outcome=ended.outcome,
        status=ended.outcome.look.label,
        problem=document.problem if ended.untold is None else told_problem(ended.untold),
    )


def _unread(ended: Ended, error: MasterError) -> MasterError:
    """That the result of an import can't be read, which says nothing against the import."""
    return MasterError(
        f"The result of import {ended.number} can't be read now: {error.message}",
        meaning=f"The import itself is as it ended: {ended.outcome.look.label}.",
        remedy=f"{error.remedy} Then: aeries-tui results {ended.number}",
    )


def _finish(options: argparse.Namespace, district: District, imported: Imported) -> int:
    status, document = _report(district, imported, as_json=options.json)
    if options.json:
        print_document(document)
    return status


def approve(options: argparse.Namespace) -> int:
    """Apply a plan that waits."""
    district = chosen_district(options)
    return _finish(options, district, decisions.approve(district, options.number, reason_of(options)))


def discard(options: argparse.Namespace) -> int:
    """Throw a plan that waits away."""
    district = chosen_district(options)
    decisions.discard(district, options.number, reason_of(options))
    if options.json:
        with district.reading() as db:
            print_document(import_result(db, options.number, district.name))
    else:
        line(f"The plan of import {options.number} is discarded; nothing was changed.")
    return 0


def undo(options: argparse.Namespace) -> int:
    """Take an applied import back."""
    district = chosen_district(options)
    return _finish(options, district, decisions.undo(district, options.number, plan_only=options.plan))
