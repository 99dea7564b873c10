"""Pupils and staff as long lists to search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from aeries_tui.listing import Cell, Column
from aeries_tui.master.people import PersonKind
from aeries_tui.master.rows import SqlRowSource, Value

Which = Literal["student", "staff", "both"]

COLUMNS = (
    Column("kind", "Who", width=5),
    Column("id", "ID", align="right", min_width=9),
    Column("name", "Name", flex=3, min_width=18, max_width=40),
    Column("grade", "Grade", align="right", min_width=5),
    Column("schools", "Schools", flex=1, min_width=7, max_width=24),
    Column("state", "State", min_width=8),
    Column("email", "E-mail", flex=2, min_width=10, max_width=44),
    Column("login", "Login ID", flex=1, min_width=8, max_width=30),
)

_GRADE, _STATE = ([column.key for column in COLUMNS].index(key) for key in ("grade", "state"))

_STAFF_FIRST = 1 << 61
"""Taken from a StaffID where both stand in one list, so that staff and pupils can't have the same key."""

_SCHOOLS = (
    "(SELECT group_concat(school_code, ' ') FROM (SELECT DISTINCT g.school_code FROM {table} g "
    "WHERE g.{key} = t.{key} AND g.active = 1 ORDER BY 1))"
)
_STUDENT = (
    "SELECT t.student_id AS key, 'pupil' AS kind, t.student_id AS id, t.last_name || ', ' || t.first_name AS name, t.last_name, t.first_name, t.grade, "
    f"{_SCHOOLS.format(table='school_enrollment', key='student_id')} AS schools, t.email, t.login_id AS login, "
    "iif(t.active, 'active', 'inactive') AS state, t.active AS active, t.preferred_first_name AS other, "
    "t.preferred_last_name AS other_last FROM student t"
)
_STAFF = (
    f"SELECT t.staff_id - {_STAFF_FIRST} AS key, 'staff' AS kind, t.staff_id AS id, t.last_name || ', ' || t.first_name AS name, t.last_name, t.first_name, NULL AS grade, "
    f"{_SCHOOLS.format(table='teaching', key='staff_id')} AS schools, t.email, "
    "coalesce(t.user_name, t.login_id) AS login, iif(t.active, 'active', 'inactive') AS state, "
    "t.active AS active, NULL AS other, NULL AS other_last FROM staff t"
)
# Alone, staff stand in the order of their own primary key.
_STAFF_ALONE = _STAFF.replace(f"t.staff_id - {_STAFF_FIRST} AS key", "t.staff_id AS key")


def people_source(
    master: Path, which: Which, *, active_only: bool = False, grade: Callable[[int], str] = str
) -> SqlRowSource:
    """Pupils, staff or both, in the order of their numbers; names, numbers, e-mails and logins are searched.

    Args:
        master: the Master.
        which: whom.
        active_only: leave out those who are not active.
        grade: how the number of a grade is shown.

    Raises:
        MasterError: the Master can't be opened.
    """
    where = " WHERE t.active = 1" if active_only else ""
    select = {
        "student": _STUDENT + where,
        "staff": _STAFF_ALONE + where,
        "both": f"{_STAFF}{where} UNION ALL {_STUDENT}{where}",
    }[which]
    return SqlRowSource(
        master,
        select,
        key="key",
        columns=COLUMNS if which == "both" else COLUMNS[1:],
        search=("last_name", "first_name", "id", "email", "login", "other", "other_last"),
        present=lambda row: _cells(row, grade)[0 if which == "both" else 1 :],
    )


def _cells(row: Mapping[str, Value], grade: Callable[[int], str]) -> tuple[Cell, ...]:
    cells: list[Cell] = [str(row[c.key]) if row[c.key] is not None else "" for c in COLUMNS]
    cells[_STATE] = (str(row["state"]), "" if row["active"] else "muted")
    number = row["grade"]
    if isinstance(number, int):
        cells[_GRADE] = grade(number)
    return tuple(cells)


def person_of(which: Which, key: int) -> tuple[PersonKind, int]:
    """Whom a row of `people_source` shows: kind, and StudentID or StaffID."""
    if which == "both":
        return ("staff", key + _STAFF_FIRST) if key < 0 else ("student", key)
    return which, key
