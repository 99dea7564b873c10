"""`schedule` and `status`: the daily import, and how the district stands, for people and monitors."""

from __future__ import annotations

import argparse
import datetime as dt

from aeries_tui.alarms import GOOD, Verdict, parse_age, verdict, worst
from aeries_tui.cli.context import Context, all_contexts, context, settle
from aeries_tui.cli.output import line, page, print_json, say
from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.imports import imports
from aeries_tui.schedule import (
    DailyImport,
    Scheduler,
    choose,
    installed_in,
    schedule_status,
    schedulers,
    wanted_schedule,
)
from aeries_tui.schedule.systemd import SystemdScheduler, directories


def _wanted(here: Context) -> DailyImport:
    wanted = wanted_schedule(here.credential, here.settings, here.places)
    if wanted is None:
        raise NotAllowedNow(
            f"The daily import of {here.district.name} is off.",
            meaning="Nothing was installed.",
            remedy=f"Switch it on: aeries-tui credentials change {here.district.name} --daily-import HH:MM",
        )
    return wanted


def show(options: argparse.Namespace) -> int:
    """The next runs, the last one, and whether timer and setting agree."""
    contexts = all_contexts() if options.all else [context(options)]
    found = []
    for here in contexts:
        wanted = wanted_schedule(here.credential, here.settings, here.places)
        scheduler = installed_in(here.district.name, schedulers())
        now = dt.datetime.now(dt.UTC)
        found.append(
            schedule_status(
                here.district.name, wanted, scheduler, here.settings.pull, now=now, last_run=_last_run(here)
            )
        )
    if options.json:
        documents = [status.document() for status in found]
        print_json({"districts": documents} if options.all else documents[0])
        return 0
    for status in found:
        line(f"{status.district}: daily import {status.begin or 'off'}")
        line(f"  {status.sentence}")
        if status.mechanism:
            line(f"  by {status.mechanism}")
        for run in status.next_runs:
            line(
                f"  next  {run.at:%a %Y-%m-%d %H:%M %Z}{'  (blackout: does nothing)' if run.blackout else ''}"
            )
        line(f"  last  {status.last_run:%a %Y-%m-%d %H:%M %Z}" if status.last_run else "  last  never")
        for note in status.notes:
            line(f"  {note}")
    return 0


def _last_run(here: Context) -> dt.datetime | None:
    if not here.district.master.exists():
        return None
    with here.master(read_only=True) as db:
        last = imports.latest(db, "kind = 'pull'")
    return dt.datetime.fromisoformat(last.started_at) if last else None


def preview(options: argparse.Namespace) -> int:
    """Print the files that installing would write."""
    here = context(options)
    wanted = _wanted(here)
    planned = _to_preview(options).preview(wanted)
    if options.json:
        print_json({"files": [{"place": one.place, "text": one.text} for one in planned]})
        return 0
    for one in planned:
        line(f"# {one.place}")
        page(one.text)
    return 0


def _to_preview(options: argparse.Namespace) -> Scheduler:
    """What would be installed; on a machine without any way of starting jobs, the systemd units."""
    try:
        return choose(system=options.system)
    except NotAllowedNow:
        scope = "system" if options.system else "user"
        return SystemdScheduler(scope, directories(scope))  # type: ignore[arg-type]


def install(options: argparse.Namespace) -> int:
    """Write and start the timer."""
    here = context(options)
    wanted = _wanted(here)
    scheduler = choose(system=options.system)
    scheduler.install(wanted)
    say(f"Installed: {scheduler.mechanism}.")
    for note in scheduler.notes(wanted):
        say(note)
    return show(argparse.Namespace(**{**vars(options), "all": False}))


def remove(options: argparse.Namespace) -> int:
    """Take the timer away; nothing of it is left."""
    here = context(options)
    removed = [one.mechanism for one in schedulers() if one.remove(here.district.name)]
    say(f"Removed: {', '.join(removed)}." if removed else "There was nothing to remove.")
    if options.json:
        print_json({"removed": removed})
    return 0


def status(options: argparse.Namespace) -> int:
    """How each district stands; the exit status is that of the gravest."""
    contexts = all_contexts() if options.all else [context(options)]
    verdicts = [_verdict(options, here) for here in contexts]
    if options.json:
        documents = [one.document() for one in verdicts]
        print_json({"districts": documents} if options.all else documents[0])
    else:
        for one in verdicts:
            line(f"{one.district}: {one.sentence}")
    return worst(verdicts)


def _verdict(options: argparse.Namespace, here: Context) -> Verdict:
    age = options.max_age or f"{here.settings.alarms.stale_after_hours:g}h"
    latest = good = None
    if here.district.master.exists():
        with here.master(read_only=True) as db:
            settle(here, db)
            latest = imports.latest(db)
            good = imports.latest(db, "applied = 1 AND kind = 'pull' AND outcome IN ({})".format(
                ", ".join(f"'{outcome}'" for outcome in GOOD)))  # fmt: skip
    return verdict(
        here.district.name,
        latest=latest.outcome if latest else None,
        last_good=good.outcome if good else None,
        last_good_at=dt.datetime.fromisoformat(good.ended_at) if good and good.ended_at else None,
        now=dt.datetime.now(dt.UTC),
        max_age=parse_age(age),
    )
