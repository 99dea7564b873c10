"""Whether all cells of a column are good, asked of many at a time.

The rule is that of the single cell (`cell_formats.wrong_cell`), and so is the answer. It is asked of each only where the
cells, taken together, do not tell: of a small vocabulary once for each word, of ids and texts not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from aeries_tui.exports.cells import cell, plain, stay
from aeries_tui.exports.oneroster.cell_formats import CONTROL, ID, MARK, USER_ID, wrong_cell
from aeries_tui.exports.oneroster.tables import Column

_MOST_KNOWN = 10_000
"""Words of a column that are remembered as good."""

_ITEMS: dict[str, re.Pattern[str]] = {"id": ID, "reference": ID, "references": ID, "user_ids": USER_ID}
"""What a cell of these forms is, when it is one item. None of them goes over the end of a line."""

Surely = Callable[[Sequence[str]], bool]


class ColumnJudge:
    """Judges the cells of a column, some at a time.

    Args:
        is_good: the rule of one cell.
        surely: whether all of some cells are good; False where only one by one can tell.

    Attributes:
        is_good: the rule of one cell.
    """

    def __init__(self, is_good: Callable[[str], bool], surely: Surely) -> None:
        self.is_good = is_good
        self._surely = surely
        self._known: set[str] = set()

    def are_good(self, values: Sequence[str]) -> bool:
        """Whether the rule holds for all of them."""
        if self._known.issuperset(values) or self._surely(values):
            return True
        fresh = {*values} - self._known
        if not all(map(self.is_good, fresh)):
            return False
        if len(self._known) + len(fresh) > _MOST_KNOWN:
            self._known.clear()
        self._known.update(fresh)
        return True

    def bad(self, values: Sequence[str]) -> list[int]:
        """The places of those for which it does not hold."""
        if self.are_good(values):
            return []
        return [place for place, value in enumerate(values) if not self.is_good(value)]


def written(column: Column) -> ColumnJudge:
    """Judges cells as they stand in a file: by `wrong_cell`."""
    surely = _all_match(column) if column.form in _ITEMS else _all_are_text if _is_text(column) else _never
    return ColumnJudge(lambda value: wrong_cell(column, value) is None, _or_blank(column, surely))


def unchanged(column: Column, *, safe: bool) -> ColumnJudge:
    """Judges cells before they are written: they are good, and nothing has to be done to them.

    Args:
        column: whose.
        safe: whether a cell that a spreadsheet would run has to be disarmed; ids never are, or they would not be found.
    """
    clean = cell if safe else plain
    is_id = column.form in {"id", "reference", "references"}

    def is_good(value: str) -> bool:
        return wrong_cell(column, value) is None and (is_id or clean(value) == value)

    def stay_and_match(values: Sequence[str]) -> bool:
        return match(values) and (is_id or stay(values, safe=safe))

    match = _all_match(column) if column.form in _ITEMS else _always if _is_text(column) else _never
    return ColumnJudge(is_good, _or_blank(column, stay_and_match))


def _is_text(column: Column) -> bool:
    return column.form == "text" and column.name != "dateLastModified"


def _or_blank(column: Column, surely: Surely) -> Surely:
    """The same, where blank cells are the quickest to tell."""
    if column.required:
        return lambda values: all(values) and surely(values)
    return lambda values: not any(values) or surely(values)


def _all_match(column: Column) -> Surely:
    blank = "" if column.required else "?"
    lines = re.compile(rf"(?:(?:{_ITEMS[column.form].pattern}){blank}\n)*")
    has_letters_only = _ITEMS[column.form] is ID

    def all_match(values: Sequence[str]) -> bool:
        text = "\n".join(values) + "\n"
        if not lines.fullmatch(text):
            return False
        return text.count("\n") == len(values) if has_letters_only else not _holds_control(values)

    return all_match


def _all_are_text(values: Sequence[str]) -> bool:
    return not _holds_control(values)


def _holds_control(values: Sequence[str]) -> bool:
    whole = "".join(values)
    return not whole.isprintable() and (MARK in whole or CONTROL.search(whole) is not None)


def _always(values: Sequence[str]) -> bool:
    return True


def _never(values: Sequence[str]) -> bool:
    return False
