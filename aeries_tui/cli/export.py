"""`export oneroster`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, print_json, say
from aeries_tui.exports.oneroster import version_of, write_bundle


def oneroster(options: argparse.Namespace) -> int:
    """Write a OneRoster CSV bundle of the whole roster."""
    version = version_of(options.version)
    with chosen_district(options).reading() as db:
        report = write_bundle(db, version, Path(options.to), demographics=options.demographics)
    if options.json:
        print_json({"path": str(report.path), "version": report.version, "rows": report.rows,
                    "warnings": [asdict(notice) for notice in report.warnings]})  # fmt: skip
        return 0
    line(str(report.path))
    say(", ".join(f"{name} {rows:,}" for name, rows in report.rows.items()))
    for notice in report.warnings:
        say(f"! {notice.count:,}  {notice.message} ({', '.join(notice.examples)})")
    return 0
