"""A box that waits for work beside the screen: says what, for how long, and can be closed at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from aeries_tui.text import clean_text
from aeries_tui.widgets.bars import duration
from aeries_tui.widgets.box import Box
from aeries_tui.widgets.dialogs import frame_css, hints

T = TypeVar("T")


@dataclass(frozen=True)
class Ended(Generic[T]):
    """How it ended: with a value, or with what was raised."""

    value: T | None = None
    error: BaseException | None = None


class Waiting(Box[Ended[T] | None], Generic[T]):
    """Runs work in a thread and closes when it is done; closed before, it hands back None.

    Args:
        title: what is waited for.
        text: more about it.
        work: what is done, in a thread of its own; has a deadline of its own.
        stop: asks the work to end soon.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stop", "Stop")]
    DEFAULT_CSS = frame_css("Waiting")

    def __init__(self, title: str, text: str, work: Callable[[], T], stop: Callable[[], None]) -> None:
        super().__init__()
        self._title, self._text = title, text
        self._work, self._stop = work, stop
        self._since = time.monotonic()
        self._clock = Static(markup=False, classes="dialog-text")

    def compose(self) -> ComposeResult:
        """What, for how long, and how to end it."""
        with Vertical(classes="dialog") as box:
            box.border_title = Content(clean_text(self._title))
            yield Static(Content(clean_text(self._text)), markup=False, classes="dialog-text")
            yield self._clock
            yield Static(hints(("Esc", "Stop")), markup=False, classes="dialog-keys")

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(1.0, self._tick)
        self._tick()
        # A thread of its own that nobody waits for: leaving the program is never held up by it.
        threading.Thread(target=self._run, args=(self.app,), name="waiting", daemon=True).start()

    def _tick(self) -> None:
        self._clock.update(Content(duration(time.monotonic() - self._since)), layout=False)

    def _run(self, app: App[Any]) -> None:
        try:
            ended: Ended[T] = Ended(self._work())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            ended = Ended(error=error)
        # call_later only puts a message into a queue, which may be done from any thread.
        app.call_later(self._done, ended)

    def _done(self, ended: Ended[T]) -> None:
        if self.is_attached and self.is_current:
            self.dismiss(ended)

    def action_leave_to(self, place: str) -> None:
        """End it, and show a place."""
        self._stop()
        super().action_leave_to(place)

    def action_stop(self) -> None:
        """End it and close."""
        self._stop()
        self.dismiss(None)
