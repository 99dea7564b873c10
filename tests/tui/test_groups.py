"""Groups of people: opened from the description and from the sign-on screen, all members in them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine import PaperAeries, Station
from tui.desk import desk


@pytest.fixture
def sharing(tmp_path: Path) -> Station:
    """A machine on which a family of three shares one address, two students want one user name."""
    station = Station(tmp_path)
    aeries = station.aeries = PaperAeries.usual(students=12)
    students = aeries.lists["7/students"] + aeries.lists["8/students"]
    family = [students[0], students[1], aeries.lists["8/students"][0]]
    for one in family:
        one["StudentEmailAddress"] = "family@example.org"
        one["LastName"] = "Ferreira"
    station.begin(7, 8)
    return station


async def test_who_shares_an_address_is_three_keys_beside_the_code_from_any_screen(sharing: Station) -> None:
    async with desk(sharing.places) as at:
        await at.sees("Last import")
        await at.press("ctrl+p")
        await at.sees("Go there")
        await at.type("email shared")
        await at.press("enter")
        await at.sees("only code REC-EMAIL-SHARED", "row 1 of 3")
        await at.press("enter")
        await at.sees("All who share the e-mail address of student", ": 3", "row 1 of 3", "family@exam")
        assert at.screen.count("Ferreira") == 3
        await at.press("enter")
        await at.sees("Ferreira, ", "is active in the District Master")


async def test_each_reason_of_the_sign_on_screen_opens_the_people(sharing: Station) -> None:
    async with desk(sharing.places, size=(120, 30)) as at:
        await at.press("6", "o")
        await at.sees("active people are ready for single sign-on by e-mail", "share their address")
        await at.press("G", "enter")
        await at.sees("Active people who share their address with somebody: 3", "family@example.org")


async def test_people_whose_user_name_got_a_number_are_shown_with_the_one_who_has_it(
    sharing: Station,
) -> None:
    names = await asyncio.to_thread(
        sharing.query, "SELECT user_name FROM account WHERE user_name LIKE 'family%'"
    )
    assert len(names) == 3
    async with desk(sharing.places, size=(120, 30)) as at:
        await at.press("colon")
        await at.sees("Go there")
        await at.type("REC-USERNAME-TAKEN")
        await at.press("enter")
        await at.sees("only code REC-USERNAME-TAKEN")
        await at.press("m")
        await at.sees(
            "All whose user name is like that of student", "row 1 of 3", *(name for (name,) in names)
        )
