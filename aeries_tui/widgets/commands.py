"""The command palette, filled from the table of actions."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

from aeries_tui.actions import GLOBAL, LOG, TABLE, Action
from aeries_tui.keys import keys_of, shown
from aeries_tui.widgets.bindings import keymap_of


class ActionCommands(Provider):
    """Every action that is alive on the screen, by its label and its sentence."""

    def _alive(self) -> Iterator[tuple[Action, DOMNode, Binding]]:
        keymap = keymap_of(self.app)
        known = {action.id: action for action in keymap.actions}
        seen: set[str] = set()
        # What the screen itself does comes first; the keys of lists and logs are the best known.
        order = {TABLE: 2, LOG: 2, GLOBAL: 1}
        alive = [
            (known.get(active.binding.id or ""), active) for active in self.screen.active_bindings.values()
        ]
        alive.sort(key=lambda pair: order.get(pair[0].group, 0) if pair[0] is not None else 3)
        for action, active in alive:
            if action is None or action.id in seen or not active.enabled or _dull(action):
                continue
            seen.add(action.id)
            yield action, active.node, active.binding

    def _text(self, action: Action) -> str:
        return f"{action.label} ({shown(keys_of(action)[0])})"

    async def discover(self) -> Hits:
        """All of them."""
        for action, node, binding in self._alive():
            yield DiscoveryHit(self._text(action), partial(self._run, node, binding), help=action.help)

    async def search(self, query: str) -> Hits:
        """Those whose label or sentence is like what was typed."""
        matcher = self.matcher(query)
        for action, node, binding in self._alive():
            text = self._text(action)
            score = max(matcher.match(text), matcher.match(action.help) * 0.8)
            if score > 0:
                run = partial(self._run, node, binding)
                yield Hit(score, matcher.highlight(text), run, text=text, help=action.help)

    async def _run(self, node: DOMNode, binding: Binding) -> None:
        await self.app.run_action(binding.action, node)


def _dull(action: Action) -> bool:
    """Arrows need no name, and the second way to leave no second line."""
    return "-move-" in action.id or action.id in {"interrupt", "palette"}
