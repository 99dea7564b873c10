"""Searching people, accounts and schools: apostrophes of all kinds are one, and none."""

from __future__ import annotations

import contextlib

import pytest

from aeries_tui.master import accounts
from aeries_tui.master.lists.people import people_source
from aeries_tui.widgets.pick import Choice, Ranking
from engine import PaperAeries, Station, student

TYPED = ["o'brien", "o\u2019brien", "obrien", "O`BRIEN", "o\u02bcbrien"]
SPELLED = ["O'Brien", "O\u2019Brien", "O`Brien", "OBrien", "O\u00b4Brien"]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """Five people whose names differ in the apostrophe alone, and nobody else called like it."""
    made = Station(tmp_path_factory.mktemp("search"))
    made.aeries = PaperAeries.usual()
    made.aeries.lists["7/students"] += [
        student(7, 7100 + place, LastName=name) for place, name in enumerate(SPELLED)
    ]
    made.begin(7, 8, 9)
    return made


@pytest.mark.parametrize("typed", TYPED)
def test_people_are_filtered_and_found_by_any_apostrophe_and_by_none(station: Station, typed: str) -> None:
    with contextlib.closing(people_source(station.district.master, "student")) as people:
        found = people.with_filter(typed)
        assert {row.key for row in found.rows(0, 50)} == {7100 + place for place in range(len(SPELLED))}
        first = people.find(typed, 0)
        assert first is not None
        assert people.rows(first, 1)[0].key == 7100


def test_people_of_one_name_stand_together_whatever_their_apostrophe(station: Station) -> None:
    with contextlib.closing(people_source(station.district.master, "student")) as people:
        rows = people.with_sort("name").rows(0, 100)
    places = [place for place, row in enumerate(rows) if 7100 <= int(row.key) < 7200]
    assert places == list(range(places[0], places[0] + len(SPELLED)))


@pytest.mark.parametrize("typed", TYPED)
def test_accounts_are_found_by_any_apostrophe_and_by_none(station: Station, typed: str) -> None:
    with station.master() as db:
        assert {one.person for one in accounts.find(db, typed)} == {7100 + place for place in range(5)}


@pytest.mark.parametrize("typed", ["st. mary's", "st. mary\u2019s", "st. marys"])
def test_schools_are_picked_by_any_apostrophe_and_by_none(typed: str) -> None:
    choices = [
        Choice(1, "Alder High"),
        Choice(2, "St. Mary\u2019s"),
        Choice(3, "St. Mary's"),
        Choice(4, "St. Marys"),
    ]
    assert {choice.key for choice in Ranking(choices).ranked(typed)} == {2, 3, 4}
