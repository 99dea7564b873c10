"""What follows an import is there for everybody, without a command line."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.operations import decisions
from aeries_tui.operations.follow_up import Imported, report_of
from aeries_tui.operations.pull_roster import PullOptions, Skipped, pull_roster
from aeries_tui.outcome import Outcome
from aeries_tui.settings.fields import DateRange
from engine import PaperAeries, Station
from engine.served import Roster

WRITES = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read() if len(sys.argv) == 2 else ' '.join(sys.argv[2:]) + '\\n')"


@pytest.fixture
def told(station: Station, tmp_path: Path) -> Path:
    """Where the alarms of a district go."""
    path = tmp_path / "alarm"
    station.set(
        "alarms", command=(sys.executable, "-c", WRITES, str(path)), on=("held", "error", "recovered")
    )
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    return path


def events(path: Path) -> list[list[str]]:
    return [json.loads(line)["events"] for line in path.read_text().splitlines()] if path.exists() else []


def test_an_approval_starts_the_command_of_the_district(station: Station, told: Path, tmp_path: Path) -> None:
    command = (sys.executable, "-c", WRITES, str(tmp_path / "files"))
    station.set("exports", after_import=command)
    station.pull(plan_only=True)
    assert decisions.approve(station.as_district(), 1, "a test").failed == []
    written = (tmp_path / "files").read_text().split()
    assert written == [str(station.district.imports / "1" / f"{kind}.csv") for kind in ("staff", "student")]


def test_what_fails_after_a_decision_is_told_and_takes_nothing_back(station: Station, told: Path) -> None:
    station.set("exports", after_import=("/nowhere/at/all",))
    station.pull(plan_only=True)
    (sentence,) = decisions.approve(station.as_district(), 1, "a test").failed
    assert "exports.after_import" in sentence and "as it was" in sentence
    assert station.document(1)["outcome"] == Outcome.COMPLETED


def test_an_undo_that_waits_raises_the_alarm(station: Station, told: Path) -> None:
    station.pull()
    undone = decisions.undo(station.as_district(), 1, plan_only=True)
    assert (undone.number, undone.failed) == (2, [])
    assert events(told) == [["held"]]


def test_a_pull_recovers_from_the_pull_before_it_and_not_from_a_cancelled_one(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    for outcome in (Outcome.ERROR, Outcome.CANCELLED, Outcome.RUNNING):
        with station.master() as db:
            db.execute(
                "INSERT INTO import (kind, trigger, started_at, outcome, base_generation) "
                "VALUES ('pull', 'timer', '2026-01-01T00:00:00Z', ?, 0)",
                (outcome,),
            )
    number = station.pull()["import"]
    report = report_of(station.as_district(), number)
    # The one that ran was killed, so the pull found it interrupted.
    assert (report.outcome, report.previous) == (Outcome.COMPLETED, Outcome.INTERRUPTED)
    with station.master() as db:
        db.execute("UPDATE import SET outcome = 'discarded' WHERE id = ?", (number - 1,))
    assert report_of(station.as_district(), number).previous is Outcome.ERROR


def test_a_pull_of_the_timer_that_can_not_use_its_disk_raises_the_alarm_without_an_import(
    station: Station, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> int:
        raise MasterError("The disk is gone.")

    monkeypatch.setattr("aeries_tui.operations.pull_roster.pull", fall)
    for trigger in ("manual", "timer"):
        with pytest.raises(MasterError):
            pull_roster(station.as_district(), PullOptions(trigger))
    assert events(told) == [["error"]]


def test_a_day_of_rest_is_one_for_the_timer_alone(rosters: dict[str, Roster], tmp_path: Path) -> None:
    station = rosters["300"].station(tmp_path)
    station.set("pull", blackout_dates=(DateRange(dt.date(1970, 1, 1), dt.date(2999, 12, 31)),))
    pulled = pull_roster(station.as_district(), PullOptions(), env={"AERIES_TUI_TRIGGER": "timer"})
    assert isinstance(pulled, Skipped)
    assert "blackout date of demo" in pulled.why
    by_hand = pull_roster(station.as_district(), PullOptions(acknowledge=True), env={})
    assert isinstance(by_hand, Imported)
    assert by_hand.number == 1
