from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aeries_tui.errors import Busy, MasterError, NotAllowedNow, NotFound
from aeries_tui.master.archives import archives
from aeries_tui.master.archives.archiving import STEPS
from aeries_tui.master.database import connect
from aeries_tui.master.imports import imports
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.schools import schools
from aeries_tui.operations.archive_year import (
    archive_file,
    archive_year,
    archives_of,
    checklist,
    plan_restore,
    verify_archive,
)
from aeries_tui.operations.decisions import approve, discard, undo
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import locked
from aeries_tui.pull.recovery import recover
from engine import PaperAeries, Station, fast_directory, student

EMPTY: dict[str, list[tuple[object, ...]]] = {kind.name: [] for kind in KINDS}


@pytest.fixture
def pulled(station: Station) -> Station:
    """A district with a year's roster: two imports, of which the second deactivated somebody."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    station.aeries.lists["7/students"].pop()
    station.aeries.lists["7/classes"].pop()
    station.pull()
    return station


def archive(station: Station) -> archives.Archive:
    _, made = archive_year(station.district, station.settings)
    return made


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The roster of another Master, row for row."""
    db = connect(path, read_only=True)
    try:
        return {
            name: [tuple(row) for row in db.execute(f"SELECT * FROM {name} ORDER BY 1, 2")] for name in EMPTY
        }
    finally:
        db.close()


def test_the_archive_holds_the_roster_row_for_row_and_the_master_starts_empty(pulled: Station) -> None:
    before = {name: sorted(rows) for name, rows in pulled.roster().items()}
    made = archive(pulled)
    assert made.name == "2026-2027"
    assert {name: sorted(rows) for name, rows in contents(made.path).items()} == before
    assert pulled.roster() == EMPTY
    assert all(pulled.query(f"SELECT count(*) FROM past_{name}") == [(0,)] for name in EMPTY)
    assert made.counts["student"] == len(before["student"])
    assert verify_archive(pulled.district, "2026-2027") == []


def test_mapping_accounts_and_the_book_of_imports_stay(pulled: Station) -> None:
    def kept() -> list[list[tuple[object, ...]]]:
        return [
            pulled.query(f"SELECT * FROM {table} ORDER BY 1, 2")
            for table in ("mapping", "account", "ali_school")
        ]

    before, imported = kept(), pulled.query("SELECT id, outcome FROM import")
    number, _ = archive_year(pulled.district, pulled.settings)
    assert kept() == before
    assert pulled.query("SELECT id, outcome FROM import WHERE kind = 'pull'") == imported
    document = pulled.document(number)
    assert document["outcome"] == "completed"
    assert document["counts"]["student"]["active"] == 0
    assert document["counts"]["student"]["deactivated"] == 17


def test_the_prerequisites_must_be_acknowledged_again_and_the_new_year_is_no_surprise(
    pulled: Station,
) -> None:
    archive(pulled)
    pulled.aeries.year, pulled.aeries.day = "2027-2028", "2027-07-01"
    with pytest.raises(NotAllowedNow, match="prerequisites"):
        pulled.pull(acknowledge=False)
    document = pulled.pull()
    assert document["outcome"].startswith("completed")
    assert document["school_year"] == "2027-2028"
    assert document["counts"]["student"]["created"] == 17


def test_what_a_list_held_before_the_archive_makes_an_empty_one_no_surprise(pulled: Station) -> None:
    archive(pulled)
    pulled.aeries.year, pulled.aeries.day = "2027-2028", "2027-07-01"
    pulled.aeries.lists["7/teachers"] = []
    assert pulled.pull()["outcome"].startswith("completed")
    pulled.aeries.lists["8/teachers"] = []
    assert pulled.pull()["outcome"] == "held", "what it held since then does"


def test_who_comes_back_after_the_summer_has_the_same_account(pulled: Station) -> None:
    accounts = pulled.query("SELECT * FROM account ORDER BY kind, person")
    archive(pulled)
    pulled.aeries.put(("7/students", [*pulled.aeries.lists["7/students"], student(7, 4711)]))
    pulled.pull()
    after = pulled.query("SELECT * FROM account WHERE person <> 4711 ORDER BY kind, person")
    assert after == accounts
    assert pulled.query("SELECT user_name FROM account WHERE person = 4711") == [("s4711@example.org",)]


def test_no_import_before_the_archive_can_be_undone(pulled: Station) -> None:
    number, _ = archive_year(pulled.district, pulled.settings)
    for old in (1, 2, number):
        with pytest.raises(NotAllowedNow):
            undo(pulled.as_district(), old)


def test_a_second_archive_of_the_same_year_has_a_name_of_its_own(pulled: Station) -> None:
    archive(pulled)
    pulled.pull()
    assert archive(pulled).name == "2026-2027-2"
    assert {found.name for found in archives_of(pulled.district)} == {"2026-2027", "2026-2027-2"}


def test_an_empty_master_is_not_archived(station: Station) -> None:
    with pytest.raises(NotAllowedNow, match="nothing to archive"):
        archive(station)
    assert archives_of(station.district) == []


def test_no_archive_is_made_while_a_pull_runs(pulled: Station) -> None:
    with locked(pulled.district.lock, "pull"):
        with pytest.raises(Busy):
            archive(pulled)
        with pulled.master() as master:
            states = {found.what: found.state for found in checklist(pulled.district, master)}
    assert states["Freeze"] == "bad"


def test_the_checklist_is_all_good_after_a_whole_pull(pulled: Station) -> None:
    with pulled.master() as master:
        found = checklist(pulled.district, master)
    assert {line.what for line in found if line.state == "bad"} == set()


def test_the_files_of_an_archive_are_for_their_owner_alone(pulled: Station) -> None:
    made = archive(pulled)
    assert {path.stat().st_mode & 0o777 for path in (made.path, made.side_file)} == {0o600}


@pytest.mark.parametrize("harm", ["cut", "flip", "gone", "rows"])
def test_a_damaged_archive_is_told_and_not_restored(pulled: Station, harm: str) -> None:
    path = archive(pulled).path
    if harm == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif harm == "flip":
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    elif harm == "gone":
        path.unlink()
    else:
        db = sqlite3.connect(path)
        db.execute("DELETE FROM student WHERE student_id = (SELECT min(student_id) FROM student)")
        db.commit()
        db.close()
    assert verify_archive(pulled.district, "2026-2027") != []
    with pytest.raises(MasterError):
        plan_restore(pulled.district, pulled.settings, "2026-2027")
    assert pulled.query("SELECT count(*) FROM import WHERE outcome = 'held'") == [(0,)]


def test_an_archive_that_is_not_there_is_not_found(pulled: Station) -> None:
    with pytest.raises(NotFound):
        archive_file(pulled.district, "1999-2000")


def test_a_copy_that_differs_from_the_roster_empties_nothing(pulled: Station) -> None:
    before = pulled.roster()

    def meddle(step: str) -> None:
        if step == "record":
            with pulled.master() as db:
                db.execute("UPDATE student SET first_name = 'Other' WHERE student_id = 8000")

    with pytest.raises(MasterError, match="does not hold the roster"):
        archive_year(pulled.district, pulled.settings, progress=meddle)
    after = pulled.roster()
    assert len(after["student"]) == len(before["student"])
    assert pulled.query("SELECT outcome FROM import WHERE kind = 'archive'") == [("error",)]
    archive(pulled)
    assert pulled.roster() == EMPTY


# Restoring


def test_a_restore_waits_for_a_person_and_brings_every_row_back(pulled: Station) -> None:
    before = pulled.roster()
    archive(pulled)
    number = plan_restore(pulled.district, pulled.settings, "2026-2027")
    assert pulled.roster() == EMPTY
    assert pulled.document(number)["outcome"] == "held"
    assert pulled.document(number)["problem"]["code"] == "RUN-HELD-RESTORE"
    assert pulled.approve(number) == Outcome.COMPLETED
    assert pulled.roster() == before
    with pulled.master() as master:
        assert schools.school_year(master) == "2026-2027"
    assert pulled.document(number)["files"] != []


def test_a_restore_over_a_new_year_takes_the_new_year_away_and_can_be_undone(pulled: Station) -> None:
    before = pulled.roster()
    archive(pulled)
    pulled.aeries.lists["8/students"] = [student(8, number) for number in range(8003, 8020)]
    pulled.pull()
    new_year = pulled.roster()
    number = plan_restore(pulled.district, pulled.settings, "2026-2027")
    approve(pulled.as_district(), number, "back")
    assert pulled.roster() == before
    back = undo(pulled.as_district(), number).number
    if pulled.document(back)["outcome"] == "held":
        approve(pulled.as_district(), back, "forth")
    assert pulled.roster() == new_year


def test_a_first_pull_of_the_new_year_can_be_undone_and_made_again_without_a_surprise(
    pulled: Station,
) -> None:
    archive(pulled)
    pulled.aeries.year, pulled.aeries.day = "2027-2028", "2027-07-01"
    number = int(pulled.pull()["import"])
    back = undo(pulled.as_district(), number).number
    if pulled.document(back)["outcome"] == "held":
        approve(pulled.as_district(), back, "again")
    assert pulled.roster() == EMPTY
    assert pulled.pull()["outcome"] != "held"


def test_a_discarded_restore_changes_nothing(pulled: Station) -> None:
    archive(pulled)
    number = plan_restore(pulled.district, pulled.settings, "2026-2027")
    discard(pulled.as_district(), number, "no")
    assert pulled.roster() == EMPTY


def test_a_restore_planned_before_another_import_is_superseded_by_it(pulled: Station) -> None:
    archive(pulled)
    number = plan_restore(pulled.district, pulled.settings, "2026-2027")
    later = pulled.pull()["import"]
    with pytest.raises(NotAllowedNow, match=f"superseded by import {later}"):
        approve(pulled.as_district(), number, "late")


@given(
    first=st.sets(st.integers(7000, 7008)), second=st.sets(st.integers(7000, 7008)),
    third=st.sets(st.integers(7000, 7008), min_size=1),
)  # fmt: skip
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_archive_and_restore_give_equal_tables_whatever_happened_between(
    tmp_path_factory: pytest.TempPathFactory, first: set[int], second: set[int], third: set[int]
) -> None:
    with fast_directory(tmp_path_factory.mktemp("station")) as root:
        station = Station(root)
        station.aeries = PaperAeries.usual()
        station.map(7, 8)
        for students in (first, second):
            station.aeries.lists["7/students"] = [student(7, number) for number in sorted(students)]
            number = int(station.pull()["import"])
            if station.document(number)["outcome"] == "held":
                approve(station.as_district(), number, "a test")
        before = station.roster()
        archive(station)
        station.aeries.lists["7/students"] = [student(7, number, Grade=6) for number in sorted(third)]
        station.pull()
        number = plan_restore(station.district, station.settings, "2026-2027")
        approve(station.as_district(), number, "a test")
        assert station.roster() == before


# Kills

_KILLED = """
import os, signal, sys
from pathlib import Path
from aeries_tui.operations.archive_year import archive_year
from aeries_tui.settings import DistrictPlaces, Settings
def at(step):
    if step == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
archive_year(DistrictPlaces("demo", Path(sys.argv[1])), Settings(), progress=at)
"""


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_the_roster_is_in_the_master_or_in_a_verified_archive(
    pulled: Station, step: str
) -> None:
    before, accounts = pulled.roster(), pulled.query("SELECT * FROM account ORDER BY 1, 2")
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(pulled.district.root), step], check=False)
    assert ended.returncode == -signal.SIGKILL
    if step == "done":
        assert pulled.roster() == EMPTY
    else:
        assert pulled.roster() == before
        with pulled.master() as master:
            (number,) = recover(pulled.district, master, pulled.settings.accounts)
            assert imports.get(master, number).outcome is Outcome.INTERRUPTED
        archive(pulled)
        assert pulled.roster() == EMPTY
    (made,) = archives_of(pulled.district)
    assert verify_archive(pulled.district, made.name) == []
    assert {name: sorted(rows) for name, rows in contents(made.path).items()} == {
        name: sorted(rows) for name, rows in before.items()
    }
    assert archives.unfinished(pulled.district.archives) == []
    assert pulled.query("SELECT * FROM account ORDER BY 1, 2") == accounts


def test_a_side_file_that_is_nonsense_is_passed_over(pulled: Station) -> None:
    made = archive(pulled)
    (pulled.district.archives / "other.json").write_text(json.dumps(["not", "an", "archive"]))
    assert archives_of(pulled.district) == [made]


def test_undoing_a_restore_leaves_alone_what_a_later_pull_created(pulled: Station) -> None:
    archive_year(pulled.district, pulled.settings)
    pulled.aeries.lists["7/students"].append(student(7, 4711, LastName="Old"))
    pulled.pull()
    number = plan_restore(pulled.district, pulled.settings, "2026-2027")
    approve(pulled.as_district(), number, "x")
    pulled.aeries.lists["7/students"][-1]["LastName"] = "New"
    pulled.pull()
    document = pulled.undo(number)
    if document["outcome"] == "held":
        pulled.approve(document["import"])
    assert pulled.query("SELECT last_name FROM student WHERE student_id = 4711") == [("New",)]


def test_an_archive_whose_side_file_is_lost_is_not_deleted(pulled: Station) -> None:
    _, made = archive_year(pulled.district, pulled.settings)
    content = made.path.read_bytes()
    made.side_file.unlink()
    pulled.aeries.lists["7/students"].pop()
    pulled.aeries.year, pulled.aeries.day = "2027-2028", "2027-07-01"
    pulled.pull()
    archive_year(pulled.district, pulled.settings)
    assert any(p.read_bytes() == content for p in pulled.district.archives.iterdir())


def test_archives_are_told_newest_first_and_none_is_written_over(pulled: Station) -> None:
    first = archive(pulled)
    first.side_file.unlink()
    content = first.path.read_bytes()
    pulled.pull()
    second = archive(pulled)
    pulled.pull()
    third = archive(pulled)
    assert [second.name, third.name] == ["2026-2027-2", "2026-2027-3"]
    assert first.path.read_bytes() == content, "a copy without a side file may be all there is of a year"
    archives.write(replace(second, made_at="2026-06-01T00:00:00Z"))
    assert [one.name for one in archives_of(pulled.district)] == ["2026-2027-3", "2026-2027-2"]
    archives.write(replace(third, made_at="2026-05-01T00:00:00Z"))
    assert [one.name for one in archives_of(pulled.district)] == ["2026-2027-2", "2026-2027-3"]


def test_an_archive_that_does_not_hold_what_it_says_is_told_table_by_table(pulled: Station) -> None:
    made = archive(pulled)
    counts = made.counts | {"student": made.counts["student"] + 1, "vanished": 3}
    archives.write(replace(made, counts=counts))
    students = made.counts["student"]
    assert verify_archive(pulled.district, made.name) == [
        f"student holds {students} rows; it held {students + 1}.", "vanished holds 0 rows; it held 3.",
    ]  # fmt: skip
