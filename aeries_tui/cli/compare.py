"""`compare`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say
from aeries_tui.documents import Document
from aeries_tui.exports.comparison import write_comparison
from aeries_tui.master.comparisons import Compared, Comparison
from aeries_tui.operations.compare import compare, told
from aeries_tui.settings import private_dir

SAVED = {"=": "same", "*": "differ", "+": "only-in-master", "-": "only-in-list", "!": "unreadable"}
"""The file of each sign."""


class ComparedList(Document, frozen=True):
    """The District Master against a list of people.

    Attributes:
        kind: student or staff.
        key: the field by which people were matched.
        columns: of the list, by the field that each was taken for.
        ignored: columns of the list that say nothing that the Master has.
        counts: rows of each sign.
        rows: everybody.
    """

    kind: str
    key: str
    columns: Mapping[str, str]
    ignored: Sequence[str]
    counts: Mapping[str, int]
    rows: Sequence[Compared]


def compare_with(options: argparse.Namespace) -> int:
    """The Master against a list of people; 0 where they say the same, 1 where not, as rclone check has it."""
    district = chosen_district(options)
    with district.journal.recording(Act.LOOKED, district.name, {"what": "compare"}):
        comparison = compare(district, Path(options.file), kind=options.kind, key=options.key)
    if options.save:
        _save(comparison, private_dir(Path(options.save)))
    if options.json:
        one = comparison
        print_document(ComparedList(one.kind, one.key, one.columns, one.ignored, one.counts, one.rows))
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


def _save(comparison: Comparison, folder: Path) -> None:
    for sign, name in SAVED.items():
        write_comparison(folder / f"{name}.csv", (row for row in comparison.rows if row.sign == sign))
