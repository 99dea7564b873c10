"""The sentences of an import's result."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from aeries_tui.codes import CODES, CodeText
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.listing import Cell, Column, Row
from aeries_tui.master.imports import imports
from aeries_tui.master.imports import result as books
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.master.imports.district_checks import texts_of_checks
from aeries_tui.outcome import COUNT_COLUMNS, RECORD_OUTCOMES
from aeries_tui.screens.text.counts import trimmed
from aeries_tui.screens.times import shown_time
from aeries_tui.widgets.bars import duration
from aeries_tui.widgets.joined import joined
from aeries_tui.widgets.palette import OF_SEVERITY
from aeries_tui.widgets.status import outcome_text

STARTED_BY = {
    "manual": "by hand",
    "timer": "by the timer",
    "ui": "from the screens",
    "demo": "by the demonstration",
}
"""Who started an import, by its trigger."""

SCOPES_SHOWN = 8


@dataclass(frozen=True)
class Result:
    """All that is shown of one import.

    Attributes:
        found: the import.
        holds: why it was held.
        counts: kind to outcome to number.
        not_read: lists that were not read.
        stale: lists that are stale now, whichever import missed them.
        codes: code to number of descriptions.
        files: of the import.
        own: the texts of the district's own codes.
    """

    found: imports.Import
    holds: tuple[books.Hold, ...]
    counts: Mapping[str, Mapping[str, int]]
    not_read: tuple[books.Scope, ...]
    stale: tuple[books.Stale, ...]
    codes: Mapping[str, int]
    files: tuple[books.File, ...]
    own: Mapping[str, CodeText] = field(default_factory=dict)

    def text_of(self, code: str) -> CodeText | None:
        """What is said of a code; None of one that nobody knows."""
        return CODES.get(code) or self.own.get(code)


def read_result(db: sqlite3.Connection, number: int) -> Result:
    """Read it; `db` is the Master, open for reading."""
    return Result(
        imports.get(db, number),
        tuple(books.holds(db, number)),
        books.counts(db, number),
        tuple(books.unread_scopes(db, number)),
        tuple(books.stale(db)),
        description_codes(db, number),
        tuple(books.files(db, number)),
        texts_of_checks(db, number),
    )


def took(found: imports.Import) -> str:
    """How long it ran; blank where that is not known."""
    return "" if found.seconds is None else duration(found.seconds)


def headline(found: imports.Import) -> list[Cell]:
    """Number, outcome, when, how long, by whom."""
    kind = "" if found.kind == "pull" else f" ({found.kind})"
    when = f"{shown_time(found.started_at)}, {STARTED_BY.get(found.trigger, found.trigger)}"
    long = f", {took(found)}" if took(found) and found.decided is None else ""
    return [
        f"Import {found.id}{kind}: ",
        (outcome_text(found.outcome), found.outcome.look.style),
        f"  {when}{long}",
    ]


def story(result: Result) -> list[Cell]:
    """What happened, line by line: the problem, the decision, the notes, what was not read, what was wrong."""
    lines: list[Cell] = []
    found = result.found
    if found.problem:
        said = " ".join(found.problem.sentences)
        lines.append((f"{found.problem.code} ".lstrip() + said + "\n", "error"))
    lines += [(f"‖ {hold.code} {hold.message}\n", "held") for hold in result.holds]
    if found.superseded_by:
        lines.append((f"Superseded by import {found.superseded_by}; its plan was not applied.\n", "warning"))
    elif found.decided:
        when = shown_time(found.decided_at) if found.decided_at else ""
        lines.append(f"{found.decided.capitalize()} by {found.decided_by}, {when}: {found.decided_reason}\n")
    lines += _source(found)
    lines += [f"{note}\n" for note in found.notes]
    lines += _relations(found)
    lines += not_read(result)
    lines += _codes(result)
    lines += _files(result)
    return trimmed(lines)


def _source(found: imports.Import) -> list[Cell]:
    if not found.school_year:
        return []
    day = f", as of {found.day}" if found.day else ""
    return [(f"School year {found.school_year}{day}.\n", "muted")]


def _relations(found: imports.Import) -> list[Cell]:
    lines: list[Cell] = []
    if found.resumed_from:
        lines.append(f"Went on from what import {found.resumed_from} had read.\n")
    if found.undoes:
        lines.append(f"Takes import {found.undoes} back.\n")
    if found.undone_by:
        lines.append((f"Was taken back by import {found.undone_by}.\n", "warning"))
    return lines


def not_read(result: Result) -> list[Cell]:
    """Each list that was not read, and since when its people stay as they were."""
    lines: list[Cell] = []
    since = {(one.endpoint, one.school): one for one in result.stale}
    for scope in result.not_read[:SCOPES_SHOWN]:
        old = since.get((scope.endpoint, scope.school))
        kept = f"; its people stay as they were {_last_good(old)}" if old is not None else ""
        lines.append((f"{scope.told[0].upper()}{scope.told[1:]}{kept}.\n", "warning"))
    if len(result.not_read) > SCOPES_SHOWN:
        lines.append((f"… and {len(result.not_read) - SCOPES_SHOWN} more such lists.\n", "warning"))
    return lines


def _last_good(stale: books.Stale) -> str:
    return f"on {shown_time(stale.last_good)}" if stale.last_good else "before"


def _codes(result: Result) -> list[Cell]:
    if not result.codes:
        return []
    parts: list[Cell] = []
    for code, count in result.codes.items():
        known = result.text_of(code)
        parts += [(joined(code, f"{count:,}"), OF_SEVERITY.get(known.severity if known else "W", "")), "  "]
    return [*parts[:-1], "\n"]


def _files(result: Result) -> list[Cell]:
    return [
        f"{file.kind.capitalize()} file: {file.records:,} records, {file.outcome.look.label}\n"
        for file in result.files
    ]


def adds_up(counts: Mapping[str, int]) -> bool:
    """Whether what became of the records is as many as were received."""
    return sum(counts[name] for name in RECORD_OUTCOMES) == counts["received"]


def count_columns(result: Result) -> tuple[Column, ...]:
    """One column for each kind that was counted."""
    return (
        Column("outcome", "Records", min_width=12, sortable=False),
        *(
            Column(kind, title, align="right", min_width=max(6, len(title)), sortable=False)
            for kind, title in ((kind, KIND_NAMES[kind].title) for kind in result.counts)
        ),
    )


def count_rows(result: Result) -> list[Row]:
    """One row for each outcome; those that happened nowhere are left out, and the sums are checked."""
    kinds = list(result.counts.values())
    used = [
        name
        for name in COUNT_COLUMNS
        if name in {"received", "active"} or any(counts[name] for counts in kinds)
    ]
    rows = [
        Row(name, (name.replace("_", " ").capitalize(), *(_figure(name, counts[name]) for counts in kinds)))
        for name in used
    ]
    sums: list[Cell] = [("✔", "good") if adds_up(counts) else ("✖ NO", "error") for counts in kinds]
    return [*rows, Row("sum", ("Adds up", *sums))] if kinds else []


def _figure(name: str, count: int) -> Cell:
    if not count:
        return ("0", "muted")
    return (f"{count:,}", _STYLES.get(name, ""))


_STYLES = {
    "rejected": "error", "deactivated": "warning", "created": "good", "reactivated": "good", "updated": "info",
}  # fmt: skip
