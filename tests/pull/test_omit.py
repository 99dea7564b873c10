"""What is not kept (`pull.omit`) is nowhere in the Master, and people are told apart all the same."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.cli import run
from aeries_tui.master.roster.kinds import BY_NAME
from aeries_tui.operations.archive_year import archive_year, plan_restore
from aeries_tui.settings import Exports, Settings, load_settings
from aeries_tui.settings.omit import OMITTABLE
from engine import PaperAeries, Station

DEFAULT = Settings().omitted
BORN = "2011-02-03"


def people(count: int = 40) -> PaperAeries:
    """A district whose students have birth dates and genders."""
    aeries = PaperAeries.usual(count)
    for place, row in enumerate(aeries.lists["7/students"]):
        row.update(Birthdate=f"{BORN}T00:00:00", Gender="X", StateStudentID=f"99{place:04}")
    return aeries


@pytest.fixture
def kept(station: Station) -> Station:
    """A district of before: birth dates and genders stand in the Master, two imports with earlier versions."""
    station.aeries = people()
    station.begin(7, 8, 9)
    for row in station.aeries.lists["7/students"][:5]:
        row["FirstName"] = "Other" + row["FirstName"]
    gone = station.aeries.lists["7/students"].pop()["StudentID"]
    lessons = station.aeries.lists["7/classes"]
    station.aeries.lists["7/classes"] = [one for one in lessons if one["StudentID"] != gone]
    station.pull()
    assert holds(station, BORN)
    return station


def omit(station: Station, *fields: str) -> None:
    station.set("pull", omit=fields or DEFAULT)


def holds(station: Station, text: str) -> bool:
    """Whether a text stands in any row of any table of the Master."""
    with contextlib.closing(sqlite3.connect(station.district.master)) as db:
        return any(text in line for line in db.iterdump())


def test_birth_date_and_gender_are_left_out_unless_somebody_says_otherwise() -> None:
    assert DEFAULT == ("student.gender", "student.birthdate")
    assert Settings(exports=Exports(demographics=True)).omitted == ()


def test_each_field_that_can_be_left_out_is_one_of_the_roster_and_of_aeries() -> None:
    for field, wire in OMITTABLE.items():
        kind, _, column = field.partition(".")
        assert BY_NAME[kind].wire(column) == wire


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (["Birthdate"], ("student.birthdate",)),
        (["gender", "BIRTHDATE"], ("student.gender", "student.birthdate")),
        (["MiddleName"], ("student.middle_name", "staff.middle_name")),
        (["staff.middle_name"], ("staff.middle_name",)),
        (["EmailAddress"], ("staff.email",)),
        ([], ()),
    ],
)
def test_a_field_is_named_as_aeries_or_the_program_does(
    tmp_path: Path, said: list[str], meant: tuple[str, ...]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[pull]\nomit = {json.dumps(said)}\n")
    assert load_settings(path).pull.omit == meant


@pytest.mark.parametrize("said", ['["Birthday"]', '["LastName"]', '"Gender"', "[1]"])
def test_what_is_needed_or_no_field_is_refused_by_name(
    tmp_path: Path, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(tmp_path))
    (tmp_path / "config.toml").write_text(f"[pull]\nomit = {said}\n")
    assert run(["config", "check"]) == 2
    assert "pull.omit must be a list of fields" in capsys.readouterr().err


def test_what_stood_there_goes_with_the_next_pull_from_every_table(kept: Station) -> None:
    omit(kept)
    document = kept.pull()
    assert document["outcome"] == "completed"
    assert document["problem"] is None
    assert not holds(kept, BORN)
    assert kept.query("SELECT count(*) FROM student WHERE gender IS NOT NULL OR birthdate IS NOT NULL") == [
        (0,)
    ]
    assert kept.query(
        "SELECT count(*) FROM past_student WHERE gender IS NOT NULL OR birthdate IS NOT NULL"
    ) == [(0,)]
    assert (
        "Gender and Birthdate are not kept any more (pull.omit); with this import 40 students lose"
        in " ".join(kept.notes())
    )
    again = kept.pull()
    assert again["counts"]["student"]["unchanged"] == 119
    assert "not kept any more" not in " ".join(kept.notes())


def test_it_is_shown_in_a_plan_before_it_is_done(kept: Station) -> None:
    omit(kept)
    document = kept.pull(plan_only=True)
    assert document["counts"]["student"]["updated"] == 39
    assert holds(kept, BORN)
    assert kept.approve(document["import"]) == "completed"
    assert not holds(kept, BORN)


def test_a_field_that_goes_blank_at_the_same_time_still_holds(kept: Station) -> None:
    omit(kept)
    for row in kept.aeries.lists["7/students"]:
        row["Grade"] = None
        row["StudentEmailAddress"] = " "
    document = kept.pull()
    assert document["outcome"] == "held"
    reasons = [(one["code"], one["field"]) for one in document["problem"]["reasons"]]
    assert ("RUN-HELD-BLANKED", "email") in reasons
    assert not [field for _, field in reasons if field in {"gender", "birthdate", "gender_digest"}]


def test_nothing_is_wrong_with_what_nobody_keeps(station: Station) -> None:
    station.aeries = people()
    station.aeries.lists["7/students"][0].update(Birthdate="1900-99-99", Gender=None)
    station.map(7, 8, 9)
    omit(station)
    number = station.pull()["import"]
    assert not [one for one in station.descriptions(number) if one.field in {"Birthdate", "Gender"}]


def stranger(row: dict[str, Any]) -> None:
    row.update(StateStudentID=None, Birthdate="2014-09-09T00:00:00", LastName="Newcomer", FirstName="Robin")


@pytest.mark.parametrize("when", ["with it", "after it", "when it is taken back"])
def test_another_person_under_an_id_is_still_noticed(kept: Station, when: str) -> None:
    row = kept.aeries.lists["7/students"][3]
    row["StateStudentID"] = None
    kept.pull()
    omit(kept)
    if when != "with it":
        kept.pull()
    if when == "when it is taken back":
        kept.set("pull", omit=())
    # The names alone are no reason as long as the birth date is the same; another one is.
    row.update(LastName="Married")
    assert not kept.descriptions(kept.pull()["import"], "REC-IDENTITY")
    row.update(LastName="Newcomer", Birthdate="2014-09-09T00:00:00")
    (one,) = kept.descriptions(kept.pull()["import"], "REC-IDENTITY")
    assert "the birth date" in one.message
    assert not (when == "after it" and holds(kept, "2014-09-09"))


def test_what_was_decided_of_facts_stays_decided_when_they_are_no_longer_kept(kept: Station) -> None:
    row = kept.aeries.lists["7/students"][3]
    stranger(row)
    number = int(row["StudentID"])
    assert kept.descriptions(kept.pull()["import"], "REC-IDENTITY")
    kept.decide("student", number, "another")
    omit(kept)
    document = kept.pull()
    assert not kept.descriptions(document["import"], "REC-IDENTITY")
    assert kept.query("SELECT last_name FROM student WHERE student_id = ?", number) == [("Newcomer",)]
    assert not holds(kept, "2014-09-09")
    assert not holds(kept, BORN)
    assert kept.undo(document["import"])["outcome"] in {"completed", "held"}
    assert not kept.descriptions(kept.pull()["import"], "REC-IDENTITY") or kept.query(
        "SELECT verdict FROM identity_decision"
    ) == [("another",)]


def test_somebody_renumbered_is_known_again(kept: Station) -> None:
    omit(kept)
    kept.pull()
    row = kept.aeries.lists["7/students"][2]
    row["StudentID"] = 4242
    for lesson in kept.aeries.lists["7/classes"]:
        if lesson["StudentID"] == 7002:
            lesson["StudentID"] = 4242
    assert kept.descriptions(kept.pull()["import"], "REC-RENUMBERED")


def test_an_undo_and_an_archive_bring_nothing_of_it_back(kept: Station) -> None:
    _, made = archive_year(kept.district, kept.settings)
    omit(kept)
    kept.pull()
    assert not holds(kept, BORN)
    kept.approve(plan_restore(kept.district, kept.settings, made.name))
    assert not holds(kept, BORN)
    assert len(kept.active("student")) == 39 + len(kept.aeries.lists["8/students"]) + len(
        kept.aeries.lists["9/students"]
    )


def test_taking_back_the_import_brings_the_roster_back_but_what_is_not_kept(kept: Station) -> None:
    omit(kept)
    kept.aeries.lists["7/students"][0]["FirstName"] = "Changed"
    before = kept.query("SELECT student_id, first_name, active FROM student ORDER BY 1")
    number = kept.pull()["import"]
    document = kept.undo(number)
    if document["outcome"] == "held":
        kept.approve(document["import"])
    assert kept.query("SELECT student_id, first_name, active FROM student ORDER BY 1") == before
    assert not holds(kept, BORN)


def test_what_is_kept_again_is_said_and_read_by_a_full_pull(kept: Station) -> None:
    omit(kept)
    kept.pull()
    kept.settings = Settings(exports=Exports(demographics=True))
    kept.pull()
    assert "Gender and Birthdate are kept from now on" in " ".join(kept.notes())
    assert holds(kept, BORN)
    assert kept.query("SELECT count(*) FROM student WHERE active AND birthdate_digest IS NOT NULL") == [(0,)]


def test_a_live_record_is_shown_without_it(kept: Station) -> None:
    omit(kept)
    kept.pull()
    number = int(kept.aeries.lists["7/students"][0]["StudentID"])
    document = kept.explain("student", number)
    assert BORN not in json.dumps(document)
    assert "birthdate" not in document["live"]["records"][0]
    assert not [name for name in document["person"] if name.endswith("_digest")]


def test_demographics_are_refused_where_they_are_not_kept(
    kept: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(kept.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(kept.places.data_dir))
    words = ["export", "oneroster", "--version", "1.2", "--demographics", "--to", str(tmp_path / "bundle")]
    assert run(words) == 2
    assert "exports" in capsys.readouterr().err
    assert not (tmp_path / "bundle").exists()
    (kept.places.config_file).write_text("[exports]\ndemographics = true\n")
    assert run(words) == 0
