"""The descriptions of an import as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from aeries_tui.exports.cells import cell
from aeries_tui.master.imports.descriptions import Description
from aeries_tui.settings import private_text_writer

COLUMNS = ("code", "severity", "kind", "record", "school", "field", "message", "remedy", "page")


def write_descriptions(path: Path, rows: Iterable[Description]) -> int:
    """Write descriptions to a file that appears when it is whole; returns how many.

    A device or a pipe is written to as it is, never replaced, and never through a link of somebody else.

    Raises:
        MasterError: the system refused.
    """
    with private_text_writer(path) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        written = 0
        for row in rows:
            writer.writerow([cell(getattr(row, name)) for name in COLUMNS])
            written += 1
        return written
