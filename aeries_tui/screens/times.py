"""Moments as a person at this terminal reads them: in this machine's zone, near ones by name."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """This moment; the one clock of the screens."""
    return dt.datetime.now(dt.UTC)


def moment(text: str) -> dt.datetime:
    """A moment as the Master keeps it."""
    return dt.datetime.fromisoformat(text)


def shown_moment(at: dt.datetime, today: dt.datetime | None = None) -> str:
    """`today 08:15`, `yesterday 08:15`, `Mon 2026-11-23 08:15`.

    Args:
        at: the moment, with its zone.
        today: the present moment; None for the clock's.
    """
    local = at.astimezone()
    days = ((today or now()).astimezone().date() - local.date()).days
    day = {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days) or f"{local:%a %Y-%m-%d}"
    return f"{day} {local:%H:%M}"


def listed_time(text: str) -> str:
    """The same in the 16 cells that a list has for it: no weekday."""
    shown = shown_time(text)
    return shown if shown[0].islower() else shown[4:]


def shown_time(text: str) -> str:
    """The same for a moment as the Master keeps it."""
    return shown_moment(moment(text))
