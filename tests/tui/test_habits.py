"""Three people's habits: only vi keys, only arrows and Enter, only the palette; each from an empty home to an approved plan."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from aeries_tui.settings import Places
from aeries_tui.widgets.footer import KeyBar
from engine.served import Roster, serve
from tui.desk import Desk, desk, empty_places


@pytest.fixture(scope="module")
def roster() -> Iterator[Roster]:
    with serve(60) as served:
        yield served


async def has_outcome(at: Desk, places: Places, *outcomes: str) -> None:
    """Wait until the newest import of the district ended in one of these ways."""

    def newest() -> str:
        session = at.app.session
        if not session.has_master:
            return ""
        with session.reading() as db:
            row = db.execute("SELECT outcome FROM import ORDER BY id DESC LIMIT 1").fetchone()
        return str(row[0]) if row else ""

    for _ in range(3000):
        if await asyncio.to_thread(newest) in outcomes:
            return
        await at.pilot.pause()
        await asyncio.sleep(0.02)
    raise AssertionError(f"It never ended as {outcomes}: {newest()}\n{at.screen}")


class Counted:
    """A desk whose keys are counted, beside what is typed into a field."""

    def __init__(self, at: Desk) -> None:
        self.at, self.keys = at, 0

    async def press(self, *keys: str) -> None:
        self.keys += len(keys)
        await self.at.press(*keys)


async def test_an_empty_home_is_eleven_keys_beside_three_texts_from_a_finished_pull(
    roster: Roster, tmp_path: Path
) -> None:
    places = empty_places(tmp_path)
    async with desk(places) as at:
        hand = Counted(at)
        await at.sees("No district yet")
        await hand.press("enter")
        await at.sees("New credential")
        await at.type("lincoln")
        await hand.press("enter")
        await at.type(roster.served.url)
        await hand.press("tab")
        await at.type(roster.served.certificate)
        await hand.press("f4")
        await at.sees("✔  Test", "▶  Schools")
        await hand.press("enter")
        await at.sees("Read the list of schools from Aeries?")
        await hand.press("y")
        await at.sees("0 mapped", "to decide")
        await hand.press("C")
        await at.sees("one from each Aeries school that has")
        await hand.press("y")
        await at.sees("created and mapped")
        await hand.press("escape")
        await at.sees("✔  Schools")
        await hand.press("p")
        await at.sees("Acknowledge and pull")
        await hand.press("y")
        await has_outcome(at, places, "completed", "completed_with_error")
        assert hand.keys <= 11


async def test_one_who_only_knows_vi_keys_approves_a_plan(roster: Roster, tmp_path: Path) -> None:
    places = empty_places(tmp_path)
    async with desk(places) as at:
        await at.press("j", "k", "2", "a")
        await at.sees("New credential")
        for text in ("lincoln", roster.served.url, roster.served.certificate):
            await at.type(text)
            await at.press("tab")
        await at.press("f4")
        await at.sees("✔  Test")
        await at.press("3", "u")
        await at.sees("Read the list of schools from Aeries?")
        await at.press("j", "k", "y")
        await at.sees("0 mapped", "to decide")
        await at.press("G", "g", "j", "k", "ctrl+d", "ctrl+u", "ctrl+f", "ctrl+b", "C")
        await at.sees("one from each Aeries school that has")
        await at.press("y")
        await at.sees("created and mapped")
        await at.press("4", "j", "k", "g", "G", "o")
        await at.sees("Acknowledge and pull", "ends with its plan")
        await at.press("y")
        await has_outcome(at, places, "held")
        await at.sees("v shows it")
        await at.press("v")
        await at.sees("Plan of import 1", "row 1 of")
        await at.press("j", "j", "k", "c")
        await at.sees("What import 1 would change")
        await at.press("slash", *"student", "enter", "n", "N", "G", "g", "escape", "escape")
        await at.sees("Plan of import 1")
        await at.press("a")
        await at.sees("Approve the plan of import 1")
        await at.type("looked at it")
        await at.press("enter")
        await has_outcome(at, places, "completed", "completed_with_error")


async def test_one_who_only_knows_arrows_and_enter_approves_a_plan(roster: Roster, tmp_path: Path) -> None:
    places = empty_places(tmp_path)

    async def keys_below(label: str) -> None:
        """Down to the keys at the foot, right to the one of this label, Enter."""
        bar = at.app.screen.query_one(KeyBar)
        for _ in range(60):
            if bar.chosen is not None:
                break
            await at.press("down")
        while bar.chosen is not None and label not in {
            bar.chosen.label,
            f"{bar.chosen.key} {bar.chosen.label}",
        }:
            before = bar.chosen
            await at.press("right")
            assert bar.chosen is not before, f"There is no {label}."
        await at.press("enter")

    async with desk(places, size=(100, 30)) as at:
        await at.sees("No district yet")
        await at.press("enter")
        await at.sees("New credential")
        for text in ("lincoln", roster.served.url, roster.served.certificate):
            await at.type(text)
            await at.press("enter")
        for _ in range(8):
            if getattr(at.app.focused, "id", "") == "do-save":
                break
            await at.press("down")
        await at.press("enter")
        await at.sees("▶  Schools")
        await at.press("enter")
        await at.sees("Read the list of schools from Aeries?")
        await at.press("left", "enter")
        await at.sees("0 mapped", "to decide")
        await at.press("enter")
        await at.sees("one from each Aeries school that has")
        await at.press("right", "left", "enter")
        await at.sees("created and mapped")
        await keys_below("Back")
        await at.sees("▶  Prerequisites")
        await at.press("enter")
        await at.sees("y Acknowledge")
        await at.press("left", "enter")
        await at.sees("▶  First pull")
        await keys_below("4 Pull")
        await at.sees("o Plan only")
        await keys_below("Plan only")
        await at.sees("ends with its plan")
        await at.press("left", "enter")
        await has_outcome(at, places, "held")
        await at.sees("v shows it")
        await keys_below("View plan")
        await at.sees("Plan of import 1")
        await keys_below("Approve")
        await at.sees("Approve the plan of import 1")
        await at.type("looked at it")
        await at.press("enter")
        await has_outcome(at, places, "completed", "completed_with_error")


async def test_one_who_only_uses_the_palette_approves_a_plan(roster: Roster, tmp_path: Path) -> None:
    places = empty_places(tmp_path)

    async def find(words: str) -> None:
        await at.press("ctrl+p")
        await at.sees("Go there")
        await at.type(words)
        await at.press("enter")
        await at.sees_no("Go there")

    async with desk(places) as at:
        await at.sees("No district yet")
        await find("add a credential")
        await at.sees("New credential")
        for text in ("lincoln", roster.served.url, roster.served.certificate):
            await at.type(text)
            await at.press("enter")
        await find("create and exit")
        await at.sees("✔  Test")
        await find("update list")
        await at.sees("Read the list of schools from Aeries?")
        await at.press("y")
        await at.sees("0 mapped", "to decide")
        await find("create all")
        await at.sees("one from each Aeries school that has")
        await at.press("y")
        await at.sees("created and mapped")
        await find("plan only")
        await at.sees("Acknowledge and pull", "ends with its plan")
        await at.press("y")
        await has_outcome(at, places, "held")
        await at.sees("waits")
        await find("approve")
        await at.sees("Approve the plan of import 1")
        await at.type("looked at it")
        await at.press("enter")
        await has_outcome(at, places, "completed", "completed_with_error")
