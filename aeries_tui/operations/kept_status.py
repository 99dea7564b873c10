"""How a district stands, kept in a file after each import and each decision; see `alarms.status_file`."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import statistics
from pathlib import Path

from aeries_tui.alarms.status_file import StatusFile, for_everybody, master_stamp, status_path, write_status
from aeries_tui.errors import AeriesTuiError, MasterError, NotFound
from aeries_tui.master.database import now_text
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.operations.district import District
from aeries_tui.settings import Places, private_dir
from aeries_tui.settings.machine import MACHINE, STATUS_DIR

_USUAL = 30
"""Applied imports from which it is said what is usual."""


def keep_status(district: District) -> list[str]:
    """Write how a district stands, for the machine too where it is one of the machine's; returns what failed, in sentences."""
    try:
        write_kept(district, status_of(district))
    except NotFound:
        return []
    except AeriesTuiError as error:
        return [f"How the district stands was not written down: {error.message}"]
    return []


def write_kept(district: District, status: StatusFile) -> None:
    """Write the file of a district, and the machine's; raises MasterError."""
    write_status(private_dir(district.places.statuses), status, mode=0o600)
    if district.places == MACHINE and STATUS_DIR.is_dir():
        write_status(STATUS_DIR, for_everybody(status), mode=0o644)


def status_of(district: District, *, wait: float | None = None) -> StatusFile:
    """How a district stands, by its Master; raises MasterError, or NotFound where there is no Master.

    Args:
        district: which.
        wait: seconds for which it waits for others' locks; None for as long as usual.
    """
    with district.reading(wait=wait) as db:
        district.settle(db)
        master = master_stamp(district.files.master)
        latest, good, telling = imports.latest_ended(db), imports.last_good(db), imports.latest_verdict(db)
        held = imports.latest_held(db)
        changed, usual = _changes(db)
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
            latest_started_at=latest.started_at if latest else None,
            seconds=latest.seconds if latest else None,
            changed=changed,
            usual=usual,
            held=held.id if held else None,
            reasons=tuple(f"{one.code} {one.message}" for one in result.holds(db, held.id)) if held else (),
            stale=len(result.stale(db)),
            problem=telling.problem.message if telling and telling.problem else "",
            disk=_size(district.files.root),
            master=master,
            verdict_outcome=telling.outcome if telling else None,
        )


def _changes(db: sqlite3.Connection) -> tuple[int | None, int | None]:
    """How many records the newest applied pull changed, and the median of those before it but for the first, which brings all."""
    counts = imports.changed_counts(db)
    applied = [
        counts.get(one.id, 0) for one in imports.every(db, 10 * _USUAL) if one.kind == "pull" and one.applied
    ]
    before = applied[1:] if len(applied) > _USUAL else applied[1:-1]
    return (
        applied[0] if applied else None,
        round(statistics.median(before[:_USUAL])) if before else None,
    )


def _size(root: Path) -> int:
    """The bytes of everything below a folder; what goes meanwhile is not counted."""
    size = 0
    for folder, _, files in os.walk(root):
        for name in files:
            with contextlib.suppress(OSError):
                size += Path(folder, name).lstat().st_size
    return size


def forget_status(places: Places, name: str) -> None:
    """Delete the files that say how a district stands, which is gone; raises MasterError."""
    for directory in (places.statuses, *([STATUS_DIR] if places == MACHINE else [])):
        path = status_path(directory, name)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise MasterError(
                f"{path} can't be deleted: {error.strerror}.",
                meaning="Only counts and dates stand in it.",
                remedy="Delete it by hand.",
            ) from error
