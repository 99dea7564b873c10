"""`results` and `troubleshooting`."""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Sequence

import msgspec

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.cli.summary import print_result
from aeries_tui.documents import Document
from aeries_tui.errors import NotFound
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import Trouble, troubles
from aeries_tui.master.imports.told import import_result
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import Ended


class ListedImport(msgspec.Struct, frozen=True):
    """One import.

    Attributes:
        import_: its number.
        kind: pull, undo, restore, archive or erase.
        outcome: what became of it.
        status: the outcome in words.
        started_at: when, UTC.
        ended_at: when, UTC; null while it runs or waits.
        school_year: as Aeries gave it; null where that is not known.
    """

    import_: int = msgspec.field(name="import")
    kind: str
    outcome: Outcome
    status: str
    started_at: str
    ended_at: str | None
    school_year: str | None


class Imports(Document, frozen=True):
    """All imports.

    Attributes:
        imports: the newest first.
    """

    imports: Sequence[ListedImport]


class Troubles(Document, frozen=True):
    """The problems of an import by code.

    Attributes:
        import_: its number.
        troubles: one for each code.
    """

    import_: int = msgspec.field(name="import")
    troubles: Sequence[Trouble]


def results(options: argparse.Namespace) -> int:
    """Show the result of an import, or list all."""
    district = chosen_district(options)
    with district.reading() as db:
        district.settle(db)
        if options.every:
            return _list(options, db)
        number = _newest(db, options.number)
        if options.json:
            print_document(import_result(db, number, district.name))
        else:
            print_result(db, Ended(number, imports.get(db, number).outcome), district.name)
    return 0


def _list(options: argparse.Namespace, db: sqlite3.Connection) -> int:
    listed = imports.every(db)
    if options.json:
        told = [
            ListedImport(
                i.id, i.kind, i.outcome, i.outcome.look.label, i.started_at, i.ended_at, i.school_year
            )
            for i in listed
        ]
        print_document(Imports(told))
    else:
        table(
            ("import", "kind", "started", "outcome"),
            [
                (i.id, i.kind, i.started_at, f"{i.outcome.look.ascii_sign} {i.outcome.look.label}")
                for i in listed
            ],
        )
    return 0


def troubleshooting(options: argparse.Namespace) -> int:
    """The problems of an import grouped by code, with remedies."""
    with chosen_district(options).reading() as db:
        number = _newest(db, options.number)
        problems = troubles(db, number)
    if options.json:
        print_document(Troubles(number, problems))
        return 0
    if not problems:
        say(f"Import {number} has no problems.")
    for trouble in problems:
        schools = f" at {trouble.schools} schools" if trouble.schools > 1 else ""
        records = f"{trouble.records:,} record{'' if trouble.records == 1 else 's'}"
        line(f"{trouble.severity} {trouble.code}: {records}{schools}. {trouble.sentence}")
        if trouble.consequences == 1:
            line("    1 further record only follows from it.")
        elif trouble.consequences:
            line(f"    {trouble.consequences:,} further records only follow from it.")
        line(f"    What to do: {trouble.remedy}")
        line(f"    Where: {trouble.page}")
    return 0


def _newest(db: sqlite3.Connection, number: int | None) -> int:
    if number is not None:
        return imports.get(db, number).id
    newest = imports.latest(db)
    if newest is None:
        raise NotFound("There is no import yet.", remedy="Run aeries-tui pull.")
    return newest.id
