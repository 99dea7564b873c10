"""Aeries' school list changes: schools come, go, close; ALI schools of the same id come from a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from aeries_tui.aeries import School, decode_list
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.operations import update_schools
from aeries_tui.pull.school_rows import school_row, unread_row
from engine import Station, school
from engine.paper import as_json


@pytest.fixture
def db(station: Station) -> Iterator[sqlite3.Connection]:
    with station.master() as found:
        yield found


def listed(db: sqlite3.Connection, *rows: dict[str, Any]) -> update_schools.Updated:
    decoded = decode_list(as_json(list(rows)).content, School)
    return update_schools.take_schools(db, [*map(school_row, decoded.records), *map(unread_row, decoded.bad)])


def ali(*rows: tuple[str, str]) -> list[schools_table.AliSchool]:
    return [schools_table.AliSchool(ali_id, name, "", "", "", "csv") for ali_id, name in rows]


def mapped(db: sqlite3.Connection) -> dict[int, str | None]:
    return {code: found.ali_id for code, found in schools.mappings(db).items()}


def test_a_renumbered_school_is_mapped_and_not_confused_with_its_old_number(db: sqlite3.Connection) -> None:
    listed(db, school(7, Name="Washington Elementary"), school(8, Name="Lincoln High"))
    listed(db, school(7, Name="Washington Elementary"), school(18, Name="Lincoln High"))
    schools_table.put_ali_schools(db, ali(("a1", "Washington Elementary"), ("a2", "Lincoln High")))
    update_schools.map_automatically(db)
    assert mapped(db) == {7: "a1", 18: "a2"}


def test_nothing_is_created_of_a_school_that_is_gone(db: sqlite3.Connection) -> None:
    listed(db, school(7), school(8))
    listed(db, school(7))
    update_schools.create_ali_from_aeries(db, None)
    assert schools.mapped_codes(db) == {7}


def test_a_file_with_the_same_ids_does_not_take_over_schools_made_from_aeries(db: sqlite3.Connection) -> None:
    listed(db, school(1, Name="Washington Elementary"), school(2, Name="Lincoln High"))
    update_schools.create_ali_from_aeries(db, None)
    added, _ = schools_table.put_ali_schools(db, ali(("1", "Lincoln High"), ("2", "LINCOLN HIGH")))
    names = {found.id: found.name for found in schools_table.ali_schools(db)}
    assert {code: names[ali_id or ""] for code, ali_id in mapped(db).items()} == {
        1: "Washington Elementary", 2: "LINCOLN HIGH",
    }  # fmt: skip
    assert names["1"] == "Lincoln High"
    assert added == 1


def test_a_school_that_was_closed_can_be_unmapped(db: sqlite3.Connection) -> None:
    listed(db, school(8))
    update_schools.create_ali_from_aeries(db, None)
    listed(db, school(8, InactiveStatusCode="I"))
    schools.set_mapping(db, 8, None, by="me")
    assert schools.mapped_codes(db) == frozenset()


def test_a_row_that_can_not_be_read_stays_as_it_was(db: sqlite3.Connection) -> None:
    listed(db, school(7), school(8, Terms=[{"TermCode": "F", "StartDate": "2026-08-01"}]))
    update_schools.create_ali_from_aeries(db, None)
    found = listed(db, school(7), school(8, DoNotReport="maybe"), school(9, Name={}))
    assert found.gone == ()
    assert "school 8" in found.unread[0]
    assert found.unread[0].endswith("it is taken as it was.")
    assert found.unread[1].endswith("it is left out.")
    assert schools.mapped_codes(db) == {7, 8}
    assert schools_table.known_rows(db)[8].terms == (schools_table.Term("F", "", "2026-08-01", ""),)


def test_what_was_decided_stays_when_the_list_is_read_again(db: sqlite3.Connection) -> None:
    rows = [
        school(code, Name=f"{name} High")
        for code, name in ((1, "Ash"), (2, "Beech"), (3, "Cedar"), (4, "Oak"))
    ]
    schools_table.put_ali_schools(
        db, ali(("a", "Ash High"), ("b", "Beech High"), ("c", "Cedar High"), ("d", "Oak High"))
    )
    assert listed(db, *rows).new == 4
    schools.set_mapping(db, 1, "b", by="a person")
    schools.set_mapping(db, 2, None, by="a person")
    schools.exclude(db, 3, by="a person")
    before = schools.mappings(db)
    generation = db.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()[0]
    assert listed(db, *rows).new == 0
    assert schools.mappings(db) == before
    assert mapped(db) == {1: "b", 2: None, 3: None, 4: "d"}
    assert db.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()[0] == generation
