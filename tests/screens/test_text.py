"""The lines and sentences of the screens, which need no screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aeries_tui.master.archives.archiving import STEPS
from aeries_tui.master.imports.deliveries import DeliverySet, SetState
from aeries_tui.master.imports.result import Stale
from aeries_tui.operations.deliveries import Delivered
from aeries_tui.screens.pull_state import PullState
from aeries_tui.screens.text import end_of_year, home, pull
from aeries_tui.session import RunningPull, Session
from aeries_tui.session.district_status import DistrictStatus, read_district_status
from aeries_tui.session.year_end import YearEnd
from aeries_tui.settings import Places, Settings
from engine import PaperAeries, Station

RUNNING = RunningPull(1, 10, "pull", "2026-11-24T08:00:00Z")


def key(action: str) -> str:
    return action


@pytest.fixture
def status(station: Station) -> DistrictStatus:
    """A district that was pulled once."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    return read_district_status(Session(station.places, Settings()))


@pytest.mark.parametrize(("lists", "more"), [(1, ""), (6, ""), (7, "… and 1 more"), (9, "… and 3 more")])
def test_home_names_six_lists_that_could_not_be_read_and_counts_the_rest(
    status: DistrictStatus, lists: int, more: str
) -> None:
    stale = tuple(
        Stale("classes", code, 1, "2026-11-24T08:00:00Z", None, "SRC-SERVER") for code in range(lists)
    )
    lines = {line.id: line for line in home.lines_for(replace(status, stale=stale), None, key)}
    assert (lines["stale"].sign, lines["stale"].state.split()[0]) == ("warning", str(lists))
    told = lines["stale"].explain.split("\n")
    assert [line for line in told if "SRC-SERVER" in line] == told[: min(lists, 6)]
    assert told[6:] == ([more] if more else [])


def test_home_tells_how_each_delivery_stands_the_worst_first(status: DistrictStatus) -> None:
    ended = "2026-11-24T12:32:00Z"
    sent = DeliverySet(
        1, "stem", "a folder", 1, SetState.DELIVERED, ended, ended, 1, "", (), 0, None, None, None
    )
    held = replace(sent, id=2, name="clever", state=SetState.HELD, ended_at=None, held_for=("It shrank.",))
    assert "deliveries" not in {line.id for line in home.lines_for(status, None, key)}
    there = replace(status, deliveries=(Delivered("stem", sent), Delivered("clever", held)))
    line = next(line for line in home.lines_for(there, None, key) if line.id == "deliveries")
    assert line.sign == "held" and "It shrank." in line.explain
    assert line.state.startswith("clever held, ") and "; stem " in line.state
    well = replace(status, deliveries=(Delivered("stem", sent), Delivered("none", None)))
    line = next(line for line in home.lines_for(well, None, key) if line.id == "deliveries")
    assert line.sign == "done" and "none nothing sent yet" in line.state


def test_the_pace_of_a_pull_is_told_only_while_it_runs() -> None:
    facts = {"requests": "1200", "bytes": "3500000"}
    runs = PullState(running=RUNNING, facts=facts)
    assert pull.figures(runs, 4.0, 2_000_000.0) == "1,200 requests (4.0/s) · 3.5 MB (2.00 MB/s)"
    assert pull.figures(PullState(facts=facts), 4.0, 2_000_000.0) == "1,200 requests · 3.5 MB"


@pytest.mark.parametrize(
    ("step", "signs"),
    [
        ("copy", "next waiting waiting"), ("verify", "done next waiting"), ("record", "done next waiting"),
        ("compare", "done next waiting"), ("empty", "done done next"), ("commit", "done done next"),
        ("done", "done done next"),
    ],
)  # fmt: skip
def test_a_step_of_the_archive_is_done_when_the_next_one_is_reached(step: str, signs: str) -> None:
    assert step in STEPS
    lines = end_of_year.lines_for(YearEnd(students=5), step, 3.0, key)
    assert [line.sign for line in lines] == [*signs.split(), "waiting"]


def test_home_tells_who_has_no_district_of_the_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(Places(tmp_path / "config", tmp_path / "data"), Settings())
    assert home.headline(read_district_status(session)) == "No district yet"
    monkeypatch.setattr("aeries_tui.session.district_status.hint_of_machine", lambda places: "some")
    line = home.headline(read_district_status(session))
    assert line == "No district yet; for those of this machine: sudo aeries-tui"
    assert len(line) < 78
