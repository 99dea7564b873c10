"""The lowest line: the keys that matter here, as many as fit, and how to see them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from aeries_tui.keys import keys_of, shown
from aeries_tui.widgets.bindings import keymap_of
from aeries_tui.widgets.cells import cell_len

GAP = 2
"""Blank cells between two keys."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key in the line.

    Attributes:
        key: as a person reads it.
        label: what it does, two words at most.
        rank: 1 comes first.
        enabled: it does something now.
    """

    key: str
    label: str
    rank: int
    enabled: bool = True

    @property
    def width(self) -> int:
        """Its cells."""
        return cell_len(self.key) + 1 + cell_len(self.label)


def chosen_hints(hints: Iterable[Hint], room: int, more: Hint) -> list[Hint]:
    """The most important hints that fit into `room` cells, with `more` always the last."""
    left = room - more.width
    chosen = []
    for hint in sorted(hints, key=lambda hint: hint.rank):
        if hint.width + GAP > left:
            continue
        left -= hint.width + GAP
        chosen.append(hint)
    return [*chosen, more]


class KeyBar(Widget):
    """The keys of the screen, the most important first; never wider than the terminal."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; }
    """

    def on_mount(self) -> None:
        """Follow the focus: other keys are alive then."""
        self._hints: list[Hint] = []
        self._painted: Strip | None = None
        self.screen.bindings_updated_signal.subscribe(self, self._renew)
        self.call_after_refresh(self._renew, self.screen)

    def _renew(self, screen: Screen[Any]) -> None:
        hints = self._alive(screen)
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def _alive(self, screen: Screen[Any]) -> list[Hint]:
        known = {action.id: action for action in keymap_of(self.app).actions}
        hints: dict[str, Hint] = {}
        for key, active in screen.active_bindings.items():
            action = known.get(active.binding.id or "")
            if action is None:
                if active.binding.show and active.binding.id is None and active.node is screen.focused:
                    hints[active.binding.action] = Hint(shown(key), active.binding.description, 1)
            elif action.rank:
                name = shown(keys_of(action)[0])
                hints.setdefault(action.id, Hint(name, action.label, action.rank, active.enabled))
        return list(hints.values())

    def render_line(self, y: int) -> Strip:
        """The line."""
        base = self.rich_style
        keymap = keymap_of(self.app)
        more = Hint(keymap.shown("help"), "Keys", 0)
        segments = []
        for hint in chosen_hints(self._hints, self.size.width, more):
            fade = Style(dim=True) if not hint.enabled else Style.null()
            segments.append(Segment(hint.key, base + Style(bold=True) + fade))
            segments.append(Segment(f" {hint.label}{' ' * GAP}", base + fade))
        return Strip(segments).crop_extend(0, self.size.width, base).simplify()
