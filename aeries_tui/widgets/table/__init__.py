"""The paged table and what it tells."""

from aeries_tui.listing import Cell, Column, Row, RowKey, RowSource
from aeries_tui.widgets.table.list_source import ListSource
from aeries_tui.widgets.table.messages import MarksChanged, RowHighlighted, RowSelected, TableShown
from aeries_tui.widgets.table.table import PagedTable

__all__ = [
    "Cell",
    "Column",
    "ListSource",
    "MarksChanged",
    "PagedTable",
    "Row",
    "RowHighlighted",
    "RowKey",
    "RowSelected",
    "RowSource",
    "TableShown",
]
