"""What tells people apart: the facts in a record of the Master, and those that stay behind ids whose record has gone."""

from __future__ import annotations

import sqlite3
from typing import Any, Literal

import msgspec

from aeries_tui.identity import Facts
from aeries_tui.master.roster.kinds import STAFF, STUDENT, Kind, digest_column

PersonKind = Literal["student", "staff"]
PERSONS: tuple[Kind, ...] = (STUDENT, STAFF)
FACTS = (
    "state_id", "second_id", "last_name", "first_name", "middle_name", "preferred_first_name",
    "preferred_last_name", "gender",
)  # fmt: skip
_COLUMNS: dict[str, dict[str, str]] = {
    "student": {"state_id": "state_student_id", "second_id": "birthdate"},
    "staff": {
        "state_id": "state_educator_id", "second_id": "hr_id", "preferred_first_name": "NULL",
        "preferred_last_name": "NULL", "gender": "NULL",
    },
}  # fmt: skip
_TABLES = {kind.name: kind for kind in PERSONS}


def fact_column(kind: str, fact: str, alias: str) -> str:
    """SQL: the column of a person's record, behind the alias, that holds a fact; NULL where none does."""
    column = _COLUMNS[kind].get(fact, fact)
    if column == "NULL":
        return column
    digest = digest_column(_TABLES[kind], column)
    # Where the field itself is not kept its digest is.
    return f"{alias}.{column}" if digest is None else f"coalesce({alias}.{column}, {alias}.{digest})"


def raw_fact_column(kind: str, fact: str, alias: str) -> str:
    """SQL: the field itself that holds a fact, behind the alias; NULL where none does."""
    column = _COLUMNS[kind].get(fact, fact)
    return column if column == "NULL" else f"{alias}.{column}"


def digest_fact_column(kind: str, fact: str, alias: str) -> str | None:
    """SQL: the digest of a fact, behind the alias; None where none is kept."""
    column = digest_column(_TABLES[kind], _COLUMNS[kind].get(fact, fact))
    return None if column is None else f"{alias}.{column}"


def facts_of(kind: str, record: dict[str, Any]) -> Facts:
    """The facts in a record of the Master, field by field, or in one that was stored as facts."""
    columns = _COLUMNS[kind]
    values = {name: record.get(name, record.get(columns.get(name, name))) for name in FACTS}
    for name, value in values.items():
        if value is None:
            values[name] = record.get(f"{columns.get(name, name)}_digest")
    return msgspec.convert({"kind": kind, **values}, Facts)


def remember_removed(master: sqlite3.Connection) -> None:
    """Keep the facts behind the ids that the attached plan `p` of an undo removes; where an id went back they stand."""
    for kind in PERSONS:
        name = kind.name
        _remember(
            master,
            name,
            f"""
            t.{name}_id IN (SELECT {name}_id FROM p.plan_{name} WHERE action = 'removed')
                AND t.{name}_id NOT IN (SELECT person FROM p.handover WHERE kind = '{name}')
            """,
        )


def remember_people(master: sqlite3.Connection) -> None:
    """Keep the facts behind the ids of a roster that is about to be emptied: their accounts stay."""
    for kind in PERSONS:
        _remember(master, kind.name, "1")


def _remember(master: sqlite3.Connection, kind: str, which: str) -> None:
    facts = ", ".join(fact_column(kind, fact, "t") for fact in FACTS)
    master.execute(
        f"""
        INSERT OR REPLACE INTO main.remembered_person (kind, person, {", ".join(FACTS)})
        SELECT '{kind}', t.{kind}_id, {facts}
        FROM main.{kind} t
        WHERE {which}
        """
    )
