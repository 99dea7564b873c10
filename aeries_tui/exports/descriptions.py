"""The descriptions of an import as CSV: one file, or one for each school to hand to its office."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from aeries_tui.exports.cells import cell
from aeries_tui.master.imports.descriptions import Description, descriptions
from aeries_tui.master.lists.descriptions import schools_described
from aeries_tui.settings import private_dir, private_text_writer

COLUMNS = ("code", "severity", "kind", "record", "school", "field", "message", "remedy", "page")


def write_descriptions(path: Path, rows: Iterable[Description]) -> int:
    """Write descriptions to a file that appears when it is whole; returns how many.

    A device or a pipe is written to as it is, never replaced, and never through a link of somebody else.

    Raises:
        MasterError: the system refused.
    """
    with private_text_writer(path) as file:
        return _write(file, rows)


def write_by_school(db: sqlite3.Connection, number: int, folder: Path) -> list[Path]:
    """Write the descriptions of an import as one file for each school.

    Args:
        db: the Master.
        number: the import.
        folder: where to; made 0700.

    Returns:
        The files; those of the district as a whole are in `district.csv`.

    Raises:
        MasterError: the disk.
    """
    written = []
    for school, _, _ in schools_described(db, number):
        name = "district.csv" if school is None else f"school-{school}.csv"
        path = private_dir(folder) / name
        rows = descriptions(db, number, school=school)
        write_descriptions(path, rows if school is not None else (row for row in rows if row.school is None))
        written.append(path)
    return written


def _write(file: TextIO, rows: Iterable[Description]) -> int:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    written = 0
    for row in rows:
        writer.writerow([cell(getattr(row, name)) for name in COLUMNS])
        written += 1
    return written
