"""`pull`, `approve`, `discard`, `undo`."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import Any

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, print_json, say, tell
from aeries_tui.cli.reason import reason_of
from aeries_tui.cli.summary import print_result
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.imports import imports, result
from aeries_tui.operations import decisions
from aeries_tui.operations.district import District, all_districts
from aeries_tui.operations.pull_roster import PullOptions, pull_roster
from aeries_tui.outcome import Outcome
from aeries_tui.pull.log import Line

_GRAVITY = (0, 75, 4, 3, 2, 5, 130)
"""Exit statuses of one district, the one that says most of all districts last."""


def pull(options: argparse.Namespace) -> int:
    """Pull the roster of one district, or of all, one after the other."""
    if not options.all:
        status, document = _pull_one(options, chosen_district(options))
        if options.json:
            print_json(document)
        return status
    worst, documents = 0, []
    for district in all_districts():
        say(f"== {district.name}")
        try:
            status, document = _pull_one(options, district)
        except AeriesTuiError as error:
            tell(error)
            status = error.exit_status
            document = {
                "district": district.name,
                "problem": {"code": error.code, "message": error.message, "remedy": error.remedy},
            }
        worst = max(worst, status, key=_GRAVITY.index)
        documents.append(document)
        if status == Outcome.CANCELLED.exit_status:
            break  # who cancels means all of it
    if options.json:
        print_json({"districts": documents})
    return worst


def _pull_one(options: argparse.Namespace, district: District) -> tuple[int, dict[str, Any]]:
    wanted = PullOptions(
        options.trigger, plan_only=options.plan, resume=options.resume, quick=options.quick, year=options.year,
        acknowledge=options.acknowledge,
    )  # fmt: skip
    pulled = pull_roster(district, wanted, _echo, say)
    if pulled.number is None:
        say(pulled.skipped)
        return 0, {"district": district.name, "skipped": pulled.skipped}
    return _report(district, pulled.number, pulled.failed, as_json=options.json)


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
    district: District, number: int, failed: list[str], *, as_json: bool
) -> tuple[int, dict[str, Any]]:
    for sentence in failed:
        say(sentence)
    with district.reading() as db:
        document = result.results_document(db, number, district.name)
        outcome = imports.get(db, number).outcome
        if not as_json:
            print_result(db, number, district.name)
    return outcome.exit_status, document


def _finish(options: argparse.Namespace, district: District, number: int, failed: list[str]) -> int:
    status, document = _report(district, number, failed, as_json=options.json)
    if options.json:
        print_json(document)
    return status


def approve(options: argparse.Namespace) -> int:
    """Apply a plan that waits."""
    district = chosen_district(options)
    failed = decisions.approve(district, options.number, reason_of(options))
    return _finish(options, district, options.number, failed)


def discard(options: argparse.Namespace) -> int:
    """Throw a plan that waits away."""
    district = chosen_district(options)
    decisions.discard(district, options.number, reason_of(options))
    if options.json:
        with district.reading() as db:
            print_json(result.results_document(db, options.number, district.name))
    else:
        line(f"The plan of import {options.number} is discarded; nothing was changed.")
    return 0


def undo(options: argparse.Namespace) -> int:
    """Take an applied import back."""
    district = chosen_district(options)
    undone = decisions.undo(district, options.number, plan_only=options.plan)
    return _finish(options, district, undone.number, undone.failed)
