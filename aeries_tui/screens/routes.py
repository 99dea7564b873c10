"""Doing an action of any screen from any other: the way there, and then the action."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from aeries_tui.actions import PLACE_OF, TITLES, Action
from aeries_tui.screens.base import DistrictApp, DistrictScreen

PATIENCE = 1.5
"""Seconds a screen is given to read what it shows."""

_TICK = 0.02


@dataclass(frozen=True)
class Route:
    """The way to a screen from the first one of its place.

    Attributes:
        opens: the action of the first screen that opens it; blank where that is the one.
        first: what a person has to do where it shows one thing of a list.
    """

    opens: str = ""
    first: str = ""


ROUTES: dict[str, Route] = {
    **{place: Route() for place in set(PLACE_OF.values())},
    "credential": Route("edit"),
    "consumers": Route("consumers"),
    "consumer": Route("consumers", "add a consumer"),
    "progress": Route("schools"),
    "plan": Route("view_plan"),
    "changes": Route("changes"),
    "record": Route("changes", "choose a record with Enter"),
    "import log": Route("log"),
    "files": Route("files"),
    "descriptions": Route("descriptions"),
    "troubleshooting": Route("troubleshooting"),
    "checks": Route("checks"),
    "person": Route("", "choose the person with Enter"),
    "group": Route("sign_on", "choose a reason with Enter"),
    "sign-on": Route("sign_on"),
    "compare": Route("compare"),
    "end-of-year": Route("create"),
    "archived": Route("look"),
    "archived person": Route("look", "choose the person with Enter"),
}
"""To each screen that has actions."""


async def perform(app: DistrictApp, action: Action) -> None:
    """Go to the screen of an action and do it there, or say why it can't be done now."""
    route, place = ROUTES[action.group], PLACE_OF[action.group]
    await app.run_action(f"app.go('{place}')")
    if route.opens and not await _do(app, place, route.opens):
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
