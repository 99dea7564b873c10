"""One of a few values in one line of a form: arrows or space choose the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from aeries_tui.text import clean_text
from aeries_tui.widgets.cells import cell_len, cut
from aeries_tui.widgets.theme import styles_of


class Cycle(Widget, can_focus=True):
    """A value between two arrows.

    Args:
        choices: key and text of each value.
        value: the key of the first one shown.
        id: of the widget.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "step(1)", "Change"),
        Binding("left", "step(-1)", show=False),
    ]
    DEFAULT_CSS = """
    Cycle { height: 1; }
    """

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, cycle: Cycle) -> None:
            super().__init__()
            self.cycle = cycle

        @property
        def control(self) -> Cycle:
            """The widget."""
            return self.cycle

    def __init__(self, choices: Sequence[tuple[str, str]], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = list(choices)
        self._place = [key for key, _ in self._choices].index(value)

    @property
    def value(self) -> str:
        """The key of the value."""
        return self._choices[self._place][0]

    def set(self, value: str, text: str | None = None) -> None:
        """Show another value; one that is not among the choices is added, with its text."""
        keys = [key for key, _ in self._choices]
        if value not in keys:
            self._choices.append((value, text or value))
            keys.append(value)
        place = keys.index(value)
        if place != self._place:
            self._place = place
            self.refresh()
            self.post_message(self.Changed(self))

    def action_step(self, step: int) -> None:
        """The next value, or the one before."""
        self.set(self._choices[(self._place + step) % len(self._choices)][0])

    def render_line(self, y: int) -> Strip:
        """The line."""
        base = self.rich_style
        style = base + styles_of(self.app)["cursor"] if self.has_focus else base
        text = cut(clean_text(self._choices[self._place][1]), max(1, self.size.width - 4))
        drawn = Segment(f"◂ {text} ▸", style)
        return Strip([drawn], cell_len(drawn.text)).crop_extend(0, self.size.width, base)

    def on_focus(self) -> None:
        """The value that keys change stands out."""
        self.refresh()

    def on_blur(self) -> None:
        """And no longer does."""
        self.refresh()
