"""`schedule` and `status`: the daily import, and how the district stands, for people and monitors."""

from __future__ import annotations

import argparse
import datetime as dt

from aeries_tui.alarms import worst
from aeries_tui.cli.chosen import chosen_district, chosen_districts
from aeries_tui.cli.output import line, page, print_json, say
from aeries_tui.operations import daily_import
from aeries_tui.operations.standing import standing_of
from aeries_tui.schedule import ScheduleStatus


def show(options: argparse.Namespace) -> int:
    """The next runs, the last one, and whether timer and setting agree."""
    now = dt.datetime.now(dt.UTC)
    statuses = [daily_import.daily_import_status(district, now) for district in chosen_districts(options)]
    if options.json:
        documents = [status.document() for status in statuses]
        print_json({"districts": documents} if options.all else documents[0])
    else:
        for status in statuses:
            _print(status)
    return 0


def _print(status: ScheduleStatus) -> None:
    line(f"{status.district}: daily import {status.begin or 'off'}")
    line(f"  {status.sentence}")
    if status.mechanism:
        line(f"  by {status.mechanism}")
    for run in status.next_runs:
        line(f"  next  {run.at:%a %Y-%m-%d %H:%M %Z}{'  (blackout: does nothing)' if run.blackout else ''}")
    line(f"  last  {status.last_run:%a %Y-%m-%d %H:%M %Z}" if status.last_run else "  last  never")
    for note in status.notes:
        line(f"  {note}")


def preview(options: argparse.Namespace) -> int:
    """Print the files that installing would write."""
    planned = daily_import.preview(chosen_district(options), system=options.system)
    if options.json:
        print_json({"files": [{"place": file.place, "text": file.text} for file in planned]})
        return 0
    for file in planned:
        line(f"# {file.place}")
        page(file.text)
    return 0


def install(options: argparse.Namespace) -> int:
    """Write and start the timer."""
    district = chosen_district(options)
    scheduler = daily_import.install(district, system=options.system)
    say(f"Installed: {scheduler.mechanism}.")
    for note in daily_import.notes_on(district, scheduler):
        say(note)
    status = daily_import.daily_import_status(district, dt.datetime.now(dt.UTC))
    if options.json:
        print_json(status.document())
    else:
        _print(status)
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take the timer away; nothing of it is left."""
    removed = daily_import.remove(chosen_district(options))
    say(f"Removed: {', '.join(removed)}." if removed else "There was nothing to remove.")
    if options.json:
        print_json({"removed": removed})
    return 0


def status(options: argparse.Namespace) -> int:
    """How each district stands; the exit status is that of the gravest."""
    verdicts = [standing_of(district, options.max_age) for district in chosen_districts(options)]
    if options.json:
        documents = [verdict.document() for verdict in verdicts]
        print_json({"districts": documents} if options.all else documents[0])
    else:
        for verdict in verdicts:
            line(f"{verdict.district}: {verdict.sentence}")
    return worst(verdicts)
