"""What every form is built on: fields below each other, what becomes of each, moving by arrows and Enter, leaving it."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.wrong_field import WrongField
from aeries_tui.text import clean_text
from aeries_tui.widgets.cycle import Cycle
from aeries_tui.widgets.dialogs import Confirm

LOW = 20


class Form(DistrictScreen):
    """A form; a subclass composes its fields by `field` and `problem`, and says in `unsaved` what would be lost."""

    MOVES: ClassVar[list[BindingType]] = [
        Binding("escape", "leave_form", "Back", id="back"),
        # With priority a key moves the focus before the next one is given out, so that nothing that
        # was typed ahead on a slow line ends in the wrong field.
        Binding("enter", "onward", show=False, priority=True),
        Binding("down,tab", "app.focus_next", show=False, priority=True),
        Binding("up,shift+tab", "app.focus_previous", show=False, priority=True),
    ]
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.problem = Static(markup=False, id="problem")

    def on_resize(self, event: events.Resize) -> None:
        """Close ranks where there is little room."""
        self.set_class(event.size.height < LOW, "-low")

    def field(self, label: str, widget: Input | Cycle, hint: str = "") -> ComposeResult:
        """A field beside its label; with `hint` a line of that id below it."""
        with Horizontal(classes="line", id=f"{widget.id}-line"):
            yield Static(Content(label), markup=False, classes="label", id=f"{widget.id}-label")
            yield widget
        if hint:
            yield Static(markup=False, classes="hint", id=hint)

    def hint(self, name: str, text: str, good: bool) -> None:
        """Say in the line of this id what becomes of a field."""
        line = self.query_one(f"#{name}", Static)
        line.update(Content(clean_text(text)))
        line.set_class(not good, "-wrong")

    def tell_wrong(self, wrong: WrongField) -> None:
        """Say what is wrong with a field, and lead there."""
        self.problem.update(Content("\n".join(wrong.lines())))
        self.query_one(f"#{wrong.field}").focus()
        self.problem.scroll_visible(animate=False)

    def action_onward(self) -> None:
        """Enter presses a button, or goes on to the next field."""
        if isinstance(self.focused, Button):
            self.focused.press()
        else:
            self.focus_next()

    def action_leave_form(self) -> None:
        """Go back; ask first where something was entered."""
        if not self.unsaved:
            self.app.pop_screen()
            return

        def answered(answer: bool | None) -> None:
            if answer:
                self.app.pop_screen()

        question = "Leave the form without saving what was entered?"
        self.app.push_screen(Confirm(question, yes="Leave", no="Go on editing", title="Not saved"), answered)
