"""Text taken out of the program: through the terminal to the clipboard, and always into a file as well."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from textual.app import App
from textual.message import Message

from aeries_tui.errors import MasterError
from aeries_tui.secret import Secret
from aeries_tui.settings import private_text_writer

OSC_52_LIMIT = 74_000
"""Characters; longer sequences are dropped by xterm and tmux."""


class CopyText(Message):
    """Somebody wants a text out of the program.

    Args:
        text: the text.
        what: what it is, for the sentence that says what became of it: `the row`.
    """

    def __init__(self, text: str, what: str) -> None:
        super().__init__()
        self.text = text
        self.what = what


class TakenOut(Message):
    """A list is about to be saved as a file; the app writes down that it is.

    Args:
        what: the list.
        to: the folder.
    """

    def __init__(self, what: str, to: Path) -> None:
        super().__init__()
        self.what = what
        self.to = to


def save_folder(app: App[Any]) -> Path:
    """Where the app saves what a person takes along; made with 0700 where it is missing."""
    folder = getattr(app, "save_folder", None)
    path = folder if isinstance(folder, Path) else Path(tempfile.gettempdir()) / f"aeries-tui-{os.getuid()}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def save_folder_or_say(app: App[Any]) -> Path | None:
    """The same; where it can't be made that is said, and it is None."""
    try:
        return save_folder(app)
    except OSError as problem:
        notify_text(app, f"Nothing can be saved: {problem.filename}: {problem.strerror}.")
        return None


def copy_out(app: App[Any], text: str, what: str) -> None:
    """Send the text to the terminal's clipboard, unless `ui.osc52` is off, and into `copied.txt`, and say so.

    Nobody answers an OSC 52 sequence, so the sentence says `sent`, not `copied`.
    """
    try:
        path = save_folder(app) / "copied.txt"
        with private_text_writer(path) as file:
            file.write(text + "\n")
        saved = f"Also saved as {path}."
    except OSError as problem:
        saved = f"It could not be saved as a file: {problem.strerror}."
    except MasterError as problem:
        saved = problem.message
    if not getattr(app, "uses_osc52", True):
        notify_text(app, f"{what.capitalize()}: {saved[0].lower()}{saved[1:]}")
    elif len(text) <= OSC_52_LIMIT:
        app.copy_to_clipboard(text)
        notify_text(app, f"Sent {what} to the terminal's clipboard. {saved}")
    else:
        notify_text(app, f"{what.capitalize()} is too long for the terminal's clipboard. {saved}")


def copy_secret(app: App[Any], secret: Secret, what: str) -> str:
    """Send a secret to the terminal's clipboard, into no file; returns the sentence that says what became of it."""
    if not getattr(app, "uses_osc52", True):
        return f"{what.capitalize()} was not copied: ui.osc52 is off in config.toml."
    app.copy_to_clipboard(secret.reveal())
    return f"Sent {what} to the terminal's clipboard."


def notify_text(app: App[Any], text: str) -> None:
    """Show a text for a few seconds; brackets in it are only brackets."""
    app.notify(text)
