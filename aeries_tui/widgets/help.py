"""All keys of the screen one comes from, by `?`."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from aeries_tui.actions import TITLES, Action
from aeries_tui.keys import Keymap, keys_of, shown
from aeries_tui.widgets.box import Box
from aeries_tui.widgets.cells import fit
from aeries_tui.widgets.palette import css_style
from aeries_tui.widgets.scroll import ScrollText

KEYS, HEAD = 9, 26
"""Cells of the keys, and of keys and label, in front of the sentence."""

NARROWEST = 24
"""Cells that a sentence beside its key has at least."""


TALLEST = 34
"""Lines at most: more would take long to come over a slow line, and nobody reads them at once."""

AROUND = 5
"""Cells of frame, padding and scroll bar around the text."""


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of the help: keys, label, sentence."""

    keys: str
    label: str
    help: str


def key_lines(screen: str, keymap: Keymap) -> list[tuple[str, list[KeyLine]]]:
    """The keys alive on a screen: for each group its heading and its lines, moves last."""
    listed = keymap.listed(screen)
    return [(TITLES[group], [_line(action) for action in actions]) for group, actions in listed.items()]


def _line(action: Action) -> KeyLine:
    return KeyLine(" ".join(shown(key) for key in keys_of(action)), action.label, action.help)


class HelpScreen(Box[None]):
    """The keys, by where they are alive.

    Args:
        screen: the name of the screen one comes from; blank for the keys that are alive everywhere.
        keymap: the user's keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
        Binding("space", "further", show=False),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > ScrollText {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        border: round $rule; border-title-style: bold; padding: 0 1;
        background: $dialog; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, screen: str, keymap: Keymap) -> None:
        super().__init__()
        self._screen = screen
        self._keymap = keymap
        self._lines = Static(markup=False)
        self._width = 0

    def compose(self) -> ComposeResult:
        """One text that scrolls, written before it is first painted."""
        self._write(self.app.size.width)
        with ScrollText() as box:
            box.styles.max_height = min(TALLEST, self.app.size.height)
            box.border_title = "Keys"
            box.border_subtitle = "Esc closes"
            yield self._lines

    def on_resize(self, event: events.Resize) -> None:
        """Write the text for the width there is."""
        self._write(event.size.width)
        self.query_one(ScrollText).styles.max_height = min(TALLEST, event.size.height)

    def _write(self, screen_width: int) -> None:
        width = min(76, screen_width) - AROUND
        if width != self._width:
            self._width = width
            self._lines.update(self._text(width))

    def _text(self, width: int) -> Content:
        parts: list[str | tuple[str, str]] = []
        for title, lines in key_lines(self._screen, self._keymap):
            parts.append((f"\n{title}\n" if parts else f"{title}\n", "bold underline"))
            for line in lines:
                parts += [(f" {fit(line.keys, KEYS)}", css_style("key")), fit(line.label, HEAD - KEYS - 2)]
                # Where a sentence would be a column of single words it stands below its key.
                beside = width - HEAD >= NARROWEST
                indent = HEAD if beside else KEYS + 1
                wrapped = [" " * indent + part for part in textwrap.wrap(line.help, width - indent)]
                parts.append("\n".join([wrapped[0][HEAD - 1 :], *wrapped[1:]] if beside else ["", *wrapped]))
                parts.append("\n")
        return Content.assemble(*parts)

    def action_further(self) -> None:
        """A page on."""
        self.query_one(ScrollText).action_pages(1.0)
