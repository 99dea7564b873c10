"""When the daily import runs, daylight-saving days included.

A time that does not exist on the day the clocks go forward is taken as late as the clocks
jump (02:30 becomes 03:30), a time that comes twice is taken once, the first time.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path

_GAPS_AHEAD_DAYS = 3660


def run_at(day: dt.date, begin: dt.time, zone: str) -> dt.datetime:
    """The instant, in UTC, of the run that belongs to a day of `zone`.

    Args:
        day: the day in the district's zone.
        begin: the time of day from which the import may begin.
        zone: an IANA zone this system knows.
    """
    # fold=0: in a gap the offset before it, which lands as late as the clocks jump; of a doubled hour the first.
    local = dt.datetime.combine(day, begin.replace(fold=0), tzinfo=zoneinfo.ZoneInfo(zone))
    return local.astimezone(dt.UTC)


def next_runs(begin: dt.time, zone: str, after: dt.datetime, count: int = 5) -> list[dt.datetime]:
    """The next runs strictly after an instant, each in `zone`, earliest first."""
    tz = zoneinfo.ZoneInfo(zone)
    day = after.astimezone(tz).date() - dt.timedelta(days=1)
    runs: list[dt.datetime] = []
    while len(runs) < count:
        run = run_at(day, begin, zone)
        if run > after:
            runs.append(run.astimezone(tz))
        day += dt.timedelta(days=1)
    return runs


def runs_in_gaps(begin: dt.time, zone: str, today: dt.date) -> Iterator[dt.datetime]:
    """The runs of the coming ten years whose time of day does not exist on their day.

    systemd leaves such a day out (seen with 252), so the timer names these runs one by one.
    """
    tz = zoneinfo.ZoneInfo(zone)
    for number in range(_GAPS_AHEAD_DAYS):
        local = run_at(today + dt.timedelta(days=number), begin, zone).astimezone(tz)
        if local.time() != begin:
            yield local


def shown_zone(zone: str) -> str:
    """How a zone is shown to a person: its standard-time letters (America/Chicago is CST), else its name."""
    tz = zoneinfo.ZoneInfo(zone)
    for month in (1, 7):
        moment = dt.datetime(2026, month, 1, 12, tzinfo=tz)
        letters = moment.tzname() or ""
        if not moment.dst() and re.fullmatch(r"[A-Z]{3,5}", letters):
            return letters
    return zone


def machine_zone(
    env: Mapping[str, str] | None = None, localtime: Path = Path("/etc/localtime")
) -> str | None:
    """The IANA name of this machine's zone; None where it can't be told.

    Args:
        env: the environment, whose `TZ` wins; None for this process's own.
        localtime: the link that names the zone.
    """
    name = (os.environ if env is None else env).get("TZ", "").removeprefix(":")
    if not name:
        _, inside, name = os.path.realpath(localtime).partition("/zoneinfo/")
        if not inside:
            return None
    try:
        return zoneinfo.ZoneInfo(name).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
