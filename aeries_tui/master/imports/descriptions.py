"""The descriptions of an import: every record with a problem, and the same grouped by code."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.codes import CODES, page_for
from aeries_tui.master.imports.district_checks import texts_of_checks


@dataclass(frozen=True)
class Description:
    """One problem with one record, as a person reads it.

    Attributes:
        id: counts from 1, over all imports.
        code: of the problem.
        severity: F, which stops a pull; E, for which the record is left out; W, with which it is taken.
        kind: of the record.
        record: its key as text.
        school: by code; null for the district.
        field: in which the problem is; null for the whole record.
        message: what is wrong.
        remedy: what to do.
        page: of Aeries, on which to do it.
    """

    id: int
    code: str
    severity: str
    kind: str
    record: str
    school: int | None
    field: str | None
    message: str
    remedy: str
    page: str


@dataclass(frozen=True)
class Trouble:
    """All descriptions of one code together: how many, where, and what to do.

    Attributes:
        code, sentence, remedy, page: of the code.
        severity: of the worst of them.
        records: descriptions with this code.
        consequences: further records that only follow from them.
        schools: how many schools are touched.
    """

    code: str
    severity: str
    sentence: str
    remedy: str
    page: str
    records: int
    consequences: int
    schools: int


def description_codes(db: sqlite3.Connection, number: int) -> dict[str, int]:
    """How many descriptions of each code."""
    rows = db.execute(
        "SELECT code, count(*) FROM description WHERE import_id = ? GROUP BY code ORDER BY code", (number,)
    )
    return {str(code): int(n) for code, n in rows}


def latest_with(db: sqlite3.Connection, code: str) -> int | None:
    """The newest import that has a description of this code; None where none has."""
    (number,) = db.execute("SELECT max(import_id) FROM description WHERE code = ?", (code,)).fetchone()
    return None if number is None else int(number)


MESSAGE = (
    "message || CASE WHEN consequences > 0 THEN ' ' || consequences || "
    "iif(consequences = 1, ' record that depends on it was', ' records that depend on it were') "
    "|| ' left out (' || consequence_code || ').' ELSE '' END"
)
"""SQL of a description's message with what follows from it."""

WORST_FIRST = "instr('FEW', severity), code, id"
"""SQL of the order in which descriptions are told, everywhere."""


_OF_CHECK = "(SELECT {} FROM district_check k WHERE k.import_id = description.import_id AND k.code = description.code)"

DESCRIPTION = (
    f"id, code, severity, kind, record, school, field, {MESSAGE} AS message, "
    f"{_OF_CHECK.format('remedy')} AS remedy, {_OF_CHECK.format('page')} AS page"
)
"""SQL of the columns of a `Description`; remedy and page only of the district's own codes."""


def descriptions(
    db: sqlite3.Connection, number: int, code: str | None = None, school: int | None = None
) -> Iterator[Description]:
    """The descriptions of an import, worst first, of one code or school where asked for."""
    rows = db.execute(
        f"SELECT {DESCRIPTION} FROM description "
        "WHERE import_id = ? AND (? IS NULL OR code = ?) AND (? IS NULL OR school = ?) "
        f"ORDER BY {WORST_FIRST}",
        (number, code, code, school, school),
    )
    yield from map(description_of, rows)


def description_of(row: sqlite3.Row) -> Description:
    """A row of `DESCRIPTION` with what its code says of it."""
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 - a Row iterates over its values
    known = CODES.get(row["code"])
    if known is not None:
        values |= {"remedy": known.remedy, "page": page_for(row["code"], row["kind"])}
    return Description(**values)


def troubles(db: sqlite3.Connection, number: int) -> list[Trouble]:
    """The descriptions of an import grouped by code: what stops most first."""
    rows = db.execute(
        """
        SELECT
            code, substr('FEW', min(instr('FEW', severity)), 1) AS worst,
            count(*), sum(consequences), count(DISTINCT school)
        FROM description
        WHERE import_id = ?
        GROUP BY code
        ORDER BY instr('FEW', worst), min(kind <> 'list'), 3 DESC, code
        """,
        (number,),
    )
    pages, own = _pages(db, number), texts_of_checks(db, number)
    groups = []
    for code, severity, records, consequences, schools in rows:
        known = CODES.get(code) or own[code]
        groups.append(
            Trouble(
                code,
                severity,
                known.sentence,
                known.remedy,
                pages.get(code, known.page),
                records,
                consequences,
                schools,
            )
        )
    return groups


def _pages(db: sqlite3.Connection, number: int) -> dict[str, str]:
    """Of each code that an import described the page on which most of its records are mended."""
    records: dict[str, Counter[str]] = defaultdict(Counter)
    for code, kind, n in db.execute(
        """
        SELECT code, kind, count(*)
        FROM description
        WHERE import_id = ?
        GROUP BY code, kind
        ORDER BY code, kind
        """,
        (number,),
    ):
        if code in CODES:
            records[code][page_for(code, kind)] += n
    return {code: pages.most_common(1)[0][0] for code, pages in records.items()}
