"""The actions that are alive on a screen, as the palette has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual.app import App
from textual.screen import Screen

from aeries_tui.actions import GLOBAL, LOG, TABLE, TEXT, TITLES, Action
from aeries_tui.keys import is_move, keys_of, shown
from aeries_tui.widgets.bindings import keymap_of
from aeries_tui.widgets.findable import Findable

_ORDER = {GLOBAL: 1, TABLE: 2, LOG: 2, TEXT: 2}
"""What the screen itself does comes first; the keys of lists and logs are the best known."""


def is_dull(action: Action) -> bool:
    """Whether it needs no name: a move, or a second way to what has one."""
    return is_move(action) or action.id in {"interrupt", "palette"}


def findable(action: Action, run: Callable[[], Awaitable[None]]) -> Findable:
    """An action as an entry of the palette."""
    press = shown(keys_of(action)[0])
    return Findable(f"action {action.id}", action.label, TITLES[action.group], action.help, press, run)


def alive_actions(app: App[Any], screen: Screen[Any]) -> list[Findable]:
    """What can be done on a screen now."""
    known = {action.id: action for action in keymap_of(app).actions}
    alive = [
        (action, active)
        for active in screen.active_bindings.values()
        if active.enabled
        and (action := known.get(active.binding.id or "")) is not None
        and not is_dull(action)
    ]
    alive.sort(key=lambda pair: _ORDER.get(pair[0].group, 0))
    entries: dict[str, Findable] = {}
    for action, active in alive:
        run = partial(_run, app, active.binding.action, active.node)
        entries.setdefault(action.id, findable(action, run))
    return list(entries.values())


async def _run(app: App[Any], action: str, node: Any) -> None:
    await app.run_action(action, node)
