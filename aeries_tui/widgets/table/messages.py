"""What a table tells its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from aeries_tui.listing import RowKey

if TYPE_CHECKING:
    from aeries_tui.widgets.table.table import PagedTable


class TableMessage(Message):
    """A fact about one table.

    Args:
        table: the table.
    """

    def __init__(self, table: PagedTable) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> PagedTable:
        """The table, so that `@on(RowSelected, "#people")` can choose one."""
        return self.table


class RowMessage(TableMessage):
    """A fact about one row.

    Args:
        table: the table.
        key: of the row.
        index: its place, 0 is the first.
    """

    def __init__(self, table: PagedTable, key: RowKey, index: int) -> None:
        super().__init__(table)
        self.key = key
        self.index = index


class RowHighlighted(RowMessage):
    """The cursor came to stand on a row."""

    def can_replace(self, message: Message) -> bool:
        """Only the last of many is of interest."""
        return isinstance(message, RowHighlighted) and message.table is self.table


class RowSelected(RowMessage):
    """Enter was pressed on a row."""


class MarksChanged(TableMessage):
    """Rows were marked or unmarked; `table.marked` holds their keys."""


class TableShown(TableMessage):
    """The rows of a source, filter or order are there."""
