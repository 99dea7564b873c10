"""One person as the Master knows them: record, schools, sections, history, and what was wrong when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from aeries_tui.codes import Code
from aeries_tui.master.identity.facts import PersonKind
from aeries_tui.master.identity.questions import former_of, question_of
from aeries_tui.master.identity.story import Step, story_of
from aeries_tui.master.imports import result
from aeries_tui.master.kept_facts import shown_facts
from aeries_tui.master.roster.changes import Change, history
from aeries_tui.master.roster.kinds import (
    SCHOOL_ENROLLMENT,
    STAFF,
    STUDENT,
    Kind,
    columns_sql,
    full_name,
    is_digest,
)
from aeries_tui.master.roster.person_parts import (
    DescriptionOfPerson,
    HappenedToPerson,
    IdentityOfPerson,
    IdentityQuestion,
    SchoolOfPerson,
    SectionOfPerson,
)
from aeries_tui.master.typed_rows import typed_rows

__all__ = ["Person", "PersonKind", "names_of", "person", "stale_for"]


@dataclass(frozen=True)
class Person:
    """A person, as far as the Master knows them.

    Attributes:
        kind: student or staff.
        id: StudentID or StaffID.
        record: field names to values; None where the Master has never had this person.
        active: in the roster now.
        schools: code, name, ALI id and name, active, and since when (students).
        sections: id, title, school, term, period, active.
        history: import, when, and what it changed, oldest first.
        descriptions: problems with this person's records, newest import first.
        identity: what is asked about the id (None where nothing is), the id that the person had before and the
            one that they have since, where they were renumbered.
    """

    kind: PersonKind
    id: int
    record: dict[str, Any] | None
    active: bool
    schools: list[SchoolOfPerson]
    sections: list[SectionOfPerson]
    history: list[HappenedToPerson]
    descriptions: list[DescriptionOfPerson]
    identity: IdentityOfPerson

    def document(self) -> dict[str, Any]:
        """The document of `explain --json` (design, section 7) as a Master alone tells it: no verdict."""
        return {
            "person": {"kind": self.kind, "id": self.id, **(self.record or {})},
            "in_master": self.record is not None,
            "active": self.active,
            "schools": self.schools,
            "sections": self.sections,
            "history": self.history,
            "identity": self.identity,
            "live": None,
            "codes": [],
            "rule": None,
            "left_out": None,
            "remedies": [],
        }


def person(db: sqlite3.Connection, kind: PersonKind, number: int) -> Person:
    """Everything about one person; a person who was never here has no record and empty lists."""
    table = STUDENT if kind == "student" else STAFF
    row = db.execute(
        f"SELECT {columns_sql(table.names)}, active FROM {table.name} WHERE {table.key_names[0]} = ?",
        (number,),
    ).fetchone()
    record = {name: row[name] for name in table.names if not is_digest(name)} if row else None
    return Person(
        kind, number, record, bool(row and row["active"]), _schools(db, kind, number),
        _sections(db, kind, number), _history(db, table, number), _descriptions(db, kind, number),
        _identity(db, kind, number),
    )  # fmt: skip


def _schools(db: sqlite3.Connection, kind: PersonKind, number: int) -> list[SchoolOfPerson]:
    if kind == "student":
        source = """
            SELECT school_code, active, enter_date AS since, student_number
            FROM school_enrollment
            WHERE student_id = ?
        """
    else:
        source = """
            SELECT school_code, max(active) AS active, min(begin_date) AS since, NULL AS student_number
            FROM teaching
            WHERE staff_id = ?
            GROUP BY 1
        """
    rows = db.execute(
        f"""
        SELECT
            q.school_code AS code, a.name, m.ali_id, l.name AS ali_name, q.active, q.since, q.student_number
        FROM ({source}) q
        LEFT JOIN aeries_school a ON a.code = q.school_code
        LEFT JOIN mapping m ON m.aeries_code = q.school_code
        LEFT JOIN ali_school l ON l.id = m.ali_id
        ORDER BY q.active DESC, 1
        """,
        (number,),
    )
    return typed_rows(SchoolOfPerson, rows)


def _sections(db: sqlite3.Connection, kind: PersonKind, number: int) -> list[SectionOfPerson]:
    table, column = ("enrollment", "student_id") if kind == "student" else ("teaching", "staff_id")
    rows = db.execute(
        f"""
        SELECT
            e.section_id AS id, coalesce(s.title, c.title) AS title, e.school_code AS school,
            s.term, s.period, e.active, e.begin_date AS begins, e.end_date AS ends
        FROM {table} e
        LEFT JOIN section s ON s.section_id = e.section_id
        LEFT JOIN course c ON c.course_id = s.course_id
        WHERE e.{column} = ?
        ORDER BY e.active DESC, s.period, e.section_id
        LIMIT 500
        """,
        (number,),
    )
    return typed_rows(SectionOfPerson, rows)


def _history(db: sqlite3.Connection, table: Kind, number: int) -> list[HappenedToPerson]:
    changes = history(db, table, (number,))
    if table is STUDENT:
        schools = db.execute(
            """
            SELECT school_code FROM school_enrollment WHERE student_id = ?
            UNION
            SELECT school_code FROM past_school_enrollment WHERE student_id = ?
            """,
            (number, number),
        ).fetchall()
        for (school,) in schools:
            changes += history(db, SCHOOL_ENROLLMENT, (school, number))
    steps = story_of(db, _kind_of(table), number)
    placed = [
        *((one.import_id, 0, _step(one, number)) for one in steps if not one.follows),
        *((step["import"], 1, step) for step in _changes(db, changes)),
        *((one.import_id, 2, _step(one, number)) for one in steps if one.follows),
    ]
    return [step for _, _, step in sorted(placed, key=lambda one: one[:2])]


def _kind_of(table: Kind) -> PersonKind:
    """Whose table it is."""
    return "student" if table is STUDENT else "staff"


def _changes(db: sqlite3.Connection, changes: list[tuple[int, Change]]) -> list[HappenedToPerson]:
    when = dict(db.execute("SELECT id, coalesce(ended_at, started_at) FROM import").fetchall())
    return [
        {
            "import": n, "at": when.get(n), "kind": change.kind, "record": change.record,
            "action": change.action, "fields": {name: list(pair) for name, pair in change.fields.items()},
        }
        for n, change in changes
    ]  # fmt: skip


def _step(step: Step, number: int) -> HappenedToPerson:
    """What became of an id, as one of the changes; its kind is `identity`."""
    return {
        "import": step.import_id, "at": step.at, "kind": "identity", "record": str(number),
        "action": step.action, "fields": {},
    }  # fmt: skip


def _identity(db: sqlite3.Connection, kind: PersonKind, number: int) -> IdentityOfPerson:
    asked = question_of(db, kind, number)
    before, since = former_of(db, kind, number)
    question: IdentityQuestion | None = None if asked is None else {
        "code": asked.code, "former": asked.former, "before": shown_facts(asked.before).document(),
        "after": shown_facts(asked.after).document(), "decided": asked.said,
    }  # fmt: skip
    return {"question": question, "before": before, "since": since}


def _descriptions(db: sqlite3.Connection, kind: PersonKind, number: int) -> list[DescriptionOfPerson]:
    rows = db.execute(
        # What is wrong with somebody's places stands beside their own records, by their number.
        f"""
        SELECT import_id, code, severity, kind, school, field, message
        FROM description
        WHERE (
                (record = :id AND kind = :kind)
                -- Where the person is missing the record is their id alone, elsewhere section and person.
                OR (record = :id AND kind = :place AND code IN ('{Code.REF_STUDENT}', '{Code.REF_STAFF}'))
                OR (record LIKE '%:' || :id AND kind = :place)
            )
            AND import_id > coalesce((SELECT max(id) FROM import), 0) - 30
        ORDER BY import_id DESC, id
        LIMIT 100
        """,
        {"id": str(number), "kind": kind, "place": "enrollment" if kind == "student" else "teaching"},
    )
    return typed_rows(DescriptionOfPerson, rows)


def stale_for(db: sqlite3.Connection, person: Person) -> list[result.Stale]:
    """Lists that may speak of this person and could not be read lately."""
    schools = {school["code"] for school in person.schools}
    wanted = (
        {"students", "classes", "sections"} if person.kind == "student" else {"staff", "sections", "teachers"}
    )
    return [
        gap
        for gap in result.stale(db)
        if gap.endpoint in wanted and (gap.school is None or gap.school in schools or not schools)
    ]


def names_of(db: sqlite3.Connection, kind: PersonKind, people: Collection[int]) -> dict[int, str]:
    """The names of people by id, as lists show them; who is not in the Master is left out."""
    table = STUDENT if kind == "student" else STAFF
    (key,) = table.key_names
    return {
        int(number): str(name)
        for number, name in db.execute(
            f"""
            SELECT t.{key}, {full_name("t")}
            FROM {table.name} t
            JOIN json_each(?) j ON j.value = t.{key}
            """,
            (json.dumps(sorted(people)),),
        )
    }
