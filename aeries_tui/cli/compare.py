"""`compare`."""

from __future__ import annotations

import argparse
import csv
from dataclasses import asdict
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, print_json, say
from aeries_tui.exports.cells import cell
from aeries_tui.operations.compare import Comparison, compare, told
from aeries_tui.settings import private_dir, private_text_writer

SAVED = {"=": "same", "*": "differ", "+": "only-in-master", "-": "only-in-list", "!": "unreadable"}
"""The file of each sign."""


def compare_with(options: argparse.Namespace) -> int:
    """The Master against a list of people; 0 where they say the same, 1 where not, as rclone check has it."""
    district = chosen_district(options)
    with district.journal.recording(Act.LOOKED, district.name, {"what": "compare"}):
        comparison = compare(district, Path(options.file), kind=options.kind, key=options.key)
    if options.save:
        _save(comparison, private_dir(Path(options.save)))
    if options.json:
        print_json(_document(comparison))
    else:
        for row in comparison.rows:
            if row.sign == "=" and not options.all:
                continue
            differences = "; ".join(
                f"{name}: {ours or '(blank)'} -> {theirs or '(blank)'}"
                for name, (ours, theirs) in row.differences.items()
            )
            line(
                "  ".join(
                    filter(
                        None, (row.sign, row.key or f"line {row.line}", row.name, differences, row.problem)
                    )
                )
            )
    for sentence in told(comparison):
        say(sentence)
    return 0 if comparison.is_same else 1


def _document(comparison: Comparison) -> dict[str, object]:
    return {
        "kind": comparison.kind,
        "key": comparison.key,
        "columns": dict(comparison.columns),
        "ignored": list(comparison.ignored),
        "counts": comparison.counts,
        "rows": [
            {**asdict(row), "differences": {name: list(pair) for name, pair in row.differences.items()}}
            for row in comparison.rows
        ],
    }


def _save(comparison: Comparison, folder: Path) -> None:
    for sign, name in SAVED.items():
        with private_text_writer(folder / f"{name}.csv") as file:
            writer = csv.writer(file)
            writer.writerow(("key", "id", "name", "line", "field", "master", "list", "problem"))
            for row in comparison.rows:
                if row.sign == sign:
                    for field, (ours, theirs) in row.differences.items() or (("", ("", "")),):
                        writer.writerow(
                            cell(value)
                            for value in (
                                row.key,
                                row.id,
                                row.name,
                                row.line or "",
                                field,
                                ours,
                                theirs,
                                row.problem,
                            )
                        )
