"""The district's own checks look at the roster as it would be, describe what they find, and may hold the plan."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from aeries_tui.master.imports.descriptions import troubles
from aeries_tui.settings.district_checks import BrokenCheck, DistrictCheck, check_file, district_checks
from engine import PaperAeries, Station, class_row, student

LOW = """
-- code: DIST-LOW-GRADE
-- sentence: The student is in a low grade.
-- remedy: Look at the grade.
-- page: Aeries: Student Data > Demographics
-- kind: student
-- record: student_id
-- school: primary_school
-- field: Grade
{more}
SELECT student_id, primary_school, last_name || ' is in grade ' || grade AS message FROM v_student WHERE active AND grade < 20
"""


def write(station: Station, name: str, text: str) -> None:
    folder = station.places.config_dir / "checks"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    station.settings = replace(station.settings, path=station.places.config_file)


def start(station: Station, students: int = 4) -> None:
    station.aeries = PaperAeries.usual(students=students, schools=(7,))
    station.map(7)


def test_a_row_of_a_check_is_a_description_like_any_other(station: Station) -> None:
    start(station)
    write(station, "low.sql", LOW.format(more=""))
    document = station.pull()
    assert document["outcome"] == "completed"
    assert document["descriptions"]["DIST-LOW-GRADE"] == 4
    one = station.descriptions(document["import"], "DIST-LOW-GRADE")[0]
    assert (one.severity, one.kind, one.school, one.field, one.remedy) == (
        "W",
        "student",
        7,
        "Grade",
        "Look at the grade.",
    )
    assert "is in grade" in one.message
    with station.master() as db:
        trouble = next(t for t in troubles(db, document["import"]) if t.code == "DIST-LOW-GRADE")
    assert (trouble.records, trouble.sentence, trouble.page) == (4, "The student is in a low grade.", "Aeries: Student Data > Demographics")  # fmt: skip
    told = station.explain_kept("student", int(one.record))
    assert "a check of the district's own names it (DIST-LOW-GRADE" in told["verdict"]
    assert {"for": "DIST-LOW-GRADE", "remedy": "Look at the grade.", "page": trouble.page} in told["remedies"]


@pytest.mark.parametrize(
    ("more", "outcome", "severity"),
    [
        ("-- warn_if: 5", "completed", None),
        ("-- warn_if: 4", "completed", "W"),
        ("-- warn_if: 5\n-- error_if: 100 %", "completed_with_error", "E"),
        ("-- severity: error\n-- warn_if: 100 %", "completed_with_error", "E"),
        ("-- error_if: 5", "completed", "W"),
        ("-- warn_if: 9\n-- hold_if: 50%", "held", "W"),
        ("-- hold_if: 5", "completed", "W"),
    ],
)
def test_limits_say_what_becomes_of_the_import(
    station: Station, more: str, outcome: str, severity: str | None
) -> None:
    start(station)
    write(station, "low.sql", LOW.format(more=more))
    document = station.pull()
    assert document["outcome"] == outcome
    assert {one.severity for one in station.descriptions(document["import"], "DIST-LOW-GRADE")} == (
        {severity} - {None}
    )


def test_a_plan_that_a_check_holds_changes_nothing_until_it_is_approved(station: Station) -> None:
    start(station)
    station.pull()
    before = station.roster()
    station.aeries.lists["7/students"].append(student(7, 999, Grade=3))
    write(station, "new.sql", LOW.replace("grade < 20", "student_id = 999").format(more="-- hold_if: 1"))
    held = station.pull()
    assert held["outcome"] == "held"
    assert (held["problem"]["code"], held["problem"]["reasons"][0]["code"]) == (
        "RUN-HELD-CHECK",
        "RUN-HELD-CHECK",
    )
    assert "DIST-LOW-GRADE: The student is in a low grade." in held["problem"]["message"]
    assert station.roster() == before
    assert len(station.descriptions(held["import"], "DIST-LOW-GRADE")) == 1
    assert station.approve(held["import"]) == "completed"
    assert (999,) in station.active("student")
    assert len(station.descriptions(held["import"], "DIST-LOW-GRADE")) == 1
    assert len(station.notes()) == len(set(station.notes()))


def test_a_plan_that_waits_anyway_tells_what_the_checks_would_find(station: Station) -> None:
    start(station)
    write(station, "low.sql", LOW.format(more="-- severity: E"))
    held = station.pull(plan_only=True)
    assert held["outcome"] == "held"
    assert held["descriptions"]["DIST-LOW-GRADE"] == 4
    assert station.active("student") == set()
    assert station.approve(held["import"]) == "completed_with_error"


BROKEN = {
    "no-such-column": ("SELECT nobody FROM v_student", "no such column"),
    "writes": ("DELETE FROM student", "does more than read"),
    "reads-tables": ("SELECT student_id, primary_school FROM student", "it reads student"),
    "endless": (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS student_id, 1 AS primary_school FROM n",
        "was ended",
    ),
    "gives-another-column": ("SELECT student_id FROM v_student", "which the query does not give"),
    "no-school": ("SELECT student_id, last_name AS primary_school FROM v_student", "no Aeries code"),
    "school-beyond-all": (
        "SELECT student_id, '99999999999999999999' AS primary_school FROM v_student",
        "no Aeries code",
    ),
    "school-negative": ("SELECT student_id, -7 AS primary_school FROM v_student", "no Aeries code"),
    "two-statements": ("SELECT student_id, primary_school FROM v_student; SELECT 1", "one statement"),
    "nothing": ("", "gives no rows"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_check_that_fails_is_told_and_stops_nothing(
    station: Station, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "endless":
        monkeypatch.setattr("aeries_tui.pull.district_checks.SECONDS_EACH", 0.2)
    sql, why = BROKEN[name]
    start(station)
    write(station, "a.sql", LOW.split("SELECT", maxsplit=1)[0].format(more="") + sql)
    write(station, "b.sql", LOW.replace("DIST-LOW-GRADE", "DIST-GOOD").format(more=""))
    document = station.pull()
    assert document["outcome"] == "completed"
    assert station.active("student")
    (said,) = (note for note in station.notes() if "DIST-LOW-GRADE could not be run" in note)
    assert "a.sql" in said
    assert why in said
    assert document["descriptions"]["DIST-GOOD"] == 4


@pytest.mark.parametrize(
    "column",
    ["CAST(last_name || x'ff' AS TEXT)", "json_extract('{}', last_name || char(39) || first_name)"],
)
def test_what_is_told_of_a_check_that_fails_names_nobody(station: Station, column: str) -> None:
    start(station)
    station.aeries.lists["7/students"] = [student(7, 1, LastName="Qvist", FirstName="Zora")]
    header = LOW.split("SELECT", maxsplit=1)[0].format(more="")
    write(station, "a.sql", f"{header}SELECT student_id, primary_school, {column} AS message FROM v_student")
    station.pull()
    (said,) = (note for note in station.notes() if "DIST-LOW-GRADE could not be run" in note)
    assert "SQLite says of the query" in said
    assert not any(name in said for name in ("Qvist", "Zora"))


def test_checks_that_take_too_long_together_are_left_out_by_name(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aeries_tui.pull.district_checks.SECONDS_TOGETHER", 0.0)
    start(station)
    write(station, "low.sql", LOW.format(more=""))
    assert station.pull()["outcome"] == "completed"
    assert any("DIST-LOW-GRADE could not be run" in note for note in station.notes())


def test_of_very_many_rows_some_are_described_and_all_are_counted(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aeries_tui.pull.district_checks.MOST_ROWS", 3)
    start(station)
    write(station, "low.sql", LOW.format(more=""))
    assert station.pull()["descriptions"]["DIST-LOW-GRADE"] == 3
    assert "The check DIST-LOW-GRADE gave 4 rows; 3 are described." in station.notes()


def test_kind_and_field_may_be_columns_and_tables_of_the_configuration_are_checks_too(
    station: Station,
) -> None:
    start(station)
    station.aeries.lists["7/classes"] = [class_row(7, 1, number) for number in (1, 2)]
    station.settings = replace(
        station.settings,
        checks=[
            {
                "code": "DIST-ANY", "sentence": "Something is odd.", "kind": "what", "record": "id", "field": "of",
                "sql": "SELECT 'section' AS what, section_id AS id, 'Room' AS of FROM v_section WHERE :day >= '2000' AND active",
                "warn_if": 1,
            },
        ],
    )  # fmt: skip
    document = station.pull()
    one = station.descriptions(document["import"], "DIST-ANY")[0]
    assert (one.kind, one.field, one.school, one.message) == ("section", "Room", None, "Something is odd.")


def test_the_fence_leaves_the_connection_as_it_was(station: Station) -> None:
    start(station)
    write(station, "low.sql", LOW.format(more=""))
    station.pull()
    again = station.pull()
    assert again["outcome"] == "completed"
    assert station.undo(again["import"])["outcome"] == "completed"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LOW.format(more="-- warn_of: 3"), "warn_of is no key of a check"),
        (LOW.format(more="-- hold_if: many"), "hold_if must be"),
        (LOW.format(more="-- hold_if: 0"), "hold_if must be"),
        (LOW.format(more="-- error_if: 101 %"), "error_if must be"),
        (LOW.format(more="-- severity: fatal"), "severity must be"),
        (LOW.format(more="-- code: DIST-TWICE"), "code stands there twice"),
        (LOW.replace("DIST-LOW-GRADE", "REC-DATE").format(more=""), "code must be DIST-"),
        (
            LOW.replace("-- sentence: The student is in a low grade.", "").format(more=""),
            "sentence is missing",
        ),
        (
            LOW.replace("kind: student", "kind: what").format(more="-- hold_if: 3 %"),
            "needs a kind of its own",
        ),
        ("", "code is missing"),
    ],
)
def test_a_header_that_can_not_be_used_is_named(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "x.sql"
    path.write_text(text)
    found = check_file(path)
    assert isinstance(found, BrokenCheck)
    assert found.problem.startswith(str(path))
    assert why in found.problem


def test_files_that_can_not_be_read_and_codes_that_stand_twice_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "checks"
    folder.mkdir()
    (folder / "1.sql").write_text(LOW.format(more=""))
    (folder / "2.sql").write_text(LOW.format(more=""))
    (folder / "3.sql").write_bytes(b"\xff\xfe-")
    (folder / "4.sql").mkdir()
    os.mkfifo(folder / "5.sql")
    first, *others = district_checks(tmp_path / "config.toml")
    assert isinstance(first, DistrictCheck)
    assert all(isinstance(one, BrokenCheck) and one.where in one.problem for one in others)
    assert len(others) == 4
    assert "has the code DIST-LOW-GRADE already" in str(others[0])
