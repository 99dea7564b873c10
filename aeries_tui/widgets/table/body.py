"""The part of a table that scrolls: a heading, the rows that are in sight, and the cursor."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from aeries_tui.listing import Column, Row, RowKey, RowSource
from aeries_tui.text import clean_text
from aeries_tui.widgets.cells import cell_len, fit
from aeries_tui.widgets.prompt import FootLine, PromptKeys
from aeries_tui.widgets.table.layout import GAP, fitted_widths, natural_widths, needed
from aeries_tui.widgets.table.messages import RowHighlighted, RowSelected, TableShown
from aeries_tui.widgets.table.paint import MARK_WIDTH, Shape, cut_with_sign, header_strip, row_strip
from aeries_tui.widgets.table.store import Opened, RowQuery, RowStore
from aeries_tui.widgets.theme import styles_of

if TYPE_CHECKING:
    from aeries_tui.widgets.table.table import PagedTable

HEADER = 1
"""Lines of the heading."""


class TableBody(PromptKeys, ScrollView, can_focus=True):
    """Rows drawn line by line; only those in sight are read.

    Args:
        table: the table it belongs to, which speaks for it.
        markable: rows can be marked with the space bar.

    Attributes:
        active: the cursor is drawn as if the rows had the focus, which a search line has.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--header"}
    DEFAULT_CSS = """
    TableBody {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-size-vertical: 1;
        & > .table--header { color: $ink-muted; }
    }
    .-colourless TableBody > .table--header { text-style: bold; }
    """

    def __init__(self, table: PagedTable, *, markable: bool) -> None:
        super().__init__()
        self.table = table
        self.markable = markable
        self.active = False
        self.cursor = 0
        self.problem: BaseException | None = None
        self.marked: dict[RowKey, None] = {}
        self.column = 0
        self.store: RowStore | None = None
        self._source: RowSource | None = None
        self._natural: list[int] = []
        self._chosen: dict[str, int] = {}
        self._shape: Shape | None = None
        self._known: tuple[object, ...] | None = None
        self._had_rows = False

    @property
    def foot(self) -> FootLine:
        """The line below."""
        return self.table.foot

    # Rows

    def on_mount(self) -> None:
        """Start reading, once there is an app to answer to."""
        self.store = RowStore(self, self._show, self._page_came, self._fail)
        if self._source is not None:
            self.open(self._source)

    def on_unmount(self) -> None:
        """Stop reading."""
        if self.store is not None:
            self.store.close()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the source that is shown."""
        return tuple(self._source.columns) if self._source is not None else ()

    @property
    def filterable(self) -> bool:
        """Whether the source can leave rows out."""
        return self._source is not None and self._source.filterable

    @property
    def count(self) -> int:
        """How many rows are shown."""
        return self.store.count if self.store is not None else 0

    def open(self, source: RowSource) -> None:
        """Show another source, from its first row, in its own order."""
        self._source = source
        self._natural, self._known = [], None
        if self.store is not None:
            self.column = min(self.column, max(0, len(source.columns) - 1))
            self.store.open(source, RowQuery())
            self._after_ask()

    def replace(self, source: RowSource) -> None:
        """Show another source of the same rows; filter, order, marks and the row under the cursor stay.

        The widths stay as well, unless its columns are others.
        """
        if self._source is None or self.store is None:
            self.open(source)
            return
        if [column.key for column in source.columns] != [column.key for column in self.columns]:
            self._natural, self._known = [], None
        self._source = source
        self.column = min(self.column, max(0, len(source.columns) - 1))
        self.reopen()

    def reopen(self, wanted: RowQuery | None = None, key: RowKey | None = None) -> None:
        """Read the same source anew, perhaps otherwise sorted or filtered; the cursor goes to the row of a key, or stays."""
        if self.store is not None and self._source is not None:
            key = self.key if key is None else key
            self.store.open(self._source, wanted or self.store.asked, key=key, near=self.cursor)
            self._after_ask()

    def _after_ask(self) -> None:
        if self.store is not None and self.store.busy:
            self.table.tell()

    def _show(self, opened: Opened) -> None:
        self.problem = None
        natural = natural_widths(self.columns, opened.pages[0])
        self._natural = [max(old, new) for old, new in zip(self._natural or natural, natural, strict=True)]
        self.cursor = opened.kept if opened.kept is not None else min(self.cursor, max(0, opened.count - 1))
        self._reshape()
        self._into_sight()
        self.refresh()
        self.table.tell()
        self.table.post_message(TableShown(self.table))
        self._highlight()
        self._renew_keys()

    def _renew_keys(self) -> None:
        """Some keys act only where there are rows."""
        if self._had_rows != bool(self.count):
            self._had_rows = bool(self.count)
            self.screen.refresh_bindings()

    def _page_came(self, rows: Sequence[Row], late: bool) -> None:
        # What comes may be wider than what was there; columns only grow, so little jumps.
        wider = natural_widths(self.columns, rows)
        grown = [max(old, new) for old, new in zip(self._natural or wider, wider, strict=True)]
        if grown != self._natural:
            self._natural = grown
            self.call_later(self._grow)
        if late:
            self.refresh()
            self._highlight()

    def _grow(self) -> None:
        self._reshape()
        self.refresh()

    def _fail(self, problem: BaseException) -> None:
        self.problem = problem
        self.refresh()
        self.table.tell()

    @property
    def row(self) -> Row | None:
        """The row under the cursor, None where there is none or it isn't read yet."""
        if self.store is None or not self.count:
            return None
        self.store.need((self.cursor,))
        return self.store.row(self.cursor)

    @property
    def key(self) -> RowKey | None:
        """The key of the row under the cursor."""
        row = self.row
        return row.key if row is not None else None

    # Shape

    def on_resize(self) -> None:
        """Share the room among the columns again."""
        self._reshape()
        self._into_sight()

    def notify_style_update(self) -> None:
        """Another theme: take its colours."""
        super().notify_style_update()
        self._shape = None

    def _reshape(self) -> None:
        self._shape = None
        self.virtual_size = Size(self.shape.width, self.count + HEADER)

    @property
    def shape(self) -> Shape:
        """Columns, widths and colours."""
        if self._shape is None:
            # The scroll bar may come and go; its cell is always left free.
            room = max(1, self.container_size.width - 1 - (MARK_WIDTH if self.markable else 0))
            widths = fitted_widths(self.columns, self._asked(), room, self._chosen) if self._natural else []
            columns = self.columns if widths else ()
            self._shape = Shape(columns, widths, self.markable, styles_of(self.app))
        return self._shape

    def _asked(self) -> list[int]:
        """What the columns ask for, with room for the arrow where one is sorted by; nothing before the rows are there."""
        if not self._natural:
            return []
        by = self.store.wanted.column if self.store is not None else None
        return [
            max(width, cell_len(column.title) + 2)
            if column.key == by and width and not column.width
            else width
            for column, width in zip(self.columns, self._natural, strict=True)
        ]

    @property
    def natural_width(self) -> int:
        """The cells that columns, marks and scroll bar ask for."""
        return needed(self._asked()) + (MARK_WIDTH if self.markable else 0) + 1

    def widen(self, cells: int) -> None:
        """Make the column that keys act on wider or narrower."""
        if self.column < len(self.shape.widths):
            width = max(2, self.shape.widths[self.column] + cells)
            self._chosen[self.columns[self.column].key] = width
            self._reshape()
            self.refresh()

    # Painting

    @property
    def page_rows(self) -> int:
        """Rows in sight."""
        return max(1, self.size.height - HEADER)

    def render_lines(self, crop: object) -> list[Strip]:
        """Read what will be in sight before it is painted line by line."""
        if self.store is not None and self.count:
            top = self.scroll_offset.y
            self.store.need(range(top, min(self.count, top + self.page_rows)))
        return super().render_lines(crop)  # type: ignore[arg-type]

    def render_line(self, y: int) -> Strip:
        """One line of the window: the heading, a row, or nothing."""
        base = self.rich_style
        width = self.size.width
        seen = width - self.show_vertical_scrollbar
        left = self.scroll_offset.x
        if self.store is None or not self.count:
            return self._notice(y, width, base)
        if y < HEADER:
            style = self.get_component_rich_style("table--header")
            strip = header_strip(
                self.shape, style, self.column, (self.store.wanted.column, self.store.wanted.descending)
            )
            return self._with_sign(self._window(strip, seen, style), left + seen, style)
        index = y - HEADER + self.scroll_offset.y
        if index >= self.count:
            return Strip.blank(width, base)
        strip, style = self._row_strip(index, base)
        strip = cut_with_sign(strip, left + seen)
        return self._window(strip, width, style).simplify()

    @property
    def stays(self) -> int:
        """The cells of mark and first column, which stay in sight while the others are scrolled.

        0 where they would take more than half of the room: then all columns are scrolled.
        """
        first = next((width for width in self.shape.widths if width), 0)
        cells = (MARK_WIDTH if self.markable else 0) + first + GAP
        return cells if cells <= self.size.width // 2 else 0

    def _window(self, strip: Strip, width: int, style: Style) -> Strip:
        """The part of a whole line that is in sight."""
        left = self.scroll_offset.x
        stays = self.stays if left else 0
        seen = strip.crop_extend(left + stays, left + width, style)
        return Strip.join([strip.crop_extend(0, stays, style), seen]) if stays else seen

    def _with_sign(self, strip: Strip, right: int, style: Style) -> Strip:
        """The heading with a sign at its end where more columns stand to the right."""
        if self.shape.width <= right or strip.cell_length < 2:
            return strip
        return Strip.join([strip.crop(0, strip.cell_length - 1), Strip([Segment("▸", style)], 1)])

    def _row_strip(self, index: int, base: Style) -> tuple[Strip, Style]:
        row = self.store.row(index) if self.store is not None else None
        is_cursor = index == self.cursor
        style = base
        if is_cursor:
            style = base + (self.shape.styles["cursor"] if self._lively else Style(bold=True))
        if row is None:
            return Strip([Segment("…", style)], 1), style
        plain = is_cursor and self._lively
        marked = row.key in self.marked
        strip = row_strip(self.shape, row, style, marked=marked, plain=plain, words=self.table.marked_words)
        return strip, style

    @property
    def _lively(self) -> bool:
        return self.has_focus or self.active

    def _notice(self, y: int, width: int, base: Style) -> Strip:
        lines = textwrap.wrap(clean_text(self.table.notice()), max(10, width - 2))
        text = lines[y - 1] if 1 <= y <= len(lines) else ""
        return Strip([Segment(fit(" " + text, width), base)], width)

    # The cursor

    def move_to(self, index: int) -> None:
        """Set the cursor on a row and bring it into sight; two lines are drawn anew where that is enough."""
        index = max(0, min(index, self.count - 1))
        before, self.cursor = self.cursor, index
        if before == index:
            return
        self._into_sight()
        self.refresh_lines(before + HEADER)
        self.refresh_lines(index + HEADER)
        self.table.tell()
        self._highlight()

    def _into_sight(self) -> None:
        top, rows = self.scroll_offset.y, self.page_rows
        wanted = max(0, min(top, self.count - rows))
        if self.cursor < wanted:
            wanted = self.cursor
        elif self.cursor >= wanted + rows:
            wanted = self.cursor - rows + 1
        if wanted != top:
            self.scroll_to(y=wanted, animate=False, force=True)

    def _highlight(self) -> None:
        row = self.row
        known = (row.key, self.cursor) if row is not None else None
        if row is not None and known != self._known:
            self.table.post_message(RowHighlighted(self.table, row.key, self.cursor))
        self._known = known

    def choose(self) -> None:
        """Say that the row under the cursor was chosen."""
        row = self.row
        if row is not None:
            self.table.post_message(RowSelected(self.table, row.key, self.cursor))
