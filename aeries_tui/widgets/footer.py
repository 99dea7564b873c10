"""The lowest line: the keys that do something now, as many as fit, and how to see them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import ActiveBinding, Binding, BindingType
from textual.events import Click, Key
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from aeries_tui.actions import GLOBAL
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
    """The most important hints that fit into `room` cells, no word twice, with `more` always the last."""
    left = room - more.width if more is not None else room + GAP
    chosen: list[Hint] = []
    for hint in sorted(hints, key=lambda hint: hint.rank):
        if hint.width + GAP > left or hint.label in {other.label for other in chosen}:
            continue
        left -= hint.width + GAP
        chosen.append(hint)
    return [*chosen, more] if more is not None else chosen


class KeyBar(Widget):
    """The keys of the screen, the most important first; never wider than the terminal.

    Whoever knows only arrows and Enter comes here by Down from the last row, chooses a key and presses it; then all keys
    of the screen are here one after the other, and those of the other screens.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("down,j", "step(0)", show=False),
        Binding("up,k,escape", "give_back", show=False),
        Binding("enter", "press", show=False),
    ]
    DEFAULT_CSS = """
    KeyBar { dock: bottom; height: 1; }
    """

    def on_mount(self) -> None:
        """Follow the focus: other keys are alive then."""
        self._hints: list[Hint] = []
        self._more: Hint | None = None
        self._chosen: int | None = None
        self._first = 0
        self._all: list[Hint] = []
        self._back: Widget | None = None
        self.screen.bindings_updated_signal.subscribe(self, self._renew)
        self.call_after_refresh(self._renew, self.screen)

    def _renew(self, screen: Screen[Any]) -> None:
        if self._chosen is not None:
            return  # what had the keys before is still what they are shown of
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
        for place, hint in enumerate(self._shown):
            is_chosen = self._chosen is not None and place == self._chosen - self._first
            mark = Style(reverse=True) if is_chosen else Style.null()
            segments.append(Segment(hint.key, key + mark))
            segments.append(Segment(f" {hint.label}", base + mark))
            segments.append(Segment(" " * GAP, base))
        return Strip(segments).crop_extend(0, self.size.width, base).simplify()

    @property
    def _shown(self) -> list[Hint]:
        if self._chosen is None:
            return chosen_hints(self._hints, self.size.width, self._more)
        shown: list[Hint] = []
        room = self.size.width + GAP
        for hint in self._all[self._first :]:
            room -= hint.width + GAP
            if room < 0 and shown:
                break
            shown.append(hint)
        return shown

    # Chosen by arrows

    @property
    def chosen(self) -> Hint | None:
        """The key that Enter would press; None while something else has the keys."""
        return self._all[self._chosen] if self._chosen is not None else None

    def _everything(self) -> list[Hint]:
        """All keys of the screen, the most important first, then those that lead to the others."""
        hints = sorted(self._hints, key=lambda hint: hint.rank)
        places = [action for action in keymap_of(self.app).group(GLOBAL) if action.id.startswith("go-")]
        leading = [Hint(shown(keys_of(one)[0]), one.label, 0, keys_of(one)[0]) for one in places]
        return [*hints, *([self._more] if self._more is not None else []), *leading]

    def take_keys(self) -> None:
        """Take the keys from what has them, with the first key chosen."""
        if self._hints and self._chosen is None:
            self._all, self._first = self._everything(), 0
            self._chosen, self._back = 0, self.screen.focused
            self.can_focus = True
            self.focus()
            self.refresh()

    def on_blur(self) -> None:
        """Nothing is chosen while something else has the keys."""
        self._chosen = None
        self.can_focus = False
        self.refresh()

    def action_step(self, step: int) -> None:
        """Choose the next key, or the one before."""
        if self._chosen is not None:
            self._chosen = max(0, min(len(self._all) - 1, self._chosen + step))
            self._first = min(self._first, self._chosen)
            while self._width_to_chosen() > self.size.width:
                self._first += 1
            self.refresh()

    def _width_to_chosen(self) -> int:
        shown = self._all[self._first : (self._chosen or 0) + 1]
        return sum(hint.width + GAP for hint in shown) if len(shown) > 1 else 0

    def on_key(self, event: Key) -> None:
        """What is no key of this line is for what had the keys before."""
        if event.key not in self._bindings.key_to_bindings:
            event.stop()
            self.action_give_back()
            self.app.call_later(self.app.post_message, Key(event.key, event.character))

    def action_give_back(self) -> None:
        """Give the keys back to what had them."""
        if self._back is not None and self._back.is_attached:
            self._back.focus()
        else:
            self.screen.focus_next()

    def action_press(self) -> None:
        """Press the chosen key, for what had the keys."""
        hint = self.chosen
        if hint is not None:
            self.action_give_back()
            self.app.call_later(self.app.simulate_key, hint.press)

    def on_click(self, event: Click) -> None:
        """With the mouse on: a key and its word are pressed by a click."""
        begin = 0
        for hint in self._shown:
            if begin <= event.x < begin + hint.width:
                self.app.simulate_key(hint.press)
            begin += hint.width + GAP
