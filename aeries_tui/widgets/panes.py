"""A list and what belongs to its row: below each other, side by side where there is room, three where there is more.

Nothing is made anew when the terminal changes its size: cursor, filter and scroll stay as they are.
"""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from aeries_tui.text import clean_text
from aeries_tui.widgets.scroll import ScrollText
from aeries_tui.widgets.table import PagedTable, TableShown

BESIDE, THREE = 110, 160
"""Columns from which on two panes, and three, stand side by side."""

_LEAST, _MOST, _MOST_OF_THREE = 40, 60, 45
"""Per cent of the width that the list gets: what it needs, within these."""


class Pane(ScrollText):
    """What belongs to the row under the cursor; scrolls by keys once it has the focus.

    Args:
        id: of the widget.
        only_beside: it is shown only where it stands beside the list.
    """

    DEFAULT_CSS = """
    Pane { height: auto; max-height: 50%; padding: 0 1; border-top: solid $rule; border-title-style: bold; scrollbar-size-vertical: 1; }
    Pane > Static { height: auto; }
    Pane > .pane-title { display: none; text-style: bold; margin-bottom: 1; }
    Pane.-only-beside { display: none; }
    Pane:focus { border-top: solid $ink-accent; }
    """

    def __init__(self, *, id: str, only_beside: bool = False) -> None:
        super().__init__(id=id, classes="-only-beside" if only_beside else None)
        self._title = Static(markup=False, classes="pane-title")
        self._text = Static(markup=False)
        self._of: object = None

    def compose(self) -> ComposeResult:
        """Title and text."""
        yield self._title
        yield self._text

    def show(self, text: Content | str, *, of: object, title: str = "") -> None:
        """Show a text, from its beginning where it is of something else than the one before.

        Args:
            text: what to show.
            of: what it is of: a key of the list.
            title: what stands above it; blank for nothing.
        """
        self.border_title = Content(clean_text(title))
        self._title.update(Content(clean_text(title)))
        self._title.set_class(bool(title), "-said")
        self._text.update(text)
        if of != self._of:
            self._of = of
            self.scroll_home(animate=False, immediate=True)

    @property
    def text(self) -> str:
        """What is shown."""
        shown = self._text.content
        return shown.plain if isinstance(shown, Content) else str(shown)


class PanesLaid(Message):
    """Other panes are shown than before."""


class Panes(Container):
    """A list with one or two panes; posts `PanesLaid` when there are more or fewer.

    Args:
        table: the list.
        detail: what belongs to its row.
        third: more about it, where there is room for three.
    """

    DEFAULT_CSS = """
    Panes { height: 1fr; layout: vertical; }
    Panes > PagedTable { height: 1fr; min-height: 5; }
    Panes > .third { display: none; }
    Panes.-beside { layout: horizontal; }
    Panes.-beside > PagedTable { height: 100%; }
    Panes.-beside > Pane {
        display: block; width: 1fr; height: 100%; max-height: 100%; border-top: none; border-left: solid $rule;
    }
    Panes.-beside > Pane:focus { border-left: solid $ink-accent; }
    Panes.-beside > Pane > .pane-title.-said { display: block; }
    Panes.-beside > .third { display: none; }
    Panes.-three > .third { display: block; }
    """

    def __init__(self, table: PagedTable, detail: Pane, third: Pane | None = None) -> None:
        super().__init__()
        self._table, self._detail, self._third = table, detail, third
        if third is not None:
            third.add_class("third")

    def compose(self) -> ComposeResult:
        """The list, then what belongs to its row."""
        yield self._table
        yield self._detail
        if self._third is not None:
            yield self._third

    @property
    def beside(self) -> bool:
        """Whether list and detail stand side by side."""
        return self.size.width >= BESIDE

    @property
    def three(self) -> bool:
        """Whether there are three."""
        return self._third is not None and self.size.width >= THREE

    def on_resize(self, event: events.Resize) -> None:
        """Lay the panes out for the width there is."""
        del event
        before = self.has_class("-beside"), self.has_class("-three")
        self.set_class(self.beside, "-beside")
        self.set_class(self.three, "-three")
        self._share()
        if before != (self.beside, self.three):
            self.post_message(PanesLaid())
            self.screen.refresh_bindings()

    @on(TableShown)
    def _show_what_there_is(self) -> None:
        """Of no row nothing is shown beside it."""
        for pane in filter(None, (self._detail, self._third)):
            pane.visible = self._table.count > 0

    @on(TableShown)
    def _share(self) -> None:
        """Give the list what it needs, the rest to the panes."""
        if not self.beside:
            self._table.styles.width = "1fr"
            return
        # In per cent, so that no pane is without room in the moment between two sizes.
        needs = 100 * self._table.natural_width / self.size.width
        most = _MOST_OF_THREE if self.three else _MOST
        self._table.styles.width = f"{max(_LEAST, min(most, needs)):.2f}%"
