"""Schools of both sides and the mapping between them, as the Master keeps them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.master.apply import next_generation
from aeries_tui.master.database import immediate, now_text
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
    short_name: str
    status: str
    do_not_report: bool
    state_code: str
    nces_code: str
    low_grade: int | None
    high_grade: int | None
    schedule_type: str
    session_type: str
    listed: bool

    @property
    def is_offered(self) -> bool:
        """Whether it can be mapped: an active school in Aeries' list that is not the district itself."""
        return self.code not in NOT_SCHOOLS and not self.status and self.listed

    @property
    def is_doubtful(self) -> bool:
        """Whether it looks like a code table, a transfer school or a store of inactive pupils.

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


@dataclass(frozen=True)
class Mapping:
    """What stands beside an Aeries school.

    Attributes:
        ali_id: the ALI school, or None.
        match: code, same, similar or manual; None where nothing is mapped.
        score: 0 to 100, None where it says nothing.
        reasons: why, in words.
        excluded: a person said that it takes no part.
        by_person: a person decided; the automatic mapping leaves it alone.
    """

    aeries_code: int
    ali_id: str | None
    match: str | None
    score: float | None
    reasons: tuple[str, ...]
    excluded: bool
    by_person: bool


@dataclass(frozen=True)
class Row:
    """One row of the grid: an Aeries school, what it is mapped to, and its active pupils."""

    school: AeriesSchool
    mapping: Mapping
    ali: AliSchool | None
    pupils: int


_ROW = (
    "code", "name", "short_name", "status", "do_not_report", "state_code", "nces_code", "low_grade",
    "high_grade", "schedule_type", "session_type",
)  # fmt: skip
_SCHOOL = (
    "code, name, coalesce(short_name, ''), coalesce(status, ''), do_not_report, coalesce(state_code, ''), "
    "coalesce(nces_code, ''), low_grade, high_grade, coalesce(schedule_type, ''), coalesce(session_type, ''), listed"
)


def aeries_schools(db: sqlite3.Connection) -> list[AeriesSchool]:
    """Every row of Aeries' school list known here, by code."""
    found = []
    for row in db.execute(f"SELECT {_SCHOOL} FROM aeries_school ORDER BY code"):
        values = list(row)
        values[4], values[11] = bool(values[4]), bool(values[11])
        found.append(AeriesSchool(*values))
    return found


def known_rows(db: sqlite3.Connection) -> dict[int, dict[str, Any]]:
    """Aeries' school list as it was read last, by code: rows as `update_aeries_schools` takes them."""
    terms: dict[int, list[list[Any]]] = {}
    for code, *term in db.execute(
        "SELECT school_code, term_code, description, start_date, end_date FROM term ORDER BY 1, 2"
    ):
        terms.setdefault(code, []).append(term)
    rows = db.execute(f"SELECT {', '.join(_ROW)} FROM aeries_school WHERE listed = 1 ORDER BY code")
    return {row[0]: {**dict(zip(_ROW, row, strict=True)), "terms": terms.get(row[0], [])} for row in rows}


def ali_schools(db: sqlite3.Connection) -> list[AliSchool]:
    """Every ALI school, by name."""
    rows = db.execute(
        "SELECT id, name, coalesce(code, ''), coalesce(low_grade, ''), coalesce(high_grade, ''), origin "
        "FROM ali_school ORDER BY name, id"
    )
    return [AliSchool(*row) for row in rows]


def mappings(db: sqlite3.Connection) -> dict[int, Mapping]:
    """What is mapped or excluded, by Aeries code."""
    rows = db.execute("SELECT aeries_code, ali_id, match, score, reasons, excluded, by_person FROM mapping")
    return {
        row[0]: Mapping(row[0], row[1], row[2], row[3], tuple(json.loads(row[4])), bool(row[5]), bool(row[6]))
        for row in rows
    }


def mapped_codes(db: sqlite3.Connection) -> frozenset[int]:
    """Codes of the schools that take part in a pull: both columns filled."""
    rows = db.execute(
        "SELECT m.aeries_code FROM mapping m JOIN ali_school a ON a.id = m.ali_id WHERE m.excluded = 0"
    )
    return frozenset(int(row[0]) for row in rows)


def grid(db: sqlite3.Connection) -> list[Row]:
    """The mapping grid: every Aeries school that can be mapped, or is."""
    there = mappings(db)
    product = {school.id: school for school in ali_schools(db)}
    pupils = dict(
        db.execute(
            "SELECT school_code, count(*) FROM school_enrollment WHERE active = 1 GROUP BY 1"
        ).fetchall()
    )
    return [
        Row(school, found, product.get(found.ali_id or ""), pupils.get(school.code, 0))
        for school in aeries_schools(db)
        for found in [there.get(school.code, Mapping(school.code, None, None, None, (), False, False))]
        if school.is_offered or found.ali_id is not None
    ]


def update_aeries_schools(db: sqlite3.Connection, schools: Sequence[dict[str, Any]]) -> None:
    """Take over Aeries' school list and terms; schools that are gone stay known, marked as not listed."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in _ROW[1:])
    with immediate(db):
        db.execute("UPDATE aeries_school SET listed = 0")
        db.executemany(
            f"INSERT INTO aeries_school ({', '.join(_ROW)}, listed, seen_at) "
            f"VALUES ({', '.join('?' * len(_ROW))}, 1, ?) "
            f"ON CONFLICT (code) DO UPDATE SET {updates}, listed = 1, seen_at = excluded.seen_at",
            [(*(school[name] for name in _ROW), now_text()) for school in schools],
        )
        db.executemany("DELETE FROM term WHERE school_code = ?", [(school["code"],) for school in schools])
        db.executemany(
            "INSERT OR IGNORE INTO term VALUES (?, ?, ?, ?, ?)",
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
            "INSERT INTO ali_school VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "name = excluded.name, code = excluded.code, low_grade = excluded.low_grade, "
            "high_grade = excluded.high_grade",
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


def set_mapping(
    db: sqlite3.Connection,
    aeries_code: int,
    ali_id: str | None,
    *,
    by: str,
    match: str = "manual",
    score: float | None = None,
    reasons: Sequence[str] = (),
    by_person: bool = True,
) -> None:
    """Map an Aeries school, or (None) take its mapping away.

    Raises:
        NotFound: there is no such school on that side.
        NotAllowedNow: it is the district itself or an inactive school.
    """
    with immediate(db):
        _write_mapping(
            db, aeries_code, ali_id, by=by, match=match, score=score, reasons=reasons, by_person=by_person
        )


def set_automatic(
    db: sqlite3.Connection, found: Iterable[tuple[int, str, str, float, Sequence[str]]]
) -> None:
    """Write what the automatic mapping found, all at once: code, ALI id, match, score, reasons."""
    with immediate(db):
        for code, ali_id, match, score, reasons in found:
            _write_mapping(
                db, code, ali_id, by="automatic", match=match, score=score, reasons=reasons, by_person=False
            )


def _write_mapping(
    db: sqlite3.Connection,
    code: int,
    ali_id: str | None,
    *,
    by: str,
    match: str,
    score: float | None,
    reasons: Sequence[str],
    by_person: bool,
) -> None:
    if ali_id is None:
        _must_exist(db, code)
    else:
        _must_be_school(db, code)
    if ali_id is not None and not db.execute("SELECT 1 FROM ali_school WHERE id = ?", (ali_id,)).fetchone():
        raise NotFound(
            f"There is no ALI school {ali_id!r}.",
            meaning="Nothing was changed.",
            remedy="See aeries-tui schools list; load ALI schools with aeries-tui schools import-ali FILE.csv.",
        )
    db.execute(
        "INSERT INTO mapping VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?) ON CONFLICT (aeries_code) DO UPDATE SET "
        "ali_id = excluded.ali_id, match = excluded.match, score = excluded.score, reasons = excluded.reasons, "
        "excluded = 0, by_person = excluded.by_person, changed_at = excluded.changed_at, "
        "changed_by = excluded.changed_by",
        (code, ali_id, match if ali_id is not None else None, score, json.dumps(list(reasons)), by_person,
         now_text(), by),
    )  # fmt: skip
    next_generation(db)


def exclude(db: sqlite3.Connection, aeries_code: int, *, by: str) -> None:
    """Say that an Aeries school takes no part; raises NotFound where there is none."""
    with immediate(db):
        _must_exist(db, aeries_code)
        db.execute(
            "INSERT INTO mapping (aeries_code, excluded, by_person, changed_at, changed_by) VALUES (?, 1, 1, ?, ?) "
            "ON CONFLICT (aeries_code) DO UPDATE SET ali_id = NULL, match = NULL, score = NULL, reasons = '[]', "
            "excluded = 1, by_person = 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
            (aeries_code, now_text(), by),
        )
        next_generation(db)


def restore_mapping(db: sqlite3.Connection, old: Mapping, *, by: str) -> None:
    """Put a school's mapping back to what it was; for the grid's own undo."""
    restore_mappings(db, [old], by=by)


def restore_mappings(
    db: sqlite3.Connection, olds: Iterable[Mapping], *, by: str, made: Iterable[str] = ()
) -> None:
    """Put the mappings of several schools back at once, and take out ALI schools that were made since.

    Args:
        db: the Master.
        olds: what stood beside each school before.
        by: who does it.
        made: ids of ALI schools to take out where nothing is mapped to them.
    """
    with immediate(db):
        for old in olds:
            db.execute("DELETE FROM mapping WHERE aeries_code = ?", (old.aeries_code,))
            if old.ali_id is not None or old.excluded or old.by_person:
                db.execute(
                    "INSERT INTO mapping VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (old.aeries_code, old.ali_id, old.match, old.score, json.dumps(list(old.reasons)), old.excluded,
                     old.by_person, now_text(), by),
                )  # fmt: skip
        db.executemany(
            "DELETE FROM ali_school WHERE id = ? AND id NOT IN (SELECT ali_id FROM mapping WHERE ali_id NOT NULL)",
            [(ali_id,) for ali_id in made],
        )
        next_generation(db)


def _must_exist(db: sqlite3.Connection, code: int) -> sqlite3.Row:
    row = db.execute("SELECT code, status FROM aeries_school WHERE code = ?", (code,)).fetchone()
    if row is None:
        raise NotFound(
            f"There is no Aeries school {code}.",
            meaning="Nothing was changed.",
            remedy="Run aeries-tui schools update; then see aeries-tui schools list.",
        )
    assert isinstance(row, sqlite3.Row)
    return row


def _must_be_school(db: sqlite3.Connection, code: int) -> None:
    row = _must_exist(db, code)
    if code in NOT_SCHOOLS or row["status"]:
        what = "the district itself" if code in NOT_SCHOOLS else "inactive in Aeries"
        raise NotAllowedNow(
            f"Aeries school {code} is {what} and can't be mapped.",
            meaning="Nothing was changed.",
            remedy="Choose a school of aeries-tui schools list.",
        )


def acknowledge(db: sqlite3.Connection, by: str, school_year: str | None) -> None:
    """Note who acknowledged the prerequisites, when, and for which school year."""
    with immediate(db):
        db.execute(
            "INSERT INTO acknowledgement (school_year, by, at) VALUES (?, ?, ?)",
            (school_year, by, now_text()),
        )


@dataclass(frozen=True)
class Acknowledgement:
    """Who acknowledged the prerequisites, when; the school year is None before the first pull."""

    school_year: str | None
    by: str
    at: str


def acknowledgement(db: sqlite3.Connection) -> Acknowledgement | None:
    """The newest acknowledgement since the roster was last emptied, or None."""
    row = db.execute(
        "SELECT school_year, by, at FROM acknowledgement WHERE id > coalesce((SELECT CAST(value AS INTEGER) "
        "FROM meta WHERE name = 'acknowledged_before'), 0) ORDER BY id DESC LIMIT 1"
    ).fetchone()
    return None if row is None else Acknowledgement(*row)


def school_year(db: sqlite3.Connection) -> str | None:
    """The school year of the roster in the Master; None before the first import."""
    row = db.execute("SELECT value FROM meta WHERE name = 'school_year'").fetchone()
    return None if row is None else str(row[0])


def lists_with_records(db: sqlite3.Connection) -> set[tuple[str, int | None]]:
    """Lists that held records when they were last read: endpoint and school."""
    found: set[tuple[str, int | None]] = set()
    for endpoint, table, where in (
        ("students", "school_enrollment", "1"),
        ("sections", "section", "NOT homeroom"),
        ("teachers", "section", "homeroom"),
        ("classes", "enrollment", "instr(section_id, '_TN_') = 0"),
    ):
        rows = db.execute(f"SELECT DISTINCT school_code FROM {table} WHERE active = 1 AND {where}")
        found |= {(endpoint, int(row[0])) for row in rows}
    return found
