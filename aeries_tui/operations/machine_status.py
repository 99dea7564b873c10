"""How the machine's districts stand, told to everybody on it after each import, and read by who has no district."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from aeries_tui.alarms import Verdict, parse_age
from aeries_tui.alarms.status_file import StatusFile, read_statuses, status_path, write_status
from aeries_tui.errors import AeriesTuiError, NotFound
from aeries_tui.master.database import now_text
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.operations.district import District
from aeries_tui.settings.machine import MACHINE, STATUS_DIR


def tell_machine(district: District) -> list[str]:
    """Write how a district stands, where it is one of the machine's; returns what failed of it, in sentences."""
    if district.places != MACHINE or not STATUS_DIR.is_dir():
        return []
    try:
        write_status(STATUS_DIR, status_of(district))
    except AeriesTuiError as error:
        return [f"How the district stands was not told to the machine: {error.message}"]
    return []


def status_of(district: District) -> StatusFile:
    """How a district stands: counts, codes and dates. Raises MasterError, or NotFound where there is no Master."""
    with district.reading() as db:
        latest, good = imports.latest(db), imports.last_good(db)
        return StatusFile(
            district=district.name,
            written_at=now_text(),
            latest_import=latest.id if latest else None,
            latest_outcome=latest.outcome if latest else None,
            latest_ended_at=latest.ended_at if latest else None,
            last_good_outcome=good.outcome if good else None,
            last_good_ended_at=good.ended_at if good else None,
            stale_after_hours=district.settings.alarms.stale_after_hours,
            active={kind: row["active"] for kind, row in result.counts(db, good.id).items()} if good else {},
            descriptions=description_codes(db, latest.id) if latest else {},
        )


def forget_status(name: str, directory: Path = STATUS_DIR) -> None:
    """Delete the file of a district that is gone; raises OSError."""
    status_path(directory, name).unlink(missing_ok=True)


def told_standings(name: str | None, max_age: str | None, *, every: bool) -> list[Verdict]:
    """How the machine's districts stand by what they told, for somebody who can't look at them.

    Args:
        name: which district; None for the only one.
        max_age: how old its last good import may be, as a person types it; None for the setting.
        every: all districts.

    Raises:
        NotFound: there is none, or none of that name, or several and none was named.
        WrongUse: that is no age.
        MasterError: a file can't be read.
    """
    age = parse_age(max_age) if max_age else None
    told = read_statuses(STATUS_DIR)
    chosen = told if every or name is None else [status for status in told if status.district == name]
    if not chosen or (len(chosen) > 1 and not every):
        names = ", ".join(status.district for status in told) or "none yet"
        raise NotFound(
            f"The machine tells of these districts: {names}.",
            remedy="Name one with --district, or take --all.",
        )
    now = dt.datetime.now(dt.UTC)
    return [status.verdict(now, age) for status in chosen]
