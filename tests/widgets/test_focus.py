"""The focus moves without the whole screen being painted."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Button

import aeries_tui.screens
import aeries_tui.widgets
from aeries_tui.widgets.focus import QuietFocus
from tui.harness import wait_for


class _Buttons(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Button("one", id="one")
        yield Button("two", id="two")


class _QuietButtons(QuietFocus, _Buttons):
    """The same, as ours are."""


@pytest.mark.parametrize(("screen", "whole"), [(_Buttons, True), (_QuietButtons, False)])
async def test_a_move_of_the_focus_paints_only_what_loses_and_what_gets_it(
    screen: type[Screen[None]], whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        await app.push_screen(screen())
        app.screen.query_one("#one").focus()
        await wait_for(pilot, lambda: app.screen.query_one("#one").has_focus)
        await pilot.pause()
        painted: list[str] = []
        full, part = Compositor.render_full_update, Compositor.render_partial_update

        def spy_full(self: Compositor, simplify: bool = False) -> object:
            painted.append("whole")
            return full(self, simplify)

        def spy_part(self: Compositor) -> object:
            painted.append("part")
            return part(self)

        monkeypatch.setattr(Compositor, "render_full_update", spy_full)
        monkeypatch.setattr(Compositor, "render_partial_update", spy_part)
        await pilot.press("tab")
        await wait_for(pilot, lambda: app.screen.query_one("#two").has_focus and painted)
        await pilot.pause()
        assert ("whole" in painted) is whole


def test_all_screens_move_their_focus_so() -> None:
    screens = {
        found
        for package in (aeries_tui.screens, aeries_tui.widgets)
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        if issubclass(found, Screen) and found.__module__.startswith("aeries_tui.")
    }
    assert len(screens) > 20
    assert [one.__name__ for one in screens if not issubclass(one, QuietFocus)] == []
