"""The journal of what commands do, `audit list` and `audit verify`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.cli import run
from aeries_tui.operations.archive_year import archive_year
from engine import PaperAeries, Station

Run = Callable[..., int]


@pytest.fixture
def town(station: Station, monkeypatch: pytest.MonkeyPatch) -> Station:
    """A district that was pulled; commands work on it."""
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(station.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(station.places.data_dir))
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    return station


def entries(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert run(["audit", "list", "--json", *words]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["entries"]
    return found


def account_of(town: Station, student: int) -> str:
    ((name,),) = town.query("SELECT user_name FROM account WHERE kind = 'student' AND person = ?", student)
    return str(name)


def test_each_act_of_a_person_is_written_down(
    town: Station, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    town.pull(plan_only=True)
    town.pull(plan_only=True)
    name = account_of(town, 7000)
    for words in (
        ("discard", "2", "--reason", "not now"),
        ("approve", "3", "--reason", "looked at"),
        ("undo", "1", "--plan"),
        ("schools", "unmap", "9"),
        ("schools", "exclude", "8"),
        ("schools", "map", "9", "ali-9"),
        ("explain", "student", "7000"),
        ("accounts", "reset", name),
        ("accounts", "test", name),
        ("export", "oneroster", "--version", "1.2", "--to", str(tmp_path / "bundle")),
        ("descriptions", "1", "--csv", str(tmp_path / "d.csv")),
        ("archive", "create", "--yes"),
        ("archive", "restore", "2026-2027"),
        ("credentials", "change", "demo", "--daily-import", "04:00"),
        ("credentials", "remove", "demo"),
    ):
        assert run(list(words)) in {0, 3, 4}, (words, capsys.readouterr())
    found = entries(capsys)
    assert [entry["act"] for entry in found] == [
        "acknowledged", "discarded", "approved", "undone", "mapped", "mapped", "mapped", "looked", "reset", "looked",
        "exported", "exported", "archived", "restored", "credential", "credential",
    ]  # fmt: skip
    assert {entry["district"] for entry in found} == {"demo"}
    about = [entry["about"] for entry in found]
    assert about[1:4] == [{"import": 2}, {"import": 3}, {"import": 1, "by_import": 4, "held": True}]
    assert about[4:7] == [{"schools": [9]}, {"schools": [8]}, {"schools": [9]}]
    assert about[10]["to"] == str(tmp_path / "bundle" / "oneroster-1.2.zip")
    assert about[14:] == [{"what": "changed", "fields": ["daily_import"]}, {"what": "removed"}]
    assert run(["audit", "verify"]) == 0


def test_no_id_and_no_name_of_anybody_stands_in_the_journal(
    town: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    town.aeries.lists["7/students"][0].update(StudentID=70007000, LastName="Unmistakable")
    for row in town.aeries.lists["7/classes"]:
        if row["StudentID"] == 7000:
            row["StudentID"] = 70007000
    town.pull()
    assert run(["explain", "student", "70007000"]) == 0
    assert run(["accounts", "reset", account_of(town, 70007000)]) == 0
    text = (town.places.audit / "journal.jsonl").read_text()
    assert "70007000" not in text
    assert "nmistakable" not in text
    (look, reset) = entries(capsys, "--person", "student", "70007000")
    assert (look["act"], reset["act"]) == ("looked", "reset")
    assert entries(capsys, "--person", "staff", "70007000") == []


def test_lines_are_printed_as_they_stand_and_in_words(
    town: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["explain", "student", "7000"])
    capsys.readouterr()
    assert run(["audit", "list", "--jsonl"]) == 0
    assert capsys.readouterr().out == (town.places.audit / "journal.jsonl").read_text()
    assert run(["audit", "list"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "acknowledged the prerequisites of a pull [demo]" in first
    assert "looked at a person [demo]: kind student, person " in second


def test_verify_and_doctor_name_what_was_changed(town: Station, capsys: pytest.CaptureFixture[str]) -> None:
    run(["explain", "student", "7000"])
    path = town.places.audit / "journal.jsonl"
    path.write_text(path.read_text().replace('"act":"acknowledged"', '"act":"approved"'))
    capsys.readouterr()
    assert run(["audit", "verify", "--json"]) == 5
    assert "Entry 1 was changed" in json.loads(capsys.readouterr().out)["faults"][0]
    assert run(["doctor", "--offline"]) == 5
    assert "x journal: Entry 1 was changed" in capsys.readouterr().out


def test_an_archive_and_a_master_that_is_emptied_agree_about_the_salt(town: Station) -> None:
    before = town.query("SELECT value FROM meta WHERE name = 'salt'")
    _, made = archive_year(town.district, town.settings)
    assert before[0][0].encode() not in made.path.read_bytes()
    assert town.query("SELECT value FROM meta WHERE name = 'salt'") == before
