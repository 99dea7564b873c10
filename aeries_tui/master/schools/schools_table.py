"""The schools of both sides: Aeries' list as it was read last, and the product's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.roster.apply import next_generation
from aeries_tui.master.roster.plan import SCHOOL_COLUMNS, TERM_COLUMNS
from aeries_tui.master.typed_rows import typed_rows
from aeries_tui.text import fold, id_key

NOT_SCHOOLS = (0,)
"""Rows of the school list that never are schools: 0 is the district itself (contract, section 7)."""


@dataclass(frozen=True)
class Term:
    """A term of a school's year: code, description, and its first and last day as YYYY-MM-DD; blank where not told."""

    term_code: str
    description: str
    start_date: str
    end_date: str


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
        terms: of its year; only `known_rows` and the list as it is read tell them.
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
    listed: bool = True
    terms: tuple[Term, ...] = ()

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


_SCHOOL = """
    code, name, coalesce(status, '') AS status, do_not_report,
    coalesce(state_code, '') AS state_code, coalesce(nces_code, '') AS nces_code, low_grade, high_grade,
    coalesce(schedule_type, '') AS schedule_type, listed
"""


def aeries_schools(db: sqlite3.Connection) -> list[AeriesSchool]:
    """Every row of Aeries' school list known here, by code."""
    return typed_rows(
        AeriesSchool, db.execute(f"SELECT {_SCHOOL} FROM aeries_school ORDER BY aeries_school.code")
    )


def known_rows(db: sqlite3.Connection) -> dict[int, AeriesSchool]:
    """Aeries' school list as it was read last, by code, with the terms."""
    rows = db.execute(
        """
        SELECT school_code, term_code, coalesce(description, '') AS description,
            coalesce(start_date, '') AS start_date, coalesce(end_date, '') AS end_date
        FROM term
        ORDER BY school_code, term_code
        """
    ).fetchall()
    terms: dict[int, list[Term]] = {}
    for row, term in zip(rows, typed_rows(Term, rows), strict=True):
        terms.setdefault(row["school_code"], []).append(term)
    return {
        school.code: replace(school, terms=tuple(terms.get(school.code, ())))
        for school in aeries_schools(db)
        if school.listed
    }


def ali_schools(db: sqlite3.Connection) -> list[AliSchool]:
    """Every ALI school, by name."""
    return typed_rows(
        AliSchool,
        db.execute(
            """
            SELECT id, name, coalesce(code, '') AS code, coalesce(low_grade, '') AS low_grade,
                coalesce(high_grade, '') AS high_grade, origin
            FROM ali_school
            ORDER BY name, id
            """
        ),
    )


def update_aeries_schools(db: sqlite3.Connection, schools: Sequence[AeriesSchool]) -> None:
    """Take over Aeries' school list and terms; schools that are gone stay known, marked as not listed."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in SCHOOL_COLUMNS[1:])
    with immediate(db):
        db.execute("UPDATE aeries_school SET listed = 0")
        db.executemany(
            f"INSERT INTO aeries_school ({', '.join(SCHOOL_COLUMNS)}, listed, seen_at) "
            f"VALUES ({', '.join('?' * len(SCHOOL_COLUMNS))}, 1, ?) "
            f"ON CONFLICT (code) DO UPDATE SET {updates}, listed = 1, seen_at = excluded.seen_at",
            [(*(getattr(school, name) for name in SCHOOL_COLUMNS), now_text()) for school in schools],
        )
        db.executemany("DELETE FROM term WHERE school_code = ?", [(school.code,) for school in schools])
        db.executemany(
            f"INSERT OR IGNORE INTO term ({', '.join(TERM_COLUMNS)}) VALUES (?, ?, ?, ?, ?)",
            [
                (school.code, term.term_code, term.description, term.start_date, term.end_date)
                for school in schools
                for term in school.terms
            ],
        )


def put_ali_schools(db: sqlite3.Connection, schools: Iterable[AliSchool]) -> tuple[int, int]:
    """Add ALI schools or bring known ones up to date; returns how many were new and how many known.

    One that was made from an Aeries school makes room for another one of the product that has its id; what is
    mapped to it stays mapped to it.

    Raises:
        NotAllowedNow: an id differs from that of a known school in nothing but case; nothing is changed.
    """
    schools = list(schools)
    with immediate(db):
        _refuse_other_spellings(db, schools)
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


def _refuse_other_spellings(db: sqlite3.Connection, given: Sequence[AliSchool]) -> None:
    """What the product calls by one id is one school: a second one would take the mapping of the first apart."""
    known = {id_key(str(row[0])): str(row[0]) for row in db.execute("SELECT id FROM ali_school")}
    for school in given:
        there = known.get(id_key(school.id), school.id)
        if there != school.id:
            raise NotAllowedNow(
                f"The id {school.id!r} is that of an ALI school which is there already, as {there!r}.",
                meaning="Nothing was taken.",
                remedy="Write the id as it is there.",
            )


def _make_room(db: sqlite3.Connection, given: Sequence[AliSchool]) -> None:
    rows = db.execute("SELECT id, name FROM ali_school WHERE origin = 'aeries'").fetchall()
    made = {str(ali_id): str(name) for ali_id, name in rows}
    taken = {str(row[0]) for row in db.execute("SELECT id FROM ali_school")} | {school.id for school in given}
    moved = False
    for school in given:
        if school.origin == "aeries" or school.id not in made or fold(school.name) == fold(made[school.id]):
            continue
        new = free_id(f"aeries-{school.id}", taken)
        taken.add(new)
        db.execute("UPDATE ali_school SET id = ? WHERE id = ?", (new, school.id))
        db.execute("UPDATE mapping SET ali_id = ? WHERE ali_id = ?", (new, school.id))
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
