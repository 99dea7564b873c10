"""The book of imports: what was begun, how it ended, and all that is known about it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aeries_tui.codes import CODES, Code
from aeries_tui.errors import AeriesTuiError, NotFound
from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.outcome import COUNT_COLUMNS, Outcome


@dataclass(frozen=True)
class Import:
    """One import, as its row in the book says.

    Attributes:
        id: its number.
        kind: pull, undo, restore or archive.
        trigger: manual, timer, ui or demo.
        started_at, ended_at: UTC; ended_at is None while it runs or waits.
        outcome: what became of it.
        applied: the Master was changed by it (or found to need no change).
        school_year, day: the server's, None where not known.
        base_generation: the state of the Master its plan was made against.
        undoes, undone_by, resumed_from: numbers of other imports, or None; undone_by of one that stands is None.
        undo_kept: what undoing it needs is still there.
        problem: code, message, meaning and remedy where it ended in ERROR; else None.
        notes: sentences worth saying.
        decided, decided_by, decided_at, decided_reason: of a held plan; None before.
        files_written: its files are complete.
    """

    id: int
    kind: str
    trigger: str
    started_at: str
    ended_at: str | None
    outcome: Outcome
    applied: bool
    school_year: str | None
    day: str | None
    base_generation: int
    undoes: int | None
    undone_by: int | None
    resumed_from: int | None
    undo_kept: bool
    problem: dict[str, str] | None
    notes: tuple[str, ...]
    decided: str | None
    decided_by: str | None
    decided_at: str | None
    decided_reason: str | None
    files_written: bool


@dataclass(frozen=True)
class Hold:
    """One reason for which a plan waits."""

    code: str
    kind: str | None
    school: int | None
    field: str | None
    message: str


def begin(
    db: sqlite3.Connection,
    *,
    kind: str,
    trigger: str,
    undoes: int | None = None,
    resumed_from: int | None = None,
) -> int:
    """Open an import's book; returns its number."""
    with immediate(db):
        cursor = db.execute(
            "INSERT INTO import (kind, trigger, started_at, outcome, base_generation, undoes, resumed_from) "
            "VALUES (?, ?, ?, ?, (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'), ?, ?)",
            (kind, trigger, now_text(), Outcome.RUNNING, undoes, resumed_from),
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def set_source(db: sqlite3.Connection, number: int, school_year: str | None, day: str) -> None:
    """Note the school year and the day the server gave."""
    with immediate(db):
        db.execute("UPDATE import SET school_year = ?, day = ? WHERE id = ?", (school_year, day, number))


def close(
    db: sqlite3.Connection, number: int, outcome: Outcome, problem: AeriesTuiError | None = None
) -> None:
    """End an import that changes nothing: in ERROR, cancelled, interrupted or held."""
    with immediate(db):
        db.execute("UPDATE import SET outcome = ?, ended_at = ? WHERE id = ?", (outcome, now_text(), number))
        if problem is not None:
            db.execute(
                "UPDATE import SET problem_code = ?, problem_message = ?, problem_meaning = ?, "
                "problem_remedy = ? WHERE id = ?",
                (problem.code, problem.message, problem.meaning, problem.remedy, number),
            )


def discard(db: sqlite3.Connection, number: int, by: str, reason: str) -> None:
    """Note that a held plan was discarded, by whom and why."""
    with immediate(db):
        db.execute(
            "UPDATE import SET outcome = ?, decided = 'discarded', decided_by = ?, decided_at = ?, "
            "decided_reason = ? WHERE id = ?",
            (Outcome.DISCARDED, by, now_text(), reason, number),
        )


def interrupt_running(db: sqlite3.Connection) -> list[int]:
    """Watermark imports that still say running as interrupted; the caller holds the district's lock."""
    rows = db.execute("SELECT id, kind FROM import WHERE outcome = ?", (Outcome.RUNNING,)).fetchall()
    known = CODES[Code.RUN_INTERRUPTED]
    for number, kind in rows:
        is_pull = kind == "pull"
        with immediate(db):
            db.execute(
                "UPDATE import SET outcome = ?, ended_at = ?, problem_code = ?, problem_message = ?, "
                "problem_meaning = 'Nothing was changed.', problem_remedy = ? WHERE id = ?",
                (Outcome.INTERRUPTED, now_text(), known.code,
                 known.sentence if is_pull else f"The {kind} ended before it was done; nothing was applied.",
                 known.remedy if is_pull else "Do it again.", number),
            )  # fmt: skip
    return [int(row[0]) for row in rows]


def files_done(db: sqlite3.Connection, number: int, files: Sequence[tuple[str, str, str, int]]) -> None:
    """Note an import's files: kind, status, path and records of each."""
    with immediate(db):
        db.execute("DELETE FROM file WHERE import_id = ?", (number,))
        db.executemany(
            "INSERT INTO file (import_id, kind, status, path, records) VALUES (?, ?, ?, ?, ?)",
            [(number, *file) for file in files],
        )
        db.execute("UPDATE import SET files_written = 1 WHERE id = ?", (number,))


def _import(db: sqlite3.Connection, row: sqlite3.Row, back: Mapping[int, int] | None = None) -> Import:
    problem, undone_by = None, row["undone_by"]
    if undone_by is not None:
        undone_by = (taken_back(db) if back is None else back).get(row["id"])
    if row["problem_message"] is not None:
        problem = {name: row[f"problem_{name}"] or "" for name in ("code", "message", "meaning", "remedy")}
    return Import(
        row["id"], row["kind"], row["trigger"], row["started_at"], row["ended_at"], Outcome(row["outcome"]),
        bool(row["applied"]), row["school_year"], row["day"], row["base_generation"], row["undoes"],
        undone_by, row["resumed_from"], bool(row["undo_kept"]), problem,
        tuple(json.loads(row["notes"])), row["decided"], row["decided_by"], row["decided_at"],
        row["decided_reason"], bool(row["files_written"]),
    )  # fmt: skip


def get(db: sqlite3.Connection, number: int) -> Import:
    """One import; raises NotFound."""
    row = db.execute("SELECT * FROM import WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise NotFound(f"There is no import {number}.", remedy="See aeries-tui results for the newest one.")
    return _import(db, row)


def taken_back(db: sqlite3.Connection, schema: str = "", without: int | None = None) -> dict[int, int]:
    """Imports that an undo took back, each with that undo; an undo that was itself taken back took nothing back.

    Args:
        db: a connection.
        schema: before the table's name: blank, or the Master's with a dot.
        without: an import to be taken for one that was taken back.
    """
    # An undo comes after what it undoes, so from the newest on it is known of each whether it stands.
    found: dict[int, int] = {}
    rows = db.execute(
        f"SELECT id, undone_by FROM {schema}import WHERE applied = 1 AND undone_by IS NOT NULL ORDER BY id DESC"
    )
    for one, undone_by in rows:
        if undone_by not in found and undone_by != without:
            found[one] = undone_by
    return found


def latest(db: sqlite3.Connection, where: str = "1") -> Import | None:
    """The newest import for which `where` (an SQL condition of this package) holds."""
    row = db.execute(f"SELECT * FROM import WHERE {where} ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else _import(db, row)


def is_stale(db: sqlite3.Connection, found: Import) -> bool:
    """Whether the Master has changed since the plan of an import was made; then it can only be discarded."""
    (now,) = db.execute("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'").fetchone()
    return bool(now != found.base_generation)


def every(db: sqlite3.Connection, limit: int = 1000) -> list[Import]:
    """Imports, newest first."""
    rows = db.execute("SELECT * FROM import ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    back = taken_back(db)
    return [_import(db, row, back) for row in rows]


def holds(db: sqlite3.Connection, number: int) -> list[Hold]:
    """The reasons for which an import was held."""
    rows = db.execute(
        "SELECT code, kind, school, field, message FROM hold WHERE import_id = ? ORDER BY position", (number,)
    )
    return [Hold(*row) for row in rows]


def counts(db: sqlite3.Connection, number: int) -> dict[str, dict[str, int]]:
    """Counts per kind, in the order of the kinds; a kind that was not counted is left out."""
    names = ", ".join(COUNT_COLUMNS)
    rows = {
        str(row[0]): dict(zip(COUNT_COLUMNS, row[1:], strict=True))
        for row in db.execute(f"SELECT kind, {names} FROM count WHERE import_id = ?", (number,))
    }
    return {kind.name: rows[kind.name] for kind in KINDS if kind.name in rows}


def scopes(db: sqlite3.Connection, number: int) -> list[dict[str, Any]]:
    """What became of each list."""
    rows = db.execute(
        "SELECT endpoint, school, state, received, requests, retries, bytes, round(seconds, 3) AS seconds "
        "FROM scope WHERE import_id = ? ORDER BY rowid",
        (number,),
    )
    return [dict(row) for row in rows]


def changed_counts(db: sqlite3.Connection) -> dict[int, int]:
    """How many records each import created, updated, reactivated or deactivated, by its number."""
    rows = db.execute(
        "SELECT import_id, sum(created + updated + reactivated + deactivated) FROM count GROUP BY import_id"
    )
    return {int(number): int(changed) for number, changed in rows}


def files(db: sqlite3.Connection, number: int) -> list[dict[str, Any]]:
    """The files of an import: kind, status, path and records of each."""
    rows = db.execute(
        "SELECT kind, status, path, records FROM file WHERE import_id = ? ORDER BY kind", (number,)
    )
    return [dict(row) for row in rows]


def scope_problems(db: sqlite3.Connection, number: int) -> list[sqlite3.Row]:
    """Lists of an import that were not read: endpoint, school, state, code, message."""
    return db.execute(
        "SELECT endpoint, school, state, code, message FROM scope WHERE import_id = ? AND state <> 'complete' "
        "ORDER BY rowid",
        (number,),
    ).fetchall()


@dataclass(frozen=True)
class Stale:
    """A list that could not be read lately: its people are as they were.

    Attributes:
        endpoint, school: which list; school is None for district-wide ones.
        since_import, since: the first import that missed it, and when.
        last_good: when it was last read well, or None.
        code: why it was not read.
    """

    endpoint: str
    school: int | None
    since_import: int
    since: str
    last_good: str | None
    code: str


def stale(db: sqlite3.Connection) -> list[Stale]:
    """Every list that is stale now."""
    rows = db.execute(
        "SELECT endpoint, nullif(school, -1), since_import, since, last_good, code FROM stale "
        "ORDER BY school, endpoint"
    )
    return [Stale(*row) for row in rows]


def _counts_now(db: sqlite3.Connection, found: Import) -> dict[str, dict[str, int]]:
    """The counts with `active` as the Master has it after the import: a plan that waits has changed nothing."""
    rows = counts(db, found.id)
    if not found.applied:
        for row in rows.values():
            row["active"] += row["deactivated"] - row["created"] - row["reactivated"]
    return rows


def results_document(db: sqlite3.Connection, number: int, district: str) -> dict[str, Any]:
    """The document that `results --json` and `pull --json` print (design, section 7)."""
    found = get(db, number)
    problem = found.problem
    if problem is None and found.outcome is Outcome.HELD:
        reasons = holds(db, number)
        if reasons:
            problem = {
                "code": reasons[0].code,
                "message": " ".join(reason.message for reason in reasons[:10]),
                "meaning": "Nothing was changed; the plan waits.",
                "remedy": f"Read it with aeries-tui changes {number}; then approve {number} or discard {number}.",
            }
    return {
        "import": found.id,
        "district": district,
        "outcome": str(found.outcome),
        "status": found.outcome.look.label,
        "school_year": found.school_year,
        "trigger": found.trigger,
        "started_at": found.started_at,
        "ended_at": found.ended_at,
        "files": files(db, number),
        "counts": _counts_now(db, found),
        "scopes": scopes(db, number),
        "descriptions": description_codes(db, number),
        "problem": problem,
    }
