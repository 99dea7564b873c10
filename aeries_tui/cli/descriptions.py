"""`descriptions`."""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator
from pathlib import Path

from aeries_tui.cli.context import context
from aeries_tui.cli.output import line, say, stream_json
from aeries_tui.errors import WrongUse
from aeries_tui.exports.cells import cell
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import Description
from aeries_tui.master.imports.descriptions import descriptions as descriptions_of
from aeries_tui.text import clean_text


def descriptions(options: argparse.Namespace) -> int:
    """Every record with a problem, and its remedy."""
    with context(options).master(read_only=True) as db:
        imports.get(db, options.number)
        rows = descriptions_of(db, options.number, options.code, options.school)
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


def _write_csv(path: Path, rows: Iterator[Description]) -> int:
    columns = ("code", "severity", "kind", "record", "school", "field", "message", "remedy", "page")
    stream = path.exists() and not path.is_file()  # a device or a pipe is written to, never replaced
    path = path if stream else Path(os.path.realpath(path))
    part = path if stream else path.with_name(path.name + ".part")
    written = 0
    try:
        descriptor = os.open(part, os.O_WRONLY if stream else os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(columns)
            for row in rows:
                writer.writerow([cell(getattr(row, name)) for name in columns])
                written += 1
        if not stream:
            part.replace(path)
    except OSError as error:
        if not stream:
            part.unlink(missing_ok=True)
        raise WrongUse(f"{path} can't be written: {error.strerror}.", remedy="Name another file.") from error
    return written
