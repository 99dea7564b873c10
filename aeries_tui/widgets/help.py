"""All keys of the screen one comes from, by `?`."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from aeries_tui.actions import GLOBAL, TITLES, WIDGETS_OF, Action
from aeries_tui.keys import Keymap, keys_of, shown
from aeries_tui.widgets.cells import fit


def key_lines(screen: str, keymap: Keymap) -> list[tuple[str, list[tuple[str, str]]]]:
    """The keys alive on a screen: for each group its heading, and keys with their sentence."""
    groups = [screen] if screen in WIDGETS_OF else []
    groups += [*WIDGETS_OF.get(screen, ()), GLOBAL]
    return [(TITLES[group], [(_keys(a), a.help) for a in keymap.group(group)]) for group in groups]


def _keys(action: Action) -> str:
    return " ".join(shown(key) for key in keys_of(action))


class HelpScreen(ModalScreen[None]):
    """The keys, by where they are alive.

    Args:
        screen: the name of the screen one comes from; blank for the keys that are alive everywhere.
        keymap: the user's keys.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1", "dismiss", "Close"),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-10)", show=False),
        Binding("pagedown,space", "scroll(10)", show=False),
        Binding("home", "scroll(-10000)", show=False),
        Binding("end", "scroll(10000)", show=False),
    ]
    DEFAULT_CSS = """
    HelpScreen { align: center middle; }
    HelpScreen > VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        border: round $primary; border-title-style: bold; padding: 0 1;
        background: $background; scrollbar-size-vertical: 1;
    }
    """

    def __init__(self, screen: str, keymap: Keymap) -> None:
        super().__init__()
        self._screen = screen
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """One text that scrolls."""
        with VerticalScroll(can_focus=False) as box:
            box.border_title = "Keys"
            box.border_subtitle = "Esc closes"
            yield Static(self._text(), markup=False)

    def _text(self) -> Content:
        parts: list[str | tuple[str, str]] = []
        for title, lines in key_lines(self._screen, self._keymap):
            parts.append((f"\n{title}\n" if parts else f"{title}\n", "bold"))
            parts += [
                piece for keys, text in lines for piece in ((f"  {fit(keys, 9)}", "bold"), f" {text}\n")
            ]
        return Content.assemble(*parts)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
