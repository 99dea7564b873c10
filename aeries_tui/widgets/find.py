"""The palette: actions of every screen, districts, schools, people, codes, help, themes, by a few letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from aeries_tui.listing import Column, Row
from aeries_tui.text import clean_text
from aeries_tui.widgets.background import Background
from aeries_tui.widgets.dialogs import frame_css, hints
from aeries_tui.widgets.findable import SHOWN, Findable, Finder, Ranked
from aeries_tui.widgets.focus import QuietFocus
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("label", "What", flex=1, min_width=20, max_width=60, sortable=False),
    Column("press", "Key", min_width=2, max_width=9, sortable=False),
    Column("where", "Where", min_width=14, max_width=32, sortable=False),
)

LEAST = 2
"""Letters or digits from which on people are looked for."""


class People(Protocol):
    """Finds people by name or number; called from one thread, ended from another."""

    def find(self, text: str) -> list[Findable]:
        """At most a few people whom the text fits."""
        ...

    def interrupt(self) -> None:
        """End a search that runs."""
        ...


class FindScreen(QuietFocus, ModalScreen[Findable | None]):
    """Type a few letters, Enter goes there. What the machine has is ranked at once, people come from the side.

    Args:
        entries: what is known at once, the likely ones first.
        more: reads what is in files: districts, schools.
        people: finds people; None where there are none.
        title: above the search line.
        hint: in the empty search line.
        empty: where nothing was found; said only once people were looked for.
        text: what stands in the search line at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Close"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
    ]
    DEFAULT_CSS = (
        frame_css("FindScreen")
        + """
    FindScreen > .dialog { width: 78; height: 20; max-height: 100%; }
    FindScreen Input { border: none; height: 1; padding: 0; }
    FindScreen Input:focus { border: none; }
    FindScreen .does { height: 1; color: $ink-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    )

    def __init__(
        self,
        entries: Sequence[Findable],
        more: Callable[[], list[Findable]],
        people: People | None,
        *,
        title: str = "Find",
        hint: str = "An action, a screen, a school, a name, a number, a code …",
        empty: str = "Nothing is like this.",
        text: str = "",
    ) -> None:
        super().__init__()
        self._title, self._begin = title, text
        self._entries, self._more, self._people = list(entries), more, people
        self._finder = Finder(entries)
        self._found: Ranked = self._finder.ranked("")
        self._persons: list[Findable] = []
        self._known: dict[str, Findable] = {}
        self._text = ""
        self._pending: str | None = None
        self._asked: str | None = None
        self._is_moved = self._is_chosen = False
        self._beside = Background(self, "find")
        self._input = Input(placeholder=hint)
        self._empty = empty
        self._table = PagedTable(ListSource(COLUMNS, self._rows()), empty=self._nothing(), name="find")
        self._does = Static(markup=False, classes="does")

    def compose(self) -> ComposeResult:
        """The search line, what was found, what it does, the keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield self._input
            yield self._table
            yield self._does
            yield Static(
                hints(("↑↓", "Move"), ("Enter", "Go there"), ("Esc", "Close")),
                markup=False,
                classes="dialog-keys",
            )

    def on_mount(self) -> None:
        """Ready to type; what is in files comes beside it."""
        self._input.cursor_blink = False
        self._table.view.active = True
        self._input.focus()
        self._input.value = self._begin
        self._beside.ask(self._more, self._know_more, lambda problem: None, patience=0.005)

    def on_unmount(self) -> None:
        """Take no more answers."""
        self._beside.close()
        if self._people is not None:
            self._people.interrupt()

    def _know_more(self, entries: list[Findable]) -> None:
        if entries:
            self._entries += entries
            self._finder = Finder(self._entries)
            if self._text.strip():
                self._rank()

    # Ranking

    def _rank(self) -> None:
        self._found = self._finder.ranked(self._text)
        self._show()

    def _rows(self) -> list[Row]:
        entries = [*self._found.sure, *self._persons, *self._found.told, *self._found.alike]
        self._known = {entry.key: entry for entry in entries[:SHOWN]}
        return [
            Row(entry.key, (entry.label, (entry.press, "key"), (entry.where, "muted")))
            for entry in self._known.values()
        ]

    def _nothing(self) -> str:
        """What stands where no row is."""
        if self._people is None:
            return self._empty
        if self._asked is not None:
            return "Looking for people …"
        return self._empty if len(self._text.strip()) >= LEAST else "Two letters or digits find people."

    def _show(self) -> None:
        self._table.empty = self._nothing()
        source = ListSource(COLUMNS, self._rows())
        if self._is_moved:
            self._table.replace(source)
        else:
            self._table.open(source)
        self._tell()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Rank anew for what is typed, and look for people."""
        event.stop()
        if event.value == self._text:
            return
        self._text, self._is_moved, self._is_chosen = event.value, False, False
        self._persons = []
        self._look_for_people()
        self._rank()

    def _look_for_people(self) -> None:
        """One search at a time; the last text wanted follows it."""
        people, text = self._people, self._text.strip()
        if people is None or len(text) < LEAST:
            self._pending = None
            return
        if self._asked is not None:
            self._pending = text
            people.interrupt()
            return
        self._asked = text
        self._beside.ask(
            lambda: people.find(text), self._people_found, lambda problem: self._people_found([])
        )

    def _people_found(self, found: list[Findable]) -> None:
        asked, self._asked = self._asked, None
        if asked != self._text.strip():
            self._pending = None
            self._look_for_people()
            return
        self._persons = found
        self._show()
        if self._is_chosen:
            self._choose()

    # Choosing

    @on(RowHighlighted)
    def _tell(self) -> None:
        entry = self._known.get(str(self._table.cursor_key))
        self._does.update(Content(clean_text(entry.does) if entry is not None else ""))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go there; where nothing is sure yet, people are waited for."""
        event.stop()
        if self._asked is not None and not self._is_moved and not self._found.sure:
            self._is_chosen = True
        else:
            self._choose()

    def _choose(self) -> None:
        entry = self._known.get(str(self._table.cursor_key))
        if entry is not None:
            self.dismiss(entry)

    @on(RowSelected)
    def _selected(self, event: RowSelected) -> None:
        event.stop()
        self._choose()

    def action_move(self, rows: int) -> None:
        """Move the cursor from within the search line."""
        self._is_moved = True
        self._table.move_to(self._table.cursor + rows)

    def action_cancel(self) -> None:
        """Close it without going anywhere."""
        self.dismiss(None)
