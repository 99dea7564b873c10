"""The board of all districts: what it shows, and what is done there for several at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.master import database
from aeries_tui.operations.overview import Overview
from aeries_tui.operations.timers import Timers
from aeries_tui.outcome import Outcome
from aeries_tui.widgets.panes import Pane
from engine import PaperAeries, Station
from engine.county import make_county, own_master
from tui.desk import desk


@pytest.fixture
def county(station: Station) -> Station:
    """Three districts, in two of which the plan of import 2 waits."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    station.aeries.lists["7/students"][0]["LastName"] = "Planned"
    assert station.pull(plan_only=True)["outcome"] == "held"
    make_county(station, ["elm", "oak"])
    return station


def outcome_of(station: Station, name: str, number: int) -> str:
    from contextlib import closing

    with closing(database.connect(station.places.district(name).master, read_only=True)) as db:
        return str(db.execute("SELECT outcome FROM import WHERE id = ?", (number,)).fetchone()[0])


@pytest.fixture
def large(station: Station) -> Station:
    """Five hundred districts."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    make_county(station, [f"oak-{number:03}" for number in range(499)], daily="03:30")
    return station


@pytest.fixture
def unmapped(station: Station) -> Station:
    """A district that was pulled, and twenty new ones in which no school is mapped."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    names = [f"oak-{number:02}" for number in range(20)]
    make_county(station, names)
    for name in names:
        station.places.district(name).master.unlink()
    return station


async def test_five_hundred_districts_are_there_without_opening_a_master(
    large: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(large.places) as at:
        opened: list[Path] = []
        whole = database.open_database

        def counting(path: Path, **given: Any) -> object:
            opened.append(path)
            return whole(path, **given)

        monkeypatch.setattr(database, "open_database", counting)
        await at.press("f2")
        await at.sees("500 districts", "row 1 of 500")
        assert not opened
        await at.press("f", *"oak-49", "enter")
        await at.sees("row 1 of 9")
        await at.press("j", "j", "k", "space", "G")
        await at.sees("1 marked", "row 9 of 9")
        await at.press("asterisk")
        await at.sees("9 marked")
        await at.press("asterisk")
        await at.sees_no("marked")
        await at.press("escape", "asterisk", "p")
        await at.sees("Start a pull of 500 districts?")
        assert not opened


async def test_plans_of_marked_districts_are_decided_and_each_is_named(county: Station) -> None:
    own_master(county, "elm")
    async with desk(county.places, size=(120, 36)) as at:
        await at.press("f2")
        await at.sees("3 districts", "3 held", "The plan of import 2 waits")
        await at.press("g", "space", "space", "a")
        await at.sees("Approve the plans of 2 districts?", "demo, import 2", "elm, import 2")
        await at.press("n")
        await at.press("d")
        await at.sees("Discard the plans of 2 districts?")
        await at.press("y")
        await at.sees("Why, for 2 districts?")
        await at.press(*"late", "enter")
        await at.sees("1 held")
    assert outcome_of(county, "demo", 2) == outcome_of(county, "elm", 2) == Outcome.DISCARDED


async def test_a_decision_that_is_refused_is_told_with_its_district(county: Station) -> None:
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 held")
        await at.press("a")
        await at.sees("Approve the plan of demo?")
        county.discard(2)
        await at.press("y")
        await at.sees("Why, for demo?")
        await at.press(*"good", "enter")
        await at.sees("The decision was not taken for 1 district", "demo: Import 2 does not wait")


async def test_pulls_are_started_for_the_marked_and_those_that_could_not_begin_are_told(
    county: Station,
) -> None:
    county.places.district("elm").master.unlink()
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("Nothing imported yet")
        await at.press("g", "space", "space", "p")
        await at.sees("Start a pull of 2 districts?", "elm, demo", "A plan waits for demo (import 2)")
        await at.press("y")
        await at.sees("No pull came of 1 district", "elm: ", "map at least one school")
        await at.press("escape")
        await at.sees("1 failed", "‖ Held for review", "✖ ERROR")


async def test_what_is_wrong_with_many_districts_is_told_once(unmapped: Station) -> None:
    async with desk(unmapped.places, size=(120, 40)) as at:
        await at.press("f2")
        await at.sees("21 districts")
        await at.press("f", *"oak", "enter")
        await at.sees("of 20")
        await at.press("asterisk", "p")
        await at.sees("Start a pull of 20 districts?")
        await at.press("y")
        await at.sees("No pull came of 20 districts", "and 8 more: No school", "of NAME is mapped.")
        assert at.screen.count("is mapped.") == 1


async def test_pulls_of_which_none_could_begin_are_told(county: Station) -> None:
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 held")
        county.places.config_file.write_text("nonsense [[")
        await at.press("p")
        await at.sees("Start a pull of")
        await at.press("y")
        await at.sees("The pulls did not begin", "this is not valid")


async def test_enter_leads_into_the_district_and_back_to_the_board(county: Station) -> None:
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 districts")
        await at.press("down", "enter")
        await at.sees("elm ·")
        await at.press("f2")
        await at.sees("row 2 of 3")
        await at.press("enter")
        await at.until(lambda: at.app.current_mode == "home")


async def test_what_changes_elsewhere_is_seen_by_itself(county: Station) -> None:
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 held")
        county.discard(2)
        await at.sees("2 held")


async def test_once_the_credentials_are_mended_all_are_shown_again(county: Station) -> None:
    file = county.places.credentials_file
    right = file.read_bytes()
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 districts")
        file.write_bytes(right + b"nonsense [[")
        await at.sees("valid TOML (Expected")
        assert "districts" not in at.screen, "how many there are nobody knows"
        file.write_bytes(right)
        await at.sees("3 held", "row 1 of 3")


async def test_what_can_not_be_looked_at_is_not_taken_for_nothing_and_keeps_its_marks(
    county: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Overview) -> bool:
        raise MasterError("The disk does not answer.")

    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 districts")
        await at.press("asterisk")
        await at.sees("3 marked")
        with monkeypatch.context() as broken:
            broken.setattr(Overview, "look", fails)
            await at.sees("The disk does not answer.")
            await at.press("f5")
            at.app.screen._know_timers(Timers())
            await at.pilot.pause()
            assert "no district yet" not in at.screen
        await at.sees("3 districts", "3 marked")


@pytest.mark.parametrize("width", [80, 120])
async def test_where_there_are_several_every_place_names_its_district(county: Station, width: int) -> None:
    async with desk(county.places, size=(width, 24)) as at:
        for place in "1234567":
            await at.press(place)
            await at.until(lambda: at.screen.splitlines()[0].endswith(" demo"))
        await at.press("f2")
        await at.sees("3 districts")
        assert "demo" not in at.screen.splitlines()[0]
        await at.press("G")
        await at.until(lambda: "oak" in at.screen)
        await at.press("enter")
        await at.until(lambda: at.screen.splitlines()[0].endswith(" oak"))


async def test_a_click_on_the_district_in_the_corner_leads_nowhere(county: Station) -> None:
    async with desk(county.places, size=(120, 24)) as at:
        await at.press("2")
        await at.sees("Instance URL")
        corner = at.screen.splitlines()[0].rindex("demo")
        for column in (corner - 1, corner):
            await at.pilot.click("NavBar", offset=(column, 0))
        await at.press("f2")
        await at.sees("3 districts")
        await at.press("backspace")
        await at.sees("Instance URL")


async def test_where_there_is_one_district_the_places_name_none(station: Station) -> None:
    async with desk(station.places) as at:
        assert "demo" not in at.screen.splitlines()[0]


async def test_a_question_on_the_board_is_about_the_district_under_the_cursor(county: Station) -> None:
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 districts")
        await at.press("g", "j")
        about = str(at.app.screen.asks_about)
        assert about != "demo"
        await at.press("i")
        await at.sees(f"Explain - {about}")
        assert at.app.session.name == about


async def test_a_row_keeps_its_name_in_sight_however_far_one_scrolls(county: Station) -> None:
    async with desk(county.places) as at:
        await at.press("f2")
        await at.sees("3 districts", "Last outcome")
        await at.press(*["right"] * 12)
        await at.sees("Disk")
        rows = at.screen.splitlines()
        assert not any("Last outcome" in row for row in rows)
        assert (
            sum(row.strip().startswith(("demo ", "elm ", "oak ")) and row.endswith("B") for row in rows) == 3
        )
        await at.press(*["left"] * 12)
        await at.sees("Last outcome")


async def test_the_age_of_what_is_told_of_a_district_goes_on_while_nothing_changes(
    county: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(county.places, size=(120, 36)) as at:
        await at.press("f2")
        await at.sees("3 held")
        pane = at.app.screen.query_one("#about", Pane)
        await at.until(lambda: " old" in pane.text)
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=100)
        monkeypatch.setattr("aeries_tui.screens.districts.now", lambda: later)
        await at.until(lambda: "the last good import is 100 days old" in pane.text)
