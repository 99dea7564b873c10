"""Two or more lists shown as one, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from aeries_tui.listing import Column, Row, RowKey, RowSource


@dataclass(frozen=True)
class Part:
    """One of the lists.

    Attributes:
        source: its rows.
        outward: makes the key of a row in the whole out of its own key.
        inward: its own key again; None where the row belongs to another part.
        dress: makes the row as the whole shows it.
    """

    source: RowSource
    outward: Callable[[RowKey], RowKey]
    inward: Callable[[RowKey], RowKey | None]
    dress: Callable[[Row], Row]


class JoinedRows:
    """A `RowSource` (aeries_tui.listing) of several others; each is filtered and sorted by itself.

    Args:
        columns: of the whole; the sortable ones are those of every part.
        parts: the lists, in their order.
    """

    def __init__(self, columns: Sequence[Column], parts: Sequence[Part]) -> None:
        self.columns: Sequence[Column] = tuple(columns)
        self._parts = tuple(parts)

    @property
    def filterable(self) -> bool:
        """Whether every part is."""
        return all(part.source.filterable for part in self._parts)

    def count(self) -> int:
        """All rows of all parts."""
        return sum(part.source.count() for part in self._parts)

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset`, over the borders of the parts."""
        joined: list[Row] = []
        for part in self._parts:
            count = part.source.count()
            if offset < count and len(joined) < limit:
                rows = part.source.rows(offset, limit - len(joined))
                joined += [replace(part.dress(row), key=part.outward(row.key)) for row in rows]
                offset = 0
            else:
                offset = max(0, offset - count)
        return joined

    def find(self, text: str, start: int, backwards: bool = False) -> int | None:
        """The next row of any part that holds the text."""
        begins: list[tuple[int, Part]] = []
        first = 0
        for part in self._parts:
            begins.append((first, part))
            first += part.source.count()
        for begin, part in reversed(begins) if backwards else begins:
            place = start - begin
            last = part.source.count() - 1
            if (place < 0) if backwards else (place > last):
                continue
            offset = part.source.find(text, min(place, last) if backwards else max(place, 0), backwards)
            if offset is not None:
                return begin + offset
        return None

    def matches(self, text: str, at: int) -> tuple[int, int]:
        """How many rows of all parts hold the text: those up to the offset `at`, and all."""
        before, every, first = 0, 0, 0
        for part in self._parts:
            here, total = part.source.matches(text, at - first)
            before, every = before + here, every + total
            first += part.source.count()
        return before, every

    def index_of(self, key: RowKey) -> int | None:
        """The offset of the row with this key."""
        first = 0
        for part in self._parts:
            own = part.inward(key)
            if own is not None:
                offset = part.source.index_of(own)
                return None if offset is None else first + offset
            first += part.source.count()
        return None

    def with_filter(self, text: str) -> JoinedRows:
        """The rows of every part that hold the words."""
        return self._like([part.source.with_filter(text) for part in self._parts])

    def with_sort(self, column: str | None, descending: bool = False) -> JoinedRows:
        """Every part in the order of a column."""
        return self._like([part.source.with_sort(column, descending) for part in self._parts])

    def _like(self, sources: Sequence[RowSource]) -> JoinedRows:
        pairs = zip(self._parts, sources, strict=True)
        return JoinedRows(self.columns, [replace(part, source=source) for part, source in pairs])

    def interrupt(self) -> None:
        """End what any part is doing."""
        for part in self._parts:
            part.source.interrupt()

    def close(self) -> None:
        """Close every part."""
        for part in self._parts:
            part.source.close()
