"""All districts are seen at a glance without opening their Masters; one that has changed is read once."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import shutil
import sqlite3
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.alarms import State
from aeries_tui.alarms.status_file import read_status, status_path
from aeries_tui.master import database
from aeries_tui.operations.kept_status import keep_status
from aeries_tui.operations.overview import Overview, caught_up
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import locked
from engine import PaperAeries, Station
from engine.county import make_county, own_master

NAMES = [f"oak-{number:03}" for number in range(499)]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each Master was opened, by the district's name."""
    found: Counter[str] = Counter()
    whole = database.open_database

    def counting(path: Path, **given: Any) -> object:
        found[path.parent.name] += 1
        return whole(path, **given)

    monkeypatch.setattr(database, "open_database", counting)
    return found


@pytest.fixture
def pulled(station: Station) -> Station:
    """A machine with one district that was pulled."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    return station


def test_five_hundred_districts_are_seen_without_opening_a_master(
    pulled: Station, opened: Counter[str]
) -> None:
    make_county(pulled, NAMES)
    opened.clear()
    overview = Overview(pulled.places, pulled.settings)
    begun = time.process_time()
    assert overview.look()
    took = time.process_time() - begun
    assert len(overview.districts) == 500
    assert overview.outdated() == []
    assert not overview.look()
    assert not opened
    assert took < 0.5
    (one,) = (one for one in overview.districts if one.name == "oak-007")
    assert one.status is not None
    assert one.status.active["student"] == len(pulled.active("student"))
    assert one.verdict(dt.datetime.now(dt.UTC)).state in {State.OK, State.WITH_ERRORS}


def test_a_master_that_is_unknown_or_has_changed_is_read_once(pulled: Station, opened: Counter[str]) -> None:
    make_county(pulled, NAMES[:5])
    own_master(pulled, NAMES[0])
    overview = Overview(pulled.places, pulled.settings)
    overview.look()
    assert overview.outdated() == [NAMES[0]]
    opened.clear()
    overview.catch_up(NAMES[0])
    assert opened == {NAMES[0]: 1}
    assert overview.outdated() == []
    assert not overview.look()
    pulled.aeries.lists["7/students"].pop()
    pulled.pull()
    assert overview.outdated() == ["demo"]
    overview.catch_up("demo")
    assert overview.outdated() == []
    opened.clear()
    again = caught_up(pulled.places, pulled.settings)
    assert [one.status and one.status.latest_import for one in again] == [2, 1, 1, 1, 1, 1]
    assert not opened


def test_what_is_kept_says_what_is_usual_and_why_a_plan_waits(pulled: Station) -> None:
    for name in ("A", "B", "C"):
        pulled.aeries.lists["7/students"][0]["LastName"] = name
        pulled.pull()
    pulled.aeries.lists["7/students"][0]["LastName"] = "D"
    pulled.aeries.lists["7/students"][1]["LastName"] = "E"
    assert pulled.pull(plan_only=True)["outcome"] == "held"
    assert keep_status(pulled.as_district()) == []
    status = read_status(status_path(pulled.places.statuses, "demo"))
    assert (status.changed, status.usual) == (1, 1)
    assert (status.held, status.latest_outcome) == (5, Outcome.HELD)
    assert status.disk > pulled.district.master.stat().st_size
    assert status_path(pulled.places.statuses, "demo").stat().st_mode & 0o777 == 0o600


def test_who_works_on_a_district_is_seen_and_its_master_left_alone(pulled: Station) -> None:
    make_county(pulled, NAMES[:2])
    overview = Overview(pulled.places, pulled.settings)
    overview.look()
    own_master(pulled, NAMES[1])
    with locked(pulled.places.district(NAMES[1]).lock, "pull"):
        assert overview.look()
        (running,) = (one.running for one in overview.districts if one.running)
        assert running.what == "pull"
        assert overview.outdated() == []
    assert overview.look()
    assert overview.outdated() == [NAMES[1]]


def test_a_damaged_master_is_told_of_one_and_not_read_again_and_again(pulled: Station) -> None:
    make_county(pulled, NAMES[:2])
    own_master(pulled, NAMES[0]).write_bytes(b"no database" * 1000)
    overview = Overview(pulled.places, pulled.settings)
    overview.look()
    for name in overview.outdated():
        overview.catch_up(name)
    assert overview.outdated() == []
    states = {one.name: one.verdict(dt.datetime.now(dt.UTC)).state for one in overview.districts}
    assert states[NAMES[0]] is State.FAILED
    assert states[NAMES[1]] is not State.FAILED
    status_path(pulled.places.statuses, NAMES[1]).write_text("{")
    overview.look()
    assert overview.outdated() == []


def test_a_folder_that_leads_nowhere_keeps_nobody_else_from_being_seen(pulled: Station) -> None:
    make_county(pulled, NAMES[:2])
    folder = pulled.places.district(NAMES[0]).root
    shutil.rmtree(folder)
    folder.symlink_to(folder)
    found = {one.name: one for one in caught_up(pulled.places, pulled.settings)}
    assert found[NAMES[0]].verdict(dt.datetime.now(dt.UTC)).state is not State.OK
    assert found[NAMES[1]].status is not None


def test_a_folder_that_may_not_be_read_is_told_of_its_district_alone(
    pulled: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_county(pulled, NAMES[:2])
    shut, usual = own_master(pulled, NAMES[0]), os.stat

    def stat(path: Any, *given: Any, **named: Any) -> os.stat_result:
        if str(path).startswith(str(shut)):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return usual(path, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat)
        found = {one.name: one for one in caught_up(pulled.places, pulled.settings)}
    assert "Permission denied" in found[NAMES[0]].unread
    assert found[NAMES[1]].status is not None


def test_a_master_that_was_locked_is_read_once_that_is_over(pulled: Station) -> None:
    make_county(pulled, NAMES[:2])
    master = own_master(pulled, NAMES[0])
    overview = Overview(pulled.places, pulled.settings)
    overview.look()
    with contextlib.closing(sqlite3.connect(master, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        overview.catch_up(NAMES[0])
        assert overview.outdated() == [], "it is not tried again and again"
        assert next(one for one in overview.districts if one.name == NAMES[0]).unread
    overview.forget_unread()
    assert overview.outdated() == [NAMES[0]]
    overview.catch_up(NAMES[0])
    assert not any(one.unread for one in overview.districts)


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "endless", "link to nowhere"])
def test_whatever_stands_in_the_place_of_what_is_kept_the_master_is_asked(pulled: Station, kind: str) -> None:
    keep_status(pulled.as_district())
    path = status_path(pulled.places.statuses, "demo")
    path.unlink()
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "endless":
            with path.open("wb") as file:
                file.truncate(10**11)  # all of it a hole
        case _:
            path.symlink_to("/nowhere/at/all")
    (found,) = caught_up(pulled.places, pulled.settings)
    assert found.status is not None and found.status.latest_outcome is Outcome.COMPLETED


def test_a_district_that_is_added_or_removed_is_seen(pulled: Station) -> None:
    overview = Overview(pulled.places, pulled.settings)
    overview.look()
    make_county(pulled, ["elm"])
    assert overview.look()
    assert [one.name for one in overview.districts] == ["demo", "elm"]
