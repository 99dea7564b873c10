"""What is forgotten in time, and that what somebody still needs is not."""

from __future__ import annotations

import datetime as dt
import json

import httpx
import pytest

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.imports import retention
from engine import PaperAeries, Station, student

LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture
def pulled(station: Station) -> Station:
    """One import with an error (a grade that does not exist) and two warnings (no e-mail address)."""
    station.aeries = PaperAeries.usual(students=20)
    station.aeries.lists["7/students"] += [
        student(7, 777, InactiveStatusCode={}), student(7, 778, StudentEmailAddress=""), student(7, 779, StudentEmailAddress=""),
    ]  # fmt: skip
    station.begin(7, 8, 9)
    return station


def held(station: Station) -> int:
    """A plan that waits because it would deactivate most of a school; Aeries is whole again after it."""
    rows = station.aeries.lists["8/students"]
    station.aeries.lists["8/students"] = rows[:2]
    document = station.pull()
    assert document["outcome"] == "held"
    station.aeries.lists["8/students"] = rows
    return int(document["import"])


def rename(station: Station, name: str) -> int:
    """An import that changes one student."""
    station.aeries.lists["7/students"][0]["LastName"] = name
    return int(station.pull()["import"])


def pull_in_part(station: Station) -> int:
    """An import that missed a list and changed nobody: no plan that waits is overtaken by it."""
    station.aeries.faults["9/classes"] = httpx.Response(500)
    number = int(station.pull()["import"])
    del station.aeries.faults["9/classes"]
    return number


def forget_imports(station: Station, keep: int) -> list[int]:
    with station.master() as db:
        return retention.drop_imports(db, keep)


def books(station: Station, number: int) -> list[list[tuple[object, ...]]]:
    """What the Master keeps of one import besides its row."""
    return [
        station.query(f"SELECT * FROM {table} WHERE import_id = ?", number)
        for table in ("description", "scope", "hold", "file")
    ]


def end_long_ago(station: Station, *numbers: int) -> None:
    with station.master() as db:
        for number in numbers:
            db.execute("UPDATE import SET ended_at = ? WHERE id = ?", (LONG_AGO, number))


def test_all_but_the_newest_imports_lose_their_books_and_keep_their_row(pulled: Station) -> None:
    rename(pulled, "Second")
    rename(pulled, "Third")
    newest = books(pulled, 3)
    assert forget_imports(pulled, 1) == [1, 2]
    assert books(pulled, 1) == books(pulled, 2) == [[], [], [], []]
    assert books(pulled, 3) == newest
    assert pulled.query("SELECT id, applied FROM import") == [(1, 1), (2, 1), (3, 1)]
    assert forget_imports(pulled, 1) == [], "what is forgotten is not forgotten again"


def test_a_plan_that_waits_keeps_what_a_person_judges_it_by(pulled: Station) -> None:
    waiting = held(pulled)
    before = books(pulled, waiting)
    assert all(before[:3]), "it has descriptions, scopes and reasons to wait"
    pull_in_part(pulled)
    assert forget_imports(pulled, 1) == [1]
    assert books(pulled, waiting) == before


def test_an_import_whose_earlier_versions_are_forgotten_can_not_be_undone(pulled: Station) -> None:
    before = pulled.roster()
    second, third = rename(pulled, "Second"), rename(pulled, "Third")
    end_long_ago(pulled, 1, second)
    with pulled.master() as db:
        retention.drop_undo(db, "2020-01-02T00:00:00Z")
    assert pulled.query("SELECT import_id FROM past_student") == [(third,)]
    with pytest.raises(NotAllowedNow):
        pulled.undo(second)
    pulled.undo(third)
    assert pulled.roster() != before
    assert pulled.query("SELECT last_name FROM student WHERE student_id = 7000") == [("Second",)]


def test_earlier_versions_are_kept_to_the_very_moment(pulled: Station) -> None:
    number = rename(pulled, "Second")
    end_long_ago(pulled, number)
    with pulled.master() as db:
        retention.drop_undo(db, LONG_AGO)
    pulled.undo(number)


def test_old_warnings_become_a_number_and_errors_stay(
    pulled: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "FULL_WARNINGS", 1)
    number = rename(pulled, "Second")
    before = {one: books(pulled, one)[0] for one in (1, number)}
    for _ in range(2):
        with pulled.master() as db:
            retention.thin_warnings(db)
    kept = {one.code for one in pulled.descriptions(1)}
    assert "REC-TYPE" in kept
    assert "STUDENT-NO-EMAIL" not in kept
    (notes,) = pulled.query("SELECT notes FROM import WHERE id = 1")[0]
    said = [note for note in json.loads(notes) if "no longer kept one by one" in note]
    assert len(said) == 1
    assert "STUDENT-NO-EMAIL 2" in said[0]
    assert books(pulled, number)[0] == before[number]


def test_a_plan_that_waits_keeps_its_warnings(pulled: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "FULL_WARNINGS", 1)
    waiting = held(pulled)
    before = books(pulled, waiting)
    pull_in_part(pulled)
    with pulled.master() as db:
        retention.thin_warnings(db)
    assert books(pulled, waiting) == before


def test_the_next_pull_throws_old_files_and_logs_away_but_no_plan_that_waits(pulled: Station) -> None:
    waiting = held(pulled)
    end_long_ago(pulled, 1, waiting)
    pulled.set("retention", imports=2)
    changed = pull_in_part(pulled)
    assert not (pulled.district.pulls / "1").exists(), "its log is past its days"
    assert not (pulled.district.imports / "1").exists(), "its files are of an import that is forgotten"
    assert (pulled.district.imports / str(changed) / "student.csv").exists()
    assert (pulled.district.pulls / str(changed) / "log.sqlite3").exists()
    assert (pulled.district.pulls / str(waiting) / "plan.sqlite3").exists()


def test_a_plan_that_waited_long_can_still_be_approved(pulled: Station) -> None:
    waiting = held(pulled)
    end_long_ago(pulled, waiting)
    pulled.set("retention", imports=1)
    pull_in_part(pulled)
    assert pulled.approve(waiting) == "completed_with_error"
    assert len(pulled.query("SELECT 1 FROM school_enrollment WHERE school_code = 8 AND active = 1")) == 2


def test_what_ended_before_a_moment_leaves_out_what_runs_or_waits(pulled: Station) -> None:
    waiting = held(pulled)
    end_long_ago(pulled, 1, waiting)
    moment = (dt.datetime.fromisoformat(LONG_AGO) + dt.timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    with pulled.master() as db:
        assert retention.ended_before(db, moment) == [1]
        assert retention.ended_before(db, LONG_AGO) == []
