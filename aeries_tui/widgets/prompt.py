"""The line below a list or a log: what is shown, and where one types a search."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from aeries_tui.text import clean_text


class PromptInput(Input):
    """An input of one line without a frame, that ends with Enter or Esc."""

    BINDINGS = [Binding("escape", "give_up", "Close")]  # noqa: RUF012

    def action_give_up(self) -> None:
        """Close the line without doing anything."""
        foot = self.parent
        if isinstance(foot, FootLine):
            foot.close()

    def on_blur(self) -> None:
        """Close the line when something else takes the focus."""
        self.action_give_up()


class FootLine(Horizontal):
    """One line: notes at the left, a place at the right; or a prompt over all of it."""

    DEFAULT_CSS = """
    FootLine { height: 1; width: 1fr; }
    FootLine .foot-notes { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    FootLine .foot-place { width: auto; height: 1; padding-left: 1; }
    FootLine .foot-label { width: auto; height: 1; text-style: bold; padding-right: 1; display: none; }
    FootLine PromptInput { width: 1fr; height: 1; border: none; padding: 0; display: none; }
    FootLine PromptInput:focus { border: none; }
    FootLine.-asking .foot-notes, FootLine.-asking .foot-place { display: none; }
    FootLine.-asking .foot-label, FootLine.-asking PromptInput { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._notes = Static(markup=False, classes="foot-notes")
        self._place = Static(markup=False, classes="foot-place")
        self._label = Static(markup=False, classes="foot-label")
        self._input = PromptInput()
        self._input.cursor_blink = False
        self._answered: Callable[[str], None] | None = None
        self._place_width = 0
        self._shown = ("", "")

    def compose(self) -> ComposeResult:
        """Notes, place, label, input."""
        yield self._notes
        yield self._place
        yield self._label
        yield self._input

    @property
    def notes(self) -> str:
        """What is written at the left."""
        return self._shown[0]

    @property
    def place(self) -> str:
        """What is written at the right."""
        return self._shown[1]

    def show(self, notes: str, place: str) -> None:
        """Write notes and place; only what differs is drawn anew."""
        before = self._shown
        self._shown = (notes, place)
        if notes != before[0]:
            self._notes.update(Content(clean_text(notes)), layout=False)
        if place != before[1]:
            wider = len(place) > self._place_width
            self._place_width = max(len(place), self._place_width)
            self._place.update(Content(place.rjust(self._place_width)), layout=wider)

    def ask(self, label: str, text: str, answered: Callable[[str], None]) -> None:
        """Open the prompt; `answered` gets what was typed when Enter is pressed."""
        self._answered = answered
        self._label.update(Content(label))
        self._input.value = text
        self.add_class("-asking")
        self._input.focus()

    def close(self) -> None:
        """Close the prompt and give the focus back to the list."""
        if self._answered is None:
            return
        self._answered = None
        had_focus = self._input.has_focus
        self.remove_class("-asking")
        if had_focus and self.parent is not None:
            self.parent.query_one(".-listed").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand over what was typed."""
        event.stop()
        answered = self._answered
        self.close()
        if answered is not None:
            answered(event.value)
