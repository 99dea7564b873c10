"""A pull that was stopped goes on from its staged pages, and only from those that may still be used."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from aeries_tui.master.schools import schools
from aeries_tui.operations.archive_year import archive_year
from aeries_tui.pull.staging import open_staging
from aeries_tui.settings.certificate import InEnvironment
from engine import PaperAeries, Station, adds_up, student

BROKEN = httpx.Response(500, json={"Message": "Broken."})


@pytest.fixture
def stopped(station: Station) -> Station:
    """A pull that ended when the school year changed under it, with every list staged."""
    station.aeries = PaperAeries.usual(students=7)
    station.set("source", page_size=3)
    station.map(7, 8)
    interrupted(station)
    station.aeries.asked.clear()
    return station


def lists_asked(station: Station) -> set[str]:
    return {path for path in station.aeries.asked if path not in {"systeminfo", "schools"}}


def test_what_was_read_is_not_read_again(stopped: Station) -> None:
    document = stopped.pull(resume=True)
    assert document["outcome"] == "completed"
    assert lists_asked(stopped) == set()
    assert len(stopped.active("student")) == 14
    assert adds_up(document)


def test_without_being_asked_nothing_is_resumed(stopped: Station) -> None:
    assert stopped.pull()["outcome"] == "completed"
    assert len(lists_asked(stopped)) == 10


def test_pages_that_are_too_old_are_read_again(stopped: Station) -> None:
    folder = stopped.district.pulls / "1"
    old = time.time() - 13 * 3600
    for path in folder.glob("pages.sqlite3*"):
        os.utime(path, (old, old))
    stopped.pull(resume=True)
    assert len(lists_asked(stopped)) == 10
    assert any("no stopped pull to resume" in line for line in stopped.log(2))


def test_pages_of_another_school_year_are_refused(stopped: Station) -> None:
    stopped.aeries.year = "2027-2028"
    document = stopped.pull(resume=True)
    assert (document["outcome"], document["problem"]["code"]) == ("error", "SRC-YEAR")
    assert document["problem"]["remedy"]


def test_a_school_mapped_since_is_read_and_one_unmapped_is_forgotten(stopped: Station) -> None:
    with stopped.master() as db:
        schools.set_mapping(db, 8, None, by="test")
    stopped.map(9)
    stopped.pull(resume=True)
    assert {path.split("/")[0] for path in lists_asked(stopped)} == {"9"}
    assert {school for school, _ in stopped.active("school_enrollment")} == {7, 9}


def test_lists_that_failed_are_read_again(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.aeries.faults["schools"] = BROKEN
    assert station.pull()["outcome"] == "error"
    station.aeries.faults.clear()
    assert station.pull(resume=True)["outcome"] == "completed"


def test_a_staging_file_without_tables_is_no_obstacle(stopped: Station) -> None:
    folder = stopped.district.pulls / "1"
    for path in folder.glob("pages.sqlite3*"):
        path.unlink()
    (folder / "pages.sqlite3").touch(0o600)
    assert stopped.pull(resume=True)["outcome"] == "completed"


def no_database(path: Path) -> None:
    path.write_bytes(b"nonsense" * 1000)


def cut_short(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(path, path.stat().st_size // 2)


def torn(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [no_database, cut_short, torn])
def test_a_damaged_staging_file_is_named_and_everything_read_anew(
    stopped: Station, damage: Callable[[Path], None]
) -> None:
    damage(stopped.district.pulls / "1" / "pages.sqlite3")
    assert stopped.pull(resume=True)["outcome"] == "completed"
    assert any("pages.sqlite3 is damaged. It is not used." in note for note in stopped.notes())
    assert len(lists_asked(stopped)) == 10


def test_a_student_list_goes_on_from_its_last_page(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=10)
    station.set("source", page_size=3)
    station.map(7)
    with pytest.raises(_Stop):
        stop_at_page(station, 3)
    station.aeries.faults.clear()
    station.aeries.asked.clear()
    station.pull(resume=True)
    assert len(station.active("student")) == 10
    assert station.aeries.asked.count("7/students") == 3


def test_rows_that_moved_since_make_the_list_be_read_anew(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=10)
    station.set("source", page_size=3)
    station.map(7)
    with pytest.raises(_Stop):
        stop_at_page(station, 3)
    station.aeries.faults.clear()
    station.aeries.lists["7/students"].insert(0, student(7, 1))
    station.pull(resume=True)
    assert station.active("student") == {(row["StudentID"],) for row in station.aeries.lists["7/students"]}


class _Stop(BaseException):
    """Stands for a kill in the middle of a list."""


def stop_at_page(station: Station, number: int) -> None:
    """Pull until page `number` of school 7's students is asked for."""
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        if asked == number:
            raise _Stop
        del station.aeries.faults["7/students"]
        try:
            return station.aeries(request)
        finally:
            station.aeries.faults["7/students"] = answer

    station.aeries.faults["7/students"] = answer
    station.pull()


def test_the_staging_file_is_for_its_owner_alone(stopped: Station) -> None:
    path = stopped.district.pulls / "1" / "pages.sqlite3"
    with open_staging(path):
        assert path.stat().st_mode & 0o077 == 0


def test_staging_that_a_kill_left_behind_is_removed_at_the_next_start(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7)
    station.pull()
    station.pull(plan_only=True)
    left = [station.district.pulls / "1" / name for name in ("pages.sqlite3", "plan.sqlite3")]
    for path in left:
        path.touch()
    station.pull(plan_only=True)
    assert not any(path.exists() for path in left)
    assert (station.district.pulls / "2" / "plan.sqlite3").exists()
    assert (station.district.pulls / "1" / "log.sqlite3").exists()


def interrupted(station: Station, **options: Any) -> None:
    """A pull that ended when the school year changed under it, with every list staged."""
    years = iter(["2026-2027", "2027-2028"])

    def info(request: httpx.Request) -> httpx.Response:
        told = {"AeriesVersion": "9", "DatabaseYear": next(years), "CurrentDateTime": "2026-10-05T08:00"}
        return httpx.Response(200, json=told)

    station.aeries.faults["systeminfo"] = info
    assert station.pull(**options)["problem"]["code"] == "SRC-YEAR"
    station.aeries.faults.clear()


@pytest.fixture
def planned(station: Station) -> Station:
    """A pull that was to end with its plan and was stopped."""
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    interrupted(station, plan_only=True)
    return station


@pytest.mark.parametrize("trigger", ["manual", "ui"])
def test_what_was_to_end_with_its_plan_does_so_when_it_goes_on(planned: Station, trigger: str) -> None:
    document = planned.pull(resume=True, trigger=trigger)
    assert document["outcome"] == "held"
    assert planned.active("student") == set()
    assert any("was to end with its plan" in note for note in planned.log(document["import"]))


def test_so_it_does_stopped_twice_and_with_pages_that_are_too_old(planned: Station) -> None:
    interrupted(planned, resume=True)
    old = time.time() - 13 * 3600
    for path in planned.district.pulls.glob("*/pages.sqlite3*"):
        os.utime(path, (old, old))
    assert planned.pull(resume=True)["outcome"] == "held"


def test_so_it_does_after_the_end_of_a_year(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.pull()
    archive_year(station.district, station.settings)
    interrupted(station, plan_only=True)
    assert station.pull(resume=True)["outcome"] == "held"
    assert station.active("student") == set()


def test_a_pull_that_is_not_a_resumed_one_is_what_it_is_asked_to_be(planned: Station) -> None:
    assert planned.pull()["outcome"] == "completed"


def test_a_stopped_pull_goes_on_with_the_school_year_it_was_asked_for(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.year, station.aeries.years = "2026-2027", ["2026-2027", "2025-2026"]
    station.map(7, 8)
    station.aeries.faults["schools"] = BROKEN
    assert station.pull(year="2025-2026")["outcome"] == "error"
    station.aeries.faults.clear()
    assert station.pull(resume=True)["school_year"] == "2025-2026"


def test_nothing_staged_from_another_server_is_resumed(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    for row in station.aeries.lists["7/students"]:
        row["LastName"] = "Training"
    station.map(7, 8)
    interrupted(station)
    station.aeries = PaperAeries.usual()
    station.credential = dataclasses.replace(station.credential, url="https://real.example/aeries")
    station.pull(resume=True)
    assert station.query("SELECT count(*) FROM student WHERE last_name = 'Training'") == [(0,)]


def test_staging_of_a_number_that_is_given_again_is_not_used(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.pull()
    backup = station.district.root / "backup.sqlite3"
    with station.master() as db:
        db.execute("VACUUM INTO ?", (str(backup),))
    interrupted(station)  # import 2
    for path in station.district.root.glob("master.sqlite3*"):
        path.unlink()
    shutil.copy(backup, station.district.master)
    station.aeries.lists["7/students"].append(student(7, 4711))
    station.pull()  # import 2 again, without --resume
    assert (4711,) in station.active("student")


def test_a_timer_that_could_not_begin_hides_no_stopped_pull(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.aeries = PaperAeries.usual(students=7)
    station.map(7, 8)
    interrupted(station)
    good = station.credential
    monkeypatch.delenv("GONE", raising=False)
    station.credential = dataclasses.replace(good, source=InEnvironment("GONE"))
    assert station.pull(trigger="timer")["outcome"] == "error"
    station.credential = good
    station.aeries.asked.clear()
    station.pull(resume=True)
    assert set(station.aeries.asked) == {"systeminfo", "schools"}
