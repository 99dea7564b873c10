"""What an earlier or a newer program left behind: brought up on a copy, done without, or refused by name."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from aeries_tui.errors import MasterError
from aeries_tui.master.archives.archives import Archive, sha256_of
from aeries_tui.master.database import connect, copies_before
from aeries_tui.master.imports import imports
from aeries_tui.master.layout import layout_of
from aeries_tui.master.lists.changes import Changes
from aeries_tui.master.lists.people import people_source
from aeries_tui.master.roster.changes import planned_changes
from aeries_tui.master.roster.kinds import BY_NAME, KINDS
from aeries_tui.master.roster.plan import plan_layout
from aeries_tui.master.schema import newest
from aeries_tui.operations.archive_year import (
    archive_file,
    archive_year,
    archives_of,
    plan_restore,
    verify_archive,
)
from aeries_tui.operations.doctor import examine
from aeries_tui.outcome import Outcome
from aeries_tui.pull.folder import check_cache_file, log_file, pages_file, plan_file
from aeries_tui.pull.log import LogReader, add_line
from aeries_tui.session import Session
from aeries_tui.session.year_end import Looking
from engine import PaperAeries, Station
from engine.schema_change import add_badges, add_pronouns
from master.stored import load

KIND_NAMES = [kind.name for kind in KINDS]


@pytest.fixture
def pulled(station: Station) -> Station:
    """A district that was pulled once."""
    station.aeries = PaperAeries.usual(3, (7,))
    station.begin(7, 9)
    return station


def alter(path: Path, sql: str) -> None:
    """Change a file behind the program's back."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(sql)


def alter_archive(archive: Archive, sql: str) -> None:
    """Let another program have made an archive."""
    alter(archive.path, sql)
    told = json.loads(archive.side_file.read_bytes())
    told |= {
        "sha256": sha256_of(archive.path),
        "bytes": archive.path.stat().st_size,
        "told_by_a_newer_one": 1,
    }
    archive.side_file.write_text(json.dumps(told))


def archived(station: Station) -> Archive:
    _, archive = archive_year(station.district, station.settings)
    return archive


def without_pronouns(
    roster: dict[str, list[tuple[object, ...]]], kind: str
) -> dict[str, list[tuple[object, ...]]]:
    return {name: [row[:-1] if name == kind else row for row in rows] for name, rows in roster.items()}


def notes(station: Station) -> list[str]:
    """What the last import says of itself."""
    with station.master() as db:
        last = imports.latest(db)
    assert last is not None
    return list(last.notes)


# --- archives ---


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_last_years_archive_is_verified_looked_into_and_restored_once_a_kind_has_a_column_more(
    pulled: Station, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    before = pulled.roster()
    archive = archived(pulled)
    content = archive.path.read_bytes()
    add_pronouns(monkeypatch, kind)

    assert verify_archive(pulled.district, archive.name) == []
    assert archive_file(pulled.district, archive.name) == (archive.path, newest() - 1)
    looking = Looking(Session(pulled.places, pulled.settings), archive)
    with looking.reading() as db:
        (told,) = db.execute(f"SELECT DISTINCT pronouns FROM {kind}").fetchone()
        assert told == "as the step says"
    with contextlib.closing(people_source(looking.district.master, "both")) as source:
        assert source.count() == 8
    looking.close()

    number = plan_restore(pulled.district, pulled.settings, archive.name)
    assert pulled.approve(number) == Outcome.COMPLETED
    assert without_pronouns(pulled.roster(), kind) == before
    assert {row[-1] for row in pulled.roster()[kind]} == {"as the step says"}
    assert archive.path.read_bytes() == content
    assert {path.suffix for path in pulled.district.archives.iterdir()} == {".sqlite3", ".json"}


@pytest.mark.parametrize("name", ["1-first", "1-indexes", "1", "2-first", "2-indexes", "2"])
def test_an_archive_of_any_layout_is_restored(pulled: Station, name: str) -> None:
    archive = archived(pulled)
    load(name, archive.path)
    told = json.loads(archive.side_file.read_bytes()) | {
        "sha256": sha256_of(archive.path), "bytes": archive.path.stat().st_size,
    }  # fmt: skip
    with contextlib.closing(sqlite3.connect(archive.path)) as db:
        tables = db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        told["counts"] = {
            t: db.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for (t,) in tables.fetchall()
        }
    archive.side_file.write_text(json.dumps(told))
    assert verify_archive(pulled.district, archive.name) == []
    number = plan_restore(pulled.district, pulled.settings, archive.name)
    pulled.approve(number)
    assert len(pulled.roster()["student"]) == 6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("PRAGMA user_version = 99", "newer aeries-tui"),
        ("DROP VIEW v_section; DROP VIEW v_course; ALTER TABLE course DROP COLUMN title", "its table course has other columns"),
        ("PRAGMA user_version = 2; ALTER TABLE course RENAME COLUMN title TO name", "its table course has other columns"),
    ],
)  # fmt: skip
def test_an_archive_that_can_not_be_brought_up_is_refused_by_name(
    pulled: Station, change: str, said: str
) -> None:
    archive = archived(pulled)
    alter_archive(archive, change)
    content = archive.path.read_bytes()
    (found,) = archives_of(pulled.district)
    for what in (
        lambda: verify_archive(pulled.district, archive.name),
        lambda: archive_file(pulled.district, archive.name),
        lambda: plan_restore(pulled.district, pulled.settings, archive.name),
        lambda: Looking(Session(pulled.places, pulled.settings), found).district,
    ):
        with pytest.raises(MasterError, match=said) as refused:
            what()
        assert archive.name in refused.value.message + refused.value.meaning
        assert "version of aeries-tui" in refused.value.remedy
    assert archive.path.read_bytes() == content
    assert pulled.query("SELECT count(*) FROM import WHERE kind = 'restore'") == [(0,)]


def test_an_archive_of_a_newer_program_does_not_hinder_the_next_one(pulled: Station) -> None:
    archive = archived(pulled)
    alter_archive(archive, "PRAGMA user_version = 99")
    pulled.pull()
    assert archived(pulled).name == "2026-2027-2"


def test_the_copy_that_a_killed_program_made_of_an_archive_is_removed(
    pulled: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = archived(pulled)
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        gone = process.pid
    left = archive.path.with_name(f"{archive.name}.{gone}.1.brought-up")
    in_use = archive.path.with_name(f"{archive.name}.{os.getpid()}.0.brought-up")
    somebodys = archive.path.with_name("notes.brought-up")
    somebodys.touch()
    left.touch()
    in_use.touch()
    add_pronouns(monkeypatch, "course")
    verify_archive(pulled.district, archive.name)
    assert not left.exists()
    assert in_use.exists()
    assert somebodys.exists()


# --- plans ---


@pytest.mark.parametrize("kind", KIND_NAMES)
def test_a_plan_that_waits_is_looked_at_and_approved_once_a_kind_has_a_column_more(
    pulled: Station, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    before = pulled.roster()
    pulled.aeries.lists["7/students"][0]["FirstName"] = "Held"
    pulled.aeries.lists["courses"][0]["Title"] = "Held"
    number = int(pulled.pull(plan_only=True)["import"])
    add_pronouns(monkeypatch, kind)
    path = plan_file(pulled.district, number)
    with pulled.master() as db:
        (change,) = planned_changes(db, path, BY_NAME["student"])
        assert change.fields == {"first_name": (before["student"][0][3], "Held")}
    with contextlib.closing(Changes(pulled.district.master, number, path).source()) as source:
        assert source.count() == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert pulled.approve(number) == Outcome.COMPLETED
    assert pulled.query("SELECT student_id FROM student WHERE first_name = 'Held'") == [(7000,)]
    assert {row[-1] for row in pulled.roster()[kind]} == {"as the step says"}


def test_a_plan_that_waits_is_looked_at_and_approved_once_there_is_a_kind_more(
    pulled: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulled.aeries.lists["7/students"][0]["FirstName"] = "Held"
    number = int(pulled.pull(plan_only=True)["import"])
    add_badges(monkeypatch)
    with contextlib.closing(
        Changes(pulled.district.master, number, plan_file(pulled.district, number)).source()
    ) as source:
        assert [row.cells[1] for row in source.rows(0, 10)] == ["student"]
    assert pulled.approve(number) == Outcome.COMPLETED
    assert pulled.query("SELECT student_id FROM student WHERE first_name = 'Held'") == [(7000,)]
    assert pulled.query("SELECT count(*) FROM badge") == [(0,)]


def test_a_plan_without_a_kind_that_the_master_holds_is_refused(pulled: Station) -> None:
    pulled.aeries.lists["7/students"][0]["FirstName"] = "Held"
    number = int(pulled.pull(plan_only=True)["import"])
    path = plan_file(pulled.district, number)
    with contextlib.closing(sqlite3.connect(path)) as db:
        for part in ("new", "plan", "restore"):
            db.execute(f"DROP TABLE {part}_course")
        db.execute(f"PRAGMA user_version = {plan_layout().number - 1}")
    with pytest.raises(MasterError, match="it has no table"):
        pulled.approve(number)


def test_a_plan_of_before_there_were_layouts_is_approved(station: Station) -> None:
    load("2", station.district.master)
    (station.district.pulls / "3").mkdir(mode=0o700)
    path = load("plan-of-2", plan_file(station.district, 3))
    with contextlib.closing(connect(station.district.master, read_only=True)) as db:
        assert [
            change.fields["first_name"][1] for change in planned_changes(db, path, BY_NAME["student"])
        ] == ["Held"]
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert layout_of(db) == plan_layout()
    assert station.approve(3) == Outcome.COMPLETED
    assert station.query("SELECT count(*) FROM student WHERE first_name = 'Held'") == [(1,)]
    assert len(station.document(3)["files"]) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (f"PRAGMA user_version = {newest() + 1}001", "this program knows"),
        (f"PRAGMA user_version = {newest()}005", "this program knows"),
        ("PRAGMA user_version = 2001; DROP TABLE seen_staff", "no table seen_staff"),
        (
            "PRAGMA user_version = 2001; ALTER TABLE new_course ADD COLUMN colour",
            "no colour in its table new_course",
        ),
        ("PRAGMA application_id = 1", "this program knows"),
    ],
)
def test_a_plan_that_can_not_be_brought_up_is_refused_by_name_and_can_be_discarded(
    pulled: Station, change: str, said: str
) -> None:
    pulled.aeries.lists["7/students"][0]["FirstName"] = "Held"
    number = int(pulled.pull(plan_only=True)["import"])
    path = plan_file(pulled.district, number)
    alter(path, change)
    content, roster = path.read_bytes(), pulled.roster()
    with pytest.raises(MasterError, match=rf"plan of import {number} .*{said}") as refused:
        pulled.approve(number)
    assert f"discard {number}" in refused.value.remedy
    assert path.read_bytes() == content
    assert sorted(found.name for found in path.parent.glob("plan*")) == ["plan.sqlite3"]
    assert pulled.roster() == roster
    pulled.discard(number)
    assert pulled.pull()["outcome"] == Outcome.COMPLETED


# --- staging, check cache, watermark, log: caches are done without, and that is said ---


def stop(station: Station) -> None:
    """A pull that fails at its last list, with the others staged."""
    years = iter(["2026-2027", "2027-2028"])

    def info(request: httpx.Request) -> httpx.Response:
        told = {"AeriesVersion": "9", "DatabaseYear": next(years), "CurrentDateTime": "2026-10-05T08:00"}
        return httpx.Response(200, json=told)

    station.aeries.faults["systeminfo"] = info
    station.pull()
    station.aeries.faults.clear()
    station.aeries.asked.clear()


@pytest.mark.parametrize(
    "change", ["PRAGMA user_version = 1", "PRAGMA application_id = 0; PRAGMA user_version = 0"]
)
def test_staging_of_another_layout_is_not_resumed_and_that_is_said(station: Station, change: str) -> None:
    station.aeries = PaperAeries.usual(3, (7,))
    station.map(7, 9)
    stop(station)
    alter(pages_file(station.district, 1), change)
    document = station.pull(resume=True)
    assert document["outcome"] == Outcome.COMPLETED
    assert "7/students" in station.aeries.asked
    said = "What import 1 had read was staged by another version of aeries-tui, in another layout; it is not used."
    assert said in notes(station)
    assert any(said in line for line in station.log(2))


@pytest.mark.parametrize(
    "change", ["PRAGMA user_version = 1", "PRAGMA application_id = 0; PRAGMA user_version = 0"]
)
def test_a_check_kept_in_another_layout_is_made_anew_and_that_is_said(pulled: Station, change: str) -> None:
    alter(check_cache_file(pulled.district, 1), change)
    pulled.pull()
    assert notes(pulled) == [
        "What the last check found was kept by another version of aeries-tui, in another layout; it was made anew."
    ]
    pulled.pull()
    assert "so its check was not made anew" in notes(pulled)[0]


def test_after_an_upgrade_a_quick_pull_becomes_a_full_one_and_says_so(pulled: Station) -> None:
    pulled.query("UPDATE meta SET value = json_remove(value, '$.layout') WHERE name = 'mark'")
    document = pulled.pull(quick=True)
    assert document["outcome"] == Outcome.COMPLETED
    assert any(
        "another version of aeries-tui, into another layout. A full pull was made instead." in note
        for note in notes(pulled)
    )


def test_a_log_of_another_layout_is_refused_by_name_and_hinders_no_decision(pulled: Station) -> None:
    pulled.aeries.lists["7/students"][0]["FirstName"] = "Held"
    number = int(pulled.pull(plan_only=True)["import"])
    path = log_file(pulled.district, number)
    alter(path, "PRAGMA user_version = 7")
    reader = LogReader(path)
    with pytest.raises(MasterError, match="another version of aeries-tui"):
        reader.lines()
    with pytest.raises(MasterError, match="another version of aeries-tui"):
        add_line(path, "info", "More.")
    assert pulled.approve(number) == Outcome.COMPLETED


def test_a_log_of_before_there_were_layouts_is_read(pulled: Station) -> None:
    alter(log_file(pulled.district, 1), "PRAGMA user_version = 0; PRAGMA application_id = 0")
    assert any("Import 1: Completed" in line for line in pulled.log(1))


# --- the copy before a migration ---


@pytest.fixture
def upgraded(pulled: Station) -> Station:
    """A district whose Master was brought from one layout to the next."""
    for path in pulled.district.root.glob("master.sqlite3*"):
        path.unlink()
    alter(load("2", pulled.district.master), "UPDATE import SET started_at = '2026-01-01T00:00:00Z'")
    with pulled.master():
        pass
    return pulled


def told_of_copies(station: Station) -> list[str]:
    found = examine(station.as_district(), online=False)
    return [finding.message for finding in found if finding.what == "copies"]


def test_doctor_counts_the_copy_from_before_an_upgrade(upgraded: Station) -> None:
    (told,) = told_of_copies(upgraded)
    assert told.startswith("1 from before an upgrade: master.sqlite3.before-2 (")


def test_the_copy_goes_with_the_first_pull_that_is_completed_and_not_before(upgraded: Station) -> None:
    upgraded.aeries.faults["systeminfo"] = httpx.Response(500, json={})
    upgraded.pull()
    upgraded.aeries.faults.clear()
    upgraded.aeries.lists["7/students"][0]["FirstName"] = "Held"
    upgraded.discard(int(upgraded.pull(plan_only=True)["import"]))
    assert len(copies_before(upgraded.district.master)) == 1
    assert upgraded.pull()["outcome"] == Outcome.COMPLETED
    assert copies_before(upgraded.district.master) == []
    assert told_of_copies(upgraded) == []


def test_others_can_not_get_at_the_copy_and_doctor_looks(upgraded: Station) -> None:
    (copy,) = copies_before(upgraded.district.master)
    assert copy.stat().st_mode & 0o777 == 0o600
    copy.chmod(0o644)
    found = examine(upgraded.as_district(), online=False)
    assert any(finding.state == "bad" and str(copy) in finding.message for finding in found)


def test_help_tells_of_the_copies() -> None:
    from importlib.resources import files

    text = (files("aeries_tui.topics") / "privacy.md").read_text("utf-8")
    assert "master.sqlite3.before-N" in text
    assert "*.brought-up" in text
