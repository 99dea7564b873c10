"""The daily import of a district: whether timer and setting agree, its next and last runs; install it, remove it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.imports import imports
from aeries_tui.operations.district import District
from aeries_tui.schedule import (
    Agreement,
    DailyImport,
    Planned,
    Scheduler,
    ScheduleStatus,
    choose,
    installed_in,
    schedule_status,
    schedulers,
    wanted_schedule,
)
from aeries_tui.schedule.systemd import SystemdScheduler, directories


def _wanted(district: District) -> DailyImport | None:
    return wanted_schedule(district.credential, district.settings, district.places)


def _must_be_wanted(district: District) -> DailyImport:
    wanted = _wanted(district)
    if wanted is None:
        raise NotAllowedNow(
            f"The daily import of {district.name} is off.",
            meaning="Nothing was installed.",
            remedy=f"Switch it on: aeries-tui credentials change {district.name} --daily-import HH:MM",
        )
    return wanted


def agreement(district: District) -> Agreement:
    """Whether timer and setting agree. Asks systemd or cron."""
    wanted, scheduler = _wanted(district), installed_in(district.name, schedulers())
    if scheduler is None:
        return "missing" if wanted else "off"
    return scheduler.agreement(district.name, wanted)


def planned_runs(district: District, now: dt.datetime, candidates: Sequence[Scheduler]) -> ScheduleStatus:
    """The daily import of a district, wanted and installed, and its next runs; the Master is not asked for the last.

    Args:
        district: whose.
        now: the instant after which runs are next.
        candidates: the ways of starting jobs that this machine has.
    """
    scheduler = installed_in(district.name, candidates)
    return schedule_status(district.name, _wanted(district), scheduler, district.settings.pull, now=now)


def daily_import_status(district: District, now: dt.datetime) -> ScheduleStatus:
    """The same with the last run; asks systemd or cron. Raises MasterError."""
    return replace(planned_runs(district, now, schedulers()), last_run=_last_run(district))


def _last_run(district: District) -> dt.datetime | None:
    if not district.files.master.exists():
        return None
    with district.reading() as db:
        last = imports.latest_pull(db)
    return dt.datetime.fromisoformat(last.started_at) if last else None


def preview(district: District, *, system: bool) -> Sequence[Planned]:
    """The files that installing would write; on a machine without any way of starting jobs, the systemd units.

    Args:
        district: whose daily import.
        system: for the whole machine, not for this user.

    Raises:
        NotAllowedNow: the daily import is off.
    """
    wanted = _must_be_wanted(district)
    try:
        scheduler = choose(system=system)
    except NotAllowedNow:
        scheduler = (
            SystemdScheduler("system", directories("system"))
            if system
            else SystemdScheduler("user", directories("user"))
        )
    return scheduler.preview(wanted)


def install(district: District, *, system: bool) -> Scheduler:
    """Write and start the timer; returns what it was installed with.

    Raises:
        NotAllowedNow: the daily import is off, or this machine has no way of starting jobs.
        ScheduleError: systemd or cron refused.
        MasterError: the files can't be written.
    """
    wanted = _must_be_wanted(district)
    scheduler = choose(system=system)
    scheduler.install(wanted)
    return scheduler


def notes_on(district: District, scheduler: Scheduler) -> Sequence[str]:
    """What a person should know of a timer that was just installed."""
    wanted = _wanted(district)
    return scheduler.notes(wanted) if wanted is not None else ()


def remove(district: District) -> list[str]:
    """Take the timer away, wherever it is; returns the mechanisms it was taken from."""
    return [scheduler.mechanism for scheduler in schedulers() if scheduler.remove(district.name)]
