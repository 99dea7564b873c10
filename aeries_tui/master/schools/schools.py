"""The mapping between the schools of both sides, as the Master keeps it, and what goes with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.roster.apply import next_generation
from aeries_tui.master.roster.section_ids import is_homeroom_id
from aeries_tui.master.schools.schools_table import (
    NOT_SCHOOLS,
    AeriesSchool,
    AliSchool,
    aeries_schools,
    ali_schools,
)
from aeries_tui.master.typed_rows import typed_rows

_MAPPING = (
    "aeries_code", "ali_id", "match", "score", "reasons", "excluded", "by_person", "changed_at", "changed_by",
)  # fmt: skip


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
    """One row of the grid: an Aeries school, what it is mapped to, and its active students."""

    school: AeriesSchool
    mapping: Mapping
    ali: AliSchool | None
    students: int


def mappings(db: sqlite3.Connection) -> dict[int, Mapping]:
    """What is mapped or excluded, by Aeries code."""
    rows = db.execute(
        "SELECT aeries_code, ali_id, match, score, reasons, excluded, by_person FROM mapping"
    ).fetchall()
    return {
        row["aeries_code"]: Mapping(
            aeries_code=row["aeries_code"],
            ali_id=row["ali_id"],
            match=row["match"],
            score=row["score"],
            reasons=tuple(json.loads(row["reasons"])),
            excluded=bool(row["excluded"]),
            by_person=bool(row["by_person"]),
        )
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
    mapped = mappings(db)
    product = {school.id: school for school in ali_schools(db)}
    students = dict(
        db.execute(
            "SELECT school_code, count(*) FROM school_enrollment WHERE active = 1 GROUP BY 1"
        ).fetchall()
    )
    return [
        Row(school, mapping, product.get(mapping.ali_id or ""), students.get(school.code, 0))
        for school in aeries_schools(db)
        for mapping in [mapped.get(school.code, Mapping(school.code, None, None, None, (), False, False))]
        if school.is_offered or mapping.ali_id is not None
    ]


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
        f"""
        INSERT INTO mapping ({", ".join(_MAPPING)})
        VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)
        ON CONFLICT (aeries_code) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _MAPPING[1:])}
        """,
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
                    f"INSERT INTO mapping ({', '.join(_MAPPING)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
        reason = "the district itself" if code in NOT_SCHOOLS else "inactive in Aeries"
        raise NotAllowedNow(
            f"Aeries school {code} is {reason} and can't be mapped.",
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
    return None if row is None else typed_rows(Acknowledgement, [row])[0]


def school_year(db: sqlite3.Connection) -> str | None:
    """The school year of the roster in the Master; None before the first import."""
    row = db.execute("SELECT value FROM meta WHERE name = 'school_year'").fetchone()
    return None if row is None else str(row[0])


def active_students(db: sqlite3.Connection) -> dict[int, frozenset[int]]:
    """Who is active at each school."""
    # A row for each school: of a million students it would take seconds to make as many rows.
    rows = db.execute(
        "SELECT school_code, group_concat(student_id) FROM school_enrollment WHERE active = 1 GROUP BY school_code"
    )
    return {school: frozenset(map(int, students.split(","))) for school, students in rows}


def lists_with_records(db: sqlite3.Connection) -> set[tuple[str, int | None]]:
    """Lists that held records when they were last read: endpoint and school."""
    lists: set[tuple[str, int | None]] = set()
    for endpoint, table, where in (
        ("students", "school_enrollment", "1"),
        ("sections", "section", "NOT homeroom"),
        ("teachers", "section", "homeroom"),
        ("classes", "enrollment", f"NOT {is_homeroom_id('section_id')}"),
    ):
        rows = db.execute(f"SELECT DISTINCT school_code FROM {table} WHERE active = 1 AND {where}")
        lists |= {(endpoint, int(row[0])) for row in rows}
    return lists
