"""`results`, `changes`, `descriptions`, `troubleshooting`, `log`."""

from __future__ import annotations

import argparse
import csv
import os
import select
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aeries_tui.cli.context import Context, context
from aeries_tui.cli.output import line, print_json, say, stream_json, table
from aeries_tui.cli.summary import print_result
from aeries_tui.errors import NotFound, WrongUse
from aeries_tui.exports.cells import cell
from aeries_tui.master import imports
from aeries_tui.master.changes import Change, all_changes
from aeries_tui.master.kinds import BY_NAME
from aeries_tui.pull.folder import log_file, plan_file
from aeries_tui.pull.lock import holder
from aeries_tui.pull.log import Line, LogReader
from aeries_tui.text import clean_text
from aeries_tui.words import Outcome

FOLLOW_SECONDS = 0.5


def _newest(db: sqlite3.Connection, number: int | None) -> int:
    if number is not None:
        return imports.get(db, number).id
    found = imports.latest(db)
    if found is None:
        raise NotFound("There is no import yet.", remedy="Run aeries-tui pull.")
    return found.id


def results(options: argparse.Namespace) -> int:
    """Show the result of an import, or list all."""
    here = context(options)
    with here.master(read_only=True) as db:
        if options.every:
            return _list(options, db)
        number = _newest(db, options.number)
        if options.json:
            print_json(imports.results_document(db, number, here.district.name))
        else:
            print_result(db, number, here.district.name)
    return 0


def _list(options: argparse.Namespace, db: sqlite3.Connection) -> int:
    found = imports.every(db)
    if options.json:
        print_json({"imports": [
            {"import": i.id, "kind": i.kind, "outcome": str(i.outcome), "status": i.outcome.look.label,
             "started_at": i.started_at, "ended_at": i.ended_at, "school_year": i.school_year}
            for i in found]})  # fmt: skip
    else:
        table(
            ("import", "kind", "started", "outcome"),
            [
                (i.id, i.kind, i.started_at, f"{i.outcome.look.ascii_sign} {i.outcome.look.label}")
                for i in found
            ],
        )
    return 0


def changes(options: argparse.Namespace) -> int:
    """What an import changed, or would change."""
    if options.kind is not None and options.kind not in BY_NAME:
        raise WrongUse(f"There is no kind {options.kind!r}.", remedy=f"The kinds are {', '.join(BY_NAME)}.")
    here = context(options)
    with here.master(read_only=True) as db:
        found = imports.get(db, options.number)
        waiting = plan_file(here.district, options.number)
        if not found.applied and not waiting.exists():
            raise NotFound(
                f"Import {options.number} changed nothing ({found.outcome.look.label}), and its plan is not kept."
            )
        rows = all_changes(db, options.number, None if found.applied else waiting, options.kind)
        if options.json:
            stream_json(
                "changes", ({**asdict(c), "fields": {k: list(v) for k, v in c.fields.items()}} for c in rows)
            )
        else:
            _print_changes(rows)
    return 0


def _print_changes(rows: Iterator[Change]) -> None:
    empty = True
    for change in rows:
        empty = False
        line(f"{change.action:<12} {change.kind} {clean_text(change.record)}")
        for name, (before, after) in change.fields.items():
            line(f"             {name}: {_value(before)} -> {_value(after)}")
    if empty:
        say("Nothing was changed.")


def _value(value: object) -> str:
    return "(blank)" if value is None else clean_text(str(value))


def descriptions(options: argparse.Namespace) -> int:
    """Every record with a problem, and its remedy."""
    with context(options).master(read_only=True) as db:
        imports.get(db, options.number)
        rows = imports.descriptions(db, options.number, options.code, options.school)
        if options.csv:
            written = _write_csv(Path(options.csv), rows)
            say(f"{written} descriptions are in {options.csv}.")
            return 0
        if options.json:
            names = ("code", "severity", "kind", "record", "school", "field", "message", "remedy")
            stream_json("descriptions", ({name: getattr(d, name) for name in names} for d in rows))
            return 0
        for d in rows:
            where = f" at school {d.school}" if d.school is not None else ""
            line(f"{d.severity} {d.code:<20} {d.kind} {clean_text(d.record)}{where}: {clean_text(d.message)}")
    return 0


def _write_csv(path: Path, rows: Iterator[imports.Description]) -> int:
    columns = ("code", "severity", "kind", "record", "school", "field", "message", "remedy", "page")
    part = path.with_name(path.name + ".part")
    written = 0
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([cell(getattr(row, name)) for name in columns])
                written += 1
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise WrongUse(f"{path} can't be written: {error.strerror}.", remedy="Name another file.") from error
    return written


def troubleshooting(options: argparse.Namespace) -> int:
    """The problems of an import grouped by code, with remedies."""
    with context(options).master(read_only=True) as db:
        number = _newest(db, options.number)
        found = imports.troubles(db, number)
    if options.json:
        print_json({"import": number, "troubles": [asdict(trouble) for trouble in found]})
        return 0
    if not found:
        say(f"Import {number} has no problems.")
    for trouble in found:
        schools = f" at {trouble.schools} schools" if trouble.schools > 1 else ""
        line(f"{trouble.severity} {trouble.code}: {trouble.records:,} records{schools}. {trouble.sentence}")
        if trouble.consequences:
            line(f"    {trouble.consequences:,} further records only follow from it.")
        line(f"    What to do: {trouble.remedy}")
        line(f"    Where: {trouble.page}")
    return 0


def log(options: argparse.Namespace) -> int:
    """The log of an import, and with --follow what is still written to it."""
    here = context(options)
    with here.master(read_only=True) as db:
        imports.get(db, options.number)
    path = log_file(here.district, options.number)
    if not path.exists():
        raise NotFound(f"The log of import {options.number} is not kept any more.")
    lines = _log_lines(here, path, options)
    if options.json:
        stream_json("log", (asdict(entry) for entry in lines))
    else:
        for entry in lines:
            line(f"{entry.at} {entry.level:<7} {entry.stage:<8} {clean_text(entry.message)}")
    return 0


def _log_lines(here: Context, path: Path, options: argparse.Namespace) -> Iterator[Line]:
    reader = LogReader(path)
    last = 0
    while True:
        running = options.follow and _is_running(here, options.number)
        while batch := reader.lines(after=last, limit=5000, level=options.level):
            yield from batch
            last = batch[-1].id
        if not running:
            return
        _flush_and_wait()


def _is_running(here: Context, number: int) -> bool:
    with here.master(read_only=True) as db:
        found: Any = imports.get(db, number)
    return found.outcome is Outcome.RUNNING and holder(here.district.lock) is not None


def _flush_and_wait() -> None:
    import sys

    sys.stdout.flush()
    select.select([], [], [], FOLLOW_SECONDS)
