"""What tests of screens share: the screen as lines of text, and waiting for a condition."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot


def screen_text(app: App[Any]) -> list[str]:
    """The screen as it is drawn, one text for each line, without the blanks at the ends."""
    strips = app.screen._compositor.render_strips()
    return [strip.text.rstrip() for strip in strips]


def screen_string(app: App[Any]) -> str:
    """The screen as one text."""
    return "\n".join(screen_text(app))


async def wait_for(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the app run until the condition holds; fails with the screen where it never does."""
    end = time.monotonic() + seconds
    while True:
        await pilot.pause()
        if condition():
            return
        if time.monotonic() > end:
            raise AssertionError("This never came true. The screen was:\n" + screen_string(pilot.app))
        await asyncio.sleep(0.005)


async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
    """Give the terminal another size, and wait until the screen has it, which Textual puts off a little."""
    await pilot.resize_terminal(width, height)
    await wait_for(pilot, lambda: pilot.app.screen.size == (width, height))
    await pilot.pause()


async def wait_for_text(pilot: Pilot[Any], text: str, seconds: float = 10.0) -> None:
    """Let the app run until the text is on the screen."""
    await wait_for(pilot, lambda: text in screen_string(pilot.app), seconds)
