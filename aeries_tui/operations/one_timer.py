"""One timer for all districts in the place of one each: previewed, installed, removed, and what it means for a district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aeries_tui.errors import NotAllowedNow
from aeries_tui.operations.machine_import import shell_notes
from aeries_tui.operations.timers import installed_of, moments, require_some, root_notes, without_single
from aeries_tui.schedule import (
    ALL,
    Agreement,
    DailyImport,
    NextRun,
    Planned,
    Scheduler,
    ScheduleStatus,
    choose,
    next_runs,
    own_begin,
    schedulers,
    shown_zone,
    together,
    wanted_schedule,
)
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import directories
from aeries_tui.schedule.units import Scope
from aeries_tui.settings import CredentialStore, Places, Settings
from aeries_tui.settings.machine import MACHINE


@dataclass(frozen=True)
class OneTimer:
    """The timer of all districts, as it is installed.

    Attributes:
        scheduler: what starts it.
        agreement: whether it is what the settings want.
        window: the minutes over which it spreads the districts, by the setting.
        flags: what has to follow a command about it, such as ` --all --system`.
    """

    scheduler: Scheduler
    agreement: Agreement
    window: int
    flags: str


def wanted_of_all(places: Places, settings: Settings) -> list[DailyImport]:
    """What the settings ask for of each district whose daily import is on; raises ConfigurationError."""
    found = CredentialStore(places.credentials_file).all()
    return [one for one in (wanted_schedule(each, settings, places) for each in found) if one is not None]


def one_timer(places: Places, settings: Settings, candidates: Iterable[Scheduler]) -> OneTimer | None:
    """The timer of all districts; None where there is none. Asks systemd or cron; raises ConfigurationError."""
    scheduler = next((one for one in candidates if ALL in installed_of(one, {ALL})), None)
    if scheduler is None:
        return None
    wanted, window = wanted_of_all(places, settings), settings.schedule.window_minutes
    made = together(wanted, window, dt.date.today()) if wanted else None
    flags = " --all --system" if places == MACHINE else " --all"
    return OneTimer(scheduler, scheduler.agreement(ALL, made), window, flags)


def status_in(
    one: OneTimer, district: str, wanted: DailyImport, settings: Settings, now: dt.datetime
) -> ScheduleStatus:
    """The daily import of a district that the timer of all starts.

    Args:
        one: that timer.
        district: its name.
        wanted: what the settings ask for of it.
        settings: config.toml, for the blackout dates.
        now: the instant after which runs are next.
    """
    begin = own_begin(district, wanted.begin, one.window)
    runs = next_runs(begin, wanted.zone, now)
    beside = bool(installed_of(one.scheduler, {district}))
    return ScheduleStatus(
        district=district,
        begin=f"{wanted.begin:%H:%M} {shown_zone(wanted.zone)}",
        mechanism=f"{one.scheduler.mechanism}, one for all districts: this one begins at {begin:%H:%M}, its own moment in "
        f"the {one.window} minutes after {wanted.begin:%H:%M}",
        agreement="twice" if beside else one.agreement,
        next_runs=tuple(NextRun(run, settings.pull.is_blackout(run.date())) for run in runs),
        last_run=None,
        notes=(),
        flags=one.flags,
    )


def preview_all(places: Places, settings: Settings) -> Sequence[Planned]:
    """What installing the timer of all districts would write; raises NotAllowedNow where no daily import is on."""
    wanted = wanted_of_all(places, settings)
    require_some(wanted)
    made = together(wanted, settings.schedule.window_minutes, dt.date.today())
    try:
        scheduler = choose(places, made)
    except NotAllowedNow:
        scope: Scope = "system" if places == MACHINE else "user"
        scheduler = SystemdScheduler(scope, directories(scope))
    return scheduler.preview(made)


def install_all(places: Places, settings: Settings) -> tuple[Scheduler, list[str]]:
    """Write and start this user's timer of all districts, and take away those of single ones.

    Returns:
        What it was installed with, and what a person should know.

    Raises:
        NotAllowedNow: no daily import is on, or this machine has no way of starting jobs.
        ScheduleError: systemd or cron refused.
        MasterError: the files can't be written.
    """
    wanted = wanted_of_all(places, settings)
    require_some(wanted)
    made = together(wanted, settings.schedule.window_minutes, dt.date.today())
    scheduler = choose(places, made)
    had = scheduler.carries(ALL)
    scheduler.install(made)
    names = [one.name for one in CredentialStore(places.credentials_file).all()]
    notes = [
        *scheduler.notes(made),
        *moments(wanted, made),
        *without_single(places, names),
        *shell_notes(made, had),
        *root_notes(scheduler, " --all"),
    ]
    return scheduler, notes


def remove_all(places: Places) -> list[str]:
    """Take the timer of all districts away, wherever it is; returns the mechanisms it was taken from."""
    return [one.mechanism for one in schedulers(places) if one.remove(ALL)]
