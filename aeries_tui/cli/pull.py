"""`pull`, `approve`, `discard`, `undo`."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import sys

from aeries_tui.cli.after import after_import, tell_without_import
from aeries_tui.cli.context import Context, all_contexts, context
from aeries_tui.cli.output import line, print_json, say, tell
from aeries_tui.cli.summary import print_result
from aeries_tui.errors import AeriesTuiError, Busy
from aeries_tui.master.imports import imports
from aeries_tui.operations import decisions
from aeries_tui.outcome import Outcome
from aeries_tui.pull.log import Line
from aeries_tui.pull.request import PullRequest
from aeries_tui.schedule import TRIGGER, TRIGGER_VARIABLE, rests

_GRAVITY = (0, 75, 4, 3, 2, 5, 130)
"""Exit statuses of one district, the one that says most of all districts last."""


def pull(options: argparse.Namespace) -> int:
    """Pull the roster of one district, or of all, one after the other."""
    if not options.all:
        status, document = _pull_one(options, context(options))
        if options.json and document is not None:
            print_json(document)
        return status
    worst, documents = 0, []
    for here in all_contexts():
        say(f"== {here.district.name}")
        try:
            status, document = _pull_one(options, here)
        except AeriesTuiError as error:
            tell(error)
            status, document = error.exit_status, {"district": here.district.name, "problem": {
                "code": error.code, "message": error.message, "remedy": error.remedy}}  # fmt: skip
        worst = max(worst, status, key=_GRAVITY.index)
        documents.append(document)
        if status == Outcome.CANCELLED.exit_status:
            break  # who cancels means all of it
    if options.json:
        print_json({"districts": documents})
    return worst


def _pull_one(options: argparse.Namespace, here: Context) -> tuple[int, dict[str, object] | None]:
    from aeries_tui.pull.run import pull as run_pull

    trigger = options.trigger or os.environ.get(TRIGGER_VARIABLE) or "manual"
    if rests(here.settings.pull, here.credential.timezone, dt.datetime.now(dt.UTC), os.environ):
        why = f"Today is a blackout date of {here.district.name}: the daily import does nothing."
        say(why)
        return 0, {"district": here.district.name, "skipped": why}
    request = PullRequest(
        here.district, here.credential, here.settings, trigger, plan_only=options.plan, resume=options.resume,
        quick=options.quick, acknowledge=options.acknowledge,
    )  # fmt: skip
    begun = dt.datetime.now(dt.UTC)
    try:
        number = run_pull(request, _echo)
    except Busy:
        raise
    except Exception:
        if trigger == TRIGGER:
            tell_without_import(here, begun)
        raise
    after_import(here, number)
    return _report(here, number, as_json=options.json)


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


def _report(here: Context, number: int, *, as_json: bool) -> tuple[int, dict[str, object]]:
    with here.master(read_only=True) as db:
        document = imports.results_document(db, number, here.district.name)
        outcome = imports.get(db, number).outcome
        if not as_json:
            print_result(db, number, here.district.name)
    return outcome.exit_status, document


def _finish(options: argparse.Namespace, here: Context, number: int) -> int:
    after_import(here, number)
    status, document = _report(here, number, as_json=options.json)
    if options.json:
        print_json(document)
    return status


def approve(options: argparse.Namespace) -> int:
    """Apply a plan that waits."""
    here = context(options)
    decisions.approve(here.district, here.settings, options.number, options.reason)
    return _finish(options, here, options.number)


def discard(options: argparse.Namespace) -> int:
    """Throw a plan that waits away."""
    here = context(options)
    decisions.discard(here.district, here.settings, options.number, options.reason)
    if options.json:
        return _finish_quietly(here, options.number)
    line(f"The plan of import {options.number} is discarded; nothing was changed.")
    return 0


def _finish_quietly(here: Context, number: int) -> int:
    with here.master(read_only=True) as db:
        print_json(imports.results_document(db, number, here.district.name))
    return 0


def undo(options: argparse.Namespace) -> int:
    """Take an applied import back."""
    here = context(options)
    new = decisions.undo(here.district, here.settings, options.number, plan_only=options.plan)
    return _finish(options, here, new)
