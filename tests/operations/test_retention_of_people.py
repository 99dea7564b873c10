"""Who is gone for longer than the district says is erased; the first time by a person."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from aeries_tui.cli import run
from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.operations.archive_year import archive_year, archives_of
from aeries_tui.operations.erase_district import erase_district
from aeries_tui.operations.retention import after_pull, carry_out, due
from engine import PaperAeries, Station
from operations.test_erase import where

NOW = dt.datetime.now(dt.UTC)
LATER = NOW + dt.timedelta(days=400)
GONE = 70_123_456


@pytest.fixture
def town(station: Station) -> Station:
    """A district that a student has left."""
    station.aeries = PaperAeries.usual(20)
    for path, rows in station.aeries.lists.items():
        if path.endswith(("/students", "/classes")):
            for row in rows:
                if row.get("StudentID") == 7005:
                    row["StudentID"] = GONE
    row = next(row for row in station.aeries.lists["7/students"] if row["StudentID"] == GONE)
    row.update(LastName="Unmistakeable", StudentEmailAddress="qx7731@example.org")
    station.begin(7, 8, 9)
    for path, rows in station.aeries.lists.items():
        if path.endswith(("/students", "/classes")):
            station.aeries.lists[path] = [row for row in rows if row.get("StudentID") != GONE]
    station.pull()
    station.set("retention", people_days=365)
    return station


def left(town: Station) -> list[str]:
    return where(town.places.data_dir, [b"Unmistakeable", b"qx7731", str(GONE).encode()])


def test_nobody_is_erased_before_their_time_nor_without_a_limit(town: Station) -> None:
    district = town.as_district()
    assert due(district, NOW).people == ()
    assert due(district, NOW + dt.timedelta(days=364)).people == ()
    assert due(district, LATER).people == (("student", GONE),)
    town.set("retention", people_days=0)
    assert due(town.as_district(), LATER).people == ()
    with pytest.raises(NotAllowedNow, match="Nothing is kept longer"):
        carry_out(town.as_district(), LATER)


def test_who_came_back_is_not_gone(town: Station) -> None:
    town.undo(2)
    assert due(town.as_district(), LATER).people == ()
    assert town.query("SELECT count(*) FROM gone WHERE person = ?", GONE) == [(0,)]


def test_the_first_time_a_person_lets_it_happen_then_it_follows_pulls(town: Station) -> None:
    district = town.as_district()
    (told,) = after_pull(district, LATER)
    assert "Nobody has let it happen yet" in told
    assert left(town)
    done = carry_out(district, LATER)
    assert done.disposition.what == "retention"
    assert left(town) == []
    assert town.query("SELECT count(*) FROM tombstone") == [(0,)], "who comes back is in again"
    # The next one goes by itself.
    gone = town.aeries.lists["8/students"].pop()["StudentID"]
    town.pull()
    (told,) = after_pull(district, LATER)
    assert "were erased; the certificate is" in told
    assert not town.query("SELECT 1 FROM student WHERE student_id = ?", gone)
    assert after_pull(district, LATER) == []


def test_shorter_limits_are_let_happen_anew(town: Station) -> None:
    carry_out(town.as_district(), LATER)
    town.aeries.lists["8/students"].pop()
    town.pull()
    town.set("retention", people_days=100)
    assert "Nobody has let it happen yet" in after_pull(town.as_district(), LATER)[0]


def test_much_at_once_waits_for_a_person(town: Station) -> None:
    carry_out(town.as_district(), LATER)
    town.aeries.lists["8/students"] = town.aeries.lists["8/students"][:4]
    number = town.pull()["import"]
    if town.document(number)["outcome"] == "held":
        town.approve(number)
    assert "more than the guard lets go" in after_pull(town.as_district(), LATER)[0]
    assert len(due(town.as_district(), LATER).people) == 16
    carry_out(town.as_district(), LATER)
    assert due(town.as_district(), LATER).people == ()


def test_archives_go_at_their_own_time(town: Station) -> None:
    archive_year(town.district, town.settings)
    town.pull()
    town.set("retention", people_days=0, archive_years=3)
    district = town.as_district()
    assert due(district, NOW + dt.timedelta(days=3 * 365)).archives == ()
    done = carry_out(district, NOW + dt.timedelta(days=3 * 366 + 2))
    assert done.disposition.places["whole archives"] == 1
    assert archives_of(town.district) == []
    assert list(town.district.archives.iterdir()) == []


def test_an_archive_within_its_time_keeps_whom_it_holds(town: Station) -> None:
    archive_year(town.district, town.settings)
    done = carry_out(town.as_district(), LATER)
    assert {one.partition(":")[0] for one in left(town)} == {"demo/archives/2026-2027.sqlite3"}
    assert "the archive 2026-2027, which keeps whom it holds" in " ".join(done.disposition.not_reached)


def test_the_command_shows_and_carries_out(
    town: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(town.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(town.places.data_dir))
    town.places.config_file.write_text("[retention]\npeople_days = 1\n")
    with town.master() as db:
        db.execute("UPDATE gone SET since = '2020-01-01T00:00:00Z'")
    assert run(["retention", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["people"] == [{"kind": "student", "id": GONE}]
    assert shown["waits"] == "Nobody has let it happen yet with these limits."
    assert run(["retention", "run", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["what"] == "retention"
    assert run(["retention", "show"]) == 0
    assert "Kept longer than that: nobody and nothing." in capsys.readouterr().out


def test_a_whole_district_goes_with_a_certificate(
    town: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(town.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(town.places.data_dir))
    archive_year(town.district, town.settings)
    saved = town.places.data_dir / "saved"
    saved.mkdir()
    (saved / "people.csv").write_text(f"Who,ID\nstudent,{GONE}\n")
    with pytest.raises(WrongUse):
        erase_district(town.as_district(), " ")
    words = ["credentials", "remove", "demo", "--data", "--reason", "end of the contract"]
    assert run([*words, "--yes", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["what"] == "district"
    assert made["people"]["student"] == 60
    assert made["places"]["archives"] == 1
    assert made["reason"] == "end of the contract"
    assert left(town) == []
    assert not town.district.root.exists()
    assert {path.parent.name for path in town.places.data_dir.rglob("*") if path.is_file()} == {
        "audit", "dispositions", ".hosts",
    }  # fmt: skip
    assert Path(made["path"]).exists()
    assert run(["credentials", "list", "--names"]) == 0
    assert capsys.readouterr().out == ""
    assert run(["audit", "verify"]) == 0
