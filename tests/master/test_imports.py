"""The book of imports, applying a plan, and taking it back."""

from __future__ import annotations

import httpx
import pytest

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.imports import imports
from aeries_tui.master.schools import schools
from aeries_tui.outcome import Outcome
from engine import PaperAeries, Station, student


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    return station


def rename(station: Station, place: int, name: str) -> None:
    station.aeries.lists["7/students"][place]["LastName"] = name


def test_an_import_begins_running_and_a_kill_is_known_by_that(station: Station) -> None:
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="timer")
        assert imports.get(db, number).outcome is Outcome.RUNNING
        assert imports.interrupt_running(db) == [number]
        found = imports.get(db, number)
        assert (found.outcome, found.applied) == (Outcome.INTERRUPTED, False)
        assert found.problem is not None
        assert found.problem.code == "RUN-INTERRUPTED"
        assert imports.interrupt_running(db) == []


def test_an_import_that_is_not_there_is_said_so(station: Station) -> None:
    with station.master() as db, pytest.raises(NotFound, match="no import 77"):
        imports.get(db, 77)


def test_the_document_of_an_import_holds_what_the_design_lists(pulled: Station) -> None:
    document = pulled.document(1)
    assert list(document)[:15] == [
        "format_version", "import", "district", "outcome", "status", "school_year", "trigger", "started_at", "ended_at", "files",
        "counts", "scopes", "descriptions", "superseded_by", "problem",
    ]  # fmt: skip
    assert set(document["counts"]) == set(KIND_NAMES)
    assert {scope["state"] for scope in document["scopes"]} == {"complete"}
    assert [file["kind"] for file in document["files"]] == ["staff", "student"]


def test_an_import_that_changes_nothing_and_missed_a_list_leaves_a_plan_that_waits(pulled: Station) -> None:
    rename(pulled, 0, "Waits")
    waiting = pulled.pull(plan_only=True)["import"]
    rename(pulled, 0, "Lastname7000")
    pulled.aeries.faults["courses"] = httpx.Response(500)
    assert pulled.pull()["outcome"] == "completed_with_error"
    assert pulled.approve(waiting) == "completed"
    assert pulled.query("SELECT last_name FROM student WHERE student_id = 7000") == [("Waits",)]


def test_undoing_brings_back_every_row(pulled: Station) -> None:
    before = pulled.roster()
    rename(pulled, 0, "Changed")
    del pulled.aeries.lists["7/students"][1]
    pulled.aeries.lists["7/students"].append(student(7, 1))
    pulled.pull()
    document = pulled.undo(2)
    assert pulled.roster() == before
    assert document["counts"]["student"]["reactivated"] == 1
    assert document["counts"]["student"]["active"] == 12
    rows = pulled.query("SELECT id, undoes, undone_by FROM import")
    assert rows == [(1, None, None), (2, None, 3), (3, 2, None)]


def test_an_undo_can_be_undone(pulled: Station) -> None:
    rename(pulled, 0, "Changed")
    pulled.pull()
    after = pulled.contents()
    pulled.undo(2)
    pulled.undo(3)
    assert pulled.contents() == after


def test_the_first_import_can_be_undone_down_to_nobody(pulled: Station) -> None:
    document = pulled.undo(1)
    assert document["outcome"] == "held"
    pulled.approve(document["import"])
    assert all(rows == [] for rows in pulled.roster().values())


def test_a_large_undo_waits_as_any_other_plan(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=30)
    station.begin(7, 8)
    before = station.roster()
    document = station.undo(1)
    assert document["outcome"] == "held"
    assert station.roster() == before
    station.approve(document["import"])
    assert station.active("student") == set()


def test_undoing_leaves_alone_what_a_later_import_changed(pulled: Station) -> None:
    rename(pulled, 0, "Second")
    rename(pulled, 1, "Second")
    pulled.pull()
    rename(pulled, 0, "Third")
    pulled.pull()
    pulled.undo(2)
    names = dict(pulled.query("SELECT student_id, last_name FROM student WHERE student_id IN (7000, 7001)"))
    assert names == {7000: "Third", 7001: "Lastname7001"}


def test_an_import_that_was_undone_redone_and_undone_again_is_in_nobodys_way(pulled: Station) -> None:
    before = pulled.roster()
    for name in ("Second", "Third"):
        rename(pulled, 0, name)
        pulled.pull()
    for number in (3, 4, 5, 2):
        pulled.undo(number)
    assert pulled.roster() == before


def of_year(station: Station, year: str) -> None:
    """A pull of another school year than the Master's, which a person lets through."""
    station.aeries.year = year
    rename(station, 0, f"Of {year}")
    document = station.pull()
    if document["outcome"] == "held":
        station.approve(document["import"])


def undone(station: Station, number: int) -> None:
    document = station.undo(number)
    if document["outcome"] == "held":
        station.approve(document["import"])


@pytest.mark.parametrize(
    ("numbers", "year"),
    [
        ((3,), "2027-2028"), ((2,), "2028-2029"), ((3, 2), "2026-2027"), ((2, 3), "2026-2027"),
        ((1,), "2028-2029"), ((3, 4), "2028-2029"), ((3, 4, 5), "2027-2028"), ((3, 2, 1), None),
    ],
)  # fmt: skip
def test_the_school_year_after_an_undo_is_that_of_the_last_import_that_stands(
    pulled: Station, numbers: tuple[int, ...], year: str | None
) -> None:
    of_year(pulled, "2027-2028")
    of_year(pulled, "2028-2029")
    for number in numbers:
        undone(pulled, number)
    with pulled.master() as db:
        assert schools.school_year(db) == year


def test_stepping_back_one_import_after_the_other_ends_where_it_began(pulled: Station) -> None:
    states = [pulled.roster()]
    for name in ("A", "B", "C"):
        rename(pulled, 0, name)
        pulled.aeries.lists["7/students"].append(student(7, ord(name)))
        pulled.pull()
        states.append(pulled.roster())
    for number in (4, 3, 2):
        pulled.undo(number)
        assert pulled.roster() == states[number - 2]


@pytest.mark.parametrize("what", ["held", "undone", "unknown"])
def test_what_can_not_be_undone_says_why(pulled: Station, what: str) -> None:
    rename(pulled, 0, "Changed")
    number = pulled.pull(plan_only=what == "held")["import"]
    if what == "undone":
        pulled.undo(number)
    with pytest.raises(NotFound if what == "unknown" else NotAllowedNow):
        pulled.undo(99 if what == "unknown" else number)


def test_undoing_an_undo_leaves_alone_what_a_later_pull_created(pulled: Station) -> None:
    pulled.aeries.lists["7/students"].append(student(7, 4711, LastName="Wrong"))
    pulled.pull()  # 2
    pulled.undo(2)  # 3
    pulled.aeries.lists["7/students"][-1]["LastName"] = "Right"
    pulled.pull()  # 4
    pulled.undo(3)
    assert pulled.query("SELECT last_name FROM student WHERE student_id = 4711") == [("Right",)]


def test_an_import_that_was_brought_back_can_be_undone_again(pulled: Station) -> None:
    before = pulled.roster()
    rename(pulled, 0, "Changed")
    pulled.pull()
    for number in (2, 3, 2):
        pulled.undo(number)
    assert pulled.roster() == before
    with pytest.raises(NotAllowedNow, match="already undone by import 5"):
        pulled.undo(2)
