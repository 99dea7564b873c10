"""Which timers are installed, of single districts and the one of all; never both for the same district."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aeries_tui.errors import NotAllowedNow
from aeries_tui.schedule import (
    ALL,
    DailyImport,
    ScheduleError,
    Scheduler,
    next_runs,
    own_begin,
    schedulers,
    shown_zone,
)
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import AS_ROOT
from aeries_tui.settings import Credential, Places, Settings
from aeries_tui.settings.machine import MACHINE


@dataclass(frozen=True)
class Timers:
    """Which timers there are.

    Attributes:
        of_all: the timer of all districts is installed.
        districts: those that have a timer of their own.
    """

    of_all: bool = False
    districts: frozenset[str] = frozenset()


def timers(places: Places, districts: Sequence[str]) -> Timers:
    """Which timers of these districts are installed; asks systemd's files or the crontab, once."""
    found = frozenset[str]().union(*(installed_of(one, {*districts, ALL}) for one in schedulers(places)))
    return Timers(ALL in found, found - {ALL})


def next_import(
    credential: Credential, settings: Settings, now: dt.datetime, installed: Timers
) -> dt.datetime | None:
    """When the daily import of a district runs next, days of rest left out; None where it is off, or nothing starts it.

    Args:
        credential: of the district.
        settings: config.toml.
        now: the instant after which it is.
        installed: the timers that there are.
    """
    if credential.daily_import is None:
        return None
    if not (installed.of_all or credential.name in installed.districts):
        return None
    begin = credential.daily_import
    if installed.of_all:
        begin = own_begin(credential.name, begin, settings.schedule.window_minutes)
    runs = next_runs(begin, credential.timezone, now, 1)
    while settings.pull.is_blackout(runs[0].date()):
        runs = next_runs(begin, credential.timezone, runs[0], 1)
    return runs[0]


def installed_of(scheduler: Scheduler, districts: Iterable[str]) -> frozenset[str]:
    """Those of which something is installed; none where that can't be seen: who may not have a crontab has no import in it."""
    with contextlib.suppress(ScheduleError):
        return scheduler.installed(frozenset(districts))
    return frozenset()


def refuse_beside(places: Places, district: str) -> None:
    """Raise NotAllowedNow where the timer of all districts starts a district already."""
    if any(ALL in installed_of(one, {ALL}) for one in schedulers(places)):
        flags = " --all --system" if places == MACHINE else " --all"
        raise NotAllowedNow(
            f"One timer starts all districts, {district} with them: it would be pulled twice.",
            meaning="Nothing was installed.",
            remedy=f"To have a timer for each again, type: aeries-tui schedule remove{flags}",
        )


def without_single(places: Places, districts: Sequence[str]) -> Iterator[str]:
    """Take away the timers of single districts, which the timer of all replaces; a sentence where there were any."""
    for scheduler in schedulers(places):
        gone = sorted(name for name in installed_of(scheduler, districts) if scheduler.remove(name))
        if gone:
            yield f"It takes the place of the timers of {', '.join(gone)}, which are removed."


def require_some(wanted: Sequence[DailyImport]) -> None:
    """Raise NotAllowedNow where no daily import is on."""
    if not wanted:
        raise NotAllowedNow(
            "The daily import of every district is off.",
            meaning="Nothing was installed.",
            remedy="Switch it on: aeries-tui credentials change NAME --daily-import HH:MM",
        )


def moments(wanted: Sequence[DailyImport], made: DailyImport) -> Iterator[str]:
    """What starts when, in sentences."""
    zone = shown_zone(made.zone)
    count = f"{len(wanted)} district{'s' if len(wanted) != 1 else ''}"
    yield (
        f"It begins at {made.begin:%H:%M} {zone} and starts {count}, each at its own moment in the {made.window} minutes "
        "after its own time: aeries-tui schedule show --all"
    )


def root_notes(scheduler: Scheduler, flags: str = "") -> Iterator[str]:
    """What root should know who installs a timer of root's own, which systemd starts in a session alone.

    Args:
        scheduler: what it was installed with.
        flags: what has to follow the command that installs the machine's instead, with a blank before it.
    """
    if os.geteuid() == 0 and isinstance(scheduler, SystemdScheduler):
        yield f"It is root's own. {AS_ROOT}{flags}"
