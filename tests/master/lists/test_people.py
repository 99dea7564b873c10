"""Students and staff as long lists, alone and joined."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from aeries_tui.listing import RowSource
from aeries_tui.master.lists.people import Which, people_source, person_of
from engine import PaperAeries, Station, student


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """Ten members of staff and students more, one of whom has the number of a member of staff."""
    made = Station(tmp_path_factory.mktemp("people"))
    aeries = made.aeries = PaperAeries.usual()
    aeries.lists["7/students"].append(student(7, 70, LastName="Ñandú [/x]", FirstName="=1+1", Grade=0))
    aeries.lists["8/students"].append(student(8, 88, FirstNameAlias="Chosen", LastNameAlias="Preferida"))
    made.map(7, 8, 9)
    made.pull()
    return made


@pytest.fixture
def both(station: Station) -> Iterator[RowSource]:
    with contextlib.closing(
        people_source(station.district.master, "both", grade=lambda g: "K" if g == 0 else str(g))
    ) as source:
        yield source


def keys(source: RowSource) -> list[object]:
    return [row.key for row in source.rows(0, source.count())]


@pytest.mark.parametrize("which", ["student", "staff"])
def test_everybody_is_listed_by_number(station: Station, which: Which) -> None:
    with contextlib.closing(people_source(station.district.master, which)) as source:
        expected = [row[0] for row in station.query(f"SELECT {which}_id FROM {which} ORDER BY 1")]
        assert keys(source) == expected
        assert [person_of(which, row.key) for row in source.rows(0, 1)] == [(which, expected[0])]


def test_joined_staff_stand_before_students_and_nobody_is_mistaken_for_another(both: RowSource) -> None:
    people = [person_of("both", key) for key in keys(both)]  # type: ignore[arg-type]
    assert len(set(people)) == both.count()
    assert ("staff", 70) in people and ("student", 70) in people
    assert [kind for kind, _ in people] == sorted(
        (kind for kind, _ in people), key=lambda kind: kind != "staff"
    )


def test_joined_pages_go_over_the_border(both: RowSource) -> None:
    everybody = both.rows(0, both.count())
    for offset in range(both.count()):
        assert list(both.rows(offset, 3)) == list(everybody[offset : offset + 3])
        assert both.index_of(everybody[offset].key) == offset
    assert both.index_of("staff:999999") is None


def test_joined_rows_are_found_both_ways(both: RowSource) -> None:
    place = both.find("nandu [/x]", 0)
    assert place is not None
    row = both.rows(place, 1)[0]
    assert row.cells[:4] == ("student", "70", "Ñandú [/x], =1+1", "K")
    assert both.find("nandu", both.count() - 1, backwards=True) == place
    assert both.find("nandu", place - 1, backwards=True) is None
    assert both.find("teacherlast", both.count() - 1, backwards=True) is not None
    assert both.find("nobody at all", 0) is None


def test_joined_rows_are_filtered_and_sorted_each_by_themselves(both: RowSource) -> None:
    assert both.with_filter("lastname teacherlast").count() == 0
    assert both.with_filter("70").count() >= 2
    turned = both.with_sort("name", descending=True)
    names = [str(row.cells[2]).lower() for row in turned.rows(0, turned.count()) if row.cells[0] == "staff"]
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize("text", ["preferida", "chosen", "lastname88", "s88@example"])
def test_a_student_is_found_by_every_name_and_address(both: RowSource, text: str) -> None:
    found = both.with_filter(text)
    assert keys(found) == [88]
