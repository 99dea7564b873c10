"""The pull by keys: started, watched whoever started it, cancelled, resumed, planned, decided."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from unittest.mock import Mock, patch

import httpx
import pytest

from aeries_tui.listing import Row
from aeries_tui.master.imports import imports
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import holder
from aeries_tui.screens.progress import sign_rows
from aeries_tui.screens.pull_state import PullState
from aeries_tui.session import CommandProcess
from engine import PaperAeries, Station
from engine.served import Roster, serve
from tui.desk import Desk, desk


@contextlib.asynccontextmanager
async def at_pull(station: Station, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Desk]:
    async with desk(station.places, size=size) as at:
        await at.press("4")
        await at.sees("4 Pull ")
        yield at


def outcome(station: Station, number: int) -> Outcome:
    with station.master() as db:
        return imports.get(db, number).outcome


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something outside the App."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a process outside has no event to wait for
            await asyncio.sleep(0.02)


@pytest.fixture
def slow() -> Iterator[Roster]:
    """A district whose server takes its time."""
    with serve(120) as roster:
        roster.served.behave(latency_ms=500)
        yield roster


@pytest.fixture
def losing(tmp_path: Path) -> Station:
    """A machine on which import 2 waits, because a third of the students of a school went."""
    station = Station(tmp_path)
    aeries = station.aeries = PaperAeries.usual(students=60)
    station.begin(7, 8, 9)
    for path in ("7/students", "7/classes"):
        del aeries.lists[path][40:]
    aeries.lists["7/students"][0]["LastName"] = "Renamed [/x]"
    assert station.pull()["outcome"] == "held"
    return station


# Starting and watching


async def test_a_finished_pull_shows_what_became_of_it_and_its_log_beside_that_in_a_wide_terminal(
    losing: Station,
) -> None:
    async with at_pull(losing, (200, 50)) as at:
        await at.sees("Import 2: ‖ Held for review", "RUN-HELD-LOSS", "Would leave: 20 at ", "-20")
        await at.sees("What the plan would change", "guard: ", "2 SECTION-NO-TEACHER  An active section")
        assert "▶" not in at.screen and "100 %" not in at.screen


async def test_without_a_mapped_school_there_is_nothing_to_pull(station: Station) -> None:
    async with at_pull(station) as at:
        await at.sees("Nothing has been pulled yet.", "No school is mapped yet")
        await at.press("p")
        await at.sees("No school is mapped, so there is nothing to pull.", "Press 3 for Schools")


async def test_the_first_pull_asks_for_the_acknowledgement_runs_by_itself_and_tells_its_end(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    station = rosters["300"].station(tmp_path)
    async with at_pull(station) as at:
        await at.press("p")
        await at.sees("Acknowledge the prerequisites of a pull of demo?", "end-of-year archive first")
        await at.press("escape")
        await at.sees_no("Acknowledge the prerequisites of a pull")
        assert not list(station.district.pulls.iterdir())
        await at.press("p")
        await at.sees("Acknowledge and pull")
        await at.press("y")
        await at.sees("Import 1 of demo: ▲ Completed with ERROR")
        await at.sees("Import 1: ▲ Completed with ERROR", "· Files", "records", "were created")
        await at.sees("5 shows the results of import 1.")


async def test_a_pull_that_somebody_else_started_is_seen_live_and_its_end_as_well(
    slow: Roster, tmp_path: Path
) -> None:
    station = slow.station(tmp_path)
    async with at_pull(station, (130, 40)) as at:
        running = asyncio.create_task(asyncio.to_thread(station.pull_over_http, trigger="timer"))
        await at.sees("Import 1 runs, started", "by the timer", "▶ Fetch", "lists")
        await at.sees("District", "990 Lincoln")
        await at.press("s")
        await at.sees("Staff of the district", "Students")
        await at.press("escape")
        await running
        await at.sees("Import 1: ")
        await at.sees_no("runs, started")


async def test_a_running_pull_shows_its_schools_left_of_the_log_in_a_wide_terminal(
    slow: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by: set[threading.Thread] = set()

    def watched(state: PullState) -> list[Row]:
        made_by.add(threading.current_thread())
        return sign_rows(state)

    monkeypatch.setattr("aeries_tui.screens.pull.sign_rows", watched)
    station = slow.station(tmp_path)
    async with at_pull(station, (200, 50)) as at:
        running = asyncio.create_task(asyncio.to_thread(station.pull_over_http, trigger="timer"))
        await at.sees("Import 1 runs, started", "Seconds")
        await at.until(
            lambda: any("Lincoln" in line and "✔" in line and "▶" in line for line in at.screen.splitlines())
        )
        await running
        await at.sees("Import 1: ", "Enrolled")
    assert made_by and threading.main_thread() not in made_by


async def test_a_pull_that_begins_shows_nothing_of_the_one_before(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    await asyncio.to_thread(station.pull)
    async with at_pull(station) as at:
        await at.sees("Import 1: ✔ Completed")
        alive = Mock(spec=CommandProcess, status=None)
        alive.refusal.return_value = None
        at.app.session.started = alive
        at.app.session.started_after = 1
        at.app.screen.reread()
        await at.sees("The pull is beginning …")
        await at.until(lambda: "Import 1" not in at.screen and "records" not in at.screen)
        # Its process is there a moment longer than its import.
        await asyncio.to_thread(station.pull)
        await at.sees("Import 2: ✔ Completed", "nothing had to be changed")
        alive.status = 0
        await at.until(lambda: at.app.session.started is None)
        assert "Import 2: ✔ Completed" in at.screen


async def test_leaving_the_program_does_not_end_the_pull_and_coming_back_finds_it(
    slow: Roster, tmp_path: Path
) -> None:
    station = slow.station(tmp_path)
    async with at_pull(station) as at:
        await at.press("o")
        await at.sees("Acknowledge and pull")
        await at.press("y")
        await at.sees("Import 1 runs")
        await at.press("q")
        await at.until(lambda: not at.app.is_running)
    assert holder(station.district.lock) is not None
    async with at_pull(station) as at:
        await at.sees("Import 1 runs", "from the screens")
        await at.sees("Import 1 of demo: ‖ Held for review")
        await at.sees("The plan of import 1 waits: v shows it")
    await until(lambda: holder(station.district.lock) is None)


async def test_a_cancel_names_the_thing_changes_nothing_and_can_be_resumed(
    slow: Roster, tmp_path: Path
) -> None:
    station = slow.station(tmp_path)
    async with at_pull(station) as at:
        await at.press("p")
        await at.sees("Acknowledge and pull")
        await at.press("y")
        await at.sees("▶ Fetch")
        await at.press("c")
        await at.sees("Cancel import 1, which has read", "Nothing is changed in the District Master.")
        await at.press("n")
        await at.sees_no("Cancel import 1, which has read")
        await at.sees("Import 1 runs")
        await at.press("c")
        await at.sees("Cancel the pull")
        await at.press("y")
        await at.sees("■ Cancelled", "r goes on with import 1 from what was read")
        assert not any(station.all_active().values())
        slow.served.behave(latency_ms=0)
        await at.press("r")
        await at.sees("Resume import 1 of demo?", "It goes on from what was read", "Then it")
        await at.press("n")
        # One that was to end with its plan still does.
        with station.master() as db:
            db.execute("UPDATE import SET plan_only = 1 WHERE id = 1")
        await at.press("r")
        await at.sees("Resume import 1 of demo?", "It ends with its")
        await at.press("n")
        with station.master() as db:
            db.execute("UPDATE import SET plan_only = 0 WHERE id = 1")
        await at.press("r")
        await at.sees("Resume import 1 of demo?")
        await at.press("y")
        await at.sees("Import 2 of demo: ▲ Completed with ERROR")
        assert station.active("student")
    with station.master() as db:
        assert imports.get(db, 2).resumed_from == 1


async def test_a_pull_that_was_killed_is_not_said_to_run(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    await asyncio.to_thread(station.pull)
    with station.master() as db:
        imports.begin(db, kind="pull", trigger="timer")
    async with at_pull(station) as at:
        await at.sees("Import 2: ■ Interrupted", "Nothing was changed in the District Master.")


async def test_a_pull_that_failed_says_what_happened_what_it_means_and_what_to_do(station: Station) -> None:
    aeries = station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    aeries.faults["systeminfo"] = aeries.faults["schools"] = httpx.ConnectError("refused")
    await asyncio.to_thread(station.pull)
    async with at_pull(station) as at:
        await at.sees("✖ ERROR", "Nothing was changed.", "✖ Connect")


async def test_the_log_takes_the_whole_screen_and_is_saved(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    await asyncio.to_thread(station.pull)
    async with at_pull(station) as at:
        await at.sees("· Files")
        await at.press("t")
        await at.sees_no("Connect ·")
        await at.press("w")
        saved = station.places.data_dir / "saved" / "import-1.log"
        await at.until(saved.exists)
        await at.press("t")
        await at.sees("Connect ·")


async def test_in_a_small_terminal_the_stage_that_matters_and_the_log_are_there(losing: Station) -> None:
    async with at_pull(losing, (60, 15)) as at:
        await at.sees("Import 2", "The plan of import 2 waits", "guard: ")


# The plan


async def test_a_plan_says_why_it_waits_and_is_read_down_to_the_field(losing: Station) -> None:
    async with at_pull(losing) as at:
        await at.press("v")
        await at.sees("Plan of import 2", "RUN-HELD-LOSS 20 of 180", "Deactiv.", "students")
        await at.sees("  no longer listed by Aeries")
        await at.press("down", "enter")
        await at.sees(
            "What import 2 would change: students; no longer listed",
            "Lastname7040",
            "no longer listed at 7",
        )
        await at.press("enter")
        await at.sees("Why: no longer listed at 7")
        await at.press("escape", "escape", "home", "enter")
        await at.sees("What import 2 would change: students", "Lastname7000")
        await at.press("f", *"updated", "enter", "enter")
        await at.sees("Import 2: student 7000 updated", "Last name", "Lastname7000", "Renamed [/x]")
        await at.press("enter")
        await at.sees("Before", "After")
        await at.press("escape", "escape", "escape", "escape")
        await at.sees("Plan of import 2")


async def test_a_plan_is_discarded_with_figures_and_a_reason(losing: Station) -> None:
    before = losing.roster()
    async with at_pull(losing) as at:
        await at.press("v")
        await at.sees("RUN-HELD-LOSS")
        await at.press("d")
        await at.sees(
            "Discard the plan of import 2: 20 students, 20 class", "school enrollments would have been"
        )
        await at.press(*"Aeries was half empty", "enter")
        await at.sees("Import 2: □ Discarded", "Discarded by", "Aeries was half empty")
        await at.press("escape")
        await at.sees("□ Discarded")
    assert outcome(losing, 2) is Outcome.DISCARDED
    assert losing.roster() == before


async def test_a_plan_is_approved_with_a_reason_that_stands_in_no_list_of_processes(losing: Station) -> None:
    with patch("aeries_tui.session.command.CommandProcess", wraps=CommandProcess) as started:
        await _approve(losing)
    (call,) = started.call_args_list
    assert "they moved away" not in str(call.args)
    assert call.kwargs == {"typed": "they moved away"}


async def _approve(losing: Station) -> None:
    async with at_pull(losing) as at:
        await at.press("v")
        await at.sees("RUN-HELD-LOSS")
        await at.press("a")
        await at.sees(
            "Approve the plan of import 2: 20 students, 20 class",
            "school enrollments would be deactivated,",
            "1 student updated?",
        )
        await at.press(*"they moved away", "enter")
        await at.sees("Import 2: ✔ Completed", "Approved by", "they moved away")
        await at.press("escape")
        await at.sees("✔ Completed", "and applied: they moved away")
        await at.sees_no("waiting")
    assert outcome(losing, 2) is Outcome.COMPLETED
    assert len(losing.active("student")) == 160


async def test_a_stale_plan_says_so_and_can_only_be_discarded(losing: Station) -> None:
    losing.map(7)
    async with at_pull(losing) as at:
        await at.press("v")
        await at.sees("has changed since this plan was made", "pull again")
        await at.press("a")
        await at.sees("a has nothing to do here: Approve the plan, with a reason.")
        assert "Approve the plan of import" not in at.screen
        await at.press("d")
        await at.sees("Discard the plan of import 2")


async def test_home_leads_to_the_plan_that_waits(losing: Station) -> None:
    async with desk(losing.places) as at:
        await at.sees("Plan waiting")
        await at.press("v")
        await at.sees("Plan of import 2", "RUN-HELD-LOSS")


async def test_an_approval_says_what_becomes_of_another_plan_that_waits(losing: Station) -> None:
    await asyncio.to_thread(losing.pull, plan_only=True)
    async with at_pull(losing) as at:
        await at.press("v")
        await at.sees("Plan of import 3", "row 1 of")
        await at.press("a")
        await at.sees(
            "Approve the plan of import 3", "The plan of import 2, which", "superseded", "Enter Approve"
        )


async def test_a_pull_is_asked_for_and_says_what_becomes_of_a_plan_that_waits(losing: Station) -> None:
    async with at_pull(losing) as at:
        await at.sees("The plan of import 2 waits")
        await at.press("p")
        await at.sees(
            "Start a pull of demo?", "3 mapped schools", "The plan of import 2 waits.", "superseded"
        )
        await at.press("enter", "n")
        await at.sees_no("Start a pull of demo?")
        await at.press("o")
        await at.sees("ends with its plan", "Once the new plan is approved")
        await at.press("escape")
        await at.sees("The plan of import 2 waits")
    assert losing.query("SELECT max(id) FROM import") == [(2,)]


async def test_a_quick_pull_is_started_by_a_key(rosters: dict[str, Roster], tmp_path: Path) -> None:
    station = rosters["300"].station(tmp_path)
    # The pull that the screen starts goes by the same settings as the one before it.
    station.places.config_file.write_text("[pull]\nomit = []\n")
    await asyncio.to_thread(station.pull_over_http)
    async with at_pull(station) as at:
        await at.press("k")
        await at.press("u")
        await at.sees("Start a quick pull of demo?", "nobody is deactivated by")
        await at.press("y")
        await at.sees("Import 2:", "Completed")
    with station.master() as db:
        assert any("quick" in note.lower() for note in imports.get(db, 2).notes)


async def test_a_district_that_was_taken_this_moment_is_shown_though_nobody_said_by_whom(
    station: Station,
) -> None:
    station.map()
    with station.district.lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        async with at_pull(station) as at:
            await at.sees("Other work runs since today")
            await at.press("1")
            await at.sees("Running now", "other work")
