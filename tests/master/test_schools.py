"""Schools of both sides and what is mapped to what."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.master.schools import schools, schools_table
from engine import PaperAeries, Station, school


@pytest.fixture
def master(station: Station) -> Iterator[sqlite3.Connection]:
    station.aeries = PaperAeries().put(
        (
            "schools",
            [
                school(0),
                school(7),
                school(8),
                school(99, InactiveStatusCode="I"),
                school(998, DoNotReport=True),
                school(100, Name="ZZZ Codes"),
            ],
        )
    )
    station.map()
    with station.master() as db:
        schools_table.put_ali_schools(
            db, [schools_table.AliSchool(f"a{n}", f"Ali {n}", "", "", "", "csv") for n in (1, 2)]
        )
        yield db


@pytest.mark.parametrize("other", ["A2", "\uff41\uff12"])
def test_an_id_in_another_spelling_makes_no_second_school(master: sqlite3.Connection, other: str) -> None:
    def given(ali_id: str) -> schools_table.AliSchool:
        return schools_table.AliSchool(ali_id, "Alder", "", "", "", "csv")

    with pytest.raises(NotAllowedNow, match="there already, as 'a2'"):
        schools_table.put_ali_schools(master, [given("new"), given(other)])
    assert [row[0] for row in master.execute("SELECT id FROM ali_school ORDER BY id")] == ["a1", "a2"]
    assert schools_table.put_ali_schools(master, [given("a2")]) == (0, 1)


def generation(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()[0])


def test_a_school_takes_part_when_both_columns_are_filled(master: sqlite3.Connection) -> None:
    assert schools.mapped_codes(master) == frozenset()
    schools.set_mapping(master, 7, "a1", by="me")
    assert schools.mapped_codes(master) == {7}
    schools.set_mapping(master, 7, None, by="me")
    assert schools.mapped_codes(master) == frozenset()


def test_every_change_of_the_mapping_makes_waiting_plans_stale(master: sqlite3.Connection) -> None:
    seen = [generation(master)]
    for work in (
        lambda: schools.set_mapping(master, 7, "a1", by="me"),
        lambda: schools.exclude(master, 8, by="me"),
        lambda: schools.restore_mappings(
            master, [schools.Mapping(8, None, None, None, (), False, False)], by="me"
        ),
        lambda: schools.set_automatic(master, [(8, "a2", "same", 100.0, ["same name"])]),
    ):
        work()
        seen.append(generation(master))
    assert seen == sorted(set(seen))


def test_the_district_itself_and_inactive_schools_can_not_be_mapped(master: sqlite3.Connection) -> None:
    for code in (0, 99):
        with pytest.raises(NotAllowedNow, match="can't be mapped"):
            schools.set_mapping(master, code, "a1", by="me")
    assert [row.school.code for row in schools.grid(master)] == [7, 8, 100, 998]
    assert [row.school.code for row in schools.grid(master) if row.school.is_doubtful] == [100, 998]


def test_what_is_not_there_is_not_mapped(master: sqlite3.Connection) -> None:
    with pytest.raises(NotFound, match="no Aeries school 5"):
        schools.set_mapping(master, 5, "a1", by="me")
    with pytest.raises(NotFound, match="no ALI school 'zz'"):
        schools.set_mapping(master, 7, "zz", by="me")
    with pytest.raises(NotFound):
        schools.exclude(master, 5, by="me")
    assert schools.mappings(master) == {}


def test_an_excluded_school_loses_its_mapping_until_it_is_mapped_again(master: sqlite3.Connection) -> None:
    schools.set_mapping(master, 7, "a1", by="me")
    schools.exclude(master, 7, by="me")
    assert schools.mapped_codes(master) == frozenset()
    assert schools.mappings(master)[7].excluded
    schools.set_mapping(master, 7, "a2", by="me")
    assert not schools.mappings(master)[7].excluded


def test_a_mapping_is_put_back_as_it_was(master: sqlite3.Connection) -> None:
    schools.set_automatic(master, [(7, "a1", "similar", 94.0, ["near"])])
    old = schools.mappings(master)[7]
    schools.exclude(master, 7, by="me")
    schools.restore_mappings(master, [old], by="me")
    assert schools.mappings(master)[7] == old


def test_when_one_of_several_automatic_mappings_is_wrong_none_is_written(master: sqlite3.Connection) -> None:
    with pytest.raises(NotFound):
        schools.set_automatic(master, [(7, "a1", "same", 100.0, []), (8, "zz", "same", 100.0, [])])
    assert schools.mappings(master) == {}


def test_a_school_that_left_the_list_is_still_known(master: sqlite3.Connection) -> None:
    schools.set_mapping(master, 8, "a1", by="me")
    schools_table.update_aeries_schools(master, [])
    assert {s.code: s.listed for s in schools_table.aeries_schools(master)}[8] is False
    assert schools.mapped_codes(master) == {8}


def test_ali_schools_are_added_once_and_brought_up_to_date(master: sqlite3.Connection) -> None:
    again = [
        schools_table.AliSchool("a1", "New name", "c", "1", "5", "csv"),
        schools_table.AliSchool("a9", "Nine", "", "", "", "csv"),
    ]
    assert schools_table.put_ali_schools(master, again) == (1, 1)
    assert {s.id: s.name for s in schools_table.ali_schools(master)}["a1"] == "New name"


def test_who_acknowledged_is_kept(master: sqlite3.Connection) -> None:
    assert schools.acknowledgement(master) is None
    schools.acknowledge(master, "ada", "2026-2027")
    found = schools.acknowledgement(master)
    assert found is not None
    assert (found.by, found.school_year) == ("ada", "2026-2027")


def test_a_list_of_classes_is_expected_wherever_anybody_sits_in_one(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    with station.master() as db:
        db.execute(
            "DELETE FROM section WHERE school_code = 8"
        )  # as an undo of the import that brought it may
        assert {("classes", 7), ("classes", 8)} <= schools.lists_with_records(db)
