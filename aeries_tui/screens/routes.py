"""Doing an action of any screen from any other: the way there, and then the action."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from aeries_tui.actions import TITLES, Action
from aeries_tui.screens.base import DistrictApp, DistrictScreen

PATIENCE = 1.5
"""Seconds a screen is given to read what it shows."""

_TICK = 0.02


@dataclass(frozen=True)
class Route:
    """The way to a screen.

    Attributes:
        place: the place it belongs to.
        opens: the action of the place's first screen that opens it; blank where that is the one.
        first: what a person has to do where it shows one thing of a list.
    """

    place: str
    opens: str = ""
    first: str = ""


ROUTES: dict[str, Route] = {
    **{
        place: Route(place)
        for place in ("home", "credentials", "schools", "pull", "results", "people", "archive")
    },
    "credential": Route("credentials", "edit"),
    "progress": Route("pull", "schools"),
    "plan": Route("pull", "view_plan"),
    "changes": Route("results", "changes"),
    "record": Route("results", "changes", "choose a record with Enter"),
    "import log": Route("results", "log"),
    "files": Route("results", "files"),
    "descriptions": Route("results", "descriptions"),
    "troubleshooting": Route("results", "troubleshooting"),
    "person": Route("people", "", "choose the person with Enter"),
    "end-of-year": Route("archive", "create"),
    "archived": Route("archive", "look"),
    "archived person": Route("archive", "look", "choose the person with Enter"),
}
"""To each screen that has actions."""


async def perform(app: DistrictApp, action: Action) -> None:
    """Go to the screen of an action and do it there, or say why it can't be done now."""
    route = ROUTES[action.group]
    await app.run_action(f"app.go('{route.place}')")
    if route.opens and not await _do(app, route.place, route.opens):
        app.notify(f"{TITLES[action.group]}: there is nothing to show there now.")
    elif route.first:
        app.notify(f"{action.label}: {route.first}, then press {app.keymap.shown(action.id)}.")
    elif not await _do(app, action.group, action.action):
        app.notify(f"{action.label} can't be done now: {action.help}")


async def _do(app: DistrictApp, group: str, method: str) -> bool:
    """Run an action of the screen of this name once it is there and can do it; whether it could."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        screen = app.screen
        if isinstance(screen, DistrictScreen) and group == screen.KEYS and screen.is_mounted:
            if screen.check_action(method, ()):
                await app.run_action(method, screen)
                return True
        elif not isinstance(screen, DistrictScreen):
            return False
        await asyncio.sleep(_TICK)
    return False
