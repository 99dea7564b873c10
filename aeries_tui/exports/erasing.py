"""Erasing people out of the files that were written: those of imports, and lists that were saved."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path

from aeries_tui.exports.cells import cell
from aeries_tui.master.erasing import Traces, clean_texts
from aeries_tui.settings import private_text_writer

_ID_TITLES = {"id", "student_id", "staff_id", "record", "person"}
"""Titles, in small letters, of columns in which an id of a person may stand."""
_KIND_TITLES = {"kind", "who"}


def erase_from_import_file(path: Path, kind: str, traces: Traces) -> int:
    """Take people out of the staff or student file of an import; how many rows went."""
    ids = {str(person) for one, person in traces.people if one == kind}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    kept = [row for place, row in enumerate(rows) if place == 0 or row[:1] == [] or row[0] not in ids]
    if len(kept) < len(rows):
        with private_text_writer(path) as file:
            csv.writer(file).writerows(kept)
    return len(rows) - len(kept)


def erase_from_saved(folder: Path, traces: Traces) -> int:
    """Take people out of what somebody saved on the screens; how many rows or files went.

    A list loses their rows; a file about one of them goes whole, and so does what was copied last, which may be
    about anybody.
    """
    gone = 0
    if not folder.is_dir():
        return 0
    names = [re.compile(rf"(?:archived-)?{kind}-{person}-.*") for kind, person in sorted(traces.people)]
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        if path.name == "copied.txt" or any(name.fullmatch(path.name) for name in names):
            path.unlink()
            gone += 1
        elif path.suffix == ".csv":
            gone += _erase_rows(path, traces)
        else:
            gone += _erase_lines(path, traces)
    return gone


def _erase_rows(path: Path, traces: Traces) -> int:
    with path.open(encoding="utf-8", newline="", errors="surrogateescape") as file:
        rows = list(csv.reader(file))
    if not rows:
        return 0
    titles = [title.casefold() for title in rows[0]]
    kept = [rows[0], *(row for row in rows[1:] if not _is_of(titles, row, traces))]
    if len(kept) < len(rows):
        with private_text_writer(path) as file:
            csv.writer(file).writerows(kept)
    return len(rows) - len(kept)


def _is_of(titles: Sequence[str], row: Sequence[str], traces: Traces) -> bool:
    """Whether a row of a list is about one of the people, or names one of them."""
    kinds = {value.casefold() for title, value in zip(titles, row, strict=False) if title in _KIND_TITLES}
    for title, value in zip(titles, row, strict=False):
        number = value.rpartition(":")[2].lstrip("'")
        if title in _ID_TITLES and number in traces.ids:
            of = {kind for kind, person in traces.people if str(person) == number}
            if not kinds & {"student", "staff"} or kinds & of:
                return True
    cells = [value.casefold() for value in row]
    return any(word in one for word in _spelled(traces.words) for one in cells) or any(
        any(last in one and first in one for one in cells) or (last in cells and first in cells)
        for last, first in traces.names
    )


def _spelled(words: set[str]) -> Iterator[str]:
    """Words as they stand in a cell, which a spreadsheet is not to take for a formula."""
    for word in words:
        yield word
        if cell(word) != word:
            yield cell(word)


def _erase_lines(path: Path, traces: Traces) -> int:
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    clean = clean_texts(traces)
    new = "".join(clean(line) for line in StringIO(text))
    if new == text:
        return 0
    with private_text_writer(path) as file:
        file.write(new)
    return 1
