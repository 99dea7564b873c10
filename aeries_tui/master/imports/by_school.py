"""What an import did at each school, in numbers."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.master.roster.changes import all_changes
from aeries_tui.master.roster.kinds import SCHOOL_ENROLLMENT
from aeries_tui.master.schools import schools_table

_JOINED = ("created", "reactivated")
_LEFT = ("deactivated", "removed")


@dataclass(frozen=True)
class SchoolFigures:
    """One school in one import.

    Attributes:
        code, name: of the school; None and blank for what is of no school.
        students: active there now.
        joined, left, changed: enrollments that the import added, ended, and changed.
        errors, warnings: records that it described.
    """

    code: int | None
    name: str
    students: int
    joined: int
    left: int
    changed: int
    errors: int
    warnings: int


def figures_by_school(db: sqlite3.Connection, number: int, plan: Path | None = None) -> list[SchoolFigures]:
    """Each school that has students, was changed or has problems, by code; what is of no school comes last.

    Args:
        db: the Master.
        number: the import.
        plan: its plan where it waits; None where it was applied.
    """
    changes: dict[int | None, Counter[str]] = defaultdict(Counter)
    for change in all_changes(db, number, plan, SCHOOL_ENROLLMENT.name):
        code = int(change.record.split(":")[0])
        word = "joined" if change.action in _JOINED else "left" if change.action in _LEFT else "changed"
        changes[code][word] += 1
    problems: dict[int | None, Counter[bool]] = defaultdict(Counter)
    for school, is_warning, n in db.execute(
        """
        SELECT school, severity = 'W', count(*)
        FROM description
        WHERE import_id = ?
        GROUP BY 1, 2
        """,
        (number,),
    ):
        problems[school][bool(is_warning)] += n
    students = dict(
        db.execute(
            "SELECT school_code, count(*) FROM school_enrollment WHERE active = 1 GROUP BY 1"
        ).fetchall()
    )
    names = {row.code: row.name for row in schools_table.known_rows(db).values()}
    codes: set[int | None] = {*changes, *problems, *students}
    return [
        SchoolFigures(
            code,
            names.get(code, f"School {code}") if code is not None else "",
            students.get(code, 0) if code is not None else 0,
            joined=changes[code]["joined"],
            left=changes[code]["left"],
            changed=changes[code]["changed"],
            errors=problems[code][False],
            warnings=problems[code][True],
        )
        for code in sorted(codes, key=lambda code: (code is None, code or 0))
    ]
