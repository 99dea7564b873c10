"""Erasing people: nothing of them is left below the data directory, and all else is as before."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.cli import run
from aeries_tui.errors import MasterError, NotAllowedNow, WrongUse
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.operations.archive_year import archive_year, archives_of, plan_restore, verify_archive
from aeries_tui.operations.doctor import examine
from aeries_tui.operations.erase import erase, lift, plan_erasure
from documents import faults
from engine import PaperAeries, Station

WHO = 70_123_456
"""The id of the student who is erased: a text that stands nowhere by chance."""
TEACHER = 80_654_321
NAMES = {"LastName": "Unmistakeable", "FirstName": "Quixotina"}
MAIL = "qx7731@example.org"
STATE_ID = "5550001112"


def marks(*more: str) -> list[bytes]:
    """What a search for the student looks for."""
    return [word.encode() for word in (*NAMES.values(), MAIL, STATE_ID, str(WHO), *more)]


def where(root: Path, words: list[bytes]) -> list[str]:
    """The files below a directory in which one of the words stands, in bytes of any case."""
    found = []
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        content = path.read_bytes().lower()
        found += [f"{path.relative_to(root)}: {word.decode()}" for word in words if word.lower() in content]
    return found


def give_id(aeries: PaperAeries, old: int, new: int) -> dict[str, Any]:
    """Let a student have an id that can be searched for; returns the record."""
    for path, rows in aeries.lists.items():
        if path.endswith(("/students", "/classes")):
            for row in rows:
                if row.get("StudentID") == old:
                    row["StudentID"] = new
    return next(row for row in aeries.lists["7/students"] if row["StudentID"] == new)


@pytest.fixture
def town(station: Station) -> Station:
    """A district with a past: several imports, a plan that waits, saved lists, a copy from before an upgrade."""
    station.aeries = PaperAeries.usual(12)
    row = give_id(station.aeries, 7003, WHO)
    row.update(**NAMES, StudentEmailAddress=MAIL, StateStudentID=STATE_ID, Birthdate="2011-02-03T00:00:00")
    station.begin(7, 8, 9)
    row["MiddleName"] = "Maria"
    station.aeries.lists["7/students"][1]["FirstName"] = "Other"
    station.pull()
    station.aeries.lists["7/students"][2]["FirstName"] = "Another"
    station.pull(plan_only=True)
    saved = station.places.data_dir / "saved"
    saved.mkdir()
    (saved / f"student-{WHO}-20261001-120000.csv").write_text("Part,What\nRecord,x\n")
    (saved / f"archived-student-{WHO}-20261001-120000.csv").write_text("Part,What\nRecord,x\n")
    (saved / "copied.txt").write_text("anything")
    (saved / "people-20261001-120000.csv").write_text(
        "Who,ID,Name,E-mail\r\n"
        f'student,{WHO},"{NAMES["LastName"]}, {NAMES["FirstName"]}",{MAIL}\r\n'
        f'staff,{WHO},"Somebody, Else",else@example.org\r\n'
        'student,7001,"Other, One",one@example.org\r\n'
    )
    return station


def roster_without(station: Station, who: int) -> dict[str, list[tuple[Any, ...]]]:
    """The roster tables and their past, but for rows of a student."""
    found = {}
    for kind in KINDS:
        for table in (kind.name, f"past_{kind.name}"):
            condition = "WHERE student_id <> ?" if "student_id" in kind.names else "WHERE ? IS NOT NULL"
            found[table] = station.query(f"SELECT * FROM {table} {condition} ORDER BY 1, 2, 3", who)
    return found


def test_nothing_of_a_student_is_left_and_all_else_is_as_before(town: Station) -> None:
    before = roster_without(town, WHO)
    others = (town.district.imports / "2" / "student.csv").read_text().splitlines()
    assert where(town.places.data_dir, marks())
    done = erase(town.as_district(), [("student", WHO)], "asked by the parents")
    assert where(town.places.data_dir, marks()) == [f"saved/people-20261001-120000.csv: {WHO}"], (
        "the id of a member of staff"
    )
    assert roster_without(town, WHO) == before
    assert (town.district.imports / "2" / "student.csv").read_text().splitlines() == [
        line for line in others if not line.startswith(str(WHO))
    ]
    assert town.query("SELECT records FROM file WHERE import_id = 2 AND kind = 'student'") == [
        (len(others) - 2,)
    ]
    made = json.loads(done.certificate.read_text())
    assert not faults("certificate", made)
    assert made["people"] == {"student": 1}
    assert made["places"]["District Master"] >= 5
    assert made["places"]["files of imports"] == 2
    assert made["import"] == 4
    assert "salt" not in made
    assert made["ids"] == done.disposition.digest
    assert "CERTIFICATE OF DISPOSITION" in done.certificate.with_suffix(".txt").read_text()


def test_a_description_of_somebody_else_no_longer_names_them(town: Station) -> None:
    town.aeries.lists["7/students"][0]["StudentEmailAddress"] = MAIL
    number = town.pull()["import"]
    others = [one for one in town.descriptions(number, "REC-EMAIL-SHARED") if one.record == "7000"]
    assert str(WHO) in others[0].message
    erase(town.as_district(), [("student", WHO)], "asked for")
    (left,) = town.descriptions(number, "REC-EMAIL-SHARED")
    assert str(WHO) not in left.message
    assert left.record == "7000"


def test_the_salt_that_is_told_proves_whom_the_certificate_is_about(town: Station) -> None:
    import hashlib
    import hmac

    made = erase(town.as_district(), [("student", WHO)], "asked for").disposition
    proof = hmac.new(made.salt.encode(), f"student {WHO}\n".encode(), hashlib.sha256).hexdigest()
    assert proof == made.digest
    assert not where(town.places.data_dir, [made.salt.encode()])


def test_a_pull_does_not_bring_them_back_and_writes_nothing_of_them(town: Station) -> None:
    erase(town.as_district(), [("student", WHO)], "asked for")
    document = town.pull()
    assert document["outcome"] in {"completed", "completed_with_error"}
    assert "of people who were erased were not taken in" in " ".join(town.notes())
    left = [one for one in where(town.places.data_dir, marks()) if "saved/" not in one]
    assert left == []
    again = town.pull()
    assert again["counts"]["student"]["created"] == 0


def test_a_quick_pull_does_not_bring_them_back(town: Station) -> None:
    erase(town.as_district(), [("student", WHO)], "asked for")
    town.pull()
    assert town.query("SELECT count(*) FROM meta WHERE name = 'mark'") in ([(0,)], [(1,)])
    assert not town.query("SELECT 1 FROM student WHERE student_id = ?", WHO)


def test_a_section_is_not_told_to_have_too_few_for_it(town: Station) -> None:
    lessons = [row for row in town.aeries.lists["7/classes"] if row["StudentID"] == WHO]
    sizes: dict[int, int] = {}
    for row in town.aeries.lists["7/classes"]:
        sizes[row["SectionNumber"]] = sizes.get(row["SectionNumber"], 0) + 1
    for row in town.aeries.lists["7/sections"]:
        row["TotalStudents"] = sizes.get(row["SectionNumber"])
    assert not town.descriptions(town.pull()["import"], "SECTION-COUNT")
    erase(town.as_district(), [("student", WHO)], "asked for")
    assert not town.descriptions(town.pull()["import"], "SECTION-COUNT")
    number = lessons[0]["SectionNumber"]
    other = next(row for row in town.aeries.lists["7/sections"] if row["SectionNumber"] == number)
    other["TotalStudents"] += 1
    assert town.descriptions(town.pull()["import"], "SECTION-COUNT")


def test_until_somebody_lifts_it(town: Station) -> None:
    erase(town.as_district(), [("student", WHO)], "asked for")
    told = town.explain_kept("student", WHO)
    assert told["verdict"].startswith("Somebody with this id was erased by import 4")
    assert f"people lift student {WHO}" in told["verdict"]
    live = town.explain("student", WHO)
    assert live["live"] is None
    assert NAMES["LastName"] not in json.dumps(live)
    lift(town.as_district(), "student", WHO)
    document = town.pull()
    assert document["counts"]["student"]["created"] == 1
    assert town.query("SELECT last_name FROM student WHERE student_id = ?", WHO) == [(NAMES["LastName"],)]
    with pytest.raises(NotAllowedNow, match="Nobody with the id"):
        lift(town.as_district(), "student", WHO)


def test_imports_before_it_can_still_be_taken_back(town: Station) -> None:
    before = town.query("SELECT student_id, first_name FROM student WHERE student_id <> ? ORDER BY 1", WHO)
    erase(town.as_district(), [("student", WHO)], "asked for")
    document = town.undo(2)
    if document["outcome"] == "held":
        town.approve(document["import"])
    after = town.query("SELECT student_id, first_name FROM student ORDER BY 1")
    assert [number for number, _ in after] == [number for number, _ in before]
    assert dict(after)[7001] == "Firstname7001"
    assert not [one for one in where(town.places.data_dir, marks()) if "saved/" not in one]
    with pytest.raises(NotAllowedNow, match="erased people; that can't be taken back"):
        town.undo(4)


def test_plans_that_wait_are_overtaken(town: Station) -> None:
    erase(town.as_district(), [("student", WHO)], "asked for")
    with pytest.raises(NotAllowedNow, match="superseded by import 4"):
        town.approve(3)
    assert not list(town.district.pulls.glob("*/p*.sqlite3*"))


def test_archives_are_gone_through_and_stay_archives(town: Station) -> None:
    archive_year(town.district, town.settings)
    town.pull()
    (archive,) = archives_of(town.district)
    before = archive.sha256
    erase(town.as_district(), [("student", WHO)], "asked for")
    (archive,) = archives_of(town.district)
    assert archive.sha256 != before
    assert verify_archive(town.district, archive.name) == []
    left = [one for one in where(town.places.data_dir, marks()) if "saved/" not in one]
    assert left == []
    number = plan_restore(town.district, town.settings, archive.name)
    town.approve(number)
    assert not town.query("SELECT 1 FROM student WHERE student_id = ?", WHO)


def test_an_archive_that_comes_back_from_elsewhere_brings_nobody_back(town: Station) -> None:
    archive_year(town.district, town.settings)
    town.pull()
    (archive,) = archives_of(town.district)
    kept = {path: path.read_bytes() for path in (archive.path, archive.side_file)}
    erase(town.as_district(), [("student", WHO)], "asked for")
    for path, content in kept.items():
        path.write_bytes(content)
    town.approve(plan_restore(town.district, town.settings, archive.name))
    assert not town.query("SELECT 1 FROM student WHERE student_id = ?", WHO)
    assert not town.query("SELECT 1 FROM enrollment WHERE student_id = ?", WHO)


def test_a_kill_between_the_figures_and_the_copy_of_an_archive_is_brought_to_its_end(
    town: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive_year(town.district, town.settings)
    (archive,) = archives_of(town.district)
    real = Path.replace

    def die(self: Path, target: Path) -> Path:
        if self.name.endswith(".erasing"):
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            erase(town.as_district(), [("student", WHO)], "asked for")
    erase(town.as_district(), [("student", WHO)], "asked for")
    assert verify_archive(town.district, archive.name) == []
    assert not [one for one in where(town.places.data_dir, marks()) if "saved/" not in one]


def test_a_copy_from_before_an_upgrade_is_gone_through(town: Station) -> None:
    copy = town.district.master.with_name("master.sqlite3.before-9")
    with closing(sqlite3.connect(town.district.master)) as db, closing(sqlite3.connect(copy)) as to:
        db.backup(to)
        to.execute("PRAGMA journal_mode = DELETE")
        to.execute("DROP TABLE tombstone")
        to.execute("DROP TABLE gone")
        to.commit()
    copy.chmod(0o600)
    erase(town.as_district(), [("student", WHO)], "asked for")
    assert not [one for one in where(town.places.data_dir, marks()) if "saved/" not in one]
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM student").fetchone()[0] > 10


def test_a_member_of_staff_goes_from_homerooms_and_sections(station: Station) -> None:
    station.aeries = PaperAeries.usual(6)
    aeries = station.aeries
    old = aeries.lists["staff"][0]["ID"]
    for row in aeries.lists["staff"]:
        if row["ID"] == old:
            row.update(ID=TEACHER, LastName="Unmistakeable", FirstName="Teacherina")
    for path, rows in aeries.lists.items():
        if path.endswith("/sections"):
            for row in rows:
                for one in row["SectionStaffMembers"]:
                    if one["StaffID"] == old:
                        one["StaffID"] = TEACHER
        if path.endswith("/teachers"):
            for row in rows:
                for place in ("StaffID1", "StaffID2", "StaffID3"):
                    if row.get(place) == old:
                        row.update({place: TEACHER, "DisplayName": "Ms Unmistakeable"})
    station.begin(7, 8, 9)
    words = [b"Unmistakeable", b"Teacherina", str(TEACHER).encode()]
    assert where(station.places.data_dir, words)
    erase(station.as_district(), [("staff", TEACHER)], "left the district")
    assert where(station.places.data_dir, words) == []
    station.pull()
    assert where(station.places.data_dir, words) == []


def test_the_ids_of_one_person_go_together(town: Station) -> None:
    row = next(row for row in town.aeries.lists["7/students"] if row["StudentID"] == WHO)
    row["StudentID"] = 70_999_999
    for lesson in town.aeries.lists["7/classes"]:
        if lesson["StudentID"] == WHO:
            lesson["StudentID"] = 70_999_999
    number = town.pull()["import"]
    assert town.descriptions(number, "REC-RENUMBERED")
    town.decide("student", 70_999_999, "same")
    planned = plan_erasure(town.as_district(), [("student", 70_999_999)])
    assert planned.people == (("student", 70_999_999), ("student", WHO))
    assert f"Student {WHO} is the same person" in planned.told[0]
    erase(town.as_district(), [("student", 70_999_999)], "asked for")
    assert not [one for one in where(town.places.data_dir, marks("70999999")) if "saved/" not in one]


def test_the_doctor_tells_of_a_master_that_was_brought_back_from_before(town: Station) -> None:
    def told() -> list[str]:
        return [one.message for one in examine(town.as_district(), online=False) if one.what == "erased"]

    before = town.district.master.read_bytes()
    erase(town.as_district(), [("student", WHO)], "asked for")
    assert told() == []
    kept = town.district.master.read_bytes()
    town.district.master.write_bytes(before)
    assert "1 person was erased whom" in told()[0]
    town.district.master.write_bytes(kept)
    lift(town.as_district(), "student", WHO)
    assert told() == []


@pytest.mark.parametrize("reason", ["", "  ", "Quixotina Unmistakeable's parents", f"student {WHO}", MAIL])
def test_a_reason_is_needed_and_names_nobody_of_them(town: Station, reason: str) -> None:
    with pytest.raises(WrongUse):
        erase(town.as_district(), [("student", WHO)], reason)
    assert town.query("SELECT 1 FROM student WHERE student_id = ?", WHO)


def test_reasons_that_named_them_are_gone_and_others_stay(town: Station) -> None:
    town.discard(3, "Quixotina Unmistakeable is wrong")
    town.pull(plan_only=True)
    town.discard(4, "not on a Friday")
    erase(town.as_district(), [("student", WHO)], "asked for")
    reasons = dict(town.query("SELECT id, decided_reason FROM import WHERE decided = 'discarded'"))
    assert reasons == {3: "It named somebody who was erased.", 4: "not on a Friday"}
    assert not [one for one in where(town.places.data_dir, marks()) if "saved/" not in one]


def test_a_reader_of_the_master_is_told_and_the_erasure_done_again(
    town: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aeries_tui.master.database.BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(town.district.master, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM student").fetchone()
        with pytest.raises(MasterError) as told:
            erase(town.as_district(), [("student", WHO)], "asked for")
        assert "erase again" in told.value.remedy
        reader.execute("COMMIT")
    erase(town.as_district(), [("student", WHO)], "asked for")
    assert not [one for one in where(town.places.data_dir, marks()) if "saved/" not in one]


def test_the_command_shows_asks_and_prints_the_certificate(
    town: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AERIES_TUI_CONFIG_DIR", str(town.places.config_dir))
    monkeypatch.setenv("AERIES_TUI_DATA_DIR", str(town.places.data_dir))
    words = ["people", "erase", "student", str(WHO), "--reason", "asked for"]
    assert run([*words, "--plan", "--json"]) == 0
    planned = json.loads(capsys.readouterr().out)
    assert planned["people"] == [{"kind": "student", "id": WHO}]
    assert planned["rows"]["student"] == 1
    assert planned["plans"] == [3]
    monkeypatch.setattr("sys.stdin", StringIO(""))
    assert run(words) == 2
    assert "--yes" in capsys.readouterr().err
    assert town.query("SELECT 1 FROM student WHERE student_id = ?", WHO)
    assert run([*words, "--yes", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["people"] == {"student": 1}
    assert len(made["salt"]) == 32
    capsys.readouterr()
    assert run(["audit", "list", "--json", "--person", "student", str(WHO)]) == 0
    assert [one["act"] for one in json.loads(capsys.readouterr().out)["entries"]] == ["erased"]
    assert run(["audit", "verify"]) == 0
    assert run(["doctor", "--offline"]) in {0, 5}
    assert run(["people", "lift", "student", str(WHO)]) == 0


def test_two_thousand_students_are_gone_through_in_little_time(station: Station) -> None:
    station.aeries = PaperAeries.usual(700)
    station.begin(7, 8, 9)
    people = [("student", number) for (number,) in station.query("SELECT student_id FROM student LIMIT 200")]
    started = time.process_time()
    erase(station.as_district(), people, "a list")
    assert time.process_time() - started < 10
    assert station.query("SELECT count(*) FROM tombstone") == [(200,)]
