"""Students and staff as long lists, alone and joined."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from aeries_tui.listing import RowSource
from aeries_tui.master.lists.people import COLUMNS, Which, people_source, person_of
from engine import PaperAeries, Station, member, section, student


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """Ten members of staff and students more, one of whom has the number of a member of staff."""
    made = Station(tmp_path_factory.mktemp("people"))
    aeries = made.aeries = PaperAeries.usual()
    aeries.lists["7/students"].append(student(7, 70, LastName="Ñandú [/x]", FirstName="=1+1", Grade=0))
    aeries.lists["8/students"].append(student(8, 88, FirstNameAlias="Chosen", LastNameAlias="Preferida"))
    # One is enrolled at three schools, the last of them first; one taught at both schools and left one.
    aeries.lists["9/students"].append(student(9, 99))
    aeries.lists["8/students"].append(student(8, 99))
    aeries.lists["7/students"].append(student(7, 99))
    aeries.lists["8/sections"].append(section(8, 3, member(70)))
    aeries.lists["7/sections"] += [section(7, 3, member(70)), section(7, 4, member(70), member(80))]
    made.begin(7, 8, 9)
    del aeries.lists["8/students"][-1], aeries.lists["7/sections"][-1]
    aeries.lists["9/students"][0]["InactiveStatusCode"] = "I"
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


@pytest.mark.parametrize("which", ["student", "staff"])
def test_the_documented_view_and_the_list_name_the_same_schools(station: Station, which: Which) -> None:
    place = [column.key for column in COLUMNS[1:]].index("schools")
    with contextlib.closing(people_source(station.district.master, which)) as source:
        listed = {row.key: row.cells[place] for row in source.rows(0, source.count())}
    told = dict(station.query(f"SELECT {which}_id, coalesce(schools, '') FROM v_{which}"))
    assert listed == told
    table = "school_enrollment" if which == "student" else "teaching"
    rows = station.query(f"SELECT {which}_id, school_code FROM {table} WHERE active = 1")
    assert told == {
        person: " ".join(map(str, sorted({code for other, code in rows if other == person})))
        for person in told
    }
    assert (told[99] if which == "student" else told[70]) == {"student": "7 9", "staff": "7 8"}[which]
