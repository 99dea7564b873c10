"""Printing: one JSON document or plain lines on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from aeries_tui.errors import AeriesTuiError, kind_of
from aeries_tui.text import clean_text


def print_json(document: Any) -> None:
    """One document, readable, as the only thing on standard output."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def stream_json(name: str, items: Iterable[Any]) -> None:
    """A document `{name: [...]}` written item by item, so that its length does not matter."""
    sys.stdout.write("{" + json.dumps(name) + ": [")
    separator = "\n"
    for item in items:
        sys.stdout.write(separator + json.dumps(item, ensure_ascii=False))
        separator = ",\n"
    sys.stdout.write("\n]}\n")


def say(text: str) -> None:
    """A message for a person, beside the output."""
    sys.stderr.write(text + "\n")


def line(text: str = "") -> None:
    """A line of output."""
    sys.stdout.write(text + "\n")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns wide enough for what is in them; text from Aeries without control characters."""
    cells = [[clean_text("" if value is None else str(value)) for value in row] for row in rows]
    widths = [max([len(title), *(len(row[place]) for row in cells)]) for place, title in enumerate(header)]
    for row in [list(header), *cells]:
        line("  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip())


def explain_error(error: AeriesTuiError, *, as_json: bool) -> int:
    """Tell an error to a person, and as a document where one was asked for; returns its exit status."""
    say("\n".join(error.lines()))
    if as_json:
        print_json({"problem": error.problem.document(), "error": kind_of(error)})
    return error.exit_status
