"""What became of an import, as the document that commands print."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from aeries_tui.documents import Document
from aeries_tui.errors import Problem
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.master.imports.imports import Import
from aeries_tui.master.imports.result import Hold, Scope, counts, files, holds, scopes
from aeries_tui.outcome import Outcome


class ImportProblem(msgspec.Struct, frozen=True):
    """What went wrong with an import; of a plan that waits, why it does.

    Attributes:
        code: the most telling one; blank where there is none.
        message: what happened.
        meaning: what it means for the data; blank where nothing was at stake.
        remedy: what to do now.
        reasons: all that a plan waits for, the most telling first.
    """

    code: str
    message: str
    meaning: str
    remedy: str
    reasons: Sequence[Hold]


class ImportFile(msgspec.Struct, frozen=True):
    """One of an import's files.

    Attributes:
        kind: staff or student.
        status: how it came out, in words.
        path: where it lies.
        records: how many.
    """

    kind: str
    status: str
    path: str
    records: int


class ImportResult(Document, frozen=True):
    """What became of an import.

    Attributes:
        import_: its number.
        district: of which district.
        outcome: what became of it.
        status: the outcome in words.
        school_year: as Aeries gave it; null where that is not known.
        trigger: manual, timer, ui or demo.
        started_at: when, UTC.
        ended_at: when, UTC; null while it runs or waits.
        files: what it wrote.
        counts: by kind of record, what became of how many.
        scopes: what became of each list of Aeries.
        descriptions: by code, how many records have a problem.
        superseded_by: the import that overtook a plan that waited; null for none.
        problem: what went wrong, or why the plan waits; null where nothing is to be said.
    """

    import_: int = msgspec.field(name="import")
    district: str
    outcome: Outcome
    status: str
    school_year: str | None
    trigger: str
    started_at: str
    ended_at: str | None
    files: Sequence[ImportFile]
    counts: Mapping[str, Mapping[str, int]]
    scopes: Sequence[Scope]
    descriptions: Mapping[str, int]
    superseded_by: int | None
    problem: ImportProblem | None


def _counts_now(db: sqlite3.Connection, entry: Import) -> dict[str, dict[str, int]]:
    """The counts with `active` as the Master has it after the import: a plan that waits has changed nothing."""
    rows = counts(db, entry.id)
    if not entry.applied:
        for row in rows.values():
            row["active"] += row["deactivated"] - row["created"] - row["reactivated"]
    return rows


def told_problem(problem: Problem, reasons: Sequence[Hold] = ()) -> ImportProblem:
    """A problem as the result of an import tells it."""
    return ImportProblem(problem.code, problem.message, problem.meaning, problem.remedy, reasons)


def _problem(db: sqlite3.Connection, entry: Import) -> ImportProblem | None:
    reasons = holds(db, entry.id) if entry.outcome is Outcome.HELD else []
    if entry.problem is not None:
        return told_problem(entry.problem, reasons)
    if not reasons:
        return None
    return ImportProblem(
        reasons[0].code,
        " ".join(reason.message for reason in reasons[:10]),
        "Nothing was changed; the plan waits.",
        f"Read it with aeries-tui changes {entry.id}; then approve {entry.id} or discard {entry.id}.",
        reasons,
    )


def import_result(db: sqlite3.Connection, number: int, district: str) -> ImportResult:
    """What became of an import, as `results --json` and `pull --json` print it."""
    entry = imports.get(db, number)
    return ImportResult(
        entry.id, district, entry.outcome, entry.outcome.look.label, entry.school_year, entry.trigger,
        entry.started_at, entry.ended_at,
        [ImportFile(file.kind, file.outcome.look.label, file.path, file.records) for file in files(db, number)],
        _counts_now(db, entry), scopes(db, number), description_codes(db, number), entry.superseded_by,
        _problem(db, entry),
    )  # fmt: skip
