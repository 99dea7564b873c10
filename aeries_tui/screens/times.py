"""Moments as a person reads them: in the district's zone, near ones by name.

Where this machine is in another zone, as servers in UTC are, each moment names the district's.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo


class _District:
    """Whose moments are shown; one district is on the screens at a time."""

    zone: dt.tzinfo | None = None


def show_zone(name: str | None) -> None:
    """Show every moment from now on in the zone of this name; None for this machine's."""
    _District.zone = None if name is None else zoneinfo.ZoneInfo(name)


def local(at: dt.datetime) -> dt.datetime:
    """A moment in the district's zone."""
    return at.astimezone(_District.zone)


def now() -> dt.datetime:
    """This moment; the one clock of the screens."""
    return dt.datetime.now(dt.UTC)


def moment(text: str) -> dt.datetime:
    """A moment as the Master keeps it."""
    return dt.datetime.fromisoformat(text)


def shown_moment(at: dt.datetime, today: dt.datetime | None = None) -> str:
    """`today 08:15`, `yesterday 08:15`, `Mon 2026-11-23 08:15`; `today 08:15 CST` where it is not so here.

    Args:
        at: the moment, with its zone.
        today: the present moment; None for the clock's.
    """
    there = local(at)
    days = (local(today or now()).date() - there.date()).days
    day = {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days) or f"{there:%a %Y-%m-%d}"
    zone = "" if there.utcoffset() == at.astimezone().utcoffset() else f" {there:%Z}"
    return f"{day} {there:%H:%M}{zone}"


def listed_time(text: str) -> str:
    """The same in the 16 cells that a list has for it, 20 with a zone: no weekday."""
    shown = shown_time(text)
    return shown if shown[0].islower() else shown[4:]


def shown_time(text: str) -> str:
    """The same for a moment as the Master keeps it."""
    return shown_moment(moment(text))
