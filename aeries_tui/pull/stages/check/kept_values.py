"""A field that nothing needs costs nobody: what is wrong with it is told, and the last good value stays.

Needed of a person are the id, the school and one name (design, section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aeries_tui.codes import Code
from aeries_tui.master.roster.kinds import Kind
from aeries_tui.master.roster.plan import Plan
from aeries_tui.pull.stages.check.books import describe, number


@dataclass(frozen=True)
class Person:
    """Records of people whose values are looked at.

    Attributes:
        kind: student or staff, as descriptions name it.
        table: the clean records; `row` is their key, `KIND_id` the person.
        is_in: SQL over it: the record is in.
        kinds: of the Master, in which the last good values stand; a column of several is taken from the first.
        wanted: columns whose absence is told where there was a value before, beside the names.
        odd: values that can't be used and are null in the table: an SQL condition over it, the column, the
            code, and the message in SQL.
        school: the column of the school's code.
        omitted: columns that are not kept.
    """

    kind: str
    table: str
    is_in: str
    kinds: tuple[Kind, ...]
    wanted: Sequence[str]
    odd: Sequence[tuple[str, str, Code, str]]
    school: str
    omitted: frozenset[str] = frozenset()

    def columns(self) -> dict[str, Kind]:
        """The columns that come from a field of Aeries, and where the last good value of each stands."""
        return {
            column.name: kind
            for kind in reversed(self.kinds)
            for column in kind.fields
            if column.wire and column.name not in self.omitted
        }

    def without(self, omitted: frozenset[str]) -> Person:
        """The same where some columns are not kept: nothing is wrong with what nobody looks at."""
        return replace(
            self,
            wanted=[column for column in self.wanted if column not in omitted],
            odd=[one for one in self.odd if one[1] not in omitted],
            omitted=omitted,
        )


def keep_values(plan: Plan, person: Person) -> None:
    """Note which values of the clean records are missing or can't be used, and put the last good ones in.

    They are noted in `kept_KIND_value`, for `describe_kept`.
    """
    plan.connection.execute(
        f"""
        CREATE TABLE kept_{person.kind}_value (
            row INTEGER, name TEXT, {person.kind}_id INTEGER NOT NULL, school INTEGER, code TEXT NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY (row, name)
        ) WITHOUT ROWID
        """
    )
    _find_flawed(plan, person)
    _note_odd(plan, person)
    _note_of_wrong_kind(plan, person)
    _note_missing(plan, person)
    _put_back(plan, person)


def describe_kept(plan: Plan, person: Person, is_told: str = "1") -> None:
    """Describe what `keep_values` noted, of records behind alias `v` of which `is_told`, SQL, holds."""
    wires = (f"WHEN '{column}' THEN '{kind.wire(column)}'" for column, kind in person.columns().items())
    names = f"CASE v.name {' '.join(wires)} END"
    for code in (Code.REC_MISSING, Code.REC_TYPE, Code.REC_DATE, Code.REC_GRADE):
        describe(
            plan,
            code,
            person.kind,
            f"""
            SELECT v.{person.kind}_id, v.school, {names}, v.message
            FROM kept_{person.kind}_value v
            WHERE v.code = ? AND {is_told}
            ORDER BY v.row, v.name
            """,
            (code,),
            severity="W",
        )


def _is_the_same(person: Person, record: str) -> str:
    """SQL: the id of the record was not passed to somebody else, whom the last good values are not of."""
    return f"{record}.{person.kind}_id NOT IN (SELECT person FROM handover WHERE kind = '{person.kind}')"


def _has_last_value(person: Person, column: str, record: str) -> str:
    """SQL: the Master has a value of the person's in the column."""
    kind = person.columns()[column]
    return f"""EXISTS (
        SELECT 1
        FROM m.{kind.name} g
        WHERE {kind.joined("g", record)} AND g.{column} IS NOT NULL
    )"""


def _find_flawed(plan: Plan, person: Person) -> None:
    """`flawed_KIND`: the records that are in and have a value that is odd or missing; found in one pass, and few."""
    flaws = [condition for condition, *_ in person.odd]
    flaws += ["c.last_name IS NULL", "c.first_name IS NULL"]
    flaws += [f"(c.{name} IS NULL AND {_has_last_value(person, name, 'c')})" for name in person.wanted]
    plan.connection.execute(
        f"""
        CREATE TEMP TABLE flawed_{person.kind} AS
        SELECT *
        FROM {person.table} c
        WHERE {person.is_in} AND ({" OR ".join(flaws)})
        """
    )


def _note(plan: Plan, person: Person, column: str, code: str, message: str, source: str) -> None:
    """Note a value of each record behind alias `c` of `source`; code and message are SQL."""
    plan.connection.execute(
        f"""
        INSERT OR IGNORE INTO kept_{person.kind}_value (row, name, {person.kind}_id, school, code, message)
        SELECT c.row, '{column}', c.{person.kind}_id, c.{person.school}, {code}, {message}
        FROM {source}
        """
    )


def _note_odd(plan: Plan, person: Person) -> None:
    for condition, column, code, message in person.odd:
        _note(plan, person, column, f"'{code}'", message, f"flawed_{person.kind} c WHERE {condition}")


def _note_of_wrong_kind(plan: Plan, person: Person) -> None:
    endpoint = "students" if person.kind == "student" else "staff"
    if not number(plan, "SELECT count(*) FROM bad_value WHERE endpoint = ?", (endpoint,)):
        return
    there = "" if endpoint == "staff" else "AND c.school_code = b.school"
    for column, kind in person.columns().items():
        wire = kind.wire(column)
        _note(
            plan,
            person,
            column,
            "b.code",
            f"'The field {wire} holds a value of the wrong kind.'",
            f"""
            bad_value b
            JOIN {person.table} c ON c.{person.kind}_id = b.{person.kind}_id {there}
            WHERE b.endpoint = '{endpoint}'
                AND b.field = '{wire}'
                AND c.{column} IS NULL
                AND {person.is_in}
            """,
        )


def _note_missing(plan: Plan, person: Person) -> None:
    missing, flawed = f"'{Code.REC_MISSING}'", f"flawed_{person.kind} c"
    for column in ("last_name", "first_name"):
        message = f"'The {person.kinds[0].wire(column)} is missing.'"
        _note(plan, person, column, missing, message, f"{flawed} WHERE {column} IS NULL")
    for column in person.wanted:
        message = f"'The {person.columns()[column].wire(column)} is missing; the last good value stays.'"
        stays = f"{_has_last_value(person, column, 'c')} AND {_is_the_same(person, 'c')}"
        _note(plan, person, column, missing, message, f"{flawed} WHERE c.{column} IS NULL AND {stays}")


def _put_back(plan: Plan, person: Person) -> None:
    db, kept, own_id = plan.connection, f"kept_{person.kind}_value", f"{person.kind}_id"
    for (column,) in db.execute(f"SELECT DISTINCT name FROM {kept}").fetchall():
        kind = person.columns()[column]
        db.execute(
            f"""
            UPDATE {person.table}
            SET {column} = (
                SELECT g.{column}
                FROM m.{kind.name} g
                WHERE {kind.joined("g", person.table)}
            )
            WHERE {column} IS NULL
                AND row IN (SELECT row FROM {kept} WHERE name = '{column}')
                AND {_is_the_same(person, person.table)}
            """
        )
        if column == person.school:  # what is told names the school that the record has now
            db.execute(
                f"""
                UPDATE {kept}
                SET school = (
                    SELECT c.{column} FROM {person.table} c WHERE c.{own_id} = {kept}.{own_id} AND c.row = {kept}.row
                )
                WHERE school IS NULL
                """
            )
