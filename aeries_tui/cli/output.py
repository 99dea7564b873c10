"""Printing: plain lines on standard output, everything else on standard error. JSON is written by `documents`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from aeries_tui.cli.addressed import addressed
from aeries_tui.errors import AeriesTuiError
from aeries_tui.text import clean_text

_DISTRICT: ContextVar[str | None] = ContextVar("district", default=None)
_HEADING: ContextVar[list[str] | None] = ContextVar("heading", default=None)


@contextmanager
def about(district: str | None, heading: str = "") -> Iterator[None]:
    """What is said inside is about this district, and the commands in it name it.

    Args:
        district: its name; None where none was named.
        heading: a line before the first thing that is said; none where nothing is.
    """
    before, above = _DISTRICT.set(district), _HEADING.set([heading] if heading else None)
    try:
        yield
    finally:
        _DISTRICT.reset(before)
        _HEADING.reset(above)


def say(text: str) -> None:
    """A message for a person, beside the output: one line, without anything that a terminal would obey."""
    heading = _HEADING.get()
    while heading:
        sys.stderr.write(f"{clean_text(heading.pop())}\n")
    district = _DISTRICT.get()
    sys.stderr.write(clean_text(addressed(text, district) if district else text) + "\n")


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
        from aeries_tui.cli.documents import print_refusal

        print_refusal(error)
    return error.exit_status
