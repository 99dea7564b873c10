"""The daily import of a district: whether timer and setting agree, its next and last runs; install it, remove it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from aeries_tui.errors import ConfigurationError, NotAllowedNow
from aeries_tui.master.imports import imports
from aeries_tui.master.schools import schools
from aeries_tui.operations.district import District
from aeries_tui.operations.machine_import import shell_notes
from aeries_tui.operations.one_timer import one_timer, status_in
from aeries_tui.operations.service_findings import service_sentence
from aeries_tui.operations.timers import refuse_beside, root_notes
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
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import directories
from aeries_tui.schedule.units import Scope
from aeries_tui.settings.machine import MACHINE


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
    return planned_runs(district, dt.datetime.now(dt.UTC), schedulers(district.places)).agreement


def planned_runs(district: District, now: dt.datetime, candidates: Sequence[Scheduler]) -> ScheduleStatus:
    """The daily import of a district, wanted and installed, and its next runs; the Master is not asked for the last.

    Args:
        district: whose.
        now: the instant after which runs are next.
        candidates: the ways of starting jobs that this machine has.
    """
    wanted = _wanted(district)
    one = one_timer(district.places, district.settings, candidates) if wanted else None
    if wanted is not None and one is not None:
        status = status_in(one, district.name, wanted, district.settings, now)
        return replace(status, flags=flags_for(district)) if status.agreement == "twice" else status
    scheduler = installed_in(district.name, candidates)
    status = schedule_status(district.name, wanted, scheduler, district.settings.pull, now=now)
    return replace(status, flags=flags_for(district))


def flags_for(district: District) -> str:
    """What has to follow a command of the schedule so that it means this district, with a blank before it."""
    return (" --system" if district.places == MACHINE else "") + _named(district)


def _named(district: District) -> str:
    """The option that names the district, with a blank before it; blank where it is the only one."""
    with contextlib.suppress(ConfigurationError):  # whoever reads credentials.toml in earnest tells that
        if len(district.store.all()) == 1:
            return ""
    return f" --district {shlex.quote(district.name)}"


def daily_import_status(district: District, now: dt.datetime) -> ScheduleStatus:
    """The same with the last run; asks systemd or cron. Raises MasterError."""
    status = planned_runs(district, now, schedulers(district.places))
    tried = service_sentence(district)
    notes = (*status.notes, tried) if tried else status.notes
    return replace(status, last_run=_last_run(district), notes=notes)


def _last_run(district: District) -> dt.datetime | None:
    if not district.files.master.exists():
        return None
    with district.reading() as db:
        last = imports.latest_pull(db)
    return dt.datetime.fromisoformat(last.started_at) if last else None


def preview(district: District) -> Sequence[Planned]:
    """The files that installing would write; on a machine without any way of starting jobs, the systemd units.

    Raises:
        NotAllowedNow: the daily import is off, or one timer starts all districts.
    """
    wanted = _must_be_wanted(district)
    refuse_beside(district.places, district.name)
    try:
        scheduler = choose(district.places, wanted)
    except NotAllowedNow:
        scope: Scope = "system" if district.places == MACHINE else "user"
        scheduler = SystemdScheduler(scope, directories(scope))
    return scheduler.preview(wanted)


def install(district: District) -> tuple[Scheduler, list[str]]:
    """Write and start this user's timer; returns what it was installed with, and what a person should know.

    Raises:
        NotAllowedNow: the daily import is off, one timer starts all districts, or this machine has no way of starting
            jobs.
        ScheduleError: systemd or cron refused.
        MasterError: the files can't be written.
    """
    wanted = _must_be_wanted(district)
    refuse_beside(district.places, district.name)
    scheduler = choose(district.places, wanted)
    had = scheduler.carries(district.name)
    scheduler.install(wanted)
    notes = [*scheduler.notes(wanted), *advice(district), *shell_notes(wanted, had), *root_notes(scheduler)]
    return scheduler, notes


def advice(district: District) -> Iterator[str]:
    """What keeps each run from doing anything until a person does something, in sentences. Raises MasterError."""
    mapped, acknowledged = frozenset[int](), None
    if district.files.master.exists():
        with district.reading() as db:
            mapped, acknowledged = schools.mapped_codes(db), schools.acknowledgement(db)
    named = _named(district)
    if not mapped:
        yield f"No school is mapped, so each run ends with an error. Begin with: aeries-tui schools update{named}"
    if acknowledged is None:
        yield (
            "The prerequisites of the first pull are not acknowledged, so each run ends with an error until somebody "
            f"does: aeries-tui pull --acknowledge{named}"
        )


def remove(district: District) -> list[str]:
    """Take this user's timer away, wherever it is; returns the mechanisms it was taken from."""
    removed = [s.mechanism for s in schedulers(district.places) if s.remove(district.name)]
    older = SystemdScheduler("system", directories("system"))
    if os.geteuid() == 0 and older.remove_older(district.name, district.places.config_dir):
        removed.append(older.mechanism)
    return removed
