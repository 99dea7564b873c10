"""Cells of a CSV file that any spreadsheet can open without running anything."""

from __future__ import annotations

import re
from collections.abc import Sequence

_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
_UNSAFE_FIRST = frozenset((*_RUNS, " ", ""))
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")


def cell(value: object) -> str:
    """A value as a safe cell: no control characters, and an apostrophe before what a spreadsheet would run."""
    if value is None:
        return ""
    plain = str(value)
    if plain.isprintable() and plain[:1] not in _UNSAFE_FIRST and plain[-1:] != " ":
        return plain  # nearly all cells, an order of magnitude sooner than by what follows
    text = _CONTROL.sub(" ", plain).strip()
    if text.startswith(_RUNS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def are_plain(rows: Sequence[Sequence[object]]) -> bool:
    """Whether csv would write all these rows as `cell` does; False where only one by one can tell.

    It looks at all texts of many rows as one: asking of each cell takes longer than all else that writing
    a file does.
    """
    texts = [value for row in rows for value in row if value and type(value) is str]
    whole = "\n" + "\n".join(texts) + "\n"
    return (
        whole.count("\n") == len(texts) + 1 + (not texts)
        and whole.replace("\n", "").isprintable()
        and _UNSAFE_FIRST.isdisjoint({text[0] for text in texts})
        and " \n" not in whole
    )
