from __future__ import annotations

import fcntl
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.imports import imports
from aeries_tui.operations.archive_year import archive_year, archives_of
from aeries_tui.outcome import Outcome
from aeries_tui.session import Session
from aeries_tui.session.year_end import Looking
from engine import PaperAeries, Station
from engine.served import Roster
from tui.desk import desk, empty_places


@pytest.fixture
def paper(station: Station) -> Station:
    """A district with a roster, pulled from an Aeries in memory."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    return station


@pytest.fixture
def archived(paper: Station) -> Station:
    """The same after the end of the year."""
    archive_year(paper.district, paper.settings)
    return paper


@pytest.fixture
def served(rosters: dict[str, Roster], tmp_path: Path) -> Station:
    """A district that was pulled from a server that answers."""
    return rosters["300"].pulled(tmp_path)


async def test_an_empty_place_says_what_it_is_for(station: Station) -> None:
    station.map()
    async with desk(station.places) as at:
        await at.press("7")
        await at.sees("No archive yet. At the end of a school year", "a leads through it: checklist")


async def test_without_a_district_it_says_what_to_do_first(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path)) as at:
        await at.press("7")
        await at.sees("There is no district yet. Add its credential first: 2.")


async def test_the_checklist_says_what_stops_an_archive_and_what_is_worth_a_look(paper: Station) -> None:
    with paper.master() as db:
        imports.close(db, imports.begin(db, kind="pull", trigger="manual"), Outcome.HELD)
    async with desk(paper.places) as at:
        await at.press("7", "a")
        await at.sees(
            "✔  Roster", "people of 2026-2027", "✔  Freeze", "▲  Plans", "The plan of import 2 waits"
        )
        await at.sees("✔  Disk", "▶  Copy", "·  Verify", "·  Empty", "·  Dry run")
        await at.sees("Ready to archive 2026-2027 of demo: press a.")
        at.app.screen.query_one("#lines").move_to(3)  # type: ignore[attr-defined]
        await at.sees("Approve or discard it first.")


async def test_an_archive_waits_while_a_pull_runs(paper: Station) -> None:
    with paper.district.lock.open("a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        async with desk(paper.places) as at:
            await at.press("7", "a")
            await at.sees("✖  Freeze", "Wait until it is done.", "demo can't be archived now: see Freeze.")
            await at.press("a")
            assert "Archive 2026-2027 and empty" not in at.screen
    assert archives_of(paper.district) == []


async def test_the_year_ends_by_keys_from_the_question_to_the_dry_run_of_the_new_year(
    served: Station,
) -> None:
    station = served
    students, staff = len(station.active("student")), len(station.active("staff"))
    async with desk(station.places) as at:
        await at.press("7", "a")
        await at.sees("Ready to archive")
        await at.press("a")
        await at.sees(
            "Archive 2026-2027 and empty the roster of demo:", f": {students}", f"students, {staff} staff?"
        )
        await at.press("enter")
        assert archives_of(station.district) == [], "Enter does not say yes"
        await at.press("y")
        await at.sees("2026-2027 is archived, the roster of demo is empty. Next: a dry run.", "✔  Empty")
        assert station.active("student") == set()
        await at.press("p")
        await at.sees("Acknowledge the prerequisites of a pull of demo?")
        await at.press("y")
        await at.sees("‖ Held for review")
    (found,) = archives_of(station.district)
    assert found.active["student"] == students
    assert station.query("SELECT kind, outcome, applied FROM import ORDER BY id DESC LIMIT 2") == [
        ("pull", "held", 0),
        ("archive", "completed", 1),
    ]


async def test_an_archive_that_could_not_be_made_says_why_and_leaves_the_roster(paper: Station) -> None:
    before = paper.roster()
    async with desk(paper.places) as at:
        await at.press("7", "a")
        await at.sees("Ready to archive")
        await at.press("a")
        await at.sees("and empty the roster of demo")
        paper.district.archives.rmdir()
        paper.district.archives.write_text("in the way")
        await at.press("y")
        await at.sees(
            "The archive was not made", "a file stands in the place of the folder", "Nothing was changed."
        )
    assert paper.roster() == before


async def test_the_list_shows_what_was_made_and_verifies_it(archived: Station) -> None:
    async with desk(archived.places) as at:
        await at.press("7")
        await at.sees("1 archive of demo", "2026-2027", "today", "MB", "when made", "SHA-256")
        await at.press("v")
        await at.sees("2026-2027 is as it was made", "✔ today")


async def test_a_damaged_archive_is_told_and_is_not_restored(archived: Station) -> None:
    (made,) = archives_of(archived.district)
    made.path.chmod(0o600)
    with made.path.open("r+b") as file:
        file.seek(made.bytes // 2)
        file.write(b"damage")
    async with desk(archived.places) as at:
        await at.press("7")
        await at.sees("1 archive of demo")
        await at.press("v")
        await at.sees("2026-2027 is not as it was made", "Its SHA-256 is another", "It can't be restored.")
        await at.press("escape")
        await at.sees("✖ today")
        await at.press("r")
        await at.sees("Plan to make the roster of demo what 2026-2027 holds:")
        await at.press("y")
        await at.sees("The restore could not be planned", "is not as it was made", "Nothing was changed.")


async def test_a_restore_is_a_plan_that_waits_on_pull(archived: Station) -> None:
    async with desk(archived.places) as at:
        await at.press("7")
        await at.sees("1 archive of demo")
        await at.press("r")
        await at.sees("what 2026-2027 holds: 18")
        await at.press("y")
        await at.until(lambda: at.app.current_mode == "pull")
        assert archived.active("student") == set(), "it waits"
        number = archived.query("SELECT max(id) FROM import WHERE outcome = 'held'")[0][0]
        archived.approve(number)
    assert len(archived.active("student")) == 18


async def test_looking_into_an_archive_shows_its_people_and_changes_nothing(archived: Station) -> None:
    (made,) = archives_of(archived.district)
    before = made.path.read_bytes()
    async with desk(archived.places) as at:
        await at.press("7")
        await at.sees("1 archive of demo")
        await at.press("enter")
        await at.sees("Archive 2026-2027, as of today", "row 1 of")
        await at.press("enter")
        await at.sees("Archive 2026-2027: active member of staff")
        await at.press("escape")
        await at.sees("row 1 of 21")
        await at.press("v")
        await at.sees("students. Only to look at.", "row 1 of 18")
        await at.press("enter")
        await at.sees("Archive 2026-2027: active student", "Record", "History", "user name")
        await at.press("escape", "escape")
        await at.sees("1 archive of demo")
    assert made.path.read_bytes() == before


def test_a_session_that_looks_into_an_archive_refuses_to_write_and_to_pull(archived: Station) -> None:
    (made,) = archives_of(archived.district)
    session = Looking(Session(archived.places, archived.settings), made)
    with session.reading() as db:
        assert db.execute("SELECT count(*) FROM student WHERE active = 1").fetchone()[0] == 18
    with pytest.raises(NotAllowedNow, match="only looked at"), session.writing():
        raise AssertionError
    with pytest.raises(NotAllowedNow), patch("subprocess.Popen") as started:
        session.start_pull()
    started.assert_not_called()
