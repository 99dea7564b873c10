"""What an import left in the book: why it waits, what became of its records, its lists and its files."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from aeries_tui.master.database import immediate
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.typed_rows import typed_rows
from aeries_tui.outcome import COUNT_COLUMNS, Outcome


@dataclass(frozen=True)
class Hold:
    """One reason for which a plan waits.

    Attributes:
        code: of the reason.
        kind, school, field: what it is about; null where it is about all.
        message: the reason, in words.
    """

    code: str
    kind: str | None
    school: int | None
    field: str | None
    message: str


@dataclass(frozen=True)
class Scope:
    """What became of one list.

    Attributes:
        endpoint, school: which list; school is None for a district-wide one.
        state: complete, failed, denied or skipped.
        received: records.
        requests, retries, bytes, seconds: what it cost.
        code: why it was not read, or takes nobody away although it was; None where it was read well.
    """

    endpoint: str
    school: int | None
    state: str
    received: int
    requests: int
    retries: int
    bytes: int
    seconds: float
    code: str | None

    @property
    def told(self) -> str:
        """The list and what became of it, as a sentence tells it."""
        where = f"{self.endpoint} of {'the district' if self.school is None else f'school {self.school}'}"
        if self.state == "complete":
            return f"takes nobody away: {where} ({self.code})"
        return f"not read: {where} ({self.state}{', ' + self.code if self.code else ''})"


@dataclass(frozen=True)
class File:
    """One of an import's files: staff or student, how it came out, where it lies, its records."""

    kind: str
    outcome: Outcome
    path: str
    records: int


@dataclass(frozen=True)
class Stale:
    """A list that lately could not be read, or not so well that it takes anybody away.

    Attributes:
        endpoint, school: which list; school is None for district-wide ones.
        since_import, since: the first import that missed it, and when.
        last_good: when it was last read well, or None.
        code: why it was not read, or takes nobody away.
    """

    endpoint: str
    school: int | None
    since_import: int
    since: str
    last_good: str | None
    code: str

    @property
    def where(self) -> str:
        """The list as a sentence names it: `classes of school 7`."""
        return f"{self.endpoint} of {'the district' if self.school is None else f'school {self.school}'}"


def holds(db: sqlite3.Connection, number: int) -> list[Hold]:
    """The reasons for which an import was held."""
    return typed_rows(
        Hold,
        db.execute(
            "SELECT code, kind, school, field, message FROM hold WHERE import_id = ? ORDER BY position",
            (number,),
        ),
    )


def add_holds(db: sqlite3.Connection, number: int, reasons: Sequence[tuple[str, str]]) -> None:
    """Add reasons, each a code and a message, to those for which an import is held, inside the caller's transaction."""
    db.executemany(
        """
        INSERT INTO hold (import_id, position, code, message)
        SELECT ?, coalesce(max(position), 0) + 1, ?, ? FROM hold WHERE import_id = ?
        """,
        [(number, code, message, number) for code, message in reasons],
    )


def counts(db: sqlite3.Connection, number: int) -> dict[str, dict[str, int]]:
    """Counts per kind, in the order of the kinds; a kind that was not counted is left out."""
    names = ", ".join(COUNT_COLUMNS)
    rows = {
        str(row["kind"]): {name: int(row[name]) for name in COUNT_COLUMNS}
        for row in db.execute(f"SELECT kind, {names} FROM count WHERE import_id = ?", (number,))
    }
    return {kind.name: rows[kind.name] for kind in KINDS if kind.name in rows}


def scopes(db: sqlite3.Connection, number: int) -> list[Scope]:
    """What became of each list."""
    return typed_rows(
        Scope,
        db.execute(
            """
            SELECT endpoint, school, state, received, requests, retries, bytes, round(seconds, 3) AS seconds, code
            FROM scope
            WHERE import_id = ?
            ORDER BY rowid
            """,
            (number,),
        ),
    )


def unread_scopes(db: sqlite3.Connection, number: int) -> list[Scope]:
    """Lists of an import that were not read, or take nobody away although they were."""
    return [scope for scope in scopes(db, number) if scope.state != "complete" or scope.code]


def stale(db: sqlite3.Connection) -> list[Stale]:
    """Every list that is stale now."""
    return typed_rows(
        Stale,
        db.execute(
            """
            SELECT endpoint, nullif(school, -1) AS school, since_import, since, last_good, code
            FROM stale
            ORDER BY stale.school, endpoint
            """
        ),
    )


def files(db: sqlite3.Connection, number: int) -> list[File]:
    """The files of an import."""
    return typed_rows(
        File,
        db.execute(
            "SELECT kind, outcome, path, records FROM file WHERE import_id = ? ORDER BY kind", (number,)
        ),
    )


def shorten_files(db: sqlite3.Connection, fewer: Sequence[tuple[int, str, int]]) -> None:
    """Note that files of imports hold fewer rows: import, kind and by how many; inside the caller's transaction."""
    db.executemany(
        "UPDATE file SET records = records - ? WHERE import_id = ? AND kind = ?",
        [(rows, number, kind) for number, kind, rows in fewer],
    )


def files_done(db: sqlite3.Connection, number: int, written: Sequence[File]) -> None:
    """Note an import's files; they are complete."""
    with immediate(db):
        db.execute("DELETE FROM file WHERE import_id = ?", (number,))
        db.executemany(
            "INSERT INTO file (import_id, kind, outcome, path, records) VALUES (?, ?, ?, ?, ?)",
            [(number, file.kind, file.outcome, file.path, file.records) for file in written],
        )
        db.execute("UPDATE import SET files_written = 1 WHERE id = ?", (number,))


def nothing_missing(db: sqlite3.Connection, number: int) -> None:
    """Let an import that was applied be what it was applied as: what had failed after that is made now."""
    outcome = outcome_of(db, number)
    with immediate(db):
        db.execute(
            """
            UPDATE import
            SET outcome = ?, problem_code = NULL, problem_message = NULL, problem_meaning = NULL,
                problem_remedy = NULL
            WHERE id = ?
            """,
            (outcome, number),
        )


def outcome_of(db: sqlite3.Connection, number: int) -> Outcome:
    """Completed, or Completed with ERROR: any record left out for a problem, or any list not read."""
    row = db.execute(
        """
        SELECT 1 FROM description WHERE import_id = ? AND severity <> 'W'
        UNION ALL
        SELECT 1 FROM scope WHERE import_id = ? AND (state <> 'complete' OR code IS NOT NULL)
        LIMIT 1
        """,
        (number, number),
    ).fetchone()
    return Outcome.COMPLETED if row is None else Outcome.COMPLETED_WITH_ERROR


def outcome_of_kinds(db: sqlite3.Connection, number: int, kinds: Sequence[str]) -> Outcome:
    """The same for one of the files: a record of these kinds was left out, or a list was not read."""
    marks = ", ".join("?" * len(kinds))
    row = db.execute(
        f"""
        SELECT 1 FROM description
        WHERE import_id = ? AND severity <> 'W' AND kind IN ({marks}, 'list')
        LIMIT 1
        """,
        (number, *kinds),
    ).fetchone()
    return Outcome.COMPLETED if row is None else Outcome.COMPLETED_WITH_ERROR
