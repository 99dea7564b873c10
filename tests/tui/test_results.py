"""Import Results by keys: the list, one import, descriptions, troubleshooting, files, changes, undo."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import Description
from aeries_tui.outcome import Outcome
from aeries_tui.screens.descriptions import person_behind
from engine import Station
from engine.served import Roster
from tui.desk import Desk, desk

SAVED = Path("saved")


@pytest.fixture(scope="module")
def read(rosters: dict[str, Roster], tmp_path_factory: pytest.TempPathFactory) -> Station:
    """A machine whose district was pulled twice, for tests that only read."""
    return rosters["300"].pulled(tmp_path_factory.mktemp("read"), 2)


@pytest.fixture
async def at(read: Station) -> AsyncIterator[Desk]:
    """Somebody at the results of a district that was pulled twice."""
    async with at_results(read) as someone:
        yield someone


@contextlib.asynccontextmanager
async def at_results(station: Station) -> AsyncIterator[Desk]:
    async with desk(station.places) as someone:
        await someone.press("5")
        await someone.sees("row 1 of 2")
        yield someone


async def test_without_an_import_the_list_says_what_to_do_first(station: Station) -> None:
    async with desk(station.places) as at:
        await at.press("5")
        await at.sees("Nothing has been imported yet.", "4 leads to Pull")


async def test_each_import_shows_sign_label_and_what_is_worth_knowing(at: Desk) -> None:
    await at.sees("▲ Completed with ERROR", "Changed", "REC-GRADE 1", "Staff file:")


async def test_an_import_has_counts_that_add_up_for_each_kind(at: Desk) -> None:
    await at.press("enter")
    await at.sees("Received", "Out of scope", "Adds up", "School year 2026-2027")
    assert at.screen.count("✔") == 7
    assert "✖" not in at.screen
    await at.press("slash", *"rejected", "enter", "enter")
    await at.sees("Descriptions of import 2")


async def test_out_of_scope_leads_to_the_people_left_out(at: Desk) -> None:
    await at.press("enter")
    await at.sees("Out of scope")
    await at.press("slash", *"scope", "enter", "enter")
    await at.sees("Read by import 2 and left out", "left out: ")


async def test_a_description_is_read_whole_filtered_and_leads_to_the_person(at: Desk) -> None:
    await at.press("d")
    await at.sees(
        "Descriptions of import 2",
        "The name is missing.",
        "What to do: Fill the field in Aeries.",
    )
    await at.press("enter")
    await at.sees("Student 99400013", "not in the District Master")
    await at.press("escape", "o")
    await at.sees("only code REC-REQUIRED", "row 1 of 1")
    await at.press("o", "c")
    await at.sees("only school 994")
    await at.press("c")
    await at.sees("Descriptions of import 2")
    await at.press("e")
    await at.sees("Student 99400013", "not in the District Master", "REC-REQUIRED")


async def test_descriptions_are_searched_by_a_few_letters(at: Desk) -> None:
    await at.press("d")
    await at.sees("REC-GRADE")
    await at.press("f", *"no-teacher", "enter")
    await at.sees("SECTION-NO-TEACHER", "row 1 of 2")


async def test_the_descriptions_that_are_shown_are_saved_as_csv(at: Desk, read: Station) -> None:
    await at.press("d")
    await at.sees("Descriptions of import 2")
    await at.press("f", *"grade", "enter")
    await at.sees("Filter: grade")
    shown = int(at.screen.split("row 1 of ")[1].split()[0])
    await at.press("x")
    await at.sees("Saved ")
    (path,) = await asyncio.to_thread(
        lambda: list((read.places.data_dir / SAVED).glob("descriptions-2-*.csv"))
    )
    lines = await asyncio.to_thread(lambda: path.read_text().splitlines())
    assert lines[0].startswith("code,severity,kind,record,school,field,message,remedy,page")
    assert len(lines) == shown + 1
    assert all("grade" in line.lower() for line in lines[1:])


async def test_troubleshooting_puts_what_stops_most_first_and_leads_to_the_records(at: Desk) -> None:
    await at.press("t")
    await at.sees("Troubleshooting of import 2", "further records were left out only because of it")
    codes = [line.split()[1] for line in at.screen.splitlines() if line.startswith(("E ", "W "))]
    assert codes.index("REF-STAFF") < codes.index("SECTION-COUNT")
    await at.press("enter")
    await at.sees("only code REC-REQUIRED")


async def test_files_are_shown_with_their_path_copied_and_saved(at: Desk, read: Station) -> None:
    await at.press("o")
    await at.sees("staff", "student", "only you can read them")
    await at.press("enter")
    await at.sees("less -S")
    await at.press("escape", "c")
    await at.sees("Sent the path")
    await at.press("x")
    saved = read.places.data_dir / SAVED / "import-2-staff.csv"
    await at.until(saved.exists)
    assert saved.read_bytes() == (read.district.imports / "2" / "staff.csv").read_bytes()
    assert saved.stat().st_mode & 0o777 == 0o600


async def test_the_log_of_an_import_is_read_searched_and_saved(at: Desk, read: Station) -> None:
    await at.press("l")
    await at.sees("compare: ", "Following")
    await at.press("slash", *"courses", "enter")
    await at.sees("fetch: courses")
    await at.press("w")
    saved = read.places.data_dir / SAVED / "import-2.log"
    await at.until(saved.exists)
    assert "courses" in saved.read_text()


async def test_what_an_import_changed_is_read_field_by_field(at: Desk) -> None:
    await at.press("down")
    await at.sees("Import 1:")
    await at.press("c")
    await at.sees("What import 1 changed: all kinds of records", "created")
    await at.press("v")
    await at.sees("changed: members of staff")
    await at.press("enter")
    await at.sees("Member of staff:", "Last name", "(blank)")


async def test_an_undo_asks_then_shows_its_plan_and_is_approved_with_a_reason(pulled: Station) -> None:
    before = pulled.all_active()
    async with at_results(pulled) as at:
        await at.press("down")
        await at.sees("Import 1:")
        await at.press("u")
        await at.sees("Undo import 1, by which", "were created")
        await at.press("n")
        await at.sees_no("Undo import 1, by which")
        await at.press("u")
        await at.sees("Make the plan")
        await at.press("y")
        await at.sees("Plan of import 3, takes import 1 back", "‖ Held for")
        assert pulled.all_active() == before
        await at.press("a")
        await at.sees("Approve the plan of import 3:", "would be")
        await at.press("enter")
        await at.sees("A reason is needed")
        await at.press(*"wrong year", "enter")
        await at.sees("Import 3 (undo): ✔ Completed")
        assert all(not keys for keys in pulled.all_active().values())
        with pulled.master() as db:
            assert imports.get(db, 3).outcome is Outcome.COMPLETED
            assert imports.get(db, 3).decided_reason == "wrong year"


async def test_what_can_no_longer_be_undone_says_so(pulled: Station) -> None:
    with pulled.master() as db:
        db.execute("UPDATE import SET undo_kept = 0 WHERE id = 2")
    async with at_results(pulled) as at:
        await at.press("u")
        await at.sees("The import can't be undone", "retention.undo_days")


async def test_everything_can_still_be_reached_in_a_small_terminal(read: Station) -> None:
    async with desk(read.places, size=(60, 15)) as at:
        await at.press("5", "enter")
        await at.sees("Import 2:", "Received")
        await at.press("d")
        await at.sees("REC-REQUIRED", "row 1 of")
        await at.press("t")
        await at.sees("Troubleshooting")


@pytest.mark.parametrize(
    ("kind", "record", "code", "person"),
    [
        ("student", "99400011", "REC-GRADE", ("student", 99400011)),
        ("staff", "1001", "STAFF-NO-EMAIL", ("staff", 1001)),
        ("teaching", "994004", "REF-STAFF", ("staff", 994004)),
        ("enrollment", "994_1:77", "REC-DATE", ("student", 77)),
        ("section", "994_1001", "SECTION-COUNT", None),
        ("school", "994", "MAP-UNMAPPED", None),
    ],
)
def test_a_description_knows_whom_it_is_about(kind: str, record: str, code: str, person: object) -> None:
    one = Description(1, code, "E", kind, record, 994, None, "", "", "")
    assert person_behind(one) == person


async def test_back_from_a_person_leads_to_the_description_one_came_from(read: Station) -> None:
    async with at_results(read) as at:
        await at.press("d")
        await at.sees("Descriptions of import 2")
        await at.press("e")
        await at.sees("Student 99400013")
        await at.press("escape")
        await at.sees("Descriptions of import 2")


async def test_an_import_that_stands_again_can_be_undone_again(pulled: Station) -> None:
    number = await asyncio.to_thread(lambda: pulled.undo(2)["import"])
    await asyncio.to_thread(pulled.undo, number)
    async with desk(pulled.places) as at:
        await at.press("5")
        await at.sees("row 1 of 4")
        await at.press("down", "down")
        await at.sees("row 3 of 4", "Import 2")
        await at.sees_no("Was taken back")
        await at.press("u")
        await at.sees("Undo import 2")


async def test_the_district_s_own_checks_are_listed_run_and_lead_to_what_they_found(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    station = rosters["300"].station(tmp_path)
    folder = station.places.config_dir / "checks"
    folder.mkdir()
    (folder / "two.sql").write_text(
        "-- code: DIST-TWO\n-- sentence: A school with two.\n-- kind: school\n-- record: school_code\n"
        "SELECT school_code FROM v_school ORDER BY 1 LIMIT 2"
    )
    (folder / "wrong.sql").write_text("SELECT 1")
    station.settings = replace(station.settings, path=station.places.config_file)
    await asyncio.to_thread(station.pull_over_http)
    async with desk(station.places) as at:
        await at.press("5")
        await at.sees("DIST-TWO 2")
        await at.press("h")
        await at.sees("DIST-TWO", "A school with two.", "row 1 of 2", "told from 1 row")
        await at.press("r")
        await at.sees("2 rows in")
        await at.press("enter")
        await at.sees("A school with two.", "row 1 of 2", "Descriptions")
        await at.press("escape", "down")
        await at.sees("It can't be used.", "code is missing")
