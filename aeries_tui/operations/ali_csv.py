"""ALI schools out of a CSV: the program's own, Clever's schools.csv or OneRoster's orgs.csv."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from aeries_tui.errors import ConfigurationError
from aeries_tui.master.schools.schools_table import AliSchool
from aeries_tui.operations.csv_text import SEPARATORS, CsvText, NotCsv, csv_rows, csv_text
from aeries_tui.text import clean_text, id_key, in_number, unseen_in

HEADERS = "id,name and optionally code,low_grade,high_grade; or Clever's School_id,School_name; or OneRoster's sourcedId,name,type"  # fmt: skip
"""The headers that are known, for people."""

_HEADER_WITHIN = 20
_BLANKS = " \t\u00a0"
_FORMULA_OF_TEXT = re.compile(r'="((?:[^"]|"")*)"')
_DIGITS_AS_TEXT = re.compile("['\u2019][0-9]+")
_SPREADSHEET_ERROR = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NUM!|NULL!|#+)")
_ROUNDED = re.compile(r"\d([.,]\d+)?[Ee]\+\d+")
_NO_ID = re.compile("0+([.,]0+)?|[-\u2212]\\d+")


class _Format(NamedTuple):
    """A header that is known: required columns and optional ones, as what they are to an ALI school."""

    required: dict[str, str]
    optional: dict[str, str]


_FORMATS = (
    _Format(
        {"id": "id", "name": "name"}, {"code": "code", "lowgrade": "low_grade", "highgrade": "high_grade"}
    ),
    _Format(
        {"schoolid": "id", "schoolname": "name"},
        {"stateid": "code", "lowgrade": "low_grade", "highgrade": "high_grade"},
    ),
    _Format({"sourcedid": "id", "name": "name", "type": "type"}, {"identifier": "code", "status": "status"}),
)


@dataclass(frozen=True)
class AliCsv:
    """What a file holds.

    Attributes:
        schools: the ALI schools.
        notes: what a person should know of how it was read; a sentence each.
    """

    schools: list[AliSchool]
    notes: tuple[str, ...]


class _Header(NamedTuple):
    """A header that was found: its line, its cells, which of them is what, and how many lines stand before it."""

    line: int
    cells: list[str]
    columns: dict[str, int]
    passed_over: int


_NumberedRow = tuple[int, list[str]]
"""A row and the line it begins in."""


def read_ali_csv(path: Path, encoding: str | None = None) -> AliCsv:
    """ALI schools out of a CSV.

    Comma, semicolon, tab or | between the cells; lines before the header are passed over.

    Args:
        path: the file; `-` for standard input, which is read also where the file itself may not be.
        encoding: its encoding, by a name that Python knows; None for UTF-8, UTF-16, and cp1252 where it can be
            nothing else.

    Raises:
        ConfigurationError: the file, with its line where one can be named; nothing is taken then.
    """
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        found = csv_text(data, encoding)
        header, rows = _read(found)
        return _schools(found, header, rows)
    except OSError as error:
        raise _error(path, f"can't be read: {error.strerror}") from error
    except NotCsv as error:
        raise _error(path, str(error)) from error


def _error(path: Path, what: str) -> ConfigurationError:
    remedy = f"Give a CSV with the header {HEADERS}; one school a row."
    if "workbook" in what:
        remedy = f"Save the sheet as CSV UTF-8 and give that file. {remedy}"
    elif "Permission denied" in what:
        sudo = "sudo " if "SUDO_UID" in os.environ else ""
        remedy = (
            f"Give it on standard input: {sudo}aeries-tui schools import-ali - < {shlex.quote(str(path))}"
        )
    elif "UTF-8" in what:
        remedy = (
            "Save it as CSV UTF-8, or say its encoding: "
            f"aeries-tui schools import-ali --encoding cp1252 {path}"
        )
    return ConfigurationError(
        clean_text(f"{path}: {what}."), meaning="Nothing was taken from it.", remedy=clean_text(remedy)
    )


# The header


def _read(found: CsvText) -> tuple[_Header, Iterator[_NumberedRow]]:
    """The header, and the rows below it that are not blank; raises NotCsv of the separator that comes nearest."""
    best: tuple[int, NotCsv] | None = None
    for separator in (found.separator,) if found.separator else SEPARATORS:
        try:
            return _read_with(found, separator)
        except _NoHeader as missing:
            if best is None or missing.likeness > best[0]:
                best = missing.likeness, missing
        except NotCsv as broken:
            if best is None:
                best = 0, broken
    assert best is not None
    raise best[1]


class _NoHeader(NotCsv):
    """No known header stands in the first lines; `likeness` tells how near the best line comes."""

    def __init__(self, message: str, likeness: int) -> None:
        super().__init__(message)
        self.likeness = likeness


def _read_with(found: CsvText, separator: str) -> tuple[_Header, Iterator[_NumberedRow]]:
    rows = (
        (line, row) for line, row in csv_rows(found.text, separator, found.first_line) if not _is_blank(row)
    )
    seen: list[_NumberedRow] = []
    for line, row in rows:
        header = _header_of(line, row, passed_over=len(seen))
        if header is not None:
            return header, rows
        seen.append((line, row))
        if len(seen) == _HEADER_WITHIN:
            break
    raise _no_header(seen)


def _is_blank(row: list[str]) -> bool:
    return not any(clean_text(cell).strip() for cell in row)


def _column(cell: str) -> str:
    """The name of a column as it is compared: no case, blanks, underscores, hyphens."""
    return re.sub(r"[\s_-]+", "", clean_text(cell)).casefold()


def _header_of(line: int, row: list[str], passed_over: int) -> _Header | None:
    names = [_column(cell) for cell in row]
    for required, optional in _FORMATS:
        if not required.keys() <= set(names):
            continue
        known = required | optional
        for name in known:
            if names.count(name) > 1:
                twice = clean_text(row[names.index(name)]).strip()
                raise _NoHeader(f"line {line}: the header names {twice} twice", len(names) * 100)
        columns = {known[name]: place for place, name in enumerate(names) if name in known}
        return _Header(line, [clean_text(cell).strip() for cell in row], columns, passed_over)
    return None


def _no_header(seen: list[_NumberedRow]) -> _NoHeader:
    """The refusal: the line that is most like a header, as it was seen, and what it lacks."""
    if not seen:
        return _NoHeader("is empty", 1_000)
    near = [
        (len(required.keys() & names), -place, -order, line, row, required.keys() - names)
        for place, (line, row) in enumerate(seen)
        for order, (required, _) in enumerate(_FORMATS)
        for names in [{_column(cell) for cell in row}]
    ]
    likeness, _, order, line, row, lacks = max(near, key=lambda one: one[:3])
    shown = {_column(name): name for name in ("id", "name", "School_id", "School_name", "sourcedId", "type")}
    missing = [shown[name] for name in _FORMATS[-order].required if name in lacks]
    cells = ", ".join(repr(clean_text(cell).strip()[:60]) for cell in row[:12]) + (
        ", …" if len(row) > 12 else ""
    )
    return _NoHeader(
        f"line {line}: the header lacks {' and '.join(missing)}; seen was {cells}",
        likeness * 100 + min(len(row), 99),
    )


# The rows


def _schools(found: CsvText, header: _Header, rows: Iterable[_NumberedRow]) -> AliCsv:
    schools: dict[str, AliSchool] = {}
    lines: dict[str, int] = {}
    left_out = 0
    for line, row in rows:
        required = max(header.columns["id"], header.columns["name"]) + 1
        if len(row) < required or not _is_blank(row[len(header.cells) :]):
            raise NotCsv(f"line {line} has {len(row)} cells, the header {len(header.cells)}")
        cells = {
            what: _cell(row[place]) if place < len(row) else "" for what, place in header.columns.items()
        }
        if (
            cells.get("type", "school").casefold() != "school"
            or cells.get("status", "").casefold() == "tobedeleted"
        ):
            left_out += 1
            continue
        school = _school(line, cells)
        key = id_key(school.id)
        if key in schools:
            other = "" if schools[key].id == school.id else f" as {schools[key].id!r}"
            raise NotCsv(f"line {line}: the id {school.id!r} stands in line {lines[key]} already{other}")
        schools[key], lines[key] = school, line
    if not schools:
        raise NotCsv(
            "holds no school" + (f", only {in_number(left_out, 'row')} of other types" if left_out else "")
        )
    return AliCsv(list(schools.values()), tuple(_notes(found, header, left_out)))


def _cell(cell: str) -> str:
    """A cell without the formula or the apostrophe that keeps a spreadsheet from taking its zeros."""
    text = cell.strip(_BLANKS)
    found = _FORMULA_OF_TEXT.fullmatch(text)
    if found:
        return found[1].replace('""', '"').strip(_BLANKS)
    return text[1:] if _DIGITS_AS_TEXT.fullmatch(text) else text


def _school(line: int, cells: dict[str, str]) -> AliSchool:
    ali_id, name = cells["id"], " ".join(clean_text(cells["name"]).split())
    for what, text in (("id", ali_id), ("name", name)):
        if not text:
            raise NotCsv(f"line {line}: the {what} is blank")
        if text.startswith("="):
            raise NotCsv(f"line {line}: the {what} is a formula: {text[:60]!r}")
        if _SPREADSHEET_ERROR.fullmatch(text):
            raise NotCsv(f"line {line}: the {what} is an error of the spreadsheet: {text}")
    unseen = unseen_in(ali_id)
    if unseen:
        raise NotCsv(f"line {line}: the id {ali_id[:60]!r} holds {unseen}, which no id does")
    if _ROUNDED.fullmatch(ali_id):
        raise NotCsv(f"line {line}: the id {ali_id} is a number that a spreadsheet has rounded")
    if _NO_ID.fullmatch(ali_id):
        raise NotCsv(f"line {line}: {ali_id} is no id")
    code, low, high = (
        clean_text(cells.get(what, "")).strip() for what in ("code", "low_grade", "high_grade")
    )
    return AliSchool(ali_id, name, code, low, high, "csv")


def _notes(found: CsvText, header: _Header, left_out: int) -> list[str]:
    notes = []
    if found.guessed:
        notes.append(f"The file was read as {found.guessed}; --encoding says another.")
    if header.passed_over:
        notes.append(f"The header stands in line {header.line}; the lines before it were passed over.")
    unused = [
        cell for place, cell in enumerate(header.cells) if cell and place not in header.columns.values()
    ]
    if unused:
        notes.append(f"Columns that are not used: {', '.join(unused)}.")
    if left_out:
        notes.append(f"{in_number(left_out, 'row')} left out: other types than school, or to be deleted.")
    return notes
