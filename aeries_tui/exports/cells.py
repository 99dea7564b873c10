"""Cells of a CSV file, or of a copied row, that any spreadsheet can open without running anything.

What a spreadsheet runs: OWASP, CSV injection, full-width signs among it. It may be set to cut a row at semicolons
or tabs, so no cell holds a tab and none holds what would be a formula after a semicolon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from types import NoneType
from typing import cast

from aeries_tui.master.fence import Value

_RUNS = "=+@\uff1d\uff0b\uff20\ufe66\ufe62\ufe6b\u207c\u207a\u208c\u208a\u2212\uff0d\ufe63\u207b\u208b-"
_RUN_FIRST = frozenset(_RUNS)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CUT = re.compile(rf";(?=[\s\"'\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[{re.escape(_RUNS)}])")
_UNSEEN = frozenset({"Cf", "Cs", "Zs", "Zl", "Zp"})
_UNSEEN_LETTERS = frozenset("\u034f\u115f\u1160\u2800\u3164\ufe0e\ufe0f\uffa0")
_UNPLAIN_FIRST = _UNSEEN_LETTERS | {" "}
_UNSEEN_LINE = re.compile(rf"\n[{''.join(sorted(_UNSEEN_LETTERS))}]")
_RUN_LINE = re.compile(rf"\n[{re.escape(_RUNS)}]")


def plain(value: object) -> str:
    """A value as one line of text: no control characters, nothing invisible before it, no blanks around it."""
    if value is None:
        return ""
    text = str(value)
    if text.isprintable() and text[:1] not in _UNPLAIN_FIRST and text[-1:] != " ":
        return text
    text = _CONTROL.sub(" ", text).strip()
    while text and (unicodedata.category(text[0]) in _UNSEEN or text[0] in _UNSEEN_LETTERS):
        text = text[1:]
    return text


def cell(value: object) -> str:
    """A value as a safe cell: `plain`, and an apostrophe before what a spreadsheet would run."""
    text = plain(value)
    if ";" in text:
        text = _CUT.sub(";'", text)
    if text and text[0] in _RUN_FIRST and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def columns_of_texts(rows: Sequence[Sequence[Value]], *, safe: bool) -> list[tuple[str, ...]]:
    """The columns of some rows as what stands in a file: each value as `cell` makes it, or `plain`, where not safe."""
    columns: list[tuple[str, ...]] = []
    doubtful: list[str] = []
    for values in zip(*rows, strict=True):
        kinds = set(map(type, values))
        if kinds == {str}:
            columns.append(cast(tuple[str, ...], values))
        elif kinds == {NoneType}:
            columns.append(("",) * len(values))
        elif kinds == {str, NoneType}:
            columns.append(tuple([value or "" for value in cast(Sequence[str | None], values)]))
        elif NoneType in kinds:
            columns.append(tuple(["" if value is None else str(value) for value in values]))
        else:
            columns.append(tuple(map(str, values)))
        if not kinds <= {int, NoneType}:
            doubtful += columns[-1]
    if not stay(doubtful, safe=safe):
        clean = cell if safe else plain
        columns = [tuple(map(clean, values)) for values in zip(*rows, strict=True)]
    return columns


def stay(texts: Sequence[str], *, safe: bool) -> bool:
    """Whether `cell` (or `plain`, where not safe) leaves all these texts as they are; False where only one by one can tell.

    It looks at all of them as one: asking of each takes longer than all else that writing a file does.
    """
    whole = "\n" + "\n".join(texts) + "\n"
    return (
        "".join(texts).isprintable()
        and " \n" not in whole
        and "\n " not in whole
        and (whole.isascii() or not _UNSEEN_LINE.search(whole))
        and not (safe and (";" in whole or _RUN_LINE.search(whole)))
    )
