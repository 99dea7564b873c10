"""From when on the feeds are asked, and when a quick pull has nothing to go on from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.imports.watermark import Watermark

OVERLAP = dt.timedelta(minutes=10)
"""Each window reaches back into the one before: feeds know minutes, and a change takes time to be saved."""
UNTOLD_OFFSET = dt.timedelta(hours=1)
"""Reaches back further where the clock tells no offset: its hour may have been put back."""
LONGEST = dt.timedelta(days=7)
"""How far back a quick pull goes; past that a full pull is due anyway."""

FULL_PULL = "Run a full pull: aeries-tui pull."


def moment(text: str) -> dt.datetime | None:
    """The server's clock as systeminfo tells it, with or without an offset; None where it is no time."""
    try:
        return dt.datetime.fromisoformat(text.strip()) if len(text.strip()) > 10 else None
    except ValueError:
        return None


def window(watermark: Watermark, now: Watermark) -> dt.datetime:
    """The moment from which on the feeds are asked, in the server's local time (contract, section 7).

    Args:
        watermark: what the Master was left with.
        now: what a watermark would be if everything were read now.

    Raises:
        NotAllowedNow: there is nothing to go on from; nothing was changed.
    """
    reason = next(_reasons(watermark, now), None)
    if reason is not None:
        raise refusal(reason)
    then, clock = moment(watermark.at), moment(now.at)
    assert then is not None
    assert clock is not None
    if then.tzinfo is None or clock.tzinfo is None:
        return then - OVERLAP - UNTOLD_OFFSET
    # Records bear local times: when the clock was put back, those of the last hour come a second time.
    local = min(then.replace(tzinfo=None), then.astimezone(clock.tzinfo).replace(tzinfo=None))
    return local - OVERLAP


def refusal(reason: str, code: str = "") -> NotAllowedNow:
    """The error for a quick pull that can't be."""
    return NotAllowedNow(
        f"No quick pull is possible: {reason}", meaning="Nothing was changed.", remedy=FULL_PULL, code=code
    )


def _reasons(watermark: Watermark, now: Watermark) -> Iterator[str]:
    if watermark.address != now.address:
        yield "the Instance URL is another than at the last complete pull."
    if watermark.mapped != now.mapped:
        yield "the mapping of the schools has changed since the last complete pull."
    if (watermark.staff_rule, watermark.lead_days) != (now.staff_rule, now.lead_days):
        yield "pull.staff or pull.lead_days has changed since the last complete pull."
    if watermark.omit != now.omit:
        yield "pull.omit or exports.demographics has changed since the last complete pull."
    if watermark.school_year != now.school_year:
        yield (
            f"the school year is {now.school_year or 'not told'} now; the last complete pull was of "
            f"{watermark.school_year or 'one that was not told'}."
        )
    yield from _clock_reasons(watermark, now)


def _clock_reasons(watermark: Watermark, now: Watermark) -> Iterator[str]:
    then, clock = moment(watermark.at), moment(now.at)
    if then is None or clock is None:
        yield "Aeries does not tell the time of its clock."
    elif watermark.zone != now.zone or (then.tzinfo is None) != (clock.tzinfo is None):
        yield "the server's clock has another time zone than at the last complete pull."
    elif clock < then:
        yield f"the server's clock says {clock:%Y-%m-%d %H:%M}, which is before the last complete pull."
    elif clock - then > LONGEST:
        yield f"the last complete pull was {(clock - then).days} days ago, more than {LONGEST.days}."
