"""The staff and the student file of an import: one row for each person, with what became of the record.

CSV, UTF-8 without a byte-order mark, RFC 4180, CRLF. The columns are those of
`STAFF_COLUMNS` and `STUDENT_COLUMNS`, in that order, and only ever grow at the end.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from aeries_tui.exports.cells import columns_of_texts
from aeries_tui.exports.csv_text import csv_text
from aeries_tui.master.fence import Value
from aeries_tui.master.imports.file_rows import STAFF_COLUMNS, STUDENT_COLUMNS, staff_rows, student_rows
from aeries_tui.master.imports.result import File, outcome_of_kinds
from aeries_tui.settings import private_dir, private_text_writer

_BLOCK = 200

__all__ = ["STAFF_COLUMNS", "STUDENT_COLUMNS", "write_import_files"]


def write_import_files(master: sqlite3.Connection, plan: Path, folder: Path, number: int) -> list[File]:
    """Write the files of import `number` into `folder`, each appearing under its name only when whole.

    Args:
        master: the Master after the import was applied.
        plan: the import's plan file, which knows what became of each record.
        folder: `imports/N`, made if it is not there.
        number: the import.

    Returns:
        What became of each, as the book of imports keeps it.
    """
    private_dir(folder)
    written = []
    for kind, columns, rows, kinds in (
        ("staff", STAFF_COLUMNS, staff_rows, ("staff", "teaching")),
        ("student", STUDENT_COLUMNS, student_rows, ("student", "enrollment", "school_enrollment")),
    ):
        path = folder / f"{kind}.csv"
        records = _write(path, columns, rows(master, plan, number))
        written.append(File(kind, outcome_of_kinds(master, number, kinds), str(path), records))
    return written


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[Value, ...]]) -> int:
    records = 0
    with private_text_writer(path) as file:
        file.write(csv_text([columns]))
        left = iter(rows)
        while block := list(itertools.islice(left, _BLOCK)):
            file.write(csv_text(list(zip(*columns_of_texts(block, safe=True), strict=True))))
            records += len(block)
    return records
