"""The book of imports: what was begun, how it ended, and all that is known about it."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from aeries_tui.codes import CODES, Code
from aeries_tui.errors import AeriesTuiError, NotFound, Problem
from aeries_tui.master.database import immediate, now_text
from aeries_tui.outcome import GOOD, Outcome


@dataclass(frozen=True)
class Import:
    """One import, as its row in the book says.

    Attributes:
        id: its number.
        kind: pull, undo, restore, archive or erase.
        trigger: manual, timer, ui or demo.
        started_at, ended_at: UTC; ended_at is None while it runs or waits.
        outcome: what became of it.
        applied: the Master was changed by it (or found to need no change).
        school_year, day: the server's, None where not known.
        base_generation: the state of the Master its plan was made against.
        undoes, undone_by, resumed_from: numbers of other imports, or None; undone_by of one that stands is None.
        undo_kept: what undoing it needs is still there.
        problem: where it ended in ERROR; else None.
        notes: sentences worth saying.
        decided, decided_by, decided_at, decided_reason: of a held plan; None before. One that was superseded was
            decided by nobody.
        files_written: its files are complete.
        plan_only, quick, asked_year: what a pull was asked to be; one that goes on from it is so as well.
        superseded_by: the import that overtook a held plan.
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
    problem: Problem | None
    notes: tuple[str, ...]
    decided: str | None
    decided_by: str | None
    decided_at: str | None
    decided_reason: str | None
    files_written: bool
    plan_only: bool
    quick: bool
    asked_year: str | None
    superseded_by: int | None

    @property
    def seconds(self) -> float | None:
        """How long it ran; None while it runs, and where its end is not that of its work.

        What was approved ended by a person's decision, what was killed when somebody noticed.
        """
        if self.ended_at is None or self.decided == "approved" or self.outcome is Outcome.INTERRUPTED:
            return None
        began, ended = map(dt.datetime.fromisoformat, (self.started_at, self.ended_at))
        return (ended - began).total_seconds()


def begin(
    db: sqlite3.Connection,
    *,
    kind: str,
    trigger: str,
    undoes: int | None = None,
    resumed_from: int | None = None,
    plan_only: bool = False,
    quick: bool = False,
    asked_year: str | None = None,
) -> int:
    """Open an import's book; returns its number. What the arguments mean stands at `Import`."""
    with immediate(db):
        cursor = db.execute(
            "INSERT INTO import (kind, trigger, started_at, outcome, base_generation, undoes, resumed_from, "
            "plan_only, quick, asked_year) "
            "VALUES (?, ?, ?, ?, (SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'), ?, ?, ?, ?, ?)",
            (kind, trigger, now_text(), Outcome.RUNNING, undoes, resumed_from, plan_only, quick, asked_year),
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


def add_notes(db: sqlite3.Connection, number: int, sentences: Iterable[str]) -> None:
    """Add sentences worth saying to an import, inside the caller's transaction."""
    db.executemany(
        "UPDATE import SET notes = json_insert(notes, '$[#]', ?) WHERE id = ?",
        [(sentence, number) for sentence in sentences],
    )


def discard(db: sqlite3.Connection, number: int, by: str, reason: str) -> None:
    """Note that a held plan was discarded, by whom and why."""
    with immediate(db):
        db.execute(
            "UPDATE import SET outcome = ?, decided = 'discarded', decided_by = ?, decided_at = ?, "
            "decided_reason = ? WHERE id = ?",
            (Outcome.DISCARDED, by, now_text(), reason, number),
        )


def close_erasure(db: sqlite3.Connection, number: int, by: str, reason: str, people: int) -> None:
    """End an import that erased people, inside the caller's transaction."""
    now = now_text()
    note = f"{people:,} {'person was' if people == 1 else 'people were'} erased; the certificate says from where."
    db.execute(
        """
        UPDATE import
        SET outcome = ?, applied = 1, files_written = 1, undo_kept = 0, ended_at = ?, notes = ?,
            decided = 'erased', decided_by = ?, decided_at = ?, decided_reason = ?
        WHERE id = ?
        """,
        (Outcome.COMPLETED, now, json.dumps([note]), by, now, reason, number),
    )


def interrupt_running(db: sqlite3.Connection) -> list[int]:
    """Mark imports that still say running as interrupted; the caller holds the district's lock."""
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


def _import(db: sqlite3.Connection, row: sqlite3.Row, back: Mapping[int, int] | None = None) -> Import:
    values = dict(row)
    if values["undone_by"] is not None:
        values["undone_by"] = (taken_back(db) if back is None else back).get(values["id"])
    values["notes"] = json.loads(values["notes"])
    problem = {name: values.pop(f"problem_{name}") or "" for name in ("code", "message", "meaning", "remedy")}
    values["problem"] = problem if problem["message"] else None
    return msgspec.convert(values, Import, strict=False)


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
    back: dict[int, int] = {}
    rows = db.execute(
        f"SELECT id, undone_by FROM {schema}import WHERE applied = 1 AND undone_by IS NOT NULL ORDER BY id DESC"
    )
    for number, undone_by in rows:
        if undone_by not in back and undone_by != without:
            back[number] = undone_by
    return back


def _latest(db: sqlite3.Connection, where: str, *values: object) -> Import | None:
    """The newest import for which an SQL condition holds."""
    row = db.execute(f"SELECT * FROM import WHERE {where} ORDER BY id DESC LIMIT 1", values).fetchone()
    return None if row is None else _import(db, row)


def latest(db: sqlite3.Connection) -> Import | None:
    """The newest import of all."""
    return _latest(db, "1")


def latest_ended(db: sqlite3.Connection) -> Import | None:
    """The newest import that does not run."""
    return _latest(db, "outcome <> ?", Outcome.RUNNING)


def latest_held(db: sqlite3.Connection) -> Import | None:
    """The newest import whose plan waits for a person."""
    return _latest(db, "outcome = ?", Outcome.HELD)


def latest_applied(db: sqlite3.Connection) -> Import | None:
    """The newest import that changed the Master or found it up to date."""
    return _latest(db, "applied = 1")


def latest_pull(db: sqlite3.Connection) -> Import | None:
    """The newest pull, whatever became of it."""
    return _latest(db, "kind = 'pull'")


def latest_ended_pull(db: sqlite3.Connection) -> Import | None:
    """The newest pull that does not run."""
    return _latest(db, "kind = 'pull' AND outcome <> ?", Outcome.RUNNING)


def latest_applied_pull(db: sqlite3.Connection) -> Import | None:
    """The newest pull that changed the Master or found it up to date."""
    return _latest(db, "kind = 'pull' AND applied = 1")


def last_good(db: sqlite3.Connection) -> Import | None:
    """The newest pull after which the Master holds what Aeries said."""
    marks = ", ".join("?" * len(GOOD))
    return _latest(db, f"kind = 'pull' AND applied = 1 AND outcome IN ({marks})", *GOOD)


def previous_verdict(db: sqlite3.Connection, before: int | None = None) -> Import | None:
    """The newest pull that says whether pulls work: neither running nor ended by a person's wish.

    Args:
        db: the Master.
        before: only pulls before this import; None for all.
    """
    return _latest(
        db,
        "kind = 'pull' AND outcome NOT IN (?, ?, ?, ?) AND (? IS NULL OR id < ?)",
        Outcome.RUNNING, Outcome.DISCARDED, Outcome.SUPERSEDED, Outcome.CANCELLED, before, before,
    )  # fmt: skip


def latest_verdict(db: sqlite3.Connection) -> Import | None:
    """The newest import that says how the district stands: as `previous_verdict`, and what else failed or waits.

    An undo or an erasure that is done does not mend pulls that fail.
    """
    return _latest(
        db,
        "outcome NOT IN (?, ?, ?, ?) AND (kind = 'pull' OR outcome IN (?, ?, ?))",
        Outcome.RUNNING, Outcome.DISCARDED, Outcome.SUPERSEDED, Outcome.CANCELLED,
        Outcome.ERROR, Outcome.INTERRUPTED, Outcome.HELD,
    )  # fmt: skip


def undo_of(db: sqlite3.Connection, number: int) -> Import | None:
    """The newest import that takes another one back, or would."""
    return _latest(db, "undoes = ?", number)


def is_any_running(db: sqlite3.Connection) -> bool:
    """Whether some import says that it runs; one that was killed says so as well."""
    return _latest(db, "outcome = ?", Outcome.RUNNING) is not None


def without_files(db: sqlite3.Connection) -> list[int]:
    """Imports that were applied and whose files are not complete, oldest first."""
    rows = db.execute("SELECT id FROM import WHERE applied = 1 AND files_written = 0 ORDER BY id")
    return [int(row[0]) for row in rows]


def needs_no_staging(entry: Import) -> bool:
    """Whether nobody will ask again for what an import staged: it is finished, decided, or an undo that stopped."""
    if entry.files_written or entry.outcome in {Outcome.DISCARDED, Outcome.SUPERSEDED}:
        return True
    return entry.kind != "pull" and entry.outcome is Outcome.INTERRUPTED


def stopped_pulls(db: sqlite3.Connection) -> list[int]:
    """Pulls that ended before they were done, oldest first."""
    rows = db.execute(
        "SELECT id FROM import WHERE kind = 'pull' AND outcome IN (?, ?, ?) ORDER BY id",
        (Outcome.CANCELLED, Outcome.INTERRUPTED, Outcome.ERROR),
    )
    return [int(row[0]) for row in rows]


def is_stale(db: sqlite3.Connection, entry: Import) -> bool:
    """Whether the Master has changed since the plan of an import was made; then it can only be discarded."""
    (now,) = db.execute("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'generation'").fetchone()
    return bool(now != entry.base_generation)


def others_held(db: sqlite3.Connection, number: int) -> list[int]:
    """The other imports whose plans wait, oldest first."""
    rows = db.execute(
        "SELECT id FROM import WHERE outcome = ? AND id <> ? ORDER BY id",
        (Outcome.HELD, number),
    )
    return [int(row[0]) for row in rows]


def every(db: sqlite3.Connection, limit: int = 1000) -> list[Import]:
    """Imports, newest first."""
    rows = db.execute("SELECT * FROM import ORDER BY id DESC LIMIT ?", (limit,)).fetchall()
    back = taken_back(db)
    return [_import(db, row, back) for row in rows]


def changed_counts(db: sqlite3.Connection) -> dict[int, int]:
    """How many records each import created, updated, reactivated or deactivated, by its number."""
    rows = db.execute(
        "SELECT import_id, sum(created + updated + reactivated + deactivated) FROM count GROUP BY import_id"
    )
    return {int(number): int(changed) for number, changed in rows}
