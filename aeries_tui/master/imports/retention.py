"""What the Master forgets: earlier versions, descriptions, who was left out, and scopes of imports long past.

The roster, the mapping, the accounts and the row of each import in the book stay.
"""

from __future__ import annotations

import itertools
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from aeries_tui.master.database import copies_before, immediate
from aeries_tui.master.imports import imports
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.outcome import Outcome

FULL_WARNINGS = 30
"""The newest imports that keep each warning; older ones keep their errors and, in a note, the numbers of warnings."""


def drop_undo(db: sqlite3.Connection, before: str) -> None:
    """Forget the earlier versions kept by imports that ended before a moment; they say that they can't be undone."""
    rows = db.execute(
        "SELECT id FROM import WHERE undo_kept = 1 AND applied = 1 AND ended_at < ?", (before,)
    ).fetchall()
    for (number,) in rows:
        with immediate(db):
            for kind in KINDS:
                db.execute(f"DELETE FROM past_{kind.name} WHERE import_id = ?", (number,))
            db.execute("UPDATE import SET undo_kept = 0 WHERE id = ?", (number,))


def drop_imports(db: sqlite3.Connection, keep: int) -> list[int]:
    """Forget descriptions, who was left out, scopes, holds and files of all but the newest `keep` imports; returns their numbers."""
    rows = db.execute(
        "SELECT i.id FROM import i WHERE i.id <= (SELECT max(id) - ? FROM import) AND i.outcome <> ? "
        "AND (EXISTS (SELECT 1 FROM scope s WHERE s.import_id = i.id) OR EXISTS (SELECT 1 FROM file f "
        "WHERE f.import_id = i.id) OR EXISTS (SELECT 1 FROM description d WHERE d.import_id = i.id))",
        (keep, Outcome.HELD),
    ).fetchall()
    numbers = [int(row[0]) for row in rows]
    for number in numbers:
        with immediate(db):
            for table in ("description", "left_out", "scope", "hold", "file"):
                db.execute(f"DELETE FROM {table} WHERE import_id = ?", (number,))
    return numbers


def thin_warnings(db: sqlite3.Connection) -> None:
    """Keep each single warning for the newest imports only: a district repeats the same ones every night."""
    rows = db.execute(
        "SELECT import_id, code, count(*) FROM description WHERE severity = 'W' AND import_id IN (SELECT id "
        "FROM import WHERE applied = 1 AND id <= (SELECT max(id) - ? FROM import)) GROUP BY 1, 2 ORDER BY 1, 2",
        (FULL_WARNINGS,),
    ).fetchall()
    for number, warnings in itertools.groupby(rows, key=lambda row: int(row[0])):
        numbers = ", ".join(f"{code} {count:,}" for _, code, count in warnings)
        note = f"Of an import this old the warnings are no longer kept one by one; there were: {numbers}."
        with immediate(db):
            db.execute("DELETE FROM description WHERE severity = 'W' AND import_id = ?", (number,))
            db.execute("UPDATE import SET notes = json_insert(notes, '$[#]', ?) WHERE id = ?", (note, number))


def thin_left_out(db: sqlite3.Connection) -> None:
    """Keep who was left out for the newest imports only, as single warnings are kept: the same people stay out for years."""
    with immediate(db):
        db.execute(
            """
            DELETE FROM left_out
            WHERE import_id <= (SELECT max(id) - ? FROM import)
                AND import_id NOT IN (SELECT id FROM import WHERE outcome = ?)
                AND import_id <> (SELECT max(id) FROM import WHERE kind = 'pull' AND applied = 1)
            """,
            (FULL_WARNINGS, Outcome.HELD),
        )


def drop_copies(db: sqlite3.Connection, master: Path) -> list[Path]:
    """Remove the copies from before a migration, once a pull into the new layout was completed, with ERROR or without; returns them.

    Args:
        db: the Master.
        master: where it lies.
    """
    good = imports.last_good(db)
    dropped = []
    for copy in copies_before(master):
        made = datetime.fromtimestamp(copy.stat().st_mtime, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if good is not None and good.started_at >= made:
            copy.unlink()
            dropped.append(copy)
    return dropped


def ended_before(db: sqlite3.Connection, before: str) -> list[int]:
    """Imports that ended before a moment and do not wait for a person."""
    rows = db.execute(
        "SELECT id FROM import WHERE ended_at < ? AND outcome NOT IN (?, ?)",
        (before, Outcome.HELD, Outcome.RUNNING),
    )
    return [int(row[0]) for row in rows]
