"""Printing: one JSON document or plain lines on standard output, everything else on standard error."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from aeries_tui.errors import AeriesTuiError, kind_of
from aeries_tui.text import clean_text

_UNSEEN = re.compile(
    "[\x7f-\x9f\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON: letters of every script as they are, but what a terminal would obey or not show is escaped."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    # Outside its strings JSON is ASCII, so whatever is found stands in one.
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def print_json(document: Any) -> None:
    """One document, readable, as the only thing on standard output."""
    sys.stdout.write(json_text(document, indent=2) + "\n")


def stream_json(name: str, items: Iterable[Any], **after: Any) -> None:
    """A document `{name: [...]}` written item by item, so that its length does not matter.

    Args:
        name: of the list.
        items: its items.
        after: what stands behind the list.
    """
    sys.stdout.write("{" + json.dumps(name) + ": [")
    separator = "\n"
    for item in items:
        sys.stdout.write(separator + json_text(item))
        separator = ",\n"
    last = "".join(f", {json.dumps(key)}: {json_text(value)}" for key, value in after.items())
    sys.stdout.write(f"\n]{last}}}\n")


def say(text: str) -> None:
    """A message for a person, beside the output: one line, without anything that a terminal would obey."""
    sys.stderr.write(clean_text(text) + "\n")


def line(text: str = "") -> None:
    """A line of output, without anything that a terminal would obey; a line break in it is a blank."""
    sys.stdout.write(clean_text(text) + "\n")


def page(text: str) -> None:
    """A text of the program's own, of several lines."""
    for one in text.split("\n"):
        line(one)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns wide enough for what is in them; text from Aeries without control characters."""
    cells = [[clean_text("" if value is None else str(value)) for value in row] for row in rows]
    widths = [max([len(title), *(len(row[place]) for row in cells)]) for place, title in enumerate(header)]
    for row in [list(header), *cells]:
        line("  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip())


def tell(error: AeriesTuiError) -> None:
    """Tell an error to a person, beside the output."""
    for one in error.lines():
        say(one)


def explain_error(error: AeriesTuiError, *, as_json: bool) -> int:
    """Tell an error to a person, and as a document where one was asked for; returns its exit status."""
    tell(error)
    if as_json:
        print_json({"problem": error.problem.document(), "error": kind_of(error)})
    return error.exit_status
