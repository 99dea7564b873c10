"""`report`."""

from __future__ import annotations

import argparse
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line
from aeries_tui.operations.report import write_reports


def report(options: argparse.Namespace) -> int:
    """What an import did, as HTML."""
    district = chosen_district(options)
    about = {"what": "report", "import": options.number, "to": str(Path(options.html).absolute())}
    with district.journal.recording(Act.EXPORTED, district.name, about):
        written = write_reports(
            district, options.number, Path(options.html),
            school=options.school or None, each=options.school is None, names=options.names,
        )  # fmt: skip
    for path in written:
        line(str(path))
    return 0
