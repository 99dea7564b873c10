"""What became of an import, in a word, a sign and a colour."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.content import Content

from aeries_tui.keys import Keymap
from aeries_tui.listing import Cell
from aeries_tui.outcome import Outcome
from aeries_tui.text import clean_text
from aeries_tui.widgets.bindings import keymap_of
from aeries_tui.widgets.commands import in_screens
from aeries_tui.widgets.palette import css_style


def outcome_text(outcome: Outcome, *, ascii_only: bool = False) -> str:
    """Sign and label: `▲ Completed with ERROR`."""
    look = outcome.look
    return f"{look.ascii_sign if ascii_only else look.sign} {look.label}"


def outcome_cell(outcome: Outcome) -> Cell:
    """Sign and label as a cell of a table; the table's app turns the sign into ASCII where it must."""
    return outcome_text(outcome), outcome.look.style


def content(app: App[Any], *parts: Cell | str) -> Content:
    """Texts, each alone or with the name of a style, as one content without markup.

    Args:
        app: whose keys stand in the place of commands.
        parts: texts, or texts with a style name of `aeries_tui.widgets.palette`.
    """
    keymap = keymap_of(app)
    pieces: list[Content | str | tuple[str, str]] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(read_in_screens(part, keymap))
        else:
            pieces.append((read_in_screens(part[0], keymap), css_style(part[1])))
    return Content.assemble(*pieces)


def read_in_screens(text: str, keymap: Keymap) -> str:
    """Lines of a text without what a terminal would obey, and with keys in the place of commands."""
    return "\n".join(clean_text(line) for line in in_screens(text, keymap).split("\n"))
