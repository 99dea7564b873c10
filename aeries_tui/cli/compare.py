"""`compare`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.output import line, print_json, say
from aeries_tui.exports.comparison import write_comparison
from aeries_tui.master.comparisons import Comparison
from aeries_tui.operations.compare import compare, told
from aeries_tui.settings import private_dir

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
        write_comparison(folder / f"{name}.csv", (row for row in comparison.rows if row.sign == sign))
