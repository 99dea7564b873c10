"""Active people of the Master with what other systems list of them, for a comparison with such a list."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from aeries_tui.master.identity.facts import PersonKind

STUDENT_COLUMNS = (
    "id", "state_id", "last_name", "first_name", "middle_name", "preferred_first_name", "grade", "email", "login_id",
    "user_name", "school",
)  # fmt: skip
STAFF_COLUMNS = ("id", "state_id", "last_name", "first_name", "middle_name", "title", "email", "login_id", "user_name", "school")  # fmt: skip


def columns_of(kind: PersonKind) -> tuple[str, ...]:
    """The columns of `listed_people`."""
    return STUDENT_COLUMNS if kind == "student" else STAFF_COLUMNS


def listed_people(db: sqlite3.Connection, kind: PersonKind) -> Iterator[tuple[str, ...]]:
    """Active people by id, as texts in the order of `columns_of`; what is not known is blank, schools have blanks between."""
    if kind == "student":
        rows = db.execute(
            """
            SELECT
                s.student_id, s.state_student_id, s.last_name, s.first_name, s.middle_name, s.preferred_first_name,
                s.grade, s.email, s.login_id, a.user_name, coalesce(s.schools, s.primary_school)
            FROM v_student s
            LEFT JOIN account a ON a.kind = 'student' AND a.person = s.student_id
            WHERE s.active = 1
            ORDER BY s.student_id
            """
        )
    else:
        rows = db.execute(
            """
            SELECT
                s.staff_id, s.state_educator_id, s.last_name, s.first_name, s.middle_name, s.title, s.email,
                s.login_id, a.user_name, coalesce(s.schools || ' ', '') || coalesce(s.primary_school, '')
            FROM v_staff s
            LEFT JOIN account a ON a.kind = 'staff' AND a.person = s.staff_id
            WHERE s.active = 1
            ORDER BY s.staff_id
            """
        )
    for row in rows:
        yield tuple("" if value is None else str(value) for value in row)
