"""One timer for all districts: when each begins after it, and what the timer itself has to be."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from aeries_tui.schedule.daily_import import ALL, DailyImport
from aeries_tui.schedule.times import run_at

_DAY = dt.timedelta(days=1)
_A_DAY = 86_400


def own_delay(district: str, window: int) -> dt.timedelta:
    """How long after its time of day a district begins: a moment of its own in the window, the same every day.

    Args:
        district: its name.
        window: minutes.
    """
    if not window:
        return dt.timedelta()
    number = int.from_bytes(hashlib.sha256(district.encode()).digest()[:8], "big")
    return dt.timedelta(seconds=number % (window * 60))


def own_begin(district: str, begin: dt.time, window: int) -> dt.time:
    """The time of day at which a district begins.

    Args:
        district: its name.
        begin: its time of day by the setting.
        window: minutes.
    """
    return (dt.datetime.combine(dt.date(2000, 1, 1), begin) + own_delay(district, window)).time()


def delays(wanted: Sequence[DailyImport], window: int, today: dt.date) -> dict[str, float]:
    """Seconds after the timer at which each district begins: never before its own time of day, then its moment in the window.

    Args:
        wanted: the daily imports; none for no delays.
        window: minutes.
        today: the day on which the timer begins.
    """
    if not wanted:
        return {}
    begin = _of_day(first_of(wanted, today), today)
    return {
        one.district: ((_of_day(one, today) - begin) % _DAY + own_delay(one.district, window)).total_seconds()
        for one in wanted
    }


def first_of(wanted: Sequence[DailyImport], today: dt.date) -> DailyImport:
    """The daily import with which a day's round begins: the one before which nothing begins for longest."""
    by_time = sorted(wanted, key=lambda one: (_of_day(one, today), one.district))

    def rest_before(place: int) -> dt.timedelta:
        # A round of one time of day has a whole day before it.
        return (_of_day(by_time[place], today) - _of_day(by_time[place - 1], today)) % _DAY or (
            _DAY if place == 0 else dt.timedelta()
        )

    return by_time[max(range(len(by_time)), key=lambda place: (rest_before(place), -place))]


def together(wanted: Sequence[DailyImport], window: int, today: dt.date) -> DailyImport:
    """The one daily import of all: from the first time of day on, and with all that any of them needs.

    It may take a day: each pull in it has its own deadline.

    Args:
        wanted: the daily imports, at least one.
        window: minutes.
        today: from when on it is to be.
    """
    return replace(
        first_of(wanted, today),
        district=ALL,
        window=window,
        delay_minutes=0,
        longest_seconds=_A_DAY,
        writes=tuple(dict.fromkeys(path for one in wanted for path in one.writes)),
        reads_variables=any(one.reads_variables for one in wanted),
        systemd_secrets=tuple(dict.fromkeys(name for one in wanted for name in one.systemd_secrets)),
    )


def _of_day(wanted: DailyImport, today: dt.date) -> dt.timedelta:
    """The time of day of an import, in UTC."""
    at = run_at(today, wanted.begin, wanted.zone)
    return dt.timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
