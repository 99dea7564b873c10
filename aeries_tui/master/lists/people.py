"""Students and staff as long lists to search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from aeries_tui.listing import Cell, Column, Row, RowKey, RowSource
from aeries_tui.master.database import bring_up_to_date
from aeries_tui.master.lists.sql_source import SqlRowSource, Value
from aeries_tui.master.lists.union import JoinedRows, Part
from aeries_tui.master.roster.kinds import full_name
from aeries_tui.master.roster.people import PersonKind

Which = Literal["student", "staff", "both"]

COLUMNS = (
    Column("kind", "Who", width=5, sortable=False),
    Column("id", "ID", align="right", min_width=9),
    Column("name", "Name", flex=3, min_width=18, max_width=40),
    Column("grade", "Grade", align="right", min_width=5),
    Column("schools", "Schools", flex=1, min_width=7, max_width=24),
    Column("state", "State", min_width=8),
    Column("email", "E-mail", flex=2, min_width=10, max_width=44),
    Column("login", "Login ID", flex=1, min_width=8, max_width=30),
)

_GRADE, _STATE = ([column.key for column in COLUMNS].index(key) for key in ("grade", "state"))

_STAFF_KEY = "staff:"
"""Stands before a StaffID where both are in one list, so that staff and students can't have the same key."""

# Out of the documented views, so that whoever reads them with sqlite3 sees the same people at the same schools.
_STUDENT = f"""
    SELECT
        t.student_id AS key,
        'student' AS kind,
        t.student_id AS id,
        {full_name("t")} AS name,
        t.last_name,
        t.first_name,
        t.grade,
        t.schools,
        t.email,
        t.login_id AS login,
        iif(t.active, 'active', 'inactive') AS state,
        t.active AS active,
        t.preferred_first_name AS other,
        t.preferred_last_name AS other_last
    FROM v_student t
"""
_STAFF = f"""
    SELECT
        t.staff_id AS key,
        'staff' AS kind,
        t.staff_id AS id,
        {full_name("t")} AS name,
        t.last_name,
        t.first_name,
        NULL AS grade,
        t.schools,
        t.email,
        coalesce(t.user_name, t.login_id) AS login,
        iif(t.active, 'active', 'inactive') AS state,
        t.active AS active,
        NULL AS other,
        NULL AS other_last
    FROM v_staff t
"""


def people_source(
    master: Path, which: Which, *, active_only: bool = False, grade: Callable[[int], str] = str
) -> RowSource:
    """Students, staff, or staff and then students, by their numbers; names, numbers, e-mails and logins are searched.

    Args:
        master: the Master.
        which: whom.
        active_only: leave out those who are not active.
        grade: how the number of a grade is shown.

    Raises:
        MasterError: the Master can't be opened.
    """
    if which != "both":
        return _people(master, which, active_only, grade)
    staff, students = (_people(master, kind, active_only, grade) for kind in ("staff", "student"))
    return JoinedRows(
        COLUMNS,
        [
            Part(staff, lambda key: f"{_STAFF_KEY}{key}", _own_staff_key, lambda row: _dressed(row, "staff")),
            Part(
                students,
                lambda key: key,
                lambda key: key if isinstance(key, int) else None,
                lambda row: _dressed(row, "student"),
            ),
        ],
    )


def _people(master: Path, which: Which, active_only: bool, grade: Callable[[int], str]) -> SqlRowSource:
    where = " WHERE t.active = 1" if active_only else ""
    bring_up_to_date(master)
    return SqlRowSource(
        master,
        (_STUDENT if which == "student" else _STAFF) + where,
        key="key",
        columns=COLUMNS[1:],
        search=("last_name", "first_name", "id", "email", "login", "other", "other_last"),
        present=lambda row: _cells(row, grade),
    )


def _own_staff_key(key: RowKey) -> RowKey | None:
    return int(key.removeprefix(_STAFF_KEY)) if isinstance(key, str) else None


def _dressed(row: Row, who: str) -> Row:
    return Row(row.key, (who, *row.cells))


def _cells(row: Mapping[str, Value], grade: Callable[[int], str]) -> tuple[Cell, ...]:
    cells: list[Cell] = [str(row[c.key]) if row[c.key] is not None else "" for c in COLUMNS]
    cells[_STATE] = (str(row["state"]), "" if row["active"] else "muted")
    number = row["grade"]
    if isinstance(number, int):
        cells[_GRADE] = grade(number)
    return tuple(cells[1:])


def person_of(which: Which, key: RowKey) -> tuple[PersonKind, int]:
    """Whom a row of `people_source` shows: kind, and StudentID or StaffID."""
    own = _own_staff_key(key)
    if own is not None:
        return "staff", int(own)
    return ("staff" if which == "staff" else "student"), int(key)
