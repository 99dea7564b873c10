"""What `schedule show` says: the next runs, the last one, and whether timer and setting agree."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from aeries_tui.documents import Document
from aeries_tui.schedule.daily_import import TRIGGER, TRIGGER_VARIABLE, DailyImport
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.job import Agreement, Scheduler
from aeries_tui.schedule.times import next_runs, shown_zone
from aeries_tui.settings import Pull

AGREEMENT_IN_WORDS: dict[Agreement, str] = {
    "agrees": "The timer does what the setting says.",
    "off": "The daily import is off, and no timer is installed.",
    "missing": "The daily import is on, but no timer is installed. Type: aeries-tui schedule install{flags}",
    "left_over": "The daily import is off, but a timer is still installed. Type: aeries-tui schedule remove{flags}",
    "differs": "The timer was made from other settings. Type: aeries-tui schedule install{flags}",
    "twice": "There is a timer of this district beside the one of all districts: it is pulled twice. Type: "
    "aeries-tui schedule remove{flags}",
    "not_enabled": "The timer is there, but systemd does not run it. Type: aeries-tui schedule install{flags}",
}


class ToldRun(msgspec.Struct, frozen=True):
    """A run to come.

    Attributes:
        at: when, with the district's offset from UTC.
        blackout: it starts and does nothing.
    """

    at: str
    blackout: bool


class Schedule(Document, frozen=True):
    """The daily import of a district, wanted and installed.

    Attributes:
        district: its name.
        begin: the time of day in the setting, with its zone as shown (`03:30 CST`); null where it is off.
        mechanism: how it is started; null where the machine has no way.
        agreement: whether timer and setting agree.
        sentence: the same in words, with the command to type where something is to be done.
        next_runs: the next five that the setting asks for; none where it is off.
        last_run: when a pull last began, UTC; null for never.
        notes: what a person should know, in sentences.
    """

    district: str
    begin: str | None
    mechanism: str | None
    agreement: Agreement
    sentence: str
    next_runs: Sequence[ToldRun]
    last_run: str | None
    notes: Sequence[str]


@dataclass(frozen=True)
class NextRun:
    """A run to come; on a blackout date it starts and does nothing."""

    at: dt.datetime
    blackout: bool


@dataclass(frozen=True)
class ScheduleStatus:
    """The daily import of a district, wanted and installed.

    Attributes:
        district: its name.
        begin: the time of day in the setting, with its zone as shown ("03:30 CST"); blank when off.
        mechanism: how it is started, for a person; blank where the machine has no way.
        agreement: whether timer and setting agree.
        next_runs: the next five that the setting asks for, in the district's zone; none when off.
        last_run: when a pull last began, as the caller knows it; None for never.
        notes: what a person should know, a sentence or two each.
        flags: what has to follow the command that puts something right, such as ` --system`.
    """

    district: str
    begin: str
    mechanism: str
    agreement: Agreement
    next_runs: tuple[NextRun, ...]
    last_run: dt.datetime | None
    notes: tuple[str, ...]
    flags: str = ""

    @property
    def sentence(self) -> str:
        """The agreement for a person, with the command to type where something is to be done."""
        return AGREEMENT_IN_WORDS[self.agreement].format(flags=self.flags)

    def document(self) -> Schedule:
        """The status as `schedule show --json` prints it."""
        return Schedule(
            self.district, self.begin or None, self.mechanism or None, self.agreement, self.sentence,
            [ToldRun(run.at.isoformat(), run.blackout) for run in self.next_runs],
            self.last_run.isoformat() if self.last_run else None, self.notes,
        )  # fmt: skip


def schedule_status(
    district: str,
    wanted: DailyImport | None,
    scheduler: Scheduler | None,
    pull: Pull,
    *,
    now: dt.datetime,
    last_run: dt.datetime | None = None,
) -> ScheduleStatus:
    """Compare what is wanted with what is installed.

    Args:
        district: its name.
        wanted: what the settings ask for; None when the daily import is off.
        scheduler: where to look for it; None on a machine that has no way of starting it.
        pull: for the blackout dates.
        now: the instant after which runs are next.
        last_run: when a pull last began; None for never.
    """
    runs = next_runs(wanted.begin, wanted.zone, now) if wanted else []
    return ScheduleStatus(
        district=district,
        begin=f"{wanted.begin:%H:%M} {shown_zone(wanted.zone)}" if wanted else "",
        mechanism=scheduler.mechanism if scheduler else "",
        agreement=scheduler.agreement(district, wanted) if scheduler else ("missing" if wanted else "off"),
        next_runs=tuple(NextRun(run, pull.is_blackout(run.date())) for run in runs),
        last_run=last_run,
        notes=scheduler.notes(wanted) if scheduler and wanted else (),
    )


def installed_in(district: str, candidates: Sequence[Scheduler]) -> Scheduler | None:
    """The scheduler that holds something of a district; the first candidate when none does."""
    for scheduler in candidates:
        with contextlib.suppress(ScheduleError):  # who may not have a crontab has no import in it
            if scheduler.agreement(district, None) == "left_over":
                return scheduler
    return candidates[0] if candidates else None


def by_timer(env: Mapping[str, str] | None = None) -> bool:
    """Whether this process was started by the schedule."""
    return (os.environ if env is None else env).get(TRIGGER_VARIABLE) == TRIGGER


def rests(pull: Pull, zone: str, now: dt.datetime, env: Mapping[str, str] | None = None) -> bool:
    """Whether a pull that begins now has to do nothing: started by the schedule, on a blackout date.

    Args:
        pull: the settings with the dates.
        zone: the district's zone, in which a date is a date.
        now: the instant.
        env: the environment; None for this process's own.
    """
    return by_timer(env) and pull.is_blackout(now.astimezone(zoneinfo.ZoneInfo(zone)).date())
