"""Compare on the screen: the five signs, what differs, Explain, and comparisons that are shown again."""

from __future__ import annotations

import asyncio
import csv
import threading
from pathlib import Path

import pytest

from aeries_tui.operations import listed_file
from aeries_tui.operations.erase import erase
from engine import PaperAeries, Station
from tui.desk import Desk, desk


@pytest.fixture
def listed(tmp_path: Path) -> tuple[Station, Path]:
    """A machine with some students, and a list in which one differs, two are missing, one is a stranger, one is blank."""
    station = Station(tmp_path)
    station.aeries = PaperAeries.usual(students=30)
    station.begin(7, 8, 9)
    rows = station.query("SELECT student_id, last_name, first_name FROM student WHERE active ORDER BY 1")
    people = [list(row) for row in rows]
    people[0][2] = "Somebody"
    path = tmp_path / "list.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("StudentID", "LastName", "FirstName", "Bus"))
        writer.writerows([*row, "9"] for row in people[:-2])
        writer.writerows(((12345678, "Stranger", "A", "9"), ("", "Nameless", "B", "9")))
    return station, path


async def compared(at: Desk, path: Path) -> None:
    await at.press("6", "c")
    await at.sees("No list was compared yet")
    await at.press("r")
    await at.sees("Path of the list")
    await at.type(str(path))
    await at.press("enter")
    await at.sees("Students of list.csv, compared by StudentID")


async def test_every_sign_is_shown_with_what_differs_and_each_row_leads_to_explain(
    listed: tuple[Station, Path],
) -> None:
    station, path = listed
    async with desk(station.places, size=(80, 24)) as at:
        await compared(at, path)
        await at.sees("* 1 differ", "+ 2 only here", "- 1 only there", "! 1 unreadable", "row 1 of 5")
        await at.sees("First name", "there Somebody", "Line 2 of the list")
        await at.press("m")
        await at.sees("row 1 of 92")
        await at.press("m", "d", "h", "u")
        await at.sees("row 1 of 1", "Stranger, A", "- only in the list")
        await at.press("t")
        await at.sees("No row has a sign that is shown.")
        await at.press("t")
        await at.sees("Stranger, A", "- only in the list")
        await at.press("e")
        await at.sees("12345678", "Aeries")


async def test_at_200_columns_the_person_stands_beside_and_a_comparison_is_shown_again(
    listed: tuple[Station, Path],
) -> None:
    station, path = listed
    async with desk(station.places, size=(200, 50)) as at:
        await compared(at, path)
        await at.sees("there Somebody", "is active in the District Master")
        await at.press("x")
        await at.sees("Saved 5 rows as")
        (saved,) = (station.places.data_dir / "saved").glob("compare-*.csv")
        lines = saved.read_text().splitlines()
        assert len(lines) == 6
        assert lines[1] == '*,7000,7000,"Lastname7000, Firstname7000",2,first_name,Firstname7000,Somebody,'
        await at.press("b")
        await at.sees("told apart by")
        await at.type("Bus")
        await at.press("enter")
        await at.sees("The list can't be compared", "no column tells who is who")
        await at.press("escape")
    async with desk(station.places, size=(120, 36)) as at:
        await at.press("ctrl+p")
        await at.sees("Go there")
        await at.type("compare")
        await at.press("enter")
        await at.sees("Students of list.csv, compared", "there Somebody")
        await at.press("o")
        await at.sees("Comparisons that are kept", "* 1  + 2  - 1  ! 1  = 87")
        await at.press("enter")
        await at.sees("row 1 of 5")


async def test_who_is_erased_is_in_no_comparison_that_is_kept(listed: tuple[Station, Path]) -> None:
    station, path = listed
    async with desk(station.places) as at:
        await compared(at, path)
        student = min(await asyncio.to_thread(station.active, "student"))[0]
        await asyncio.to_thread(erase, station.as_district(), [("student", student)], "a request")
        await at.press("f5")
        await at.sees("No list was compared yet")
    assert not list(station.district.comparisons.iterdir())


async def test_a_comparison_that_runs_is_ended_by_a_key(
    listed: tuple[Station, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    station, path = listed
    usual, at_work = listed_file.csv_text, asyncio.Event()
    loop = asyncio.get_running_loop()

    def slow(data: bytes) -> object:
        loop.call_soon_threadsafe(at_work.set)
        assert goes_on.wait(20)
        return usual(data)

    goes_on = threading.Event()
    monkeypatch.setattr(listed_file, "csv_text", slow)
    async with desk(station.places) as at:
        await at.press("6", "c", "r")
        await at.sees("Path of the list")
        await at.type(str(path))
        await at.press("enter")
        await at_work.wait()
        await at.sees("Comparing …")
        await at.press("c")
        goes_on.set()
        await at.sees("The comparison was ended; nothing is kept of it.", "No list was compared yet")
    assert not station.district.comparisons.exists()
