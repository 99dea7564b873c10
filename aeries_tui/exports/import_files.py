"""The staff and the student file of an import: one row for each person, with what became of the record.

CSV, UTF-8 without a byte-order mark, RFC 4180, CRLF. The columns are those of
`STAFF_COLUMNS` and `STUDENT_COLUMNS`, in that order, and only ever grow at the end.
"""

from __future__ import annotations

import csv
import itertools
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from aeries_tui.exports.cells import are_plain, cell
from aeries_tui.master.imports.file_rows import STAFF_COLUMNS, STUDENT_COLUMNS, staff_rows, student_rows
from aeries_tui.outcome import Outcome
from aeries_tui.settings import private_dir, private_text_writer

_BATCH = 200

__all__ = ["STAFF_COLUMNS", "STUDENT_COLUMNS", "write_import_files"]


def write_import_files(
    master: sqlite3.Connection, plan: Path, folder: Path, number: int
) -> list[tuple[str, str, str, int]]:
    """Write the files of import `number` into `folder`, each appearing under its name only when whole.

    Args:
        master: the Master after the import was applied.
        plan: the import's plan file, which knows what became of each record.
        folder: `imports/N`, made if it is not there.
        number: the import.

    Returns:
        Kind, status, path and records of each file, as the book of imports keeps them.
    """
    private_dir(folder)
    written = []
    for kind, columns, rows, kinds in (
        ("staff", STAFF_COLUMNS, staff_rows, ("staff", "teaching")),
        ("student", STUDENT_COLUMNS, student_rows, ("student", "enrollment", "school_enrollment")),
    ):
        path = folder / f"{kind}.csv"
        records = _write(path, columns, rows(master, plan, number))
        written.append((kind, _status(master, number, kinds), str(path), records))
    return written


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> int:
    records = 0
    with private_text_writer(path) as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        left = iter(rows)
        while batch := list(itertools.islice(left, _BATCH)):
            if not are_plain(batch):
                batch = [tuple(map(cell, row)) for row in batch]
            writer.writerows(batch)
            records += len(batch)
    return records


def _status(master: sqlite3.Connection, number: int, kinds: tuple[str, ...]) -> str:
    """Completed, or Completed with ERROR when a record of these kinds was left out or a list not read."""
    marks = ", ".join("?" * len(kinds))
    row = master.execute(
        f"SELECT 1 FROM description WHERE import_id = ? AND severity <> 'W' AND kind IN ({marks}, 'list') LIMIT 1",
        (number, *kinds),
    ).fetchone()
    outcome = Outcome.COMPLETED if row is None else Outcome.COMPLETED_WITH_ERROR
    return outcome.look.label
