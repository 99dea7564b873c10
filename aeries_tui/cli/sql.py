"""`sql`."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping, Sequence
from itertools import islice

from aeries_tui.audit import Act
from aeries_tui.cli.chosen import chosen_district, one_form
from aeries_tui.cli.documents import stream_document
from aeries_tui.cli.output import table
from aeries_tui.documents import Streamed
from aeries_tui.errors import WrongUse
from aeries_tui.exports.cells import cell
from aeries_tui.master.fence import Answer, Value

_MEASURED = 1_000
"""Rows of one table; a longer answer is several, each with its header."""


class Rows(Streamed, frozen=True):
    """The rows of a query.

    Attributes:
        rows: each by the names of the query's own columns; bytes are told in hexadecimal.
    """

    rows: Sequence[Mapping[str, str | int | float | None]]


def sql(options: argparse.Namespace) -> int:
    """One query over the views of the District Master."""
    one_form(options, "csv")
    text = sys.stdin.read() if options.query == "-" else options.query
    district = chosen_district(options)
    # What is asked may name somebody, so that it was asked is all that is written down.
    with district.journal.recording(Act.EXPORTED, district.name, {"what": "sql"}), district.fenced() as fence:
        answer = fence.query(text)
        if options.json:
            _print_documents(answer)
        elif options.csv:
            _print_csv(answer)
        else:
            _print_table(answer)
    return 0


def _print_documents(answer: Answer) -> None:
    twice = sorted({name for name in answer.columns if answer.columns.count(name) > 1})
    if twice:
        raise WrongUse(
            f"Two columns of the query are named {twice[0]}.",
            remedy="Tell them apart with AS, or leave --json out.",
        )
    rows = (dict(zip(answer.columns, map(_shown, row), strict=True)) for row in answer.rows)
    stream_document(Rows([]), "rows", rows)


def _print_csv(answer: Answer) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(map(cell, answer.columns))
    for row in answer.rows:
        writer.writerow(cell(_shown(value)) for value in row)


def _print_table(answer: Answer) -> None:
    rows = [[_shown(value) for value in row] for row in islice(answer.rows, _MEASURED)]
    table(answer.columns, rows)
    while rows := [[_shown(value) for value in row] for row in islice(answer.rows, _MEASURED)]:
        table(answer.columns, rows)


def _shown(value: Value) -> str | int | float | None:
    return value.hex() if isinstance(value, bytes) else value
