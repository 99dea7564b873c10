"""What the program says in passing: a line of the screen of its own, which covers nothing, and the last fifty."""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass

from textual.content import Content
from textual.events import Click
from textual.notifications import SeverityLevel
from textual.widgets import Static

from aeries_tui.text import clean_text

KEPT = 50
"""Messages that can be read again."""

SECONDS = 6.0
"""How long a message stays that says nothing else."""


@dataclass(frozen=True)
class Told:
    """One message: when, what, how grave."""

    at: dt.datetime
    text: str
    severity: SeverityLevel


class Messages:
    """The messages of a program, the newest last, and the one that is shown."""

    def __init__(self) -> None:
        self._told: deque[Told] = deque(maxlen=KEPT)
        self.shown: Told | None = None

    def add(self, text: str, severity: SeverityLevel) -> Told:
        """Keep a message; it is the one that is shown now."""
        lines = [clean_text(line) for line in text.split("\n")]
        told = Told(dt.datetime.now().astimezone(), " ".join(filter(None, lines)), severity)
        self._told.append(told)
        self.shown = told
        return told

    def lines(self) -> list[str]:
        """All that are kept, each with its time, the newest first."""
        return [f"{told.at:%H:%M:%S}  {told.text}" for told in reversed(self._told)]


class MessageLine(Static):
    """The message that is shown, in a line above the keys that is there only as long as it is."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    MessageLine { height: auto; max-height: 4; display: none; text-style: bold; }
    MessageLine.-warning { color: $ink-warning; }
    MessageLine.-error { color: $ink-error; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._told: Told | None = None

    def on_mount(self) -> None:
        """Show what is said at the moment."""
        shown = getattr(self.app, "messages", None)
        self.show(shown.shown if isinstance(shown, Messages) else None)

    def show(self, told: Told | None) -> None:
        """Show a message, or none."""
        if told is self._told:
            return
        self._told = told
        self.set_class(told is not None and told.severity == "warning", "-warning")
        self.set_class(told is not None and told.severity == "error", "-error")
        if told is not None:
            self.update(Content(told.text))
        self.display = told is not None

    async def on_click(self, event: Click) -> None:
        """Take it away."""
        event.stop()
        await self.app.run_action("app.take_message_away")
