"""The first few people whom a text fits."""

from __future__ import annotations

import pytest

from aeries_tui.master.lists.few_people import few_people
from aeries_tui.master.lists.people import find_people
from engine import PaperAeries, Station


@pytest.fixture
def named(station: Station) -> Station:
    aeries = station.aeries = PaperAeries.usual(students=6)
    students = aeries.lists["7/students"]
    students[0] |= {"LastName": "Núñez", "FirstName": "José"}
    students[1] |= {"LastName": "O'Neil", "FirstName": "Ana"}
    students[2] |= {"LastName": "Sample", "FirstName": "Robin", "InactiveStatusCode": "N"}
    station.begin(7, 8, 9)
    return station


@pytest.mark.parametrize(
    "text", ["nunez jose", "Núñez, José", "oneil", "sample robin", "7000", "s7001@example"]
)
def test_it_finds_whom_the_list_finds(named: Station, text: str) -> None:
    with named.master() as db:
        few = {one.id for one in few_people(db, "student", text, 20)}
    assert few == {one.id for one in find_people(named.district.master, "student", text)}
    assert few


def test_it_says_what_left_somebody_out_and_stops_at_the_most(named: Station) -> None:
    with named.master() as db:
        (robin,) = few_people(db, "student", "robin", 20)
        assert robin.state == "left out: inactive"
        assert len(few_people(db, "student", "example.org", 3)) == 3
        assert few_people(db, "staff", "nobody at all", 5) == []
