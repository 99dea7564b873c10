"""A comparison as CSV: a line for each field that differs, one for each row without any."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from aeries_tui.exports.cells import cell
from aeries_tui.master.comparisons import Compared
from aeries_tui.settings import private_text_writer

COLUMNS = ("sign", "key", "id", "name", "line", "field", "master", "list", "problem")


def write_comparison(path: Path, rows: Iterable[Compared]) -> int:
    """Write rows to a file that appears when it is whole; returns how many rows; raises MasterError."""
    written = 0
    with private_text_writer(path) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            written += 1
            for field, (ours, theirs) in row.differences.items() or (("", ("", "")),):
                line = str(row.line or "")
                cells = (row.sign, row.key, row.id, row.name, line, field, ours, theirs, row.problem)
                writer.writerow([cell(value) for value in cells])
    return written
