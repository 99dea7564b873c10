"""The table of actions as Textual bindings."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.binding import Binding, BindingType

from aeries_tui.actions import ACTIONS, Action
from aeries_tui.keys import Keymap, keys_of


def binding_of(action: Action) -> Binding:
    """One action as a binding; its id lets `App.set_keymap` give it another key."""
    return Binding(
        ",".join(keys_of(action)),
        action.action,
        action.label,
        show=action.rank > 0,
        priority=action.id in {"interrupt", "suspend"},
        tooltip=action.help,
        id=action.id,
    )


def bindings_of(group: str) -> list[BindingType]:
    """The bindings of a screen, or of `global`, `table`, `log`, `dialog`, with their default keys."""
    return [binding_of(action) for action in ACTIONS if action.group == group]


def keymap_of(app: App[Any]) -> Keymap:
    """The keys of the app's user; the default ones where the app has none."""
    keymap = getattr(app, "keymap", None)
    return keymap if isinstance(keymap, Keymap) else Keymap()


def key_of(app: App[Any], action: str) -> str:
    """The key of an action as a person reads it, for sentences such as `Press p to pull`."""
    return keymap_of(app).shown(action)
