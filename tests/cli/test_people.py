"""`people same` and `people another`, and what `explain` prints of it."""

from __future__ import annotations

import json

import pytest

from aeries_tui.cli import run
from engine import PaperAeries, Station


@pytest.fixture
def asked(station: Station, monkeypatch: pytest.MonkeyPatch) -> Station:
    """A district that asks who has the id 7000 now; commands work on it."""
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(station.places.config_file.parent))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(station.district.master.parent.parent))
    station.aeries = PaperAeries.usual()
    row = station.aeries.lists["7/students"][0]
    row.update(StateStudentID="1", Birthdate="2012-01-01T00:00:00")
    station.begin(7, 8, 9)
    row.update(StateStudentID="2", Birthdate="2013-03-03T00:00:00", FirstName="Robin")
    station.pull()
    return station


def test_another_says_what_comes_of_it_and_the_next_pull_goes_by_it(
    asked: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["people", "another", "student", "7000", "--reason", "given out anew"]) == 0
    said = capsys.readouterr()
    assert "closes who had the id 7000 before" in said.out
    assert "account of their own" in said.out
    assert asked.pull()["outcome"] == "completed"
    assert run(["explain", "student", "7000"]) == 0
    told = capsys.readouterr().out
    assert "from here on the id is another person's" in told
    assert "now another person (given out anew)" in told


def test_same_prints_one_document(asked: Station, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["people", "same", "student", "7000", "--reason", "a correction", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["kind"], document["id"], document["verdict"]) == ("student", 7000, "same")
    assert "correction" in document["consequences"][0]
    assert asked.query("SELECT verdict, reason FROM identity_decision") == [("same", "a correction")]


def test_where_nothing_is_asked_nothing_is_decided(
    asked: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["people", "same", "staff", "70", "--reason", "a correction"]) == 2
    assert "Nothing is asked about the member of staff 70" in capsys.readouterr().err
    assert asked.query("SELECT count(*) FROM identity_decision") == [(0,)]
