from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.master.imports import imports
from aeries_tui.master.schools import schools
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import locked
from aeries_tui.screens.text.home import lines_for
from aeries_tui.session import CommandProcess, Session
from aeries_tui.session.district_status import read_district_status
from aeries_tui.settings import CredentialStore, Settings
from engine import PaperAeries, Station, school
from engine.served import Roster


def session_of(station: Station) -> Session:
    return Session(station.places, Settings())


def wait_until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for another process; it tells nobody, so it is asked."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this never came true"
        os.sched_yield()


def ended(started: CommandProcess) -> int:
    wait_until(lambda: started.status is not None)
    assert started.status is not None
    return started.status


def test_without_a_credential_there_is_no_district(tmp_path: Path) -> None:
    station = Station(tmp_path)
    CredentialStore(station.places.credentials_file).remove("demo")
    session = session_of(station)
    assert session.name is None and session.credential is None
    with pytest.raises(NotFound):
        session.must_have_credential()


def test_a_pull_started_here_runs_by_itself_and_its_import_is_applied(
    rosters: dict[str, Roster], tmp_path: Path
) -> None:
    station = rosters["300"].station(tmp_path)
    session = session_of(station)
    started = session.start_pull(acknowledge=True)
    assert os.getsid(started.pid) == started.pid, "it has a session of its own and no terminal"
    assert ended(started) == Outcome.COMPLETED_WITH_ERROR.exit_status
    assert started.refusal() is None
    with session.reading() as db:
        newest = imports.latest(db)
        assert newest is not None and newest.applied and newest.trigger == "ui"
    session.close()


def test_a_pull_that_may_not_begin_says_why(station: Station) -> None:
    station.map()
    session = session_of(station)
    started = session.start_pull()
    assert ended(started) == 2
    refusal = started.refusal()
    assert refusal is not None
    assert "No school of demo is mapped" in refusal.message
    assert refusal.remedy
    session.close()


def test_nothing_is_started_while_something_is_done_to_the_district(station: Station) -> None:
    station.map()
    with locked(station.district.lock, "approve"), pytest.raises(NotAllowedNow, match="approve"):
        session_of(station).start_pull()


def test_what_runs_is_named_with_its_import(station: Station) -> None:
    station.map()
    session = session_of(station)
    assert session.running() is None
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="timer")
    with locked(station.district.lock, "pull"):
        running = session.running()
    assert running is not None
    assert (running.number, running.pid, running.what) == (number, os.getpid(), "pull")


def test_a_pull_is_cancelled_by_a_signal_to_its_process(station: Station) -> None:
    code = (
        "import sys, signal; from pathlib import Path; from aeries_tui.pull.lock import locked\n"
        "with locked(Path(sys.argv[1]), 'pull'): print('held', flush=True); signal.pause()"
    )
    holding = subprocess.Popen(
        [sys.executable, "-c", code, str(station.district.lock)], stdout=subprocess.PIPE, text=True
    )
    with holding:
        assert holding.stdout is not None and holding.stdout.readline() == "held\n"
        assert session_of(station).cancel()
        assert holding.wait(20) == -15


def test_an_approval_is_not_cancelled_and_nothing_is_nothing(station: Station) -> None:
    session = session_of(station)
    assert not session.cancel()
    with locked(station.district.lock, "approve"), pytest.raises(NotAllowedNow, match="approve"):
        session.cancel()


def test_the_master_is_made_by_the_first_change(tmp_path: Path) -> None:
    session = session_of(Station(tmp_path))
    with pytest.raises(NotFound), session.reading():
        pass
    with session.writing() as db:
        schools.acknowledge(db, "somebody", None)
    with session.reading() as db:
        assert schools.acknowledgement(db) is not None


def test_a_mapped_school_that_aeries_no_longer_lists_is_told(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    session = session_of(station)
    assert read_district_status(session).coverage.gone == 0
    station.aeries.lists["schools"] = [school(0), school(7), school(9, "Elementary")]
    station.pull()
    found = read_district_status(session)
    assert (found.coverage.mapped, found.coverage.gone) == (2, 1)
    (line,) = [one for one in lines_for(found, None, lambda action: action) if one.id == "schools"]
    assert line.sign == "warning"
    assert line.state.endswith("1 gone from Aeries")


def test_no_second_pull_is_started_while_one_is_about_to_begin(station: Station) -> None:
    station.map()
    session = session_of(station)
    left: list[bool] = []
    begun = SimpleNamespace(status=None, leave=lambda: left.append(True))
    session.started = cast(CommandProcess, begun)
    with pytest.raises(NotAllowedNow, match="just being started"):
        session.start_pull()
    assert left == [], "the one that begins is still watched"
    begun.status = 5
    assert ended(session.start_pull()) == 2
    assert left == [True]
    session.close()
