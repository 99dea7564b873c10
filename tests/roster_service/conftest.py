from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.operations.roster_service import all_consumers
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
        made.map(7, 8, 9)
        assert made.pull()["outcome"].startswith("completed")
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
        made.map(7, 8, 9)
        made.pull()
        yield made


@pytest.fixture
async def reading(kept_station: Station) -> AsyncIterator[Client]:
    """A consumer of everything, of a service whose roster stays as it is."""
    async with serving(kept_station) as found:
        name = f"product-{len(all_consumers(kept_station.as_district()))}"
        yield found.client(name)
