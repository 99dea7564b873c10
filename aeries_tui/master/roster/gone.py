"""Since when people of whom something is kept take no part any more: what `retention.people_days` counts from."""

from __future__ import annotations

import sqlite3

from aeries_tui.master.database import now_text
from aeries_tui.master.tombstones import Erased

_KNOWN = """
SELECT kind, person FROM account
UNION SELECT kind, person FROM parked_account
UNION SELECT kind, person FROM remembered_person
UNION SELECT 'student', student_id FROM student
UNION SELECT 'staff', staff_id FROM staff
"""
_ACTIVE = """
SELECT 'student' AS kind, student_id AS person FROM student WHERE active = 1
UNION ALL SELECT 'staff', staff_id FROM staff WHERE active = 1
"""


def note_gone(master: sqlite3.Connection) -> None:
    """Note who is gone since now, and who came back; inside the transaction that changes the roster."""
    master.execute(f"DELETE FROM main.gone WHERE (kind, person) IN ({_ACTIVE})")
    master.execute(
        f"""
        INSERT OR IGNORE INTO main.gone (kind, person, since)
        SELECT kind, person, ?
        FROM (SELECT kind, person FROM ({_KNOWN}) EXCEPT SELECT kind, person FROM ({_ACTIVE}))
        """,
        (now_text(),),
    )


def gone_since(db: sqlite3.Connection, before: str) -> list[Erased]:
    """People who are gone since before a moment, by kind and id."""
    rows = db.execute("SELECT kind, person FROM gone WHERE since < ? ORDER BY kind, person", (before,))
    return [(str(kind), int(person)) for kind, person in rows]


def known_people(db: sqlite3.Connection) -> int:
    """Everybody of whom something is kept."""
    return int(db.execute(f"SELECT count(*) FROM ({_KNOWN})").fetchone()[0])
