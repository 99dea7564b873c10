"""How a district stands, for monitors."""

from __future__ import annotations

import datetime as dt

from aeries_tui.alarms import Verdict, parse_age, verdict
from aeries_tui.master.imports import imports
from aeries_tui.operations.district import District


def standing_of(district: District, max_age: str | None = None) -> Verdict:
    """The verdict of `aeries-tui status` on a district.

    Args:
        district: which one.
        max_age: how old its last good import may be, as a person types it: `26h`; None for the setting.

    Raises:
        WrongUse: that is no age.
        MasterError: the Master can't be read.
    """
    age = parse_age(max_age or f"{district.settings.alarms.stale_after_hours:g}h")
    latest = good = None
    if district.files.master.exists():
        with district.reading() as db:
            district.settle(db)
            latest, good = imports.latest(db), imports.last_good(db)
    return verdict(
        district.name,
        latest=latest.outcome if latest else None,
        last_good=good.outcome if good else None,
        last_good_at=dt.datetime.fromisoformat(good.ended_at) if good and good.ended_at else None,
        now=dt.datetime.now(dt.UTC),
        max_age=age,
    )
