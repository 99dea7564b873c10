"""Choosing one of thousands by a few letters, with the likely ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rapidfuzz import fuzz, process
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from aeries_tui.listing import Column, Row, RowKey
from aeries_tui.text import clean_text, fold
from aeries_tui.widgets.dialogs import frame_css, hints
from aeries_tui.widgets.focus import QuietFocus
from aeries_tui.widgets.table import ListSource, PagedTable, RowSelected

SHOWN = 200
"""Fuzzy matches shown at most."""

LEAST = 55
"""Likeness in per cent below which a fuzzy match is none."""


PART = 75
"""Likeness in per cent below which a part of a name is not what was typed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things to choose from.

    Attributes:
        key: what is handed back.
        label: its name, which is searched.
        note: more about it, shown beside it: `94 % similar`, `K-5`.
    """

    key: RowKey
    label: str
    note: str = ""


class Ranking:
    """The order of choices for what was typed; likely ones first where nothing was.

    Args:
        choices: all of them.
        suggested: keys of the likely ones, best first.
    """

    def __init__(self, choices: Sequence[Choice], suggested: Sequence[RowKey] = ()) -> None:
        places = {key: place for place, key in enumerate(suggested)}
        self._choices = sorted(choices, key=lambda choice: places.get(choice.key, len(places)))
        self._folded = [fold(f"{choice.label} {choice.note} {choice.key}") for choice in self._choices]
        self._labels = [fold(choice.label) for choice in self._choices]

    def ranked(self, text: str) -> list[Choice]:
        """The choices for a text: those that hold all its words, then those whose name is like it."""
        query = fold(text.strip())
        if not query:
            return self._choices
        words = query.split()
        holding = [i for i, folded in enumerate(self._folded) if all(word in folded for word in words)]
        holding.sort(key=lambda i: (not self._labels[i].startswith(query), query not in self._labels[i]))
        taken = set(holding)
        alike = process.extract(query, self._labels, scorer=_likeness, score_cutoff=LEAST, limit=SHOWN)
        places = holding + [place for _, _, place in alike if place not in taken]
        return [self._choices[place] for place in places]


def _likeness(query: str, label: str, *, score_cutoff: float | None = None) -> float:
    """How like a name is to what was typed, which may be misspelt, in another order, or only a part of it."""
    whole = fuzz.token_sort_ratio(query, label, score_cutoff=score_cutoff)
    # A few letters are a part of nearly everything.
    part = fuzz.partial_ratio(query, label, score_cutoff=PART) if len(query) > 3 else 0.0
    return max(whole, 0.9 * part)


class PickOne(QuietFocus, ModalScreen[RowKey | None]):
    """Choose one: type a few letters, arrows, Enter. Hands back the key, None where it was closed.

    Args:
        title: what is chosen, and for what: `ALI school for Roosevelt Elementary`.
        choices: all of them.
        suggested: keys of the likely ones, best first.
        label: heading of the names.
        note: heading of the notes.
        text: what stands in the search line already.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Close"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
    ]
    DEFAULT_CSS = (
        frame_css("PickOne")
        + """
    PickOne > .dialog { width: 76; height: 20; max-height: 100%; }
    PickOne Input { border: none; height: 1; padding: 0; margin-bottom: 1; }
    PickOne Input:focus { border: none; }
    """
    )

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        suggested: Sequence[RowKey] = (),
        *,
        label: str = "Name",
        note: str = "",
        text: str = "",
    ) -> None:
        super().__init__()
        self._title = title
        self._ranking = Ranking(choices, suggested)
        self._columns = (Column("label", label, flex=1, sortable=False), Column("note", note, sortable=False))
        self._input = Input(text, placeholder="Type to search", select_on_focus=False)
        self._table = PagedTable(self._source(text), empty="Nothing is like this. Type fewer letters.")

    def _source(self, text: str) -> ListSource:
        rows = [
            Row(choice.key, (choice.label, (choice.note, "muted"))) for choice in self._ranking.ranked(text)
        ]
        return ListSource(self._columns, rows)

    def compose(self) -> ComposeResult:
        """The search line, the choices, the keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(clean_text(self._title))
            yield self._input
            yield self._table
            yield Static(
                hints(("↑↓", "Move"), ("Enter", "Choose"), ("Esc", "Close")),
                markup=False,
                classes="dialog-keys",
            )

    def on_mount(self) -> None:
        """Ready to type."""
        self._input.cursor_blink = False
        self._table.view.active = True
        self._input.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Rank anew for what is typed."""
        event.stop()
        self._table.open(self._source(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Choose the row under the cursor."""
        event.stop()
        key = self._table.cursor_key
        if key is not None:
            self.dismiss(key)

    @on(RowSelected)
    def _chosen(self, event: RowSelected) -> None:
        event.stop()
        self.dismiss(event.key)

    def action_move(self, rows: int) -> None:
        """Move the cursor from within the search line."""
        self._table.move_to(self._table.cursor + rows)

    def action_cancel(self) -> None:
        """Close it without a choice."""
        self.dismiss(None)
