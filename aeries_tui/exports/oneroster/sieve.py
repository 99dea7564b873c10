"""What of a bundle's rows can leave: a record that breaks the standard stays behind, and what needs it likewise.

So that one cell, whoever typed it, never keeps a whole district's bundle from leaving.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from aeries_tui.exports.cells import cell
from aeries_tui.exports.oneroster.cell_formats import DATE, ID, items, wrong_cell
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.rows import Row
from aeries_tui.exports.oneroster.tables import Column

_PLAIN = re.compile(r"[A-Za-z0-9{][ -:<-~]*[!-:<-~]|[A-Za-z0-9]")
_SHOWN = 60


class _Way(NamedTuple):
    """How the cells of a column are looked at; what `is_good` does not take is looked at closely."""

    column: Column
    is_good: Callable[[str], object]


def _way(column: Column) -> _Way:
    if column.form in {"id", "reference", "references"}:
        return _Way(column, ID.fullmatch)
    if column.form == "choice":
        return _Way(column, frozenset(column.choices).__contains__)
    if column.form == "date":
        return _Way(column, DATE.fullmatch)
    return _Way(column, _PLAIN.fullmatch if column.form == "text" else _never)


def _never(value: str) -> bool:
    return False


class Sieve:
    """Makes the cells of the rows that can leave, file after file in the order in which they refer to each other.

    Args:
        notices: gets the ids of what stays behind.
        clean: makes a text what may stand there: a cell that no spreadsheet runs, where nothing else is said.
    """

    def __init__(self, notices: Notices, clean: Callable[[object], str] = cell) -> None:
        self._notices = notices
        self._clean = clean
        self._left_out: dict[str, set[str]] = {}

    def cells(self, file: str, columns: tuple[Column, ...], rows: Iterable[Row]) -> Iterator[tuple[str, ...]]:
        """The rows of a file in the order of its columns, without those that can't leave."""
        ways = [_way(column) for column in columns]
        for row in rows:
            made = self._row(file, ways, row)
            if made is not None:
                yield made

    def _row(self, file: str, ways: list[_Way], row: Row) -> tuple[str, ...] | None:
        made = []
        for column, is_good in ways:
            value = row.get(column.name, "")
            if not (is_good(value) if value else not column.required):
                value = self._clean(value)
                if wrong_cell(column, value):
                    if column.required:
                        # An id that can't be written was left out where it is defined.
                        rule = "dependent-left-out" if column.target else "record-left-out"
                        self._leave_out(rule, file, row)
                        return None
                    self._notices.add("cell-left-blank", f"{_shown(file, row)} {column.name}")
                    value = ""
            if column.target and value and column.target in self._left_out:
                value = self._without_left_out(column, value)
                if not value and column.required:
                    self._leave_out("dependent-left-out", file, row)
                    return None
            made.append(value)
        return tuple(made)

    def _without_left_out(self, column: Column, value: str) -> str:
        gone = self._left_out[column.target]
        if column.form != "references":
            return "" if value in gone else value
        return ",".join(item for item in items(value) if item not in gone)

    def _leave_out(self, rule: str, file: str, row: Row) -> None:
        self._left_out.setdefault(file, set()).add(row["sourcedId"])
        self._notices.add(rule, _shown(file, row))


def _shown(file: str, row: Row) -> str:
    name = cell(row["sourcedId"])
    return f"{file} {name if len(name) <= _SHOWN else name[:_SHOWN] + '…'}"
