"""The schools of both sides: Aeries' list as it was read last, and the product's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.roster.apply import next_generation
from aeries_tui.master.roster.plan import SCHOOL_COLUMNS, TERM_COLUMNS
from aeries_tui.text import fold

NOT_SCHOOLS = (0,)
"""Rows of the school list that never are schools: 0 is the district itself (contract, section 7)."""


@dataclass(frozen=True)
class AeriesSchool:
    """A row of Aeries' school list.

    Attributes:
        code: the school code.
        name: as Aeries spells it.
        status: blank for an active school.
        do_not_report: Aeries marks it as not to be reported; offered, but never mapped by itself.
        state_code, nces_code: blank where Aeries has none.
        low_grade, high_grade: Aeries' numbers, or None.
        schedule_type: Elementary, MasterSchedule, Flex, ...
        listed: it was in the list when that was read last.
    """

    code: int
    name: str
    status: str
    do_not_report: bool
    state_code: str
    nces_code: str
    low_grade: int | None
    high_grade: int | None
    schedule_type: str
    listed: bool

    @property
    def is_offered(self) -> bool:
        """Whether it can be mapped: an active school in Aeries' list that is not the district itself."""
        return self.code not in NOT_SCHOOLS and not self.status and self.listed

    @property
    def is_doubtful(self) -> bool:
        """Whether it looks like a code table, a transfer school or a store of inactive students.

        Such rows are shown, but only a person maps them (contract, section 7, schools).
        """
        name = self.name.upper()
        return self.do_not_report or name.startswith("ZZZ") or self.code == 999 or "INACTIVE STUDENT" in name


@dataclass(frozen=True)
class AliSchool:
    """One of the product's schools; `origin` is csv or aeries."""

    id: str
    name: str
    code: str
    low_grade: str
    high_grade: str
    origin: str


def aeries_schools(db: sqlite3.Connection) -> list[AeriesSchool]:
    """Every row of Aeries' school list known here, by code."""
    rows = db.execute(
        """
        SELECT code, name, coalesce(status, ''), do_not_report, coalesce(state_code, ''), coalesce(nces_code, ''),
            low_grade, high_grade, coalesce(schedule_type, ''), listed
        FROM aeries_school
        ORDER BY code
        """
    )
    return [
        AeriesSchool(
            code, name, status, bool(do_not_report), state_code, nces_code, low, high, schedule, bool(listed)
        )
        for code, name, status, do_not_report, state_code, nces_code, low, high, schedule, listed in rows
    ]


def known_rows(db: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    """Aeries' school list as it was read last, by code: rows as `update_aeries_schools` takes them."""
    terms: dict[int, list[list[Any]]] = {}
    for code, *term in db.execute(
        "SELECT school_code, term_code, description, start_date, end_date FROM term ORDER BY 1, 2"
    ):
        terms.setdefault(code, []).append(term)
    rows = db.execute(f"SELECT {', '.join(SCHOOL_COLUMNS)} FROM aeries_school WHERE listed = 1 ORDER BY code")
    return {
        row[0]: {**dict(zip(SCHOOL_COLUMNS, row, strict=True)), "terms": terms.get(row[0], [])}
        for row in rows
    }


def ali_schools(db: sqlite3.Connection) -> list[AliSchool]:
    """Every ALI school, by name."""
    rows = db.execute(
        "SELECT id, name, coalesce(code, ''), coalesce(low_grade, ''), coalesce(high_grade, ''), origin "
        "FROM ali_school ORDER BY name, id"
    )
    return [AliSchool(*row) for row in rows]


def update_aeries_schools(db: sqlite3.Connection, schools: Sequence[dict[str, Any]]) -> None:
    """Take over Aeries' school list and terms; schools that are gone stay known, marked as not listed."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in SCHOOL_COLUMNS[1:])
    with immediate(db):
        db.execute("UPDATE aeries_school SET listed = 0")
        db.executemany(
            f"INSERT INTO aeries_school ({', '.join(SCHOOL_COLUMNS)}, listed, seen_at) "
            f"VALUES ({', '.join('?' * len(SCHOOL_COLUMNS))}, 1, ?) "
            f"ON CONFLICT (code) DO UPDATE SET {updates}, listed = 1, seen_at = excluded.seen_at",
            [(*(school[name] for name in SCHOOL_COLUMNS), now_text()) for school in schools],
        )
        db.executemany("DELETE FROM term WHERE school_code = ?", [(school["code"],) for school in schools])
        db.executemany(
            f"INSERT OR IGNORE INTO term ({', '.join(TERM_COLUMNS)}) VALUES (?, ?, ?, ?, ?)",
            [(school["code"], *term) for school in schools for term in school["terms"]],
        )


def put_ali_schools(db: sqlite3.Connection, schools: Iterable[AliSchool]) -> tuple[int, int]:
    """Add ALI schools or bring known ones up to date; returns how many were new and how many known.

    One that was made from an Aeries school makes room for another one of the product that has its id; what is
    mapped to it stays mapped to it.
    """
    schools = list(schools)
    with immediate(db):
        _make_room(db, schools)
        (before,) = db.execute("SELECT count(*) FROM ali_school").fetchone()
        given = [
            (s.id, s.name, s.code or None, s.low_grade or None, s.high_grade or None, s.origin)
            for s in schools
        ]
        db.executemany(
            """
            INSERT INTO ali_school (id, name, code, low_grade, high_grade, origin)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET
                name = excluded.name, code = excluded.code,
                low_grade = excluded.low_grade, high_grade = excluded.high_grade
            """,
            given,
        )
        (after,) = db.execute("SELECT count(*) FROM ali_school").fetchone()
    return after - before, len(given) - (after - before)


def _make_room(db: sqlite3.Connection, given: Sequence[AliSchool]) -> None:
    rows = db.execute("SELECT id, name FROM ali_school WHERE origin = 'aeries'").fetchall()
    made = {str(ali_id): str(name) for ali_id, name in rows}
    taken = {str(row[0]) for row in db.execute("SELECT id FROM ali_school")} | {one.id for one in given}
    moved = False
    for one in given:
        if one.origin == "aeries" or one.id not in made or fold(one.name) == fold(made[one.id]):
            continue
        new = free_id(f"aeries-{one.id}", taken)
        taken.add(new)
        db.execute("UPDATE ali_school SET id = ? WHERE id = ?", (new, one.id))
        db.execute("UPDATE mapping SET ali_id = ? WHERE ali_id = ?", (new, one.id))
        moved = True
    if moved:
        next_generation(db)


def free_id(wanted: str, taken: Container[str]) -> str:
    """The id, with a number behind it where it is taken."""
    candidate, n = wanted, 1
    while candidate in taken:
        n += 1
        candidate = f"{wanted}-{n}"
    return candidate
