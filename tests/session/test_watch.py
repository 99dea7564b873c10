from __future__ import annotations

import contextlib

from aeries_tui.master.database import connect
from aeries_tui.master.imports import imports
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import locked
from aeries_tui.session import Watch
from engine import Station


def test_a_district_without_a_master_is_quiet(station: Station) -> None:
    watch = Watch(station.district)
    assert watch.look() == watch.look()
    assert watch.look().newest is None


def test_a_change_by_anybody_is_seen_once(station: Station) -> None:
    station.map()
    watch = Watch(station.district)
    before = watch.look()
    assert watch.look() == before
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="timer")
    after = watch.look()
    assert after != before
    assert after.newest == (number, Outcome.RUNNING)
    assert watch.look() == after
    watch.close()


def test_a_holder_that_comes_and_goes_is_seen(station: Station) -> None:
    station.map()
    watch = Watch(station.district)
    with locked(station.district.lock, "pull"):
        held = watch.look().holder
        assert held is not None and held.what == "pull"
    assert watch.look().holder is None
    watch.close()


def test_a_pull_that_says_it_runs_while_nobody_holds_the_district_was_killed(station: Station) -> None:
    station.map()
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="timer")
    watch = Watch(station.district)
    with locked(station.district.lock, "pull"):
        assert watch.look().killed is None
    assert watch.look().killed == number
    watch.close()


def test_a_master_put_in_the_place_of_another_is_seen(station: Station) -> None:
    station.map()
    watch = Watch(station.district)
    before = watch.look()
    copy = station.district.master.with_suffix(".copy")
    copy.write_bytes(station.district.master.read_bytes())
    with contextlib.closing(connect(copy)) as db:
        number = imports.begin(db, kind="restore", trigger="manual")
    copy.replace(station.district.master)
    after = watch.look()
    assert after.version != before.version
    assert (before.newest, after.newest) == (None, (number, Outcome.RUNNING))
    watch.close()


def test_a_file_that_is_no_database_is_no_reason_to_fail(station: Station) -> None:
    station.district.master.write_bytes(b"this is no database at all" * 100)
    watch = Watch(station.district)
    assert watch.look().newest is None
    watch.close()
