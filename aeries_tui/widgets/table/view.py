"""What the keys and the mouse do with a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.events import Click

from aeries_tui.actions import TABLE
from aeries_tui.listing import RowKey
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.footer import KeyBar
from aeries_tui.widgets.table.body import HEADER, TableBody
from aeries_tui.widgets.table.layout import GAP
from aeries_tui.widgets.table.messages import MarksChanged
from aeries_tui.widgets.table.paint import MARK_WIDTH
from aeries_tui.widgets.table.store import RowQuery

STEP = 8
"""Cells that one key scrolls sideways."""


class TableView(TableBody):
    """The rows of a table with their keys."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(TABLE)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that do nothing here are left to the screen; while one types, all are letters."""
        del parameters
        if self.foot.asking:
            return False
        wanted = self.store.wanted if self.store is not None else RowQuery()
        match action:
            case "mark" | "mark_all":
                return self.markable
            case "pane":
                return len(self.screen.focus_chain) > 1
            case "clear":
                return bool(wanted.text or self.table.search_text)
            case "filter":
                return self.filterable
            case "find_next" | "find_previous":
                return bool(self.table.search_text)
            case "sort" | "column":
                return self.count > 0 and any(column.sortable for column in self.columns)
            case "select":
                return self.count > 0 and self.table.opens
            case "copy" | "save" | "widen" | "goto":
                return self.count > 0
            case _:
                return True

    def on_click(self, event: Click) -> None:
        """With the mouse on: a heading sorts; a row takes the cursor, and a second click opens it.

        Behind a search line, which keeps the keys, one click is enough.
        """
        if event.y < HEADER:
            self._click_heading(event.x)
            return
        index = event.y - HEADER + self.scroll_offset.y
        if 0 <= index < self.count:
            opens = self.active or (index == self.cursor and self.has_focus)
            self.move_to(index)
            if opens:
                self.choose()

    def _click_heading(self, x: int) -> None:
        left = 0 if x < self.stays else self.scroll_offset.x
        begin = (MARK_WIDTH if self.markable else 0) - left
        for place, width in enumerate(self.shape.widths):
            if begin <= x < begin + width + GAP:
                self.column = place
                self.action_sort()
                self.refresh_lines(self.scroll_offset.y)
                return
            begin += width + GAP

    def action_cursor_up(self) -> None:
        """One row up."""
        self.move_to(self.cursor - 1)

    def action_cursor_down(self) -> None:
        """One row down; from the last one to the keys below."""
        if self.cursor >= self.count - 1:
            for keys in self.screen.query(KeyBar):
                keys.take_keys()
        self.move_to(self.cursor + 1)

    def action_page_up(self) -> None:
        """One page up."""
        self._page(-self.page_rows)

    def action_page_down(self) -> None:
        """One page down."""
        self._page(self.page_rows)

    def action_half_page(self, way: int) -> None:
        """Half a page up or down."""
        self._page(way * max(1, self.page_rows // 2))

    def _page(self, rows: int) -> None:
        top = max(0, min(self.scroll_offset.y + rows, self.count - self.page_rows))
        self.scroll_to(y=top, animate=False, force=True)
        self.move_to(self.cursor + rows)

    def action_first(self) -> None:
        """To the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """To the last row."""
        self.move_to(self.count - 1)

    def action_scroll_columns(self, steps: int) -> None:
        """Scroll sideways."""
        most = max(0, self.shape.width - self.size.width)
        self.scroll_to(x=max(0, min(most, self.scroll_offset.x + steps * STEP)), animate=False, force=True)

    def action_select(self) -> None:
        """Say that the row was chosen."""
        self.choose()

    def action_pane(self) -> None:
        """To what else can have the keys: a text beside the list."""
        self.screen.focus_next()

    def action_mark(self) -> None:
        """Mark or unmark the row, and go on to the next."""
        key = self.key
        if key is None:
            return
        if key in self.marked:
            del self.marked[key]
        else:
            self.marked[key] = None
        self.refresh_lines(self.cursor + HEADER)
        self.table.post_message(MarksChanged(self.table))
        self.move_to(self.cursor + 1)
        self.table.tell()

    def action_mark_all(self) -> None:
        """Mark all rows that are shown; where all of them are marked, take their marks off."""
        if self.store is not None and self.count:
            self.store.ask_keys(self._mark_all)

    def _mark_all(self, keys: Sequence[RowKey]) -> None:
        if all(key in self.marked for key in keys):
            for key in keys:
                del self.marked[key]
        else:
            self.marked.update(dict.fromkeys(keys))
        self.refresh()
        self.table.post_message(MarksChanged(self.table))
        self.table.tell()

    def action_column(self, step: int) -> None:
        """Mark the next column as the one that keys act on, and bring it into sight."""
        places = [place for place, column, _ in self.shape.shown if column.sortable]
        further = [place for place in places if (place - self.column) * step > 0]
        self.column = (min(further) if step > 0 else max(further)) if further else self.column
        before = self.shape.start(self.column)
        if before < self.scroll_offset.x + self.stays:
            self.scroll_to(x=max(0, before - self.stays), animate=False, force=True)
        elif before + self.shape.widths[self.column] > self.scroll_offset.x + self.size.width:
            wanted = before + self.shape.widths[self.column] - self.size.width
            self.scroll_to(x=min(before - self.stays, wanted), animate=False, force=True)
        self.refresh_lines(self.scroll_offset.y)

    def action_sort(self) -> None:
        """Sort by the marked column: upwards, downwards, not at all."""
        if self.store is None or not self.columns[self.column].sortable:
            return
        wanted, key = self.store.wanted, self.columns[self.column].key
        if wanted.column != key:
            self.reopen(RowQuery(wanted.text, key, False))
        elif not wanted.descending:
            self.reopen(RowQuery(wanted.text, key, True))
        else:
            self.reopen(RowQuery(wanted.text))

    def action_widen(self, cells: int) -> None:
        """Make the marked column wider or narrower."""
        self.widen(cells)

    def action_search(self) -> None:
        """Ask what to search for."""
        self.table.ask_search()

    def action_find_next(self) -> None:
        """The next match."""
        self.table.search(self.table.search_text, backwards=False)

    def action_find_previous(self) -> None:
        """The match before."""
        self.table.search(self.table.search_text, backwards=True)

    def action_filter(self) -> None:
        """Ask which words to filter by."""
        self.table.ask_filter()

    def action_clear(self) -> None:
        """End a search that runs; otherwise take the filter off."""
        self.table.clear()

    def action_goto(self) -> None:
        """Ask for the number of a row."""
        self.table.ask_row()

    def action_copy(self) -> None:
        """Copy the row."""
        self.table.copy_row()

    def action_save(self) -> None:
        """Save the list."""
        self.table.save()
