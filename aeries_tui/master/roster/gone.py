"""Since when people of whom something is kept take no part any more: what `retention.people_days` counts from."""

from __future__ import annotations

import json
import sqlite3

from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.tombstones import Erased

_KEPT = ("account", "parked_account", "remembered_person")
"""Tables of what is kept of people, by kind and person."""
_KNOWN = " UNION ".join(
    (
        *(f"SELECT kind, person FROM {table}" for table in _KEPT),
        "SELECT 'student', student_id FROM student",
        "SELECT 'staff', staff_id FROM staff",
    )
)


def note_gone(master: sqlite3.Connection) -> None:
    """Note who is gone since now, and who came back; inside the transaction that changes the roster."""
    for kind in ("student", "staff"):
        is_active = f"SELECT 1 FROM {kind} t WHERE t.{kind}_id = gone.person AND t.active = 1"
        master.execute(f"DELETE FROM main.gone WHERE kind = '{kind}' AND EXISTS ({is_active})")
        kept = "".join(f"SELECT person FROM {table} WHERE kind = '{kind}' UNION " for table in _KEPT)
        # In the order of their numbers (which SQLite keeps to for the LIMIT) all are gone through side by side: no set of
        # everybody is made, for that of a large district takes much memory.
        master.execute(
            f"""
            INSERT OR IGNORE INTO main.gone (kind, person, since)
            SELECT '{kind}', person, ?
            FROM (
                {kept}
                SELECT {kind}_id FROM {kind} WHERE active = 0
                EXCEPT
                SELECT {kind}_id FROM {kind} WHERE active = 1
                ORDER BY 1
                LIMIT -1
            )
            """,
            (now_text(),),
        )


def gone_since(db: sqlite3.Connection, before: str) -> list[Erased]:
    """People who are gone since before a moment, by kind and id."""
    rows = db.execute("SELECT kind, person FROM gone WHERE since < ? ORDER BY kind, person", (before,))
    return [(str(kind), int(person)) for kind, person in rows]


def everybody(db: sqlite3.Connection) -> list[Erased]:
    """Everybody of whom something is kept, by kind and id."""
    rows = db.execute(f"SELECT kind, person FROM ({_KNOWN}) ORDER BY 1, 2")
    return [(str(kind), int(person)) for kind, person in rows]


def known_people(db: sqlite3.Connection) -> int:
    """How many people something is kept of."""
    return int(db.execute(f"SELECT count(*) FROM ({_KNOWN})").fetchone()[0])


_CONFIRMED = "retention"
"""In `meta`: the limits that a person let people be erased by, a JSON list of days and years."""


def confirmed_limits(db: sqlite3.Connection) -> tuple[int, int] | None:
    """The days and years by which a person let it happen; None where nobody did."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_CONFIRMED,)).fetchone()
    if row is None:
        return None
    days, years = json.loads(row[0])
    return int(days), int(years)


def confirm_limits(db: sqlite3.Connection, limits: tuple[int, int]) -> None:
    """Let it happen by these limits from now on."""
    with immediate(db):
        db.execute(
            """
            INSERT INTO meta (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            (_CONFIRMED, json.dumps(limits)),
        )
