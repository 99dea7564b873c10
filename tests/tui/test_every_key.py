"""Each key that `?` lists does something that one sees, or says why it can't: on every screen of a filled district.

The suite presses the own keys of the first screen of each place; `AERIES_TUI_TESTS=long` all keys on all screens.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from textual.screen import Screen

from aeries_tui.actions import PLACE_OF, WIDGETS_OF, Action
from aeries_tui.keys import Keymap, is_move, keys_of
from aeries_tui.operations.archive_year import archive_year
from aeries_tui.operations.roster_service import add_consumer
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.widgets.prompt import PromptKeys
from engine import Station
from engine.forms import LONG
from engine.served import Roster
from tui.desk import Desk, desk
from tui.harness import wait_for

LEAVES = frozenset({"quit", "interrupt", "suspend"})
"""The keys that leave the program; what they do is seen elsewhere, in a real terminal."""

WAY: dict[str, tuple[str, ...]] = {
    "home": (),
    "credentials": (),
    "credential": ("e",),
    "consumers": ("r",),
    "consumer": ("r", "a"),
    "schools": (),
    "pull": (),
    "progress": ("s",),
    "plan": ("v",),
    "results": ("g", "down"),
    "changes": ("g", "down", "c"),
    "record": ("g", "down", "c", "enter"),
    "import log": ("g", "down", "l"),
    "files": ("g", "down", "o"),
    "descriptions": ("g", "down", "d"),
    "troubleshooting": ("g", "down", "t"),
    "checks": ("g", "down", "h"),
    "people": ("g", "down"),
    "person": ("enter",),
    "sign-on": ("o",),
    "group": ("o", "g", "down", "enter"),
    "archive": (),
    "end-of-year": ("a",),
    "archived": ("o",),
    "archived person": ("o", "enter"),
    "compare": ("c",),
    "districts": (),
}
"""The keys that lead to each screen from the first one of its place."""

MOVES = frozenset({"g", "down"})

FIRST: dict[str, str] = {"message-away": "f5"}
"""What is pressed before a key, so that there is something for it to do."""

PATIENCE = 2.0
"""Seconds for something to come of a key."""


@pytest.fixture
def filled(rosters: dict[str, Roster], tmp_path: Path) -> Station:
    """A district with an archive, an import after it, and a plan that waits."""
    station = rosters["300"].station(tmp_path)
    station.pull_over_http()
    archive_year(station.district, station.settings)
    station.pull_over_http()
    station.pull_over_http(plan_only=True)
    add_consumer(station.as_district(), "sds", ["core"], [], None)
    return station


def may_be_at_an_edge(action: Action) -> bool:
    """Whether it moves, and so does nothing at the end of what there is."""
    return is_move(action) or action.id.startswith("table-column-")


class Watching:
    """Somebody at the program who presses one key after the other and looks what comes of it."""

    def __init__(self, at: Desk) -> None:
        self.at, self.app = at, at.app
        self.wrong: list[str] = []
        self._paints = 0

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """While the block runs, each paint of a screen is counted."""
        stock = self.app._display

        def counted(screen: Screen[Any], renderable: Any) -> None:
            self._paints += 1
            stock(screen, renderable)

        with patch.object(self.app, "_display", counted):
            yield

    def _sight(self) -> object:
        """All that one can see, and what a key could have changed besides."""
        strips = self.app.screen._compositor.render_strips()
        seen = [[(part.text, part.style) for part in strip] for strip in strips]
        return seen, self.app.screen, self.app.focused, len(self.app.messages.lines())

    async def rests(self) -> object:
        """Wait until nothing more is painted; what one sees then."""
        painted, quiet = self._paints, 0
        while quiet < 3:
            await asyncio.sleep(0.01)
            quiet = quiet + 1 if painted == self._paints else 0
            painted = self._paints
        return self._sight()

    async def changes(self, before: object) -> bool:
        """Wait until one sees something else than before; False where that never comes."""
        end = time.perf_counter() + PATIENCE
        while await self.rests() == before:
            if time.perf_counter() > end:
                return False
        return True

    async def comes_to(self, name: str) -> DistrictScreen:
        """Go to a screen, by the first one of its place."""
        await self.app.go(PLACE_OF[name])
        await self._pops_to(self.app.screen_stack[0])
        for key in WAY[name]:
            before = self.app.screen
            await self.at.press(key)
            if key not in MOVES:
                await self.at.until(lambda before=before: self.app.screen is not before)
            await self.rests()
        screen = self.app.screen
        assert isinstance(screen, DistrictScreen)
        assert name == screen.KEYS, f"{WAY[name]} lead to {screen.KEYS}, not to {name}:\n{self.at.screen}"
        return screen

    async def _pops_to(self, screen: Screen[Any]) -> None:
        while self.app.screen is not screen and len(self.app.screen_stack) > 1:
            await self.app.pop_screen()

    async def comes_back(self, screen: DistrictScreen) -> DistrictScreen:
        """Leave what a key has opened."""
        if self.app.current_mode != PLACE_OF[screen.KEYS]:
            await self.app.go(PLACE_OF[screen.KEYS])
        await self._pops_to(screen)
        if self.app.screen is not screen:
            return await self.comes_to(screen.KEYS)
        if isinstance(screen.focused, PromptKeys):
            screen.focused.foot.close()
        return screen

    async def presses(self, screen: DistrictScreen, action: Action, key: str) -> None:
        """Press a key of a screen, and note what is wrong with what comes of it."""
        self.app.action_take_message_away()
        if action.id in FIRST:
            self.app.simulate_key(FIRST[action.id])
        before = await self.rests()
        self.app.simulate_key(key)
        what = f"{screen.KEYS}: {key} ({action.id})"
        if may_be_at_an_edge(action):
            await self.rests()
        elif not await self.changes(before):
            self.wrong.append(f"{what} does nothing and says nothing")
        if isinstance(self.app.screen, DistrictScreen):
            with contextlib.suppress(AssertionError):
                await wait_for(self.at.pilot, lambda: self.app.focused is not None, PATIENCE)
            if self.app.focused is None:
                self.wrong.append(f"{what} leaves no place for keys")
        if "defect" in self.at.screen:
            self.wrong.append(f"{what} ends in a defect")


def keys_on(name: str) -> list[tuple[Action, str]]:
    """The keys that are pressed on a screen."""
    listed = Keymap().listed(name)
    groups = [group for group in listed if LONG or group == name]
    return [
        (action, key)
        for group in groups
        for action in listed[group]
        if action.id not in LEAVES
        for key in keys_of(action)
    ]


async def test_every_key_that_is_listed_does_something_or_says_why_not(filled: Station) -> None:
    assert set(WAY) == set(WIDGETS_OF)
    async with desk(filled.places) as at:
        hand = Watching(at)
        with hand.looking():
            for name in (name for name, way in WAY.items() if LONG or not way):
                screen = await hand.comes_to(name)
                for action, key in keys_on(name):
                    await hand.presses(screen, action, key)
                    screen = await hand.comes_back(screen)
    assert not hand.wrong, "\n".join(hand.wrong)
