"""A `RowSource` over rows that are already in memory; for short lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aeries_tui.listing import Cell, Column, Row, RowKey, cell_text
from aeries_tui.text import fold, holds, words_of


def _sort_key(cell: Cell) -> tuple[int, float, str]:
    text = cell_text(cell)
    plain = text.replace(",", "")
    try:
        return (0, float(plain), "")
    except ValueError:
        return (1, 0.0, fold(text))


class ListSource:
    """Rows from a list, sorted and filtered in memory.

    Args:
        columns: the columns.
        rows: the rows, in their own order; each with one cell for each column.
        values: by row and then column, the number it is sorted by where its text says that not; above all others.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        rows: Sequence[Row],
        values: Mapping[RowKey, Mapping[str, float]] | None = None,
    ) -> None:
        self.columns: Sequence[Column] = tuple(columns)
        self._rows = rows
        self._all = rows
        self._values = values or {}
        self._text = ""
        self._sort: tuple[str | None, bool] = (None, False)

    @property
    def filterable(self) -> bool:
        """Always."""
        return True

    def count(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset`, at most `limit`."""
        return self._rows[offset : offset + limit]

    def find(self, text: str, start: int, backwards: bool = False) -> int | None:
        """The next row that holds every word of `text` in one of its cells or another."""
        words = words_of(text)
        places = (
            range(min(start, len(self._rows) - 1), -1, -1) if backwards else range(start, len(self._rows))
        )
        return next((place for place in places if _row_holds(self._rows[place], words)), None)

    def matches(self, text: str, at: int) -> tuple[int, int]:
        """How many rows hold every word of `text`: those up to the offset `at`, and all."""
        words = words_of(text)
        found = [place for place, row in enumerate(self._rows) if _row_holds(row, words)]
        return sum(place <= at for place in found), len(found)

    def index_of(self, key: RowKey) -> int | None:
        """The offset of the row with this key."""
        return next((place for place, row in enumerate(self._rows) if row.key == key), None)

    def with_filter(self, text: str) -> ListSource:
        """The rows that hold every word of `text`."""
        return self._view(text, self._sort)

    def with_sort(self, column: str | None, descending: bool = False) -> ListSource:
        """The rows in the order of a column; numbers by size, before texts."""
        return self._view(self._text, (column, descending))

    def _view(self, text: str, sort: tuple[str | None, bool]) -> ListSource:
        words = words_of(text)
        rows = [row for row in self._all if _row_holds(row, words)] if words else self._all
        column, descending = sort
        if column is not None:
            place = [known.key for known in self.columns].index(column)
            rows = sorted(rows, key=lambda row: self._sort_key(row, column, place), reverse=descending)
        view = ListSource(self.columns, rows, self._values)
        view._all, view._text, view._sort = self._all, text, sort
        return view

    def _sort_key(self, row: Row, column: str, place: int) -> tuple[int, float, str]:
        value = self._values.get(row.key, {}).get(column)
        return _sort_key(row.cells[place]) if value is None else (0, value, "")

    def interrupt(self) -> None:
        """Nothing here takes long."""

    def close(self) -> None:
        """Nothing is held."""


def _row_holds(row: Row, words: list[str]) -> bool:
    return holds("\n".join(cell_text(cell) for cell in row.cells), words)
