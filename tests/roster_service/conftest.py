from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.operations.roster_service import all_consumers
from aeries_tui.roster_service.make import make_state
from engine import PaperAeries, Station, fast_directory, member, section, staff, student
from roster_service.serving import Client, Serving, serving


@pytest.fixture(autouse=True)
def quick_stamps() -> Iterator[None]:
    """A state is shown a moment after it is stamped; here the moment is short."""
    with patch("aeries_tui.master.served.states._AHEAD", 0.005):
        yield


def district() -> PaperAeries:
    """Two schools that share a student and a teacher, and an elementary school."""
    aeries = PaperAeries.usual(students=3)
    for code in (7, 8):
        both = student(code, 7777, BirthDate="2012-03-04T00:00:00", Gender="F", MiddleName="Ø")
        aeries.lists[f"{code}/students"].append(both)
        aeries.lists[f"{code}/sections"].append(section(code, 3, member(500)))
    aeries.lists["staff"].append(staff(500, LastName="O'Hara"))
    terms = [{"TermCode": "Y", "TermDescription": "Year", "StartDate": "2026-08-12T00:00:00", "EndDate": "2027-06-04T00:00:00"}]  # fmt: skip
    aeries.lists["schools"] = [
        {**row, "Terms": terms} if row["SchoolCode"] else row for row in aeries.lists["schools"]
    ]
    return aeries


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with fast_directory(tmp_path) as folder:
        made = Station(folder)
        made.aeries = district()
        made.begin(7, 8, 9)
        yield made


@pytest.fixture
async def served(station: Station) -> AsyncIterator[Serving]:
    async with serving(station) as found:
        yield found


@pytest.fixture(scope="module")
def kept_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station that several tests only read."""
    with fast_directory(tmp_path_factory.mktemp("kept")) as folder:
        made = Station(folder)
        made.aeries = district()
        made.begin(7, 8, 9)
        yield made


@pytest.fixture
async def reading(kept_station: Station) -> AsyncIterator[Client]:
    """A consumer of everything, of a service whose roster stays as it is."""
    async with serving(kept_station) as found:
        name = f"product-{len(all_consumers(kept_station.as_district()).all)}"
        yield found.client(name)


ODD = [
    'O\'Hara "x"',
    "=1+1",
    "a,b;c|d",
    "<b>&amp;",
    "\\x/",
    "tab\there",
    "  two  ",
    "%_%",
    "עברית",
    "line\nbreak",
    "\u2028\U0001d518",
]


def spoil(station: Station) -> None:
    """Odd texts, ids and days everywhere, people without what others have; somebody leaves, somebody moves."""
    lists = station.aeries.lists
    for number, text in enumerate(ODD, 20_000):
        course = ["A/B", "..", "Ä", "a%2Fb", "-1"][number % 5] + str(number)
        more = {
            "FirstName": text, "LastName": text, "MiddleName": text, "Grade": [-2, -1, 0, 12, 13, None][number % 6],
            "BirthDate": [None, "1900-02-30T00:00:00", "0001-01-01T00:00:00"][number % 3],
            "Gender": ["X", "", " ", "f"][number % 4], "StudentEmailAddress": ["", "not an address", "é'+@x.org"][number % 3],
        }  # fmt: skip
        lists["7/students"].append(student(7, number, **more))
        lists["staff"].append(staff(number, FirstName=text, LastName=text, EmailAddress=text))
        lists["courses"].append({"ID": course, "Title": text})
        lists["7/sections"].append(
            section(7, number, member(number), course=course, Room=text, Period=text[:2])
        )
    lists["8/students"].append(lists["7/students"].pop(0) | {"SchoolCode": 8})
    lists["7/students"].pop(0)


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A district of odd data, with records that are gone."""
    with fast_directory(tmp_path_factory.mktemp("spoiled")) as folder:
        made = Station(folder)
        made.aeries = district()
        made.begin(7, 8, 9)
        make_state(made.district.master, made.district.served, 400)
        spoil(made)
        made.pull()
        yield made
