"""Students and staff as long lists to search, with those whom the last pull read and left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from aeries_tui.codes import Code
from aeries_tui.left_out import words_of
from aeries_tui.listing import Cell, Column, Row, RowKey, RowSource, cell_text
from aeries_tui.master.database import bring_up_to_date
from aeries_tui.master.lists.sql_source import Present, SqlRowSource, Value
from aeries_tui.master.lists.union import JoinedRows, Part
from aeries_tui.master.roster.kinds import full_name
from aeries_tui.master.roster.left_out import LAST_PULL
from aeries_tui.master.roster.people import PersonKind

Which = Literal["student", "staff", "both", "left_out"]

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

LEFT_OUT_COLUMNS = (
    Column("kind", "Who", width=7, sortable=False),
    Column("id", "ID", align="right", min_width=9),
    Column("name", "Name", flex=3, min_width=18, max_width=40),
    Column("schools", "School", min_width=6),
    Column("state", "Why", flex=2, min_width=16, max_width=60, sortable=False),
)

_GRADE, _STATE = ([column.key for column in COLUMNS].index(key) for key in ("grade", "state"))

_STAFF_KEY = "staff:"
"""Stands before a StaffID where both are in one list, so that staff and students can't have the same key."""


def _asked(kind: PersonKind, name: str) -> str:
    """SQL: a name of who came under an id that stands for somebody else, until that is decided and pulled."""
    return f"""(
        SELECT json_extract(q.after, '$.{name}')
        FROM identity_question q
        WHERE q.kind = '{kind}' AND q.person = t.{kind}_id AND q.code = '{Code.REC_IDENTITY}'
    )"""


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
        t.preferred_last_name AS other_last,
        {_asked("student", "last_name")} AS asked_last,
        {_asked("student", "first_name")} AS asked_first,
        NULL AS rule,
        NULL AS code
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
        NULL AS other_last,
        {_asked("staff", "last_name")} AS asked_last,
        {_asked("staff", "first_name")} AS asked_first,
        NULL AS rule,
        NULL AS code
    FROM v_staff t
"""
_LEFT_OUT = f"""
    SELECT
        iif(o.kind = 'staff', '{_STAFF_KEY}' || o.person, o.person) AS key,
        o.kind AS kind,
        o.person AS id,
        coalesce(o.last_name || ', ' || o.first_name, o.last_name, o.first_name, '(no name)') AS name,
        o.last_name,
        o.first_name,
        NULL AS grade,
        CAST(o.school AS TEXT) AS schools,
        NULL AS email,
        NULL AS login,
        'left out' AS state,
        0 AS active,
        NULL AS other,
        NULL AS other_last,
        NULL AS asked_last,
        NULL AS asked_first,
        o.rule,
        o.code
    FROM left_out o
"""
_LEFT_OUT_LAST = f"{_LEFT_OUT} WHERE o.import_id = {LAST_PULL}"


def _never_in(kind: PersonKind) -> str:
    """SQL: those left out of one kind who are not in the list of the Master, under the keys of that list."""
    key = f"replace(q.key, '{_STAFF_KEY}', '') + 0" if kind == "staff" else "q.key"
    return f"""
        SELECT
            {key} AS key, q.kind, q.id, q.name, q.last_name, q.first_name, q.grade, q.schools,
            q.email, q.login, q.state, q.active, q.other, q.other_last,
            q.asked_last, q.asked_first, q.rule, q.code
        FROM ({_LEFT_OUT_LAST} AND o.kind = '{kind}') q
        WHERE NOT EXISTS (SELECT 1 FROM {kind} t WHERE t.{kind}_id = q.id)
    """


def people_source(
    master: Path,
    which: Which,
    *,
    active_only: bool = False,
    grade: Callable[[int], str] = str,
    by: int | None = None,
) -> RowSource:
    """Students, staff, or staff and then students, by their numbers; names, numbers, e-mails and logins are searched.

    A filter also finds whom the last pull read and left out, also under an id that is somebody else's; `left_out`
    lists alone those who are in no way in.

    Args:
        master: the Master.
        which: whom.
        active_only: leave out those who are not active.
        grade: how the number of a grade is shown.
        by: of those left out, by which import; None for the last pull.

    Raises:
        MasterError: the Master can't be opened.
    """
    if which == "left_out":
        listed = _LEFT_OUT_LAST if by is None else f"{_LEFT_OUT} WHERE o.import_id = {int(by)}"
        return _source(master, listed, None, LEFT_OUT_COLUMNS, _left_out_cells)
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
    kind: PersonKind = "student" if which == "student" else "staff"
    select = _STUDENT if kind == "student" else _STAFF
    if active_only:
        return _source(
            master, f"{select} WHERE t.active = 1", None, COLUMNS[1:], lambda row: _cells(row, grade)
        )
    wider = f"{select} UNION ALL {_never_in(kind)}"
    return _source(master, select, wider, COLUMNS[1:], lambda row: _cells(row, grade))


def _source(
    master: Path, select: str, wider: str | None, columns: Sequence[Column], present: Present
) -> SqlRowSource:
    bring_up_to_date(master)
    return SqlRowSource(
        master,
        select,
        wider=wider,
        key="key",
        columns=columns,
        search=(
            "last_name",
            "first_name",
            "id",
            "email",
            "login",
            "other",
            "other_last",
            "asked_last",
            "asked_first",
        ),
        present=present,
    )


@dataclass(frozen=True)
class Match:
    """Somebody whom a search found: kind, StudentID or StaffID, and as the list shows them.

    Attributes:
        kind, id: student or staff, and the StudentID or StaffID.
        name: last and first name.
        schools: where they are.
        state: whether they are in, or why not, in a word or two.
    """

    kind: PersonKind
    id: int
    name: str
    schools: str
    state: str


def find_people(master: Path, kind: PersonKind, text: str, most: int = 200) -> list[Match]:
    """Students or staff whom the words fit, as the list with a filter has them.

    Raises:
        MasterError: the Master can't be read.
    """
    source = people_source(master, kind)
    try:
        rows = source.with_filter(text).rows(0, most)
    finally:
        source.close()
    places = {column.key: place for place, column in enumerate(COLUMNS[1:])}
    return [
        Match(
            kind, int(row.key), *(cell_text(row.cells[places[key]]) for key in ("name", "schools", "state"))
        )
        for row in rows
    ]


def _own_staff_key(key: RowKey) -> RowKey | None:
    return int(key.removeprefix(_STAFF_KEY)) if isinstance(key, str) else None


def _dressed(row: Row, who: str) -> Row:
    return Row(row.key, (who, *row.cells))


def _left_out_cells(row: Mapping[str, Value]) -> tuple[Cell, ...]:
    why = words_of(str(row["rule"]), str(row["code"]) if row["code"] else None)
    return str(row["kind"]), str(row["id"]), str(row["name"]), str(row["schools"] or ""), why


def _cells(row: Mapping[str, Value], grade: Callable[[int], str]) -> tuple[Cell, ...]:
    cells: list[Cell] = [str(row[c.key]) if row[c.key] is not None else "" for c in COLUMNS]
    state = str(row["state"])
    if row["rule"] is not None:
        state += f": {words_of(str(row['rule']), str(row['code']) if row['code'] else None)}"
    asked = ", ".join(str(row[name]) for name in ("asked_last", "asked_first") if row[name])
    if asked:
        state += f"; now {asked}?"
    cells[_STATE] = (state, "" if row["active"] else "muted")
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
