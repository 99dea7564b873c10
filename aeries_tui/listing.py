"""What a long list is: the contract between those who have rows or lines and those who show them.

Pure data and protocols, so that the District Master can offer rows and a widget can show
them without either knowing the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Cell = str | tuple[str, str]
"""The text of a cell, or the text and the name of a style (see `aeries_tui.widgets.theme`)."""


def cell_text(cell: Cell) -> str:
    """The text of a cell without its style."""
    return cell if isinstance(cell, str) else cell[0]


RowKey = int | str
"""What tells one row of a list from all others, whatever the order."""

LogLevel = Literal["debug", "info", "warning", "error"]

LEVELS: tuple[LogLevel, ...] = ("debug", "info", "warning", "error")
"""The levels of a log, mildest first; a filter shows a level and all that are graver."""


class Interrupted(Exception):
    """A call to a source was ended by its `interrupt`."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Attributes:
        key: what the source calls it.
        title: its heading.
        width: cells it takes, fixed; 0 where the content decides.
        min_width: cells it keeps when the terminal is narrow.
        max_width: cells it takes at most when only the content decides.
        flex: its share of the room left over; 0 takes none.
        align: numbers stand right.
        sortable: whether the source can sort by it.
    """

    key: str
    title: str
    width: int = 0
    min_width: int = 4
    max_width: int = 40
    flex: int = 0
    align: Literal["left", "right"] = "left"
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key and its cells, one for each column."""

    key: RowKey
    cells: tuple[Cell, ...]


class RowSource(Protocol):
    """Rows in an order, read page by page.

    All calls but `interrupt` come from one thread at a time, which is seldom the one that
    made the source. A call may be slow; it never runs on the screen's own thread for long.
    """

    @property
    def columns(self) -> Sequence[Column]:
        """The columns, in the order they are shown."""
        ...

    @property
    def filterable(self) -> bool:
        """Whether `with_filter` leaves rows out."""
        ...

    def count(self) -> int:
        """How many rows there are."""
        ...

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset` (0 is the first), at most `limit` of them."""
        ...

    def find(self, text: str, start: int, backwards: bool = False) -> int | None:
        """The offset of the first row at or after `start` (at or before, backwards) that holds `text`."""
        ...

    def matches(self, text: str, at: int) -> tuple[int, int]:
        """How many rows hold `text`: those up to the offset `at`, and all. May be slow."""
        ...

    def index_of(self, key: RowKey) -> int | None:
        """The offset of the row with this key, None where it is not among the rows."""
        ...

    def with_filter(self, text: str) -> RowSource:
        """A new source of the rows that hold every word of `text`, read anew; blank for all rows."""
        ...

    def with_sort(self, column: str | None, descending: bool = False) -> RowSource:
        """A new source in the order of a column, read anew; None for the source's own order."""
        ...

    def interrupt(self) -> None:
        """Make a call that is under way in another thread end soon; it raises `Interrupted`. Safe at any time."""
        ...

    def close(self) -> None:
        """Give back what this source (not the one it was made from) holds. It is not used again."""
        ...


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log.

    Attributes:
        time: when, as it is shown (`08:15:02`).
        level: how grave.
        text: what; one line, ids and counts, no student's name.
    """

    time: str
    level: LogLevel
    text: str


class LogSource(Protocol):
    """A log that grows at its end, read page by page; called as a `RowSource` is."""

    @property
    def epoch(self) -> int:
        """Changes when offsets no longer mean the lines they meant (old lines were dropped)."""
        ...

    def count(self, level: LogLevel) -> int:
        """How many lines there are of this level and graver ones."""
        ...

    def lines(self, offset: int, limit: int, level: LogLevel) -> Sequence[LogLine]:
        """The lines of this level and graver ones from `offset`, at most `limit` of them."""
        ...

    def find(self, text: str, start: int, backwards: bool, level: LogLevel) -> int | None:
        """The offset, among the lines of `level` and graver ones, of the next line that holds `text`."""
        ...

    def matches(self, text: str, at: int, level: LogLevel) -> tuple[int, int]:
        """How many lines of `level` and graver ones hold `text`: those up to the offset `at`, and all."""
        ...

    def find_level(self, wanted: LogLevel, start: int, backwards: bool, level: LogLevel) -> int | None:
        """The offset, among the lines of `level` and graver ones, of the next one of level `wanted`."""
        ...

    def interrupt(self) -> None:
        """Make a call that is under way in another thread end soon; it raises `Interrupted`. Safe at any time."""
        ...
