from __future__ import annotations

from pathlib import Path

import pytest

from aeries_tui.master.imports import imports
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.outcome import Outcome
from engine import Station
from engine.served import Roster
from tui.desk import desk, empty_places

HOSTILE = "Roosevelt [/x] [closed] \x1b[31m"


def listed(code: int, name: str) -> schools_table.AeriesSchool:
    """A row of Aeries' school list as the program keeps it."""
    return schools_table.AeriesSchool(
        code=code, name=name, status="", do_not_report=False, state_code="", nces_code="",
        low_grade=0, high_grade=5, schedule_type="Elementary",
    )  # fmt: skip


def prepared(station: Station, ali: list[schools_table.AliSchool] | None = None) -> None:
    """Four Aeries schools, one of them hostile and one in doubt, and these ALI schools."""
    rows = [
        listed(10, "Lincoln Elementary"), listed(20, HOSTILE), listed(30, "Quail Ridge Middle"),
        listed(40, "ZZZ Inactive Students"),
    ]  # fmt: skip
    with station.master() as db:
        schools_table.update_aeries_schools(db, rows)
        schools_table.put_ali_schools(db, ali or [])


def ali(number: int, name: str) -> schools_table.AliSchool:
    return schools_table.AliSchool(f"A-{number}", name, "", "0", "5", "csv")


def mapped(station: Station) -> dict[int, str | None]:
    with station.master() as db:
        return {code: found.ali_id for code, found in schools.mappings(db).items()}


async def test_without_a_district_the_screen_says_what_to_do_first(tmp_path: Path) -> None:
    async with desk(empty_places(tmp_path)) as at:
        await at.press("3")
        await at.sees("There is no district yet. Add its credential first: 2.")


async def test_the_list_is_read_created_and_mapped_by_keys(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    served = rosters["300"].served
    station = Station(tmp_path, served.url, served.certificate)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("No schools here yet. u reads the list from Aeries")
        await at.press("u")
        await at.sees("Read the list of schools from Aeries?")
        await at.press("y")
        await at.sees("0 mapped", "a school?", "to decide")
        await at.press("C")
        await at.sees("one from each Aeries school that has")
        await at.press("y")
        await at.sees("same name", "0 not mapped")
    with station.master() as db:
        assert set(rosters["300"].codes()) <= schools.mapped_codes(db)


async def test_a_server_that_is_down_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    station = Station(tmp_path, "http://127.0.0.1:9/aeries")
    station.set("source", tries=1)
    async with desk(station.places, settings=station.settings) as at:
        await at.press("3")
        await at.sees("No schools here yet")
        await at.press("u")
        await at.sees("Read the list of schools from Aeries?")
        await at.press("y")
        await at.sees("The list could not be read", "Nothing answers at", "Nothing was changed.")


async def test_waiting_for_a_server_that_hangs_ends_at_a_key(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    roster = rosters["300"]
    station = Station(tmp_path, roster.served.url, roster.served.certificate)
    roster.served.behave(latency_ms=60_000)
    try:
        async with desk(station.places) as at:
            await at.press("3")
            await at.sees("No schools here yet")
            await at.press("u")
            await at.sees("Read the list of schools from Aeries?")
            await at.press("y")
            await at.sees("Asking ", "Esc Stop")
            await at.press("escape")
            await at.sees("Stopped; the list is as it was.")
    finally:
        roster.served.behave(latency_ms=0)


async def test_a_suggestion_is_accepted_and_undone(station: Station) -> None:
    prepared(station, [ali(1, "Lincoln Elem School"), ali(2, "Something Else Academy")])
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("? Lincoln Elem", "perhaps", "Perhaps Lincoln Elem School (")
        await at.press("a")
        await at.sees("Mapped Lincoln Elementary.", "✔", "by hand, ")
        assert mapped(station) == {10: "A-1"}
        await at.press("z")
        await at.sees("Undone: mapping of Lincoln Elementary.", "? Lincoln Elem")
    assert mapped(station) == {}


async def test_the_picker_opens_on_what_the_school_is_mapped_to_and_else_on_what_is_called_alike(
    station: Station,
) -> None:
    many = [ali(number, f"Acorn School {number:02}") for number in range(30)]
    prepared(station, [*many, ali(50, "Lincoln Elementary"), ali(51, "Zeta Academy")])
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Lincoln Elementary")
        await at.press("enter")
        await at.sees("ALI school for")
        first = at.screen.splitlines()[at.screen.splitlines().index(next(
            line for line in at.screen.splitlines() if "ALI School" in line and "Alike" in line)) + 1]  # fmt: skip
        assert "Lincoln Elementary" in first
        await at.press(*"zeta", "enter")
        await at.sees("is mapped to Zeta Academy")
        await at.press("enter")
        await at.sees("ALI school for")
        lines = at.screen.splitlines()
        head = next(place for place, line in enumerate(lines) if "Alike" in line)
        assert "Zeta Academy" in lines[head + 1]


async def test_an_ali_school_is_picked_by_a_few_letters(station: Station) -> None:
    prepared(station, [ali(number, f"School {number}") for number in range(40)])
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Quail Ridge Middle")
        await at.press("end", "up", "enter")
        await at.sees("ALI school for Quail Ridge Middle", "Type to search")
        await at.type("school 37")
        await at.press("enter")
        await at.sees("is mapped to School 37")
        assert mapped(station) == {30: "A-37"}
        await at.press("up", "enter")
        await at.sees("ALI school for Roosevelt [/x] [closed]")
        await at.type("school 37")
        await at.sees("mapped to Quail Ridge Middle")
        await at.press("enter")
        await at.sees("School 37 is mapped to Quail Ridge Middle")
        await at.press("y")
        await at.sees("▲", "MAP-DUPLICATE")


async def test_hostile_names_and_doubtful_rows_are_shown_as_they_are(station: Station) -> None:
    prepared(station)
    async with desk(station.places, size=(200, 50)) as at:
        await at.press("3")
        await at.sees("Roosevelt [/x] [closed] ␛[31m", "a school?", "ZZZ Inactive Students")
        await at.press("down", "c")
        await at.sees("1 ALI school created and mapped.", "created from the Aeries school")
    assert mapped(station) == {20: "20"}


async def test_only_schools_that_are_not_mapped_are_shown_and_searched(station: Station) -> None:
    prepared(station)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Lincoln Elementary")
        await at.press("c")
        await at.sees("1 mapped")
        await at.press("m")
        await at.sees("only those not mapped", "row 1 of 3")
        await at.press("m")
        await at.sees("row 2 of 4")
        await at.press("/")
        await at.sees("Search:")
        await at.press(*"quail", "enter")
        await at.sees("row 3 of 4")


async def test_several_marked_schools_are_excluded_and_taken_in_again(station: Station) -> None:
    prepared(station)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Lincoln Elementary")
        await at.press("space", "space", "x")
        await at.sees("Lincoln Elementary and 1 more: excluded.", "2 excluded", "□")
        await at.press("home", "x")
        await at.sees("Lincoln Elementary: no longer excluded.", "1 excluded")
    with station.master() as db:
        assert [code for code, one in schools.mappings(db).items() if one.excluded] == [20]


async def test_unmapping_a_school_with_students_says_what_the_next_pull_would_do(
    rosters: dict[str, Roster], pulled: Station
) -> None:
    async with desk(pulled.places) as at:
        await at.press("3")
        await at.sees("3 mapped", "Students")
        await at.press("down", "down", "down")
        code = int(str(at.app.screen.query_one("#grid").cursor_key))  # type: ignore[attr-defined]
        await at.press("d")
        await at.sees("The next pull would deactivate")
        await at.press("n")
        await at.sees_no("The next pull would deactivate")
        assert mapped(pulled)[code] is not None
        await at.press("d", "y")
        await at.sees("not mapped any more.")
        assert mapped(pulled)[code] is None


async def test_ali_schools_come_from_a_csv_and_a_wrong_one_names_its_line(
    station: Station, tmp_path: Path
) -> None:
    prepared(station)
    good, bad = tmp_path / "ali.csv", tmp_path / "bad.csv"
    good.write_text("id,name\nL1,Lincoln Elementary\nQ1,Quail Ridge Middle\n")
    bad.write_text("id,name\nL1\n")
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Lincoln Elementary")
        await at.press("r")
        await at.sees("Path of the CSV file:")
        await at.type(str(tmp_path / "none.csv"))
        await at.press("enter")
        await at.sees("There is no file")
        await at.press("escape", "r")
        await at.type(str(bad))
        await at.press("enter")
        await at.sees("Not changed", "2 has 1 cells", "Nothing was taken from it.")
        await at.press("escape", "r")
        await at.type(str(good))
        await at.press("enter")
        await at.sees("2 ALI schools added", "2 mapped")
        await at.press("z")
        await at.sees("0 mapped", "0 ALI schools")
    assert mapped(station) == {}


async def test_the_mapping_stays_while_a_pull_runs(station: Station) -> None:
    from aeries_tui.pull.lock import locked

    prepared(station)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Lincoln Elementary")
        with locked(station.district.lock, "pull"):
            await at.press("c")
            await at.sees("Not changed", "The mapping can't be changed", "make the plan of the")
    assert mapped(station) == {}


async def test_a_plan_that_waits_becomes_stale_and_that_is_said(station: Station) -> None:
    prepared(station)
    with station.master() as db:
        imports.close(db, imports.begin(db, kind="pull", trigger="manual"), Outcome.HELD)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Lincoln Elementary")
        await at.press("c")
        await at.sees("The plan of")


async def test_a_change_leaves_cursor_filter_and_order_as_they_are(station: Station) -> None:
    prepared(station)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Quail Ridge Middle")
        await at.press("f", *"el", "enter")
        await at.sees("Filter: el", "row 1 of 2")
        await at.press("down")
        await at.sees("row 2 of 2")
        await at.press("x")
        await at.sees("excluded.", "row 2 of 2", "Filter: el")
        await at.press("x")
        await at.sees("no longer excluded", "row 2 of 2")
        with station.master() as db:
            assert [code for code, found in schools.mappings(db).items() if found.excluded] == []


async def test_marks_stay_when_somebody_else_changes_the_mapping(station: Station) -> None:
    prepared(station)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Quail Ridge Middle")
        await at.press("space", "down", "space")
        await at.sees("2 marked")
        with station.master() as db:
            schools.exclude(db, 30, by="somebody")
        await at.sees("excluded", "2 marked")


@pytest.mark.parametrize("path", ["~nosuch/x.csv", "/" + "x" * 300, "/nowhere.csv"])
async def test_a_path_that_can_not_be_is_told(station: Station, path: str) -> None:
    prepared(station)
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Quail Ridge Middle")
        await at.press("r")
        await at.sees("Path of the CSV file")
        await at.type(path)
        await at.press("enter")
        await at.until(lambda: "can't be used" in at.screen or "There is no file" in at.screen)


async def test_a_folder_that_can_not_be_made_is_told_where_something_is_saved(station: Station) -> None:
    prepared(station)
    (station.places.data_dir / "saved").write_text("in the way")
    async with desk(station.places) as at:
        await at.press("3")
        await at.sees("Quail Ridge Middle")
        await at.press("w")
        await at.sees("Nothing can be saved")
