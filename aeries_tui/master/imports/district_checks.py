"""What the district's own checks said of an import, in the book of imports."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from aeries_tui.codes import CodeText, Severity
from aeries_tui.master.typed_rows import typed_rows

RowOfCheck = tuple[str, str, int | None, str | None, str]
"""Kind, record, school, field and message of a row that becomes a description."""


@dataclass(frozen=True)
class CheckResult:
    """What one check said of one import.

    Attributes:
        code, sentence, remedy, page: of the check, as it was then.
        severity: of its rows.
        found: rows that it gave.
        seconds: how long it took.
        failure: why it could not be run; blank where it was.
    """

    code: str
    severity: Severity
    sentence: str
    remedy: str
    page: str
    found: int
    seconds: float
    failure: str = ""


@dataclass(frozen=True)
class Finding:
    """A result with the rows that are described."""

    result: CheckResult
    rows: Sequence[RowOfCheck] = ()


def write_findings(db: sqlite3.Connection, number: int, findings: Sequence[Finding]) -> None:
    """Put what the checks said of import `number` into its book, inside the caller's transaction.

    What they said of it before goes: a plan that waited is looked at again when it is applied.
    """
    db.execute(
        """
        DELETE FROM description
        WHERE import_id = ? AND code IN (SELECT code FROM district_check WHERE import_id = ?)
        """,
        (number, number),
    )
    db.execute("DELETE FROM district_check WHERE import_id = ?", (number,))
    for finding in findings:
        one = finding.result
        db.execute(
            """
            INSERT INTO district_check
                (import_id, code, severity, sentence, remedy, page, found, seconds, failure)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (
                number,
                one.code,
                one.severity,
                one.sentence,
                one.remedy,
                one.page,
                one.found,
                one.seconds,
                one.failure,
            ),
        )
        db.executemany(
            """
            INSERT INTO description (import_id, code, severity, kind, record, school, field, message)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [(number, one.code, one.severity, *row) for row in finding.rows],
        )


def check_results(db: sqlite3.Connection, number: int) -> list[CheckResult]:
    """What each check said of import `number`, by code."""
    return typed_rows(
        CheckResult,
        db.execute(
            """
            SELECT code, severity, sentence, remedy, page, found, seconds, failure
            FROM district_check
            WHERE import_id = ?
            ORDER BY code
            """,
            (number,),
        ),
    )


def texts_of_checks(db: sqlite3.Connection, number: int) -> dict[str, CodeText]:
    """The texts of the district's own codes, as import `number` has them."""
    return {
        one.code: CodeText(one.code, one.severity, one.sentence, one.remedy, one.page)
        for one in check_results(db, number)
    }
