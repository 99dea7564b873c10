"""Questions in front of a screen: yes or no, a text, a notice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from aeries_tui.actions import DIALOG
from aeries_tui.keys import shown, spelled
from aeries_tui.secret import Secret
from aeries_tui.widgets.bindings import bindings_of, key_of
from aeries_tui.widgets.box import Box
from aeries_tui.widgets.copy import copy_secret
from aeries_tui.widgets.focus import QuietFocus
from aeries_tui.widgets.line_input import LineInput
from aeries_tui.widgets.palette import css_style
from aeries_tui.widgets.scroll import ScrollText
from aeries_tui.widgets.status import content

_FRAME = """
    {name} {{ align: center middle; }}
    {name} > .dialog {{
        width: 64; max-width: 100%; height: auto; max-height: 100%;
        border: round $rule; border-title-style: bold; padding: 0 1;
        background: $dialog; scrollbar-size-vertical: 1;
    }}
    {name} .dialog-text {{ height: auto; margin-bottom: 1; }}
    {name} .dialog-keys {{ height: auto; dock: bottom; background: $dialog; }}
"""


def frame_css(name: str) -> str:
    """The stylesheet of a box in the middle of the screen, for the dialog class of this name."""
    return _FRAME.format(name=name)


def hints(*pairs: tuple[str, str], chosen: int | None = None) -> Content:
    """Keys and what they do, as the last line of a dialog; the one that an arrow chose is set off."""
    parts: list[str | tuple[str, str]] = []
    for place, (key, label) in enumerate(pairs):
        parts.append("  " if parts else "")
        if place == chosen:
            parts.append((f"{key} {label}", "reverse"))
        else:
            parts += [(key, css_style("key")), f" {label}"]
    return Content.assemble(*parts)


class Confirm(Box[bool]):
    """A question before something that matters; only its own key says yes, or Enter once an arrow has chosen it.

    Args:
        question: names the thing and what comes of it:
            `Discard the plan of import 12: 14 students would have been deactivated?`
        yes: what the key does, one or two words: `Discard`.
        no: what Esc does.
        detail: more about it, several lines; scrolls where it is long.
        key: the key that says yes; None for the user's own `dialog-yes`.
        title: above the question; what `yes` does where there is none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(DIALOG),
        Binding("left", "choose(True)", show=False),
        Binding("right", "choose(False)", show=False),
        Binding("enter", "take", show=False),
    ]
    DEFAULT_CSS = frame_css("Confirm")

    def __init__(
        self,
        question: str,
        *,
        yes: str = "Yes",
        no: str = "Leave it",
        detail: str = "",
        key: str | None = None,
        title: str = "",
    ) -> None:
        super().__init__()
        self._question, self._detail, self._title = question, detail, title or yes
        self._yes, self._no, self._key = yes, no, key
        self._chosen: bool | None = None
        self._keys = Static(markup=False, classes="dialog-keys")

    def compose(self) -> ComposeResult:
        """Question, detail, keys."""
        with ScrollText(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield Static(
                content(self.app, self._question).stylize("bold"), markup=False, classes="dialog-text"
            )
            if self._detail:
                yield Static(content(self.app, self._detail), markup=False, classes="dialog-text")
            yield self._keys
        self._tell_keys()

    def _tell_keys(self) -> None:
        yes = shown(spelled(self._key)) if self._key else key_of(self.app, "dialog-yes")
        no = key_of(self.app, "dialog-no")
        chosen = {True: 0, False: 1, None: None}[self._chosen]
        self._keys.update(hints((yes, self._yes), (f"{no} or Esc", self._no), chosen=chosen))

    def action_choose(self, answer: bool) -> None:
        """Choose an answer by an arrow; Enter then gives it."""
        self._chosen = answer
        self._tell_keys()

    def action_take(self) -> None:
        """Give the answer that an arrow chose; none without."""
        if self._chosen is not None:
            self.dismiss(self._chosen)

    def on_key(self, event: Key) -> None:
        """The dialog's own key says yes."""
        if self._key is not None and event.key == spelled(self._key):
            event.stop()
            self.dismiss(True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """With a key of its own, the general one says nothing."""
        del parameters
        return not (action == "yes" and self._key is not None)

    def action_yes(self) -> None:
        """Do it."""
        self.dismiss(True)

    def action_no(self) -> None:
        """Leave it."""
        self.dismiss(False)

    def action_cancel(self) -> None:
        """Leave it."""
        self.dismiss(False)


class AskText(QuietFocus, ModalScreen[str | None]):
    """A question for one line of text; None where it was closed.

    Args:
        question: what is asked.
        value: what stands there already.
        title: above the question.
        detail: more about it.
        secret: what is typed is not shown.
        ok: what Enter does, one or two words.
        check: says what is wrong with a text, blank where nothing is; a wrong one can't be sent off.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Close")]
    DEFAULT_CSS = (
        frame_css("AskText")
        + """
    AskText Input { border: none; border-bottom: solid $rule; height: 2; padding: 0; }
    AskText Input:focus { border: none; border-bottom: solid $rule; }
    AskText .dialog-problem { color: $ink-error; height: auto; }
    """
    )

    def __init__(
        self,
        question: str,
        value: str = "",
        *,
        title: str = "",
        detail: str = "",
        secret: bool = False,
        ok: str = "OK",
        check: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__()
        self._question, self._detail, self._title = question, detail, title
        self._ok = ok
        self._input = LineInput(value, password=secret, select_on_focus=False)
        self._check = check
        self._problem = Static(markup=False, classes="dialog-problem")

    def compose(self) -> ComposeResult:
        """Question, input, problem, keys."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(self._title)
            yield Static(content(self.app, self._question), markup=False, classes="dialog-text")
            if self._detail:
                yield Static(content(self.app, self._detail), markup=False, classes="dialog-text")
            yield self._input
            yield self._problem
            yield Static(hints(("Enter", self._ok), ("Esc", "Close")), markup=False, classes="dialog-keys")

    def on_mount(self) -> None:
        """Ready to type."""
        self._input.cursor_blink = False
        self._input.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be right now."""
        event.stop()
        self._problem.update(Content())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Send it off where it is right."""
        event.stop()
        text = event.value.strip()
        problem = self._check(text) if self._check is not None else ""
        if problem:
            self._problem.update(content(self.app, problem))
        else:
            self.dismiss(text)

    def action_cancel(self) -> None:
        """Close it without an answer."""
        self.dismiss(None)


class Notice(Box[None]):
    """Something to read, closed by Esc or Enter: what happened, what it means, what to do.

    Args:
        title: what it is about.
        text: lines to read; scrolls where they are many.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close"),
        Binding("space", "further", show=False),
    ]
    DEFAULT_CSS = frame_css("Notice")

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        """Text and keys."""
        with ScrollText(classes="dialog") as box:
            box.border_title = content(self.app, self._title)
            yield Static(content(self.app, self._text), markup=False, classes="dialog-text")
            yield Static(hints(("Esc", "Close")), markup=False, classes="dialog-keys")

    def action_further(self) -> None:
        """A page on."""
        self.query_one(ScrollText).action_pages(1.0)


class ShownOnce(QuietFocus, ModalScreen[None]):
    """Something that is shown this once: only its own key closes it, another one copies it.

    Args:
        title: what it is.
        text: all of it, and what comes of closing the box.
        copied: what the key for copying takes along.
        what: what that is, for the sentence that says what became of it: `the password`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy"),
        Binding("x", "dismiss", "Close for good"),
    ]
    DEFAULT_CSS = frame_css("ShownOnce")

    def __init__(self, title: str, text: str, copied: Secret, what: str) -> None:
        super().__init__()
        self._title, self._text, self._copied, self._what = title, text, copied, what
        self._told = Static(markup=False, classes="dialog-text")

    def compose(self) -> ComposeResult:
        """Text and keys."""
        with ScrollText(classes="dialog") as box:
            box.border_title = content(self.app, self._title)
            yield Static(content(self.app, self._text), markup=False, classes="dialog-text")
            yield self._told
            yield Static(hints(("y", "Copy"), ("x", "Close for good")), markup=False, classes="dialog-keys")

    def action_copy(self) -> None:
        """Send it to the terminal's clipboard; into no file."""
        self._told.update(Content(copy_secret(self.app, self._copied, self._what)))


def wrong_with_path(text: str) -> str:
    """What is wrong with a text as the path of a file that is to be read; blank where nothing is."""
    if not text:
        return "Give the path of a file."
    try:
        path = Path(text).expanduser()
        return "" if path.is_file() else f"There is no file {path}."
    except (OSError, RuntimeError, ValueError) as error:
        return f"That path can't be used: {getattr(error, 'strerror', None) or error}."
