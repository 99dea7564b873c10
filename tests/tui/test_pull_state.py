"""What the screen Pull makes of a pull's log: pace, stages, schools; and counts in words."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from aeries_tui.listing import Interrupted
from aeries_tui.master.lists.changes import Tally
from aeries_tui.master.roster.kinds import BY_NAME
from aeries_tui.pull.log import Level, StageProgress, open_log
from aeries_tui.screens.pull_log import PullLogSource, write_log
from aeries_tui.screens.pull_state import (
    ListState,
    Pace,
    PullState,
    read_state,
    school_lines,
    stage_lines,
)
from aeries_tui.screens.text.counts import counted, in_figures, trimmed
from aeries_tui.secret import Secret
from aeries_tui.session import RunningPull, Session
from aeries_tui.settings import Settings
from engine import PaperAeries, Station

RUNNING = RunningPull(1, 10, "pull", "2026-11-24T08:00:00Z")


def test_a_pace_is_that_of_what_was_seen_not_of_what_was_there_before() -> None:
    pace = Pace()
    pace.add(100.0, 300)
    assert pace.a_second is None
    pace.add(110.0, 320)
    assert pace.a_second == 2.0


def test_a_pace_forgets_what_is_older_than_a_minute() -> None:
    pace = Pace()
    for second in range(0, 200, 10):
        pace.add(second, 0 if second < 100 else (second - 100) * 5)
    assert pace.a_second is not None and pace.a_second > 4


def test_a_pace_begins_anew_when_the_number_falls() -> None:
    pace = Pace()
    pace.add(0, 100)
    pace.add(10, 5)
    assert pace.a_second is None


def stage(name: str, state: str, done: int = 0, total: int | None = None) -> StageProgress:
    return StageProgress(name, state, done, total, "lists", 100.0, None)


def test_a_stage_that_can_be_counted_says_how_long_it_takes_yet() -> None:
    pace = Pace()
    pace.add(100.0, 10)
    pace.add(110.0, 30)
    state = PullState(running=RUNNING, stages=(stage("fetch", "running", 30, 50),), at=110.0)
    (line,) = stage_lines(state, pace)
    assert (line.state, line.done, line.total, line.left) == ("running", 30, 50, 10.0)


def test_a_stage_that_says_running_though_nobody_works_on_it_has_failed() -> None:
    state = PullState(stages=(stage("fetch", "running", 30, 50),), at=110.0)
    (line,) = stage_lines(state, Pace())
    assert line.state == "failed"


def test_schools_being_read_stand_first_and_those_to_come_wait() -> None:
    lists = (
        *(ListState(name, 7, "complete", 10) for name in ("students", "teachers", "sections", "classes")),
        ListState("students", 8, "reading", 5),
        ListState("staff", None, "denied", 0),
    )
    state = PullState(running=RUNNING, lists=lists, mapped=frozenset({7, 8, 9}), names={7: "Seven"})
    assert [(line.label, line.state) for line in school_lines(state)] == [
        ("8", "running"), ("District", "failed"), ("9", "waiting"), ("7 Seven", "done"),
    ]  # fmt: skip


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A district of which an import was just applied, and whose process still runs."""
    station = Station(tmp_path)
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    monkeypatch.setattr(Session, "running", lambda self: RunningPull(1, 10, "pull", "2000-01-01T00:00:00Z"))
    return Session(station.places, Settings())


def in_log(state: PullState, statement: str) -> None:
    assert state.log is not None
    with contextlib.closing(sqlite3.connect(state.log)) as db, db:
        db.execute(statement)


def test_what_can_not_change_while_a_pull_runs_is_not_read_again(session: Session) -> None:
    first = read_state(session)
    again = read_state(session, first)
    assert first.is_pulling and len(first.lists) > 12 and len(first.names) >= 3
    assert again.lists is first.lists
    assert again.names is first.names
    assert again.mapped is first.mapped


def test_as_long_as_lists_are_read_they_are_read_again(session: Session) -> None:
    in_log(read_state(session), "UPDATE stage SET state = 'running' WHERE name = 'fetch'")
    first = read_state(session)
    in_log(first, "UPDATE list_progress SET received = 4711 WHERE endpoint = 'staff'")
    again = read_state(session, first)
    assert [one.received for one in again.lists if one.endpoint == "staff"] == [4711]
    in_log(first, "UPDATE stage SET state = 'done' WHERE name = 'fetch'")
    in_log(first, "UPDATE list_progress SET received = 4712 WHERE endpoint = 'staff'")
    last = read_state(session, again)
    assert [one.received for one in last.lists if one.endpoint == "staff"] == [4712]


def test_of_another_pull_nothing_is_taken_from_the_one_before(session: Session) -> None:
    first = read_state(session)
    assert first.found is not None
    other = replace(first, found=replace(first.found, id=2))
    again = read_state(session, other)
    assert again.lists == first.lists and again.lists is not first.lists
    assert again.names is not first.names


def tally(kind: str, **counts: int) -> Tally:
    return Tally(BY_NAME[kind], None, "", counts)


@pytest.mark.parametrize(
    ("tallies", "would", "text"),
    [
        ((), "would be", "nothing would be changed"),
        ((tally("student", deactivated=14),), "would have been", "14 students would have been deactivated"),
        ((tally("staff", updated=1),), "", "1 member of staff was updated"),
        (
            (tally("enrollment", created=2), tally("student", created=1, deactivated=3)),
            "would be",
            "3 students would be deactivated, 1 student and 2 class memberships created",
        ),
        (
            tuple(
                tally(kind, created=5) for kind in ("student", "staff", "section", "enrollment", "teaching")
            ),
            "",
            "5 students, 5 members of staff and 15 other records were created",
        ),
    ],
)
def test_a_change_set_is_told_in_figures(tallies: tuple[Tally, ...], would: str, text: str) -> None:
    assert in_figures(tallies, would) == text


def test_one_is_not_many() -> None:
    assert (counted("student", 1), counted("student", 1200)) == ("1 student", "1,200 students")


def test_the_last_line_break_goes() -> None:
    assert trimmed(["a\n", ("b\n", "error")]) == ["a\n", ("b", "error")]
    assert trimmed([]) == []


@pytest.fixture
def log(tmp_path: Path) -> PullLogSource:
    path = tmp_path / "log.sqlite3"
    levels: tuple[Level, ...] = ("debug", "info", "warning", "error")
    with open_log(path, Secret("x" * 32), lambda line: None) as written:
        for number in range(5_000):
            written.write(levels[3 if number % 1000 == 999 else number % 3], f"line {number}")
    return PullLogSource(path)


def test_a_log_is_read_by_level_searched_both_ways_and_from_error_to_error(log: PullLogSource) -> None:
    assert log.count("debug") == 5_000
    assert log.count("error") == 5
    assert [line.text for line in log.lines(1, 2, "error")] == ["connect: line 1999", "connect: line 2999"]
    assert log.find("LINE 4321", 0, False, "debug") == 4321
    assert log.find("line 4321", 4320, True, "debug") is None
    assert log.find("line 1717", 4_999, True, "debug") == 1717
    assert log.find_level("error", 1000, False, "debug") == 1999
    assert log.find_level("error", 1000, True, "debug") == 999
    assert log.find_level("debug", 0, False, "error") is None
    log.close()


def test_a_search_in_a_log_can_be_ended(log: PullLogSource, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = log._reader
    original = reader.window

    def window(offset: int, limit: int, level: Level = "debug") -> list[object]:
        log.interrupt()
        return original(offset, limit, level)  # type: ignore[return-value]

    monkeypatch.setattr(reader, "window", window)
    with pytest.raises(Interrupted):
        log.find("not there", 0, False, "debug")
    log.close()


def test_a_log_is_saved_whole_for_its_owner(log: PullLogSource, tmp_path: Path) -> None:
    target = tmp_path / "saved.log"
    assert write_log(log.path, target) == 5_000
    assert target.stat().st_mode & 0o777 == 0o600
    assert len(target.read_text().splitlines()) == 5_000
    log.close()
