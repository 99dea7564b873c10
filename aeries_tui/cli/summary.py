"""The result of an import in plain lines."""

from __future__ import annotations

import sqlite3

from aeries_tui.cli.output import line, table
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.outcome import COUNT_COLUMNS, Outcome
from aeries_tui.pull.after_apply import Ended


def print_ended(ended: Ended, district: str) -> None:
    """How an import ended, and what went wrong that the book does not tell."""
    look = ended.outcome.look
    line(f"Import {ended.number} of {district}: {look.ascii_sign} {look.label}")
    for sentence in ended.untold.sentences if ended.untold else ():
        line(f"  {sentence}")


def print_result(db: sqlite3.Connection, ended: Ended, district: str) -> None:
    """An import as a person reads it: outcome, counts, lists not read, problems by code."""
    number = ended.number
    entry = imports.get(db, number)
    print_ended(ended, district)
    line(
        f"  started {entry.started_at}, ended {entry.ended_at or '-'}, school year {entry.school_year or '-'}"
    )
    if entry.undoes:
        line(f"  takes import {entry.undoes} back")
    if entry.problem:
        for sentence in entry.problem.sentences:
            line(f"  {sentence}")
    if entry.superseded_by:
        line(f"  superseded by import {entry.superseded_by}; its plan was not applied")
    elif entry.decided:
        line(f"  {entry.decided} by {entry.decided_by}, {entry.decided_at}: {entry.decided_reason}")
    for note in entry.notes:
        line(f"  {note}")
    _print_holds(db, entry)
    _print_counts(db, number)
    for scope in result.unread_scopes(db, number):
        line(f"  {scope.told}; kept as it was")
    codes = description_codes(db, number)
    if codes:
        line("  " + ", ".join(f"{code} {n:,}" for code, n in codes.items()))
        line(
            f"  What to do: aeries-tui troubleshooting {number}; record by record: aeries-tui descriptions {number}"
        )


def _print_holds(db: sqlite3.Connection, entry: imports.Import) -> None:
    reasons = result.holds(db, entry.id)
    for hold in reasons[:20]:
        line(f"  {hold.code}: {hold.message}")
    if len(reasons) > 20:
        line(f"  … and {len(reasons) - 20} more reasons")
    if entry.outcome is Outcome.HELD:
        line("  Nothing was changed; the plan waits.")
        line(
            f"  Read it: aeries-tui changes {entry.id}. Then: aeries-tui approve {entry.id} --reason TEXT, or discard."
        )


def _print_counts(db: sqlite3.Connection, number: int) -> None:
    counts = result.counts(db, number)
    if not counts:
        return
    names = [name for name in COUNT_COLUMNS if name == "received" or any(c[name] for c in counts.values())]
    table(
        ("", *(name.replace("_", " ") for name in names)),
        [(KIND_NAMES[kind].plural, *(f"{row[name]:,}" for name in names)) for kind, row in counts.items()],
    )
