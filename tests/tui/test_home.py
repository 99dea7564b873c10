from __future__ import annotations

import asyncio
from pathlib import Path

from aeries_tui.master.imports import imports
from aeries_tui.master.schools import schools
from aeries_tui.operations.archive_year import archive_year
from aeries_tui.outcome import Outcome
from engine import PaperAeries, Station
from tui.desk import desk, empty_places
from tui.harness import resize


async def test_an_empty_machine_is_told_what_to_do_first(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path)) as at:
        await at.sees(
            "No district yet", "▶  Certificate in Aeries", "Security > API Security > Add New Record"
        )
        await at.sees("Class Schedules/History", "Then press 2 to enter it here.")
        await at.press("enter")
        await at.sees("New credential")


async def test_the_steps_say_how_they_stand_and_the_first_open_one_is_under_the_cursor(
    station: Station,
) -> None:
    async with desk(station.places) as at:
        await at.sees("✔  Certificate in Aeries", "▶  Test", "not tested yet", "·  Schools")


async def test_the_prerequisites_are_acknowledged_with_who_and_when(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("a")
        await at.sees("Acknowledge the prerequisites of a pull of demo?", "end-of-year archive first")
        await at.press("y")
        await at.sees("✔  Prerequisites", "acknowledged by ")
    with station.master() as db:
        found = schools.acknowledgement(db)
    assert found is not None and found.at


async def test_a_pull_without_a_mapped_school_says_what_to_do(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("p")
        await at.sees(
            "No school is mapped", "Nothing was read and nothing was changed.", "Press 3 for Schools"
        )


async def test_the_board_shows_what_is_worth_knowing(pulled: Station) -> None:
    async with desk(pulled.places) as at:
        await at.sees(
            "Last import", "2 Completed with ERROR", "today", "students", "Changes by import", "import 1 to 2"
        )
        await at.sees("all were read by the last good import", "End of year")
        assert "First pull" not in at.screen


async def test_a_wide_terminal_has_the_board_beside_the_lines(pulled: Station) -> None:
    async with desk(pulled.places, size=(120, 36)) as at:
        await at.sees("Last 30 days", "Students by school", "ready for single sign-on", "Changes by import")
        await at.sees("2026-2027 not archived yet")
        await resize(at.pilot, 80, 24)
        await at.sees_no("Last 30 days")
        await resize(at.pilot, 200, 50)
        await at.sees("Last 30 days", "Problems of the last pull", "Students by school")


async def test_after_the_end_of_the_year_home_says_what_comes_next(pulled: Station) -> None:
    await asyncio.to_thread(archive_year, pulled.district, pulled.settings)
    async with desk(pulled.places) as at:
        await at.sees(
            "▶  New school year", "roster empty since the archive of", "Roster", "empty: nobody of the new"
        )
        await at.sees("none of the new school year was read yet", "archived today")
        await at.press("enter")
        await at.sees("Dry run", "a pull that ends with its plan")


async def test_a_plan_that_waits_and_a_pull_that_can_go_on_stand_on_home(station: Station) -> None:
    station.map()
    with station.master() as db:
        first = imports.begin(db, kind="pull", trigger="manual")
        db.execute(
            "UPDATE import SET applied = 1, outcome = 'completed', ended_at = started_at WHERE id = ?",
            (first,),
        )
        held = imports.begin(db, kind="pull", trigger="manual")
        imports.close(db, held, Outcome.HELD)
    async with desk(station.places) as at:
        await at.sees("‖  Plan waiting", "import 2")
        await at.sees("approve or discard")


async def test_the_history_is_left_out_where_there_is_no_room(pulled: Station) -> None:
    async with desk(pulled.places, size=(60, 15)) as at:
        await at.sees("Last import", "? Keys")
        assert "Changes by import" not in at.screen


async def test_a_plan_that_is_stale_is_said_to_be_only_for_discarding(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    await asyncio.to_thread(station.pull, plan_only=True)
    station.map(9)
    async with desk(station.places) as at:
        await at.sees("Plan waiting", "stale, it can only be discarded")
