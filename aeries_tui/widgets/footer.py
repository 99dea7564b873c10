"""The lowest line: the keys that do something now, as many as fit, and how to see them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from textual.binding import ActiveBinding
from textual.events import Click
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from aeries_tui.keys import keys_of, shown
from aeries_tui.widgets.bindings import keymap_of
from aeries_tui.widgets.cells import cell_len
from aeries_tui.widgets.prompt import PromptKeys
from aeries_tui.widgets.theme import styles_of

GAP = 2
"""Blank cells between two keys."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key in the line.

    Attributes:
        key: as a person reads it.
        label: what it does, two words at most.
        rank: 1 comes first.
        press: the key as Textual spells it, for a click.
    """

    key: str
    label: str
    rank: int
    press: str = ""

    @property
    def width(self) -> int:
        """Its cells."""
        return cell_len(self.key) + 1 + cell_len(self.label)


def chosen_hints(hints: Iterable[Hint], room: int, more: Hint | None) -> list[Hint]:
    """The most important hints that fit into `room` cells, with `more` always the last."""
    left = room - more.width if more is not None else room + GAP
    chosen = []
    for hint in sorted(hints, key=lambda hint: hint.rank):
        if hint.width + GAP > left:
            continue
        left -= hint.width + GAP
        chosen.append(hint)
    return [*chosen, more] if more is not None else chosen


class KeyBar(Widget):
    """The keys of the screen, the most important first; never wider than the terminal."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; }
    """

    def on_mount(self) -> None:
        """Follow the focus: other keys are alive then."""
        self._hints: list[Hint] = []
        self._more: Hint | None = None
        self.screen.bindings_updated_signal.subscribe(self, self._renew)
        self.call_after_refresh(self._renew, self.screen)

    def _renew(self, screen: Screen[Any]) -> None:
        alive = screen.active_bindings
        hints = self._alive(screen, alive)
        # While one types, `?` is a sign like others and only F1 shows the keys.
        keys = [key for key, active in alive.items() if active.binding.id == "help"]
        more = Hint(shown(keys[0]), "Keys", 0, press=keys[0]) if keys else None
        if (hints, more) != (self._hints, self._more):
            self._hints, self._more = hints, more
            self.refresh()

    def _alive(self, screen: Screen[Any], alive: Mapping[str, ActiveBinding]) -> list[Hint]:
        known = {action.id: action for action in keymap_of(self.app).actions}
        hints: dict[str, Hint] = {}
        if isinstance(screen.focused, PromptKeys) and screen.focused.foot.asking:
            return [Hint("Enter", "OK", 1, press="enter"), Hint("Esc", "Close", 2, press="escape")]
        for key, active in alive.items():
            action = known.get(active.binding.id or "")
            if action is None:
                if active.binding.show and active.binding.id is None and active.node is screen.focused:
                    hints[active.binding.action] = Hint(shown(key), active.binding.description, 1, key)
            elif action.rank and active.enabled:
                name = shown(keys_of(action)[0])
                hints.setdefault(action.id, Hint(name, action.label, action.rank, key))
        return list(hints.values())

    def render_line(self, y: int) -> Strip:
        """The line."""
        base = self.rich_style
        key = base + styles_of(self.app)["key"]
        segments = []
        for hint in chosen_hints(self._hints, self.size.width, self._more):
            segments.append(Segment(hint.key, key))
            segments.append(Segment(f" {hint.label}{' ' * GAP}", base))
        return Strip(segments).crop_extend(0, self.size.width, base).simplify()

    def on_click(self, event: Click) -> None:
        """With the mouse on: a key and its word are pressed by a click."""
        begin = 0
        for hint in chosen_hints(self._hints, self.size.width, self._more):
            if begin <= event.x < begin + hint.width:
                self.app.simulate_key(hint.press)
            begin += hint.width + GAP
