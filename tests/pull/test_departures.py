"""A plan says why each person goes, and from where; the reasons add up to those who go."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest

from aeries_tui.departures import Departure, reason_of, sentence_of
from aeries_tui.master.lists.changes import Changes
from aeries_tui.master.roster.kinds import SCHOOL_ENROLLMENT, STAFF, STUDENT
from aeries_tui.master.roster.roster_answers import RosterAnswers
from aeries_tui.pull.folder import plan_file
from engine import PaperAeries, Station, student


@pytest.fixture
def leaving(station: Station) -> Station:
    """Of five students of school 7 and two of 8 that is mapped no more each goes for a reason, or stays elsewhere."""
    aeries = station.aeries = PaperAeries.usual(students=6, schools=(7, 8, 9))
    station.begin(7, 8, 9)
    listed = aeries.lists["7/students"]
    listed[0].update(InactiveStatusCode="I", SchoolLeaveDate="2026-09-30T00:00:00")
    listed[1].update(InactiveStatusCode="I")
    listed[2].update(InactiveStatusCode="*")
    moved = listed[4]["StudentID"]
    del listed[3:5]
    aeries.lists["9/students"].append(student(9, moved))
    with station.master() as db:
        db.execute("DELETE FROM mapping WHERE aeries_code = 8")
    station.pull(plan_only=True)
    return station


def whys(station: Station, kind: str, **only: object) -> dict[str, tuple[str, str]]:
    """Record to school and reason, of those that the plan of import 2 deactivates."""
    changes = Changes(station.district.master, 2, plan_file(station.district, 2))
    with contextlib.closing(changes.source(kind, action="deactivated", **only)) as source:  # type: ignore[arg-type]
        return {str(r.cells[2]): (str(r.cells[3]), str(r.cells[5])) for r in source.rows(0, 100)}


def test_each_student_who_goes_is_named_with_where_and_why(leaving: Station) -> None:
    found = whys(leaving, "student")
    assert {key: found[key] for key in ("7000", "7001", "7002", "7003")} == {
        "7000": ("7", "left 7 on 2026-09-30, status I"),
        "7001": ("7", "left 7, status I"),
        "7002": ("7", "enrolled at school 7 for next year only, status *"),
        "7003": ("7", "no longer listed at 7"),
    }
    assert {why for key, (_, why) in found.items() if key.startswith("8")} == {"school 8 is mapped no more"}
    assert "7004" not in found
    assert whys(leaving, "school_enrollment")["7:7004"] == (
        "7",
        "no longer listed at 7; stays at 9",
    )


def test_the_reasons_add_up_to_those_who_go_at_each_school(leaving: Station) -> None:
    changes = Changes(leaving.district.master, 2, plan_file(leaving.district, 2))
    with leaving.master() as db:
        tallies, departures = changes.tallies(db, RosterAnswers()), changes.departures(db)
        change = changes.change(db, STUDENT, (7000,))
        assert change is not None
        assert ("Why", "left 7 on 2026-09-30, status I") in changes.people(db, change)
    for kind in (STUDENT, STAFF, SCHOOL_ENROLLMENT):
        gone = {
            t.school: t.counts.get("deactivated", 0)
            for t in tallies
            if t.kind is kind and t.counts.get("deactivated", 0)
        }
        told: dict[int | None, int] = {}
        for one in departures:
            if one.kind == kind.name:
                school = one.school if kind.school else None
                told[school] = told.get(school, 0) + one.count
        assert told == gone and gone
    assert len(whys(leaving, "student", why=("status", "I"))) == 2


def test_staff_go_for_their_status_without_a_class_or_from_the_list(station: Station) -> None:
    aeries = station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    teaching = sorted(station.active("staff"))
    ((first,), *_) = teaching
    own = next(row for row in aeries.lists["staff"] if row["ID"] == first)
    own["InactiveStatusCode"] = "R"
    for path in ("7/sections", "8/sections"):
        for row in aeries.lists[path]:
            row["SectionStaffMembers"] = []
    aeries.lists["8/teachers"][0]["StaffID1"] = 0
    station.pull(plan_only=True)
    found = whys(station, "staff")
    assert found[str(first)][1].endswith("status R")
    assert {why for key, (_, why) in found.items() if key != str(first)} == {
        "no class in a mapped school any more"
    }


def test_a_plan_of_an_older_layout_says_nothing_of_why(leaving: Station) -> None:
    plan = plan_file(leaving.district, 2)

    with contextlib.closing(sqlite3.connect(plan)) as db:
        db.execute("DROP TABLE departure")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute(f"PRAGMA user_version = {version - 1}")
        db.commit()
    with leaving.master() as db:
        assert Changes(leaving.district.master, 2, plan).departures(db) == []
    assert {why for _, why in whys(leaving, "student").values()} == {""}


@pytest.mark.parametrize(
    ("departure", "words", "sentence"),
    [
        (Departure.STATUS, "left: status I", "left, status I"),
        (Departure.UNLISTED, "no longer listed by Aeries", "no longer in Aeries' list of staff"),
    ],
)
def test_a_reason_without_a_school_is_a_sentence_as_well(
    departure: Departure, words: str, sentence: str
) -> None:
    assert (reason_of(departure, "I"), sentence_of(departure, None, "I", None, None)) == (words, sentence)
