"""The part of a log that scrolls; only the lines in sight are read and drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from aeries_tui.actions import LOG
from aeries_tui.listing import LogLevel, LogLine
from aeries_tui.text import clean_text, words_of
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.cells import cell_len
from aeries_tui.widgets.footer import KeyBar
from aeries_tui.widgets.pages import PAGE, Pages
from aeries_tui.widgets.prompt import FootLine, PromptKeys
from aeries_tui.widgets.table.paint import with_words
from aeries_tui.widgets.theme import styles_of

if TYPE_CHECKING:
    from aeries_tui.widgets.log.live import LiveLog

STEP = 8
"""Cells that one key scrolls sideways."""

LONGEST = 10_000
"""Cells one can scroll sideways at most."""

PAGE_PATIENCE = 0.012
"""Seconds a paint waits for lines it lacks."""

_STYLE: dict[LogLevel, str] = {"debug": "muted", "info": "", "warning": "warning", "error": "error"}
_WORD: dict[LogLevel, str] = {"debug": "debug", "info": "info ", "warning": "WARN ", "error": "ERROR"}


class LogView(PromptKeys, ScrollView, can_focus=True):
    """Lines drawn one by one.

    Args:
        log: the log it belongs to, which speaks for it.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(LOG)
    DEFAULT_CSS = """
    LogView { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    def __init__(self, log: LiveLog) -> None:
        super().__init__()
        self.owner = log
        self.lines = 0
        self.mark: int | None = None
        self._pages: Pages[LogLine] = Pages()
        self._pending: set[int] = set()

    @property
    def foot(self) -> FootLine:
        """The line below."""
        return self.owner.foot

    # Lines

    def grow(self, count: int) -> None:
        """There are `count` lines now; what was there stays as it was."""
        before, self.lines = self.lines, count
        self._pages.drop_from(before)
        self._pending.clear()
        self.virtual_size = Size(LONGEST, count)
        if count == before:
            return
        if self.owner.following:
            self.to_end()
        top = self.scroll_offset.y
        if before < top + self.size.height:
            self.refresh()

    def restart(self, count: int) -> None:
        """Other lines stand here now: another level, or old ones were dropped."""
        self._pages.clear()
        self._pending.clear()
        self.lines = count
        self.mark = None
        self.virtual_size = Size(LONGEST, count)
        if self.owner.following:
            self.to_end()
        self.refresh()

    def line_at(self, index: int) -> LogLine | None:
        """A line, None where it isn't read yet."""
        return self._pages.get(index)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Read what will be in sight before it is painted."""
        top = self.scroll_offset.y
        for number in self._pages.missing(range(top, min(self.lines, top + self.size.height))):
            if number not in self._pending:
                self._pending.add(number)
                self._fetch(number)
        return super().render_lines(crop)

    def _fetch(self, number: int) -> None:
        turn, level = self.owner.turn, self.owner.level
        waited = True

        def answered(lines: Sequence[LogLine]) -> None:
            if turn == self.owner.turn:
                self._pending.discard(number)
                self._pages.put(number, lines)
                if not waited:
                    self.refresh()

        source = self.owner.source
        waited = self.owner.background.ask(
            lambda: source.lines(number * PAGE, PAGE, level),
            answered,
            self.owner.fail,
            patience=PAGE_PATIENCE,
        )

    # Painting

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        base, width = self.rich_style, self.size.width
        index = y + self.scroll_offset.y
        if not self.lines:
            return self._notice(y, width, base)
        line = self._pages.get(index) if index < self.lines else None
        if line is None:
            return Strip([Segment("…" if index < self.lines else "", base)]).crop_extend(0, width, base)
        marked = index == self.mark
        styles = styles_of(self.app)
        style = base + styles["cursor"] if marked else base
        coloured = style if marked else base + styles.get(_STYLE[line.level], Style.null())
        left = self.scroll_offset.x
        text = clean_text(line.text)
        head = f"{clean_text(line.time)} " if line.time else ""
        words = words_of(self.owner.search_text)
        segments = [
            Segment(head, style),
            Segment(f"{_WORD[line.level]} ", coloured),
            *with_words(text, coloured, words),
        ]
        line_strip = Strip(segments)
        seen = width - self.show_vertical_scrollbar
        if line_strip.cell_length <= left + seen:
            return line_strip.crop_extend(left, left + width, style).simplify()
        cut = line_strip.crop(left, left + seen - 1)
        return Strip([*cut, Segment("…", coloured)]).adjust_cell_length(width, style).simplify()

    def _notice(self, y: int, width: int, base: Style) -> Strip:
        text = " " + clean_text(self.owner.notice()) if y == 0 else ""
        return Strip([Segment(text, base)]).crop_extend(0, width, base)

    # Moving

    def on_resize(self) -> None:
        """Stay at the end where the end is followed."""
        self.virtual_size = Size(LONGEST, self.lines)
        if self.owner.following:
            self.to_end()

    def to_end(self) -> None:
        """Show the last lines."""
        self.scroll_to(y=max(0, self.lines - self.size.height), animate=False, force=True)

    def show_line(self, index: int) -> None:
        """Mark a line and bring it into sight, a third from the top where it has to move."""
        self.mark = index
        top, height = self.scroll_offset.y, self.size.height
        if not top <= index < top + height:
            wanted = max(0, min(index - height // 3, self.lines - height))
            self.scroll_to(y=wanted, animate=False, force=True)
        self.refresh()

    def _move(self, lines: int) -> None:
        last = max(0, self.lines - self.size.height)
        self.scroll_to(y=max(0, min(last, self.scroll_offset.y + lines)), animate=False, force=True)
        self.owner.hold()

    def action_line_up(self) -> None:
        """One line up."""
        self._move(-1)

    def action_line_down(self) -> None:
        """One line down; from the end to the keys below."""
        if self.scroll_offset.y >= self.lines - self.size.height:
            for keys in self.screen.query(KeyBar):
                keys.take_keys()
            return
        self._move(1)

    def action_page_up(self) -> None:
        """One page up."""
        self._move(-self.size.height)

    def action_page_down(self) -> None:
        """One page down."""
        self._move(self.size.height)

    def action_half_page(self, way: int) -> None:
        """Half a page up or down."""
        self._move(way * max(1, self.size.height // 2))

    def action_first(self) -> None:
        """To the first line."""
        self._move(-self.lines)

    def action_follow(self) -> None:
        """To the end, and follow."""
        self.owner.follow()

    def action_scroll_columns(self, steps: int) -> None:
        """Scroll sideways, as far as the longest line in sight goes."""
        top = self.scroll_offset.y
        shown = (self._pages.get(index) for index in range(top, min(self.lines, top + self.size.height)))
        longest = max(
            (cell_len(clean_text(f"{line.time} {line.text}")) + 7 for line in shown if line), default=0
        )
        most = max(0, min(LONGEST, longest) - self.size.width)
        self.scroll_to(x=max(0, min(most, self.scroll_offset.x + steps * STEP)), animate=False, force=True)

    # Keys that are the log's own business

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that do nothing here are left to the screen; while one types, all are letters."""
        del parameters
        if self.foot.asking:
            return False
        match action:
            case "clear":
                return bool(self.owner.searching or self.owner.search_text)
            case "find_next" | "find_previous":
                return bool(self.owner.search_text)
            case _:
                return True

    def action_toggle_follow(self) -> None:
        """Follow the end, or hold still."""
        if self.owner.following:
            self.owner.hold()
        else:
            self.owner.follow()

    def action_level(self) -> None:
        """Show the next level and graver ones."""
        self.owner.next_level()

    def action_search(self) -> None:
        """Ask what to search for."""
        self.owner.ask_search()

    def action_find_next(self) -> None:
        """The next match."""
        self.owner.search(self.owner.search_text)

    def action_find_previous(self) -> None:
        """The match before."""
        self.owner.search(self.owner.search_text, backwards=True)

    def action_next_error(self) -> None:
        """The next error."""
        self.owner.next_error()

    def action_clear(self) -> None:
        """End a search that runs."""
        self.owner.end_search()

    def action_copy(self) -> None:
        """Copy the marked line, or the last in sight."""
        self.owner.copy_line()

    def action_save(self) -> None:
        """Save the log."""
        self.owner.save()
