"""A person at the program: the whole App on a machine of its own, driven by keys."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from textual.pilot import Pilot

from aeries_tui.app import AeriesApp
from aeries_tui.session import Session
from aeries_tui.settings import Places, Settings, private_dir
from aeries_tui.widgets.theme import Look
from tui.harness import screen_string, wait_for, wait_for_text


@dataclass
class Desk:
    """The App, and the hands at it."""

    app: AeriesApp
    pilot: Pilot[Any]

    @property
    def screen(self) -> str:
        """What is on the screen."""
        return screen_string(self.app)

    async def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Type a text into what has the focus, as a paste does."""
        from textual.events import Paste

        focused = self.app.focused
        assert focused is not None
        focused.post_message(Paste(text))
        await self.pilot.pause()

    async def sees(self, *texts: str) -> None:
        """Wait until all of these are on the screen."""
        for text in texts:
            await wait_for_text(self.pilot, text)

    async def sees_no(self, text: str) -> None:
        """Wait until this is not on the screen."""
        await wait_for(self.pilot, lambda: text not in self.screen)

    async def until(self, condition: Any) -> None:
        """Wait until it holds."""
        await wait_for(self.pilot, condition)


def empty_places(root: Path) -> Places:
    """A machine on which the program was never used."""
    return Places(private_dir(root / "config"), private_dir(root / "data"))


@contextlib.asynccontextmanager
async def desk(
    places: Places,
    *,
    size: tuple[int, int] = (80, 24),
    settings: Settings | None = None,
    look: Look | None = None,
) -> AsyncIterator[Desk]:
    """The App, opened; systemd and cron of this machine are not asked."""
    session = Session(places, settings or Settings())
    app = AeriesApp(session, look)
    with (
        patch("aeries_tui.session.district_status.schedulers", return_value=()),
        patch("aeries_tui.operations.credentials.schedulers", return_value=()),
        patch("aeries_tui.operations.timers.schedulers", return_value=()),
    ):
        async with app.run_test(size=size, notifications=True) as pilot:
            at = Desk(app, pilot)
            await at.until(lambda: app.current_mode == "home")
            await at.sees("Home")
            yield at
    session.close()
