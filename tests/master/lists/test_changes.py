"""The changes of an import as a long list: the same as read one by one."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from aeries_tui.master.database import connect
from aeries_tui.master.lists.changes import ACTIONS, Changes, where
from aeries_tui.master.lists.sql_source import SqlRowSource
from aeries_tui.master.roster.changes import all_changes
from aeries_tui.master.roster.roster_answers import RosterAnswers
from aeries_tui.pull.folder import plan_file
from engine import PaperAeries, Station, class_row, student


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Station:
    """Import 1 makes a roster, 2 changes it, and 3, which takes 2 back, waits."""
    station = Station(tmp_path_factory.mktemp("station"))
    aeries = station.aeries = PaperAeries.usual()
    station.map(*(row["SchoolCode"] for row in aeries.lists["schools"] if row["SchoolCode"]))
    station.pull()
    students = aeries.lists["7/students"]
    students[0]["LastName"] = "Renamed [/x]"
    students[0]["Grade"] = 6
    gone = students.pop()
    aeries.lists["7/classes"] = [r for r in aeries.lists["7/classes"] if r["StudentID"] != gone["StudentID"]]
    students.append(student(7, 777))
    aeries.lists["7/classes"].append(class_row(7, 1, 777))
    station.pull()
    station.undo(2, plan_only=True)
    return station


def listed(source: SqlRowSource) -> set[tuple[str, str, str]]:
    return {
        (str(row.cells[1]), str(row.cells[2]), str(row.cells[0][0])) for row in source.rows(0, source.count())
    }


def changes_of(station: Station, number: int) -> tuple[Changes, Path | None]:
    with station.master() as db:
        applied = db.execute("SELECT applied FROM import WHERE id = ?", (number,)).fetchone()[0]
    plan = None if applied else plan_file(station.district, number)
    return Changes(station.district.master, number, plan), plan


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_list_holds_what_reading_record_by_record_gives(changed: Station, number: int) -> None:
    changes, plan = changes_of(changed, number)
    with changed.master() as db:
        expected = {(c.kind, c.record, c.action) for c in all_changes(db, number, plan)}
    with contextlib.closing(changes.source()) as source:
        assert listed(source) == expected


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_counts_by_kind_and_school_are_those_of_the_list(changed: Station, number: int) -> None:
    changes, _ = changes_of(changed, number)
    with contextlib.closing(connect(changed.district.master, read_only=True)) as db:
        tallies = changes.tallies(db, RosterAnswers())
    assert tallies
    for tally in tallies:
        assert set(tally.counts) <= set(ACTIONS)
        with contextlib.closing(changes.source(tally.kind.name, tally.school)) as source:
            if tally.school is not None:
                assert source.count() == tally.total
    with contextlib.closing(changes.source()) as source:
        assert source.count() == sum(tally.total for tally in tallies)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_row_leads_to_its_record_field_by_field(changed: Station, number: int) -> None:
    changes, plan = changes_of(changed, number)
    with changed.master() as db:
        expected = {(c.kind, c.record): c for c in all_changes(db, number, plan)}
        for (kind, record), change in expected.items():
            assert changes.change(db, *where(kind, record)) == change


@pytest.mark.parametrize("number", [2, 3])
def test_an_updated_record_names_its_fields_and_its_person(changed: Station, number: int) -> None:
    changes, _ = changes_of(changed, number)
    with contextlib.closing(changes.source("student", action="updated")) as source:
        row = source.rows(0, 1)[0]
        assert row.cells[5] == "Last name, Grade"
        assert "Renamed [/x], " in str(row.cells[4])
        assert source.with_filter("renamed").count() == 1
        assert source.with_filter("nobody").count() == 0
        assert source.with_sort("name", descending=True).count() == source.count()


def test_a_change_says_whom_and_what_it_is_about(changed: Station) -> None:
    changes, _ = changes_of(changed, 2)
    with changed.master() as db:
        change = changes.change(db, *where("enrollment", "7_1:777"))
        assert change is not None
        about = dict(changes.people(db, change))
    assert about["Student"] == "777 Lastname777, Firstname777"
    assert about["Section"].startswith("7_1")
