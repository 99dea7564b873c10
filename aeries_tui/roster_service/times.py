"""Moments as OneRoster writes them: UTC, three decimals."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?")


@lru_cache(maxsize=4096)
def stamp_text(stamp: int) -> str:
    """Milliseconds since 1970 as a dateLastModified."""
    moment = _EPOCH + dt.timedelta(milliseconds=stamp)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{stamp % 1000:03}Z"


def moment(text: str) -> int | None:
    """Microseconds since 1970 of a day (its midnight) or a moment, in UTC where no zone is given; None for neither."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        found = dt.datetime.fromisoformat(text.replace(",", "."))
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=dt.UTC)
    return (found - _EPOCH) // dt.timedelta(microseconds=1)
