"""The rows of an import's staff and student file, out of the Master and the import's plan."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from aeries_tui.master.fence import Value, sorting_on_disk
from aeries_tui.master.roster.apply import attached

STAFF_COLUMNS = (
    "staff_id", "last_name", "first_name", "middle_name", "email", "user_name", "login_id", "title",
    "aeries_schools", "ali_schools", "sections", "active", "outcome", "codes",
)  # fmt: skip
STUDENT_COLUMNS = (
    "student_id", "state_student_id", "last_name", "first_name", "middle_name", "preferred_first_name",
    "preferred_last_name", "grade", "email", "login_id", "aeries_schools", "ali_schools", "sections", "active",
    "outcome", "codes",
)  # fmt: skip

_CODES = """
CREATE TEMP TABLE code_of AS SELECT record, group_concat(code, ' ') AS codes FROM
    (SELECT DISTINCT record, code FROM description WHERE import_id = ? AND kind = ? ORDER BY code) GROUP BY record
"""


def staff_rows(db: sqlite3.Connection, plan: Path, number: int) -> Iterator[tuple[Value, ...]]:
    """One row for each member of staff that import `number` took, left out for a problem, or deactivated."""
    schools = (
        "SELECT g.staff_id AS id, group_concat(DISTINCT g.school_code) AS codes, "
        "group_concat(DISTINCT m.ali_id) AS ali, count(*) AS n FROM teaching g LEFT JOIN mapping m "
        "ON m.aeries_code = g.school_code WHERE g.active = 1 GROUP BY 1"
    )
    columns = "last_name, t.first_name, t.middle_name, t.email, t.user_name, t.login_id, t.title"
    yield from _rows(db, plan, number, "staff", "staff_id", columns, schools)


def student_rows(db: sqlite3.Connection, plan: Path, number: int) -> Iterator[tuple[Value, ...]]:
    """One row for each student that import `number` took, left out for a problem, or deactivated."""
    schools = (
        "SELECT e.student_id AS id, group_concat(e.school_code) AS codes, "
        "group_concat(DISTINCT m.ali_id) AS ali, (SELECT count(*) FROM enrollment r WHERE "
        "r.student_id = e.student_id AND r.active = 1) AS n FROM school_enrollment e LEFT JOIN mapping m "
        "ON m.aeries_code = e.school_code WHERE e.active = 1 GROUP BY 1"
    )
    columns = (
        "state_student_id, t.last_name, t.first_name, t.middle_name, t.preferred_first_name, "
        "t.preferred_last_name, t.grade, t.email, t.login_id"
    )
    yield from _rows(db, plan, number, "student", "student_id", columns, schools)


def _rows(
    db: sqlite3.Connection, plan: Path, number: int, kind: str, key: str, columns: str, schools: str
) -> Iterator[tuple[Value, ...]]:
    with sorting_on_disk(db), attached(db, plan):
        db.execute("CREATE TEMP TABLE outcome_of (record INTEGER PRIMARY KEY, outcome TEXT NOT NULL)")
        try:
            db.execute(
                f"""
                INSERT INTO outcome_of (record, outcome)
                SELECT record, outcome FROM p.seen_{kind} WHERE outcome <> 'out_of_scope'
                """
            )
            db.execute(
                f"""
                INSERT OR REPLACE INTO outcome_of (record, outcome)
                SELECT {key}, action FROM p.plan_{kind}
                WHERE action IN ('deactivated', 'removed', 'restored')
                """
            )
            db.execute(_CODES, (number, kind))
            db.execute("CREATE INDEX temp.code_of_record ON code_of (record)")
            db.execute(
                "CREATE TEMP TABLE schools_of (id INTEGER PRIMARY KEY, codes TEXT, ali TEXT, n INTEGER)"
            )
            db.execute(f"INSERT INTO schools_of {schools}")
            plain = db.cursor()
            plain.row_factory = None
            yield from plain.execute(
                f"SELECT o.record, t.{columns}, s.codes, s.ali, coalesce(s.n, 0), coalesce(t.active, 0), o.outcome, "
                f"c.codes FROM outcome_of o LEFT JOIN {kind} t ON t.{key} = o.record LEFT JOIN schools_of s "
                f"ON s.id = o.record LEFT JOIN code_of c ON c.record = CAST(o.record AS TEXT) ORDER BY o.record"
            )
        finally:
            db.execute("DROP TABLE IF EXISTS temp.schools_of")
            db.execute("DROP TABLE IF EXISTS temp.code_of")
            db.execute("DROP TABLE temp.outcome_of")
