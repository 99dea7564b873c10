"""A log that is watched while it grows: follow, hold, levels, search, errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from aeries_tui.listing import LEVELS, LogLevel, LogSource
from aeries_tui.text import clean_text
from aeries_tui.widgets.background import Background
from aeries_tui.widgets.copy import CopyText
from aeries_tui.widgets.log.view import LogView
from aeries_tui.widgets.prompt import FootLine

EVERY = 0.2
"""Seconds between two looks at a log that grows."""

_SHOWN: dict[LogLevel, str] = {
    "debug": "all lines",
    "info": "info, warnings, errors",
    "warning": "warnings, errors",
    "error": "errors",
}


class SaveLog(Message):
    """Somebody wants the log as a file; the screen knows where the whole one is.

    Args:
        log: the log.
    """

    def __init__(self, log: LiveLog) -> None:
        super().__init__()
        self.log_widget = log

    @property
    def control(self) -> LiveLog:
        """The log."""
        return self.log_widget


class LiveLog(Vertical):
    """A growing log. It looks at its source five times a second and draws only what came into sight.

    Posts `SaveLog` when the log is to be saved.

    Args:
        source: the log; it may change by `open`.
        empty: what is written where there are no lines.
        level: the level from which on lines are shown.
        id: of the widget.
    """

    DEFAULT_CSS = """
    LiveLog { height: 1fr; }
    """

    def __init__(
        self,
        source: LogSource,
        *,
        empty: str = "No lines yet.",
        level: LogLevel = "info",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.source = source
        self.empty = empty
        self.level: LogLevel = level
        self.following = True
        self.searching = False
        self.search_text = ""
        self.turn = 0
        self.background = Background(self, "log")
        self._asked = False
        self._epoch = source.epoch
        self._note = ""
        self._of = ""
        self._next_search: Callable[[], None] | None = None
        self._view = LogView(self)
        self._foot = FootLine()

    def compose(self) -> ComposeResult:
        """Lines, and the line below."""
        yield self._view
        yield self._foot

    def focus(self, scroll_visible: bool = True) -> LiveLog:
        """Give the keys to the lines."""
        self._view.focus(scroll_visible)
        return self

    def on_mount(self) -> None:
        """Begin to look."""
        self.set_interval(EVERY, self.look)
        self.look()

    def on_unmount(self) -> None:
        """End looking."""
        self.background.close()

    @property
    def view(self) -> LogView:
        """The part that scrolls."""
        return self._view

    @property
    def foot(self) -> FootLine:
        """The line below."""
        return self._foot

    @property
    def lines(self) -> int:
        """Lines that are shown."""
        return self._view.lines

    def open(self, source: LogSource) -> None:
        """Watch another log."""
        self.source, self._epoch = source, source.epoch
        self._restart()

    def look(self) -> None:
        """Ask the source whether it has grown; one question at a time."""
        if self._asked:
            return
        self._asked = True
        turn, level, source = self.turn, self.level, self.source
        self.background.ask(
            lambda: (source.epoch, source.count(level)),
            lambda answer: self._looked(turn, *answer),
            self.fail,
            patience=0.005,
        )

    def _looked(self, turn: int, epoch: int, count: int) -> None:
        self._asked = False
        if turn != self.turn:
            self.look()
            return
        if epoch != self._epoch:
            self._epoch = epoch
            self.turn += 1
            self._view.restart(count)
        elif count != self._view.lines:
            self._view.grow(count)
        self.tell()

    def _restart(self) -> None:
        self.turn += 1
        self._view.restart(0)
        self.look()

    def fail(self, problem: BaseException) -> None:
        """The log could not be read; it is tried again at the next look."""
        self._asked = False
        self._note = f"The log could not be read ({type(problem).__name__})."
        self.tell()

    # Following, levels

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.following, self._view.mark = True, None
        self._view.to_end()
        self._view.refresh()
        self.tell()

    def hold(self) -> None:
        """Stay where one is; the log goes on growing below."""
        self.following = False
        self.tell()

    def next_level(self) -> None:
        """Show only graver lines; after errors all lines."""
        place = (LEVELS.index(self.level) + 1) % len(LEVELS)
        self.level = LEVELS[place]
        self._note = ""
        self._restart()

    # Searching

    def ask_search(self) -> None:
        """Open the search line; the log goes with what is typed, and Esc takes it back to where it was."""
        before, following, mark, top = (
            self.search_text, self.following, self._view.mark, self._view.scroll_offset.y
        )  # fmt: skip
        begin = self._place()

        def back() -> None:
            self._drop_search()
            self.following, self.search_text, self._view.mark = following, before, mark
            self._view.scroll_to(y=top, animate=False, force=True)
            self._view.refresh()
            self.tell()

        def changed(text: str) -> None:
            if text.strip():
                self._search(text, begin, False)
            else:
                back()

        def answered(text: str) -> None:
            if text.strip() != self.search_text:
                self._search(text, begin, False)

        self._foot.ask("Search:", before, answered, changed=changed, left=back)

    def search(self, text: str, backwards: bool = False) -> None:
        """Go to the next line that holds every word of the text; stops following.

        Args:
            text: the words.
            backwards: towards the first line.
        """
        self._search(text, self._place() + (-1 if backwards else 1), backwards)

    def _search(self, text: str, start: int, backwards: bool) -> None:
        if not text.strip():
            return
        self.search_text, self._of = text.strip(), ""
        words, level, source = self.search_text, self.level, self.source
        self._view.refresh()
        self._seek(
            lambda at: source.find(words, at, backwards, level), f"Nothing has {words}.", start, backwards
        )

    def next_error(self) -> None:
        """Go to the next error; stops following."""
        level, source = self.level, self.source
        self._seek(
            lambda at: source.find_level("error", at, False, level), "No error.", self._place() + 1, False
        )

    def _seek(self, find: Callable[[int], int | None], nothing: str, start: int, backwards: bool) -> None:
        if self.searching:
            # One search at a time; the last one wanted follows it.
            self._next_search = lambda: self._seek(find, nothing, start, backwards)
            self.source.interrupt()
            return
        if not self.lines:
            self._note = nothing
            self.tell()
            return
        self.searching, last = True, self.lines - 1

        def question() -> int | None:
            place = find(start) if 0 <= start <= last else None
            return find(last if backwards else 0) if place is None else place

        turn = self.turn
        self.background.ask(
            question, lambda place: self._found(turn, place, nothing), self._not_searched, patience=0.03
        )
        self.tell()

    def _place(self) -> int:
        if self._view.mark is not None:
            return self._view.mark
        # While the end is followed, the first search begins at the beginning.
        return -1 if self.following else self._view.scroll_offset.y - 1

    def _goes_on(self) -> bool:
        wanted, self._next_search = self._next_search, None
        if wanted is not None:
            wanted()
        return wanted is not None

    def _found(self, turn: int, place: int | None, nothing: str) -> None:
        was_wanted, self.searching = self.searching and turn == self.turn, False
        if not was_wanted or self._goes_on():
            return
        self.following = self.following and place is None
        self._note = nothing if place is None else ""
        if place is not None:
            self._view.show_line(place)
            self._count(place)
        self.tell()

    def _count(self, place: int) -> None:
        """Say which of the matches it is, once they are counted."""
        words, level, source, turn = self.search_text, self.level, self.source, self.turn
        if not words:
            return

        def counted(found: tuple[int, int]) -> None:
            if (words, turn, place) == (self.search_text, self.turn, self._view.mark) and found[1]:
                self._of = f", {found[0]:,} of {found[1]:,}"
                self.tell()

        self.background.ask(lambda: source.matches(words, place, level), counted, lambda problem: None)

    def _not_searched(self, problem: BaseException) -> None:
        if self.searching:
            self.searching = False
            if not self._goes_on():
                self.fail(problem)

    def _drop_search(self) -> None:
        if self.searching:
            self.source.interrupt()
        self.searching, self._next_search, self.search_text, self._of, self._note = False, None, "", "", ""

    def end_search(self) -> None:
        """End a search, and take its marks away."""
        was_searching = self.searching
        self._drop_search()
        self._note = "Search ended." if was_searching else ""
        self._view.refresh()
        self.tell()

    # Taking along

    def copy_line(self) -> None:
        """Copy the marked line, or the last in sight."""
        bottom = min(self.lines, self._view.scroll_offset.y + self._view.size.height) - 1
        line = self._view.line_at(self._view.mark if self._view.mark is not None else bottom)
        if line is not None:
            self.post_message(CopyText(clean_text(f"{line.time} {line.level} {line.text}"), "the line"))

    def save(self) -> None:
        """Say that the log is to be saved."""
        self.post_message(SaveLog(self))

    def saved(self, path: Path) -> None:
        """Write where it was saved."""
        self._note = f"Saved as {path}."
        self.tell()

    # The line below

    def notice(self) -> str:
        """What is written in place of lines."""
        return self.empty if self.level in {"debug", "info"} else f"No {_SHOWN[self.level]}."

    def tell(self) -> None:
        """Write the line below anew."""
        parts = ["Following" if self.following else "Paused"]
        if self.searching:
            parts.append("Searching …")
        elif self._note:
            parts.append(self._note)
        if self.search_text:
            parts.append(f"Search: {self.search_text}{self._of}")
        parts.append(_SHOWN[self.level])
        mark = self._view.mark
        bottom = (
            min(self.lines, self._view.scroll_offset.y + self._view.size.height) if mark is None else mark + 1
        )
        place = f"{self.lines:,} lines" if self.following else f"line {bottom:,} of {self.lines:,}"
        self._foot.show(" · ".join(parts), place if self.lines else "")
