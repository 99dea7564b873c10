"""People who belong together: who shares an address or wanted one user name, who is not ready for single sign-on."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from aeries_tui.kinds import KIND_NAMES
from aeries_tui.listing import Cell, Column
from aeries_tui.master.accounts.readiness import EmailState, not_ready
from aeries_tui.master.database import bring_up_to_date
from aeries_tui.master.lists.sql_source import SqlRowSource, Value
from aeries_tui.master.roster.kinds import full_name
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.settings import Accounts

Members = Callable[[sqlite3.Connection], Iterable[tuple[str, int]]]
"""Finds the members of a group, kind and id, in the order in which they are to stand."""

COLUMNS = (
    Column("email", "E-mail", flex=2, min_width=12, max_width=48),
    Column("kind", "Who", min_width=7, max_width=16),
    Column("id", "ID", align="right", min_width=8),
    Column("name", "Name", flex=2, min_width=14, max_width=40),
    Column("schools", "Schools", flex=1, min_width=7, max_width=24),
    Column("login", "User name", flex=1, min_width=8, max_width=36),
)

_NUMBER = re.compile(r"-\d+(?=@|$)")
_STUDENTS, _STAFF = (
    f"""
    SELECT
        m.place, t.email, m.kind, m.person AS id, {full_name("t")} AS name, t.schools,
        (SELECT a.user_name FROM account a WHERE a.kind = m.kind AND a.person = m.person) AS login
    FROM temp.member m
    JOIN v_{kind} t ON t.{kind}_id = m.person
    WHERE m.kind = '{kind}'
    """
    for kind in ("student", "staff")
)


def same_address(kind: PersonKind, person: int) -> Members:
    """All active people who have the e-mail address of this one."""

    def members(db: sqlite3.Connection) -> Iterable[tuple[str, int]]:
        rows = db.execute(
            f"""
            WITH mine AS (
                SELECT lower(email) AS address
                FROM {kind}
                WHERE {kind}_id = ? AND coalesce(email, '') <> ''
            )
            SELECT 'staff', staff_id FROM staff, mine WHERE active = 1 AND lower(email) = address
            UNION ALL
            SELECT 'student', student_id FROM student, mine WHERE active = 1 AND lower(email) = address
            """,
            (person,),
        )
        return [(str(row[0]), int(row[1])) for row in rows]

    return members


def same_user_name(kind: PersonKind, person: int) -> Members:
    """All whose user name the rule makes alike: the one who has it, and those who got a number."""

    def members(db: sqlite3.Connection) -> Iterable[tuple[str, int]]:
        own = db.execute(
            "SELECT user_name FROM account WHERE kind = ? AND person = ?",
            (kind, person),
        ).fetchone()
        if own is None:
            return []
        plain = _NUMBER.sub("", str(own[0]))
        # The range holds every name that begins like it; which of them only has a number is told here.
        begin = plain.partition("@")[0]
        rows = db.execute(
            "SELECT kind, person, user_name FROM account WHERE user_name >= ? AND user_name < ? ORDER BY user_name",
            (begin, begin + "\U0010ffff"),
        )
        return [(str(row[0]), int(row[1])) for row in rows if _NUMBER.sub("", str(row[2])) == plain]

    return members


def not_ready_for(rule: Accounts, reason: EmailState) -> Members:
    """All who are not ready for single sign-on for one reason; those who share an address stand together."""

    def members(db: sqlite3.Connection) -> Iterable[tuple[str, int]]:
        return [(one.kind, one.person) for one in not_ready(db, rule, reason)]

    return members


def group_source(master: Path, members: Members) -> SqlRowSource:
    """The members of a group as a list, each with the address and the user name.

    Raises:
        MasterError: the Master can't be opened.
    """

    def prepare(db: sqlite3.Connection) -> None:
        db.execute(
            "CREATE TEMP TABLE member (place INTEGER PRIMARY KEY, kind TEXT NOT NULL, person INTEGER NOT NULL)"
        )
        db.executemany("INSERT INTO member (kind, person) VALUES (?, ?)", list(members(db)))

    bring_up_to_date(master)
    return SqlRowSource(
        master,
        f"{_STAFF} UNION ALL {_STUDENTS}",
        key="place",
        columns=COLUMNS,
        search=("email", "kind", "id", "name", "schools", "login"),
        present=_cells,
        prepare=prepare,
    )


def _cells(row: Mapping[str, Value]) -> tuple[Cell, ...]:
    texts = {column.key: "" if row[column.key] is None else str(row[column.key]) for column in COLUMNS}
    texts["kind"] = KIND_NAMES[texts["kind"]].singular
    return tuple(texts.values())
