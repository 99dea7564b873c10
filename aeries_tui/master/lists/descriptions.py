"""The descriptions of an import as a long list, worst first, and one of them whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from aeries_tui.codes import Code
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.listing import Cell, Column
from aeries_tui.master.database import bring_up_to_date
from aeries_tui.master.imports.descriptions import (
    DESCRIPTION,
    MESSAGE,
    WORST_FIRST,
    Description,
    description_of,
)
from aeries_tui.master.lists.sql_source import SqlRowSource, Value
from aeries_tui.master.roster.kinds import full_name

COLUMNS = (
    Column("severity", "Sev", width=3),
    Column("code", "Code", width=max(map(len, Code))),
    Column("record", "Record", min_width=8, max_width=26),
    Column("name", "Name", flex=1, min_width=8, max_width=30),
    Column("school", "School", align="right", min_width=6),
    Column("message", "What is wrong", flex=4, min_width=28, max_width=200),
    Column("kind", "Kind", min_width=6, max_width=19),
    Column("field", "Field", min_width=5, max_width=18),
)

STYLE_OF_SEVERITY: Mapping[str, str] = {"F": "error", "E": "error", "W": "warning"}

_PERSON = (
    f"CASE WHEN d.kind = 'student' OR d.code = '{Code.REF_STUDENT}' THEN (SELECT {full_name('t')} "
    "FROM student t WHERE t.student_id = CAST(d.record AS INTEGER)) "
    f"WHEN d.kind = 'staff' OR d.code = '{Code.REF_STAFF}' THEN (SELECT {full_name('t')} "
    "FROM staff t WHERE t.staff_id = CAST(d.record AS INTEGER)) END"
)
_SPOKEN = " ".join(f"WHEN '{one.name}' THEN '{one.singular}'" for one in KIND_NAMES.values())
"""What records are called in sentences, so that a search finds what is shown."""
_SELECT = (
    f"SELECT l.place, d.severity, d.code, CASE d.kind {_SPOKEN} ELSE d.kind END AS kind, d.record, {_PERSON} AS name, d.school, d.field, "
    f"{MESSAGE} AS message FROM temp.listed_description l JOIN main.description d ON d.id = l.id"
)


def description_source(
    master: Path, number: int, code: str | None = None, school: int | None = None
) -> SqlRowSource:
    """The descriptions of import `number`, of one code or one school where asked for.

    The key of a row is its place; `description_at` reads the whole of it.

    Raises:
        MasterError: the Master can't be opened.
    """

    def prepare(db: sqlite3.Connection) -> None:
        db.execute("CREATE TEMP TABLE listed_description (place INTEGER PRIMARY KEY, id INTEGER NOT NULL)")
        db.execute(
            "INSERT INTO listed_description (id) SELECT id FROM main.description WHERE import_id = :number "
            "AND (:code IS NULL OR code = :code) AND (:school IS NULL OR school = :school) "
            f"ORDER BY {WORST_FIRST}",
            {"number": number, "code": code, "school": school},
        )

    bring_up_to_date(master)
    return SqlRowSource(
        master,
        _SELECT,
        key="place",
        columns=COLUMNS,
        search=("code", "kind", "record", "name", "school", "field", "message"),
        present=_cells,
        prepare=prepare,
    )


def _cells(row: Mapping[str, Value]) -> tuple[Cell, ...]:
    severity = str(row["severity"])
    rest = [str(row[column.key]) if row[column.key] is not None else "" for column in COLUMNS[1:]]
    return ((severity, STYLE_OF_SEVERITY.get(severity, "")), *rest)


def description_at(
    db: sqlite3.Connection, number: int, place: int, code: str | None = None, school: int | None = None
) -> Description | None:
    """The description at a place (from 1) of the list that `description_source` gives for the same import."""
    row = db.execute(
        f"SELECT {DESCRIPTION} FROM description "
        "WHERE import_id = :number AND (:code IS NULL OR code = :code) AND (:school IS NULL OR school = :school) "
        f"ORDER BY {WORST_FIRST} LIMIT 1 OFFSET :place - 1",
        {"number": number, "code": code, "school": school, "place": place},
    ).fetchone()
    return None if row is None else description_of(row)
