"""Big surprises wait: what is held, what is let through, and that a held plan changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from aeries_tui.master.roster.plan import new_plan
from aeries_tui.pull.stages.guard import guard
from aeries_tui.settings import Guard, GuardLimits
from engine import PaperAeries, Station, class_row, member, school, section, staff, student


@pytest.fixture
def hundred(station: Station) -> Station:
    """A district of 100 students at schools 7 and 8, 50 each, pulled once."""
    station.aeries = PaperAeries.usual(students=50)
    station.begin(7, 8)
    return station


def reasons(station: Station, number: int) -> set[tuple[str, str | None, int | None]]:
    return set(station.query("SELECT code, kind, school FROM hold WHERE import_id = ?", number))


def lose(station: Station, school: int, students: int) -> None:
    del station.aeries.lists[f"{school}/students"][:students]
    del station.aeries.lists[f"{school}/classes"][:students]


def test_a_first_import_is_never_held(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=50)
    station.begin(7, 8)


def test_a_loss_within_the_limits_is_let_through(hundred: Station) -> None:
    lose(hundred, 7, 5)
    lose(hundred, 8, 5)
    assert hundred.pull()["outcome"] == "completed"
    assert len(hundred.active("student")) == 90


def test_a_loss_in_one_school_is_held_even_where_the_district_bears_it(hundred: Station) -> None:
    before = hundred.roster()
    lose(hundred, 7, 10)
    document = hundred.pull()
    assert document["outcome"] == "held"
    assert ("RUN-HELD-LOSS", "school_enrollment", 7) in reasons(hundred, document["import"])
    assert document["problem"]["code"] == "RUN-HELD-LOSS"
    assert hundred.roster() == before


def test_a_loss_in_the_district_names_the_district(hundred: Station) -> None:
    lose(hundred, 7, 6)
    lose(hundred, 8, 6)
    found = reasons(hundred, hundred.pull()["import"])
    assert ("RUN-HELD-LOSS", "student", None) in found


def test_a_small_school_may_lose_nine_of_nine_but_not_come_back_empty(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=9)
    station.begin(7, 8)
    whole = station.aeries.lists["7/students"]
    station.aeries.lists["7/students"] = []
    document = station.pull()
    assert document["outcome"] == "held"
    assert ("SRC-EMPTY", None, 7) in reasons(station, document["import"])
    station.aeries.lists["7/students"] = [{**row, "InactiveStatusCode": "I"} for row in whole]
    assert station.pull()["outcome"] == "completed_with_error"
    assert {school for school, _ in station.active("school_enrollment")} == {8}


@pytest.mark.parametrize("endpoint", ["sections", "classes", "staff", "courses"])
def test_any_kind_that_loses_much_is_held(hundred: Station, endpoint: str) -> None:
    aeries = hundred.aeries
    aeries.lists["7/sections"] += [section(7, n, course="0100") for n in range(10, 40)]
    aeries.lists["courses"] += [{"ID": f"C{n}", "Title": "x"} for n in range(20)]
    aeries.lists["8/sections"] += [section(8, 10 + n, course=f"C{n}") for n in range(20)]
    aeries.lists["staff"] += [{**aeries.lists["staff"][0], "ID": 5000 + n} for n in range(20)]
    aeries.lists["8/teachers"] += [
        {**aeries.lists["8/teachers"][0], "TeacherNumber": 50 + n, "StaffID1": 5000 + n} for n in range(20)
    ]
    assert hundred.pull()["outcome"] == "completed"
    before = hundred.roster()
    hundred.aeries.lists[endpoint if endpoint in {"staff", "courses"} else f"7/{endpoint}"] = []
    assert hundred.pull()["outcome"] == "held"
    assert hundred.roster() == before


CHANGES: dict[str, tuple[Callable[[Station], None], str]] = {
    "a grade that changes for four in five": (
        lambda s: [row.update(Grade=6) for row in s.aeries.lists["7/students"][:42]] and None,
        "RUN-HELD-CHANGE",
    ),
    "an address that is blank for most": (
        lambda s: [
            row.pop("StudentEmailAddress") for code in (7, 8) for row in s.aeries.lists[f"{code}/students"][:30]
        ] and None,
        "RUN-HELD-BLANKED",
    ),
    "another school year": (lambda s: setattr(s.aeries, "year", "2027-2028"), "RUN-HELD-YEAR"),
    "a mapped school that vanished": (
        lambda s: s.aeries.lists.update(schools=[school(0), school(8)]),
        "MAP-GONE",
    ),
}  # fmt: skip


@pytest.mark.parametrize("says", CHANGES)
def test_what_is_too_much_at_once_is_held(hundred: Station, says: str) -> None:
    change, code = CHANGES[says]
    before = hundred.roster()
    change(hundred)
    document = hundred.pull()
    assert document["outcome"] == "held"
    assert code in {reason for reason, _, _ in reasons(hundred, document["import"])}
    assert hundred.roster() == before


def test_limits_are_settings_for_all_kinds_and_for_one(hundred: Station) -> None:
    hundred.set(
        "guard",
        kinds={"school_enrollment": GuardLimits(loss_percent=50), "enrollment": GuardLimits(loss_percent=50)},
    )
    lose(hundred, 7, 20)
    document = hundred.pull()
    assert {kind for _, kind, _ in reasons(hundred, document["import"])} == {"student"}
    assert "10 %" in document["problem"]["message"]
    hundred.settings = type(hundred.settings)(guard=Guard(GuardLimits(loss_percent=50)))
    assert hundred.pull()["outcome"] == "completed"


def add_students(station: Station, school: int, numbers: range) -> None:
    station.aeries.lists[f"{school}/students"] += [student(school, number) for number in numbers]


def test_a_school_that_grows_to_more_than_three_times_what_it_was_is_held(hundred: Station) -> None:
    before = hundred.roster()
    add_students(hundred, 7, range(5000, 5101))
    document = hundred.pull()
    assert document["outcome"] == "held"
    assert document["problem"]["code"] == "RUN-HELD-GROWTH"
    assert ("RUN-HELD-GROWTH", "school_enrollment", 7) in reasons(hundred, document["import"])
    assert "101 students would be added to the 50 of school 7" in document["problem"]["message"]
    assert hundred.roster() == before
    hundred.approve(document["import"])
    assert len(hundred.active("student")) == 201


def test_a_district_that_grows_everywhere_is_told_once_for_the_district(hundred: Station) -> None:
    add_students(hundred, 7, range(5000, 5150))
    add_students(hundred, 8, range(6000, 6150))
    found = reasons(hundred, hundred.pull()["import"])
    assert found == {("RUN-HELD-GROWTH", kind, None) for kind in ("student", "school_enrollment")}


def test_growth_within_the_limit_or_of_few_is_let_through(hundred: Station) -> None:
    add_students(hundred, 7, range(5000, 5099))
    assert hundred.pull()["outcome"] == "completed"
    add_students(hundred, 8, range(6000, 6100))
    assert hundred.pull()["outcome"] == "completed"


def test_the_limit_of_growth_is_a_setting(hundred: Station) -> None:
    hundred.set("guard", general=GuardLimits(growth_percent=10, growth_minimum=3))
    add_students(hundred, 7, range(5000, 5006))
    assert hundred.pull()["problem"]["code"] == "RUN-HELD-GROWTH"


def test_what_a_newly_mapped_school_brings_is_no_surprise(hundred: Station) -> None:
    assert 9 in {row["SchoolCode"] for row in hundred.aeries.lists["schools"]}
    hundred.aeries.lists["9/students"] = []
    add_students(hundred, 9, range(20_000, 20_400))
    hundred.map(7, 8, 9)
    document = hundred.pull()
    assert document["outcome"] in {"completed", "completed_with_error"}
    assert len(hundred.active("student")) == 500


def test_a_plan_only_pull_waits_however_small_it_is(hundred: Station) -> None:
    hundred.aeries.lists["7/students"].append(student(7, 1))
    before = hundred.roster()
    document = hundred.pull(plan_only=True)
    assert document["outcome"] == "held"
    assert document["counts"]["student"]["created"] == 1
    assert hundred.roster() == before


def test_what_the_whole_district_loses_is_not_said_once_more_for_each_school(hundred: Station) -> None:
    hundred.aeries.lists["7/classes"] = [class_row(7, 2, 7000 + n) for n in range(50)]
    document = hundred.pull()
    assert reasons(hundred, document["import"]) == {("RUN-HELD-LOSS", "enrollment", None)}


@pytest.mark.parametrize("path", ["7/teachers", "7/sections", "7/classes", "staff", "courses"])
def test_a_list_that_held_records_and_is_empty_now_is_held_however_small(station: Station, path: str) -> None:
    station.aeries = PaperAeries.usual(students=2)
    station.begin(7, 8)
    before = station.roster()
    station.aeries.lists[path] = []
    document = station.pull()
    assert document["outcome"] == "held"
    assert "came back empty" in document["problem"]["message"]
    assert station.roster() == before
    station.approve(document["import"])
    assert station.pull()["outcome"].startswith("completed")


def test_an_undo_that_deactivates_a_third_of_all_students_waits(station: Station) -> None:
    station.aeries = aeries = PaperAeries.usual(students=30)
    station.begin(7, 8)
    students, classes = list(aeries.lists["7/students"]), list(aeries.lists["7/classes"])
    aeries.put(("7/students", students[:10]), ("7/classes", classes[:10]))
    station.approve(station.pull()["import"])
    aeries.put(("7/students", students), ("7/classes", classes))
    station.pull()  # 3: twenty come back
    assert len(station.active("student")) == 60
    assert station.undo(3)["outcome"] == "held"


def test_an_undo_that_blanks_most_addresses_waits(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=30)
    students = [*station.aeries.lists["7/students"], *station.aeries.lists["8/students"]]
    for place, row in enumerate(students):
        row["StudentEmailAddress"] = "" if place % 5 < 3 else row["StudentEmailAddress"]
    station.begin(7, 8)
    for row in students:
        row["StudentEmailAddress"] = f"s{row['StudentID']}@example.org"
    station.pull()
    assert station.undo(2)["outcome"] == "held"


@pytest.fixture
def lopsided(station: Station) -> Station:
    """A district of 20 students at school 7 and 200 at school 8, pulled once: what goes wrong at 7 is lost in it."""
    station.aeries = aeries = PaperAeries.usual(students=20)
    aeries.lists["8/students"] = [student(8, 8000 + n) for n in range(200)]
    aeries.lists["8/classes"] = [class_row(8, 1, 8000 + n) for n in range(200)]
    for code in (7, 8):
        for n in range(15):
            aeries.lists["staff"].append(staff(code * 100 + n))
            aeries.lists[f"{code}/sections"].append(section(code, 100 + n, member(code * 100 + n)))
    for n in range(150):
        aeries.lists["staff"].append(staff(2000 + n))
        aeries.lists["8/sections"].append(section(8, 200 + n, member(2000 + n)))
    station.begin(7, 8)
    return station


AT_ONE_SCHOOL: dict[str, tuple[Callable[[PaperAeries], object], tuple[str, str, int]]] = {
    "all students' addresses are blank": (
        lambda a: [row.update(StudentEmailAddress="") for row in a.lists["7/students"]],
        ("RUN-HELD-BLANKED", "student", 7),
    ),
    "all students change": (
        lambda a: [row.update(FirstName="X") for row in a.lists["7/students"]],
        ("RUN-HELD-CHANGE", "student", 7),
    ),
    "all students leave": (
        lambda a: [row.update(InactiveStatusCode="I") for row in a.lists["7/students"][:15]],
        ("RUN-HELD-LOSS", "student", 7),
    ),
    "all school enrollments lose their number": (
        lambda a: [row.update(StudentNumber=None) for row in a.lists["7/students"]],
        ("RUN-HELD-BLANKED", "school_enrollment", 7),
    ),
    "all teachers' addresses are blank": (
        lambda a: [row.update(EmailAddress=" ") for row in a.lists["staff"] if row["ID"] // 100 in {0, 7}],
        ("RUN-HELD-BLANKED", "staff", 7),
    ),
    "all teachers leave": (
        lambda a: [row.update(InactiveStatusCode="I") for row in a.lists["staff"] if row["ID"] // 100 == 7],
        ("RUN-HELD-LOSS", "staff", 7),
    ),
    "all sections lose their room": (
        lambda a: [row.update(Room="") for row in a.lists["7/sections"]],
        ("RUN-HELD-BLANKED", "section", 7),
    ),
    "all enrollments lose their end": (
        lambda a: [row.update(DateEnded=None) for row in a.lists["7/classes"]],
        ("RUN-HELD-BLANKED", "enrollment", 7),
    ),
}


@pytest.mark.parametrize("says", AT_ONE_SCHOOL)
def test_what_is_too_much_at_one_school_is_held_for_every_kind(lopsided: Station, says: str) -> None:
    change, reason = AT_ONE_SCHOOL[says]
    before = lopsided.roster()
    change(lopsided.aeries)
    document = lopsided.pull()
    assert document["outcome"] == "held"
    assert reason in reasons(lopsided, document["import"])
    assert lopsided.roster() == before


def test_all_reasons_stand_beside_the_most_telling_one(lopsided: Station) -> None:
    aeries = lopsided.aeries
    aeries.year = "2027-2028"
    aeries.lists["7/classes"] = []
    for row in aeries.lists["8/students"]:
        row.update(StudentEmailAddress="", Grade=7)
    problem = lopsided.pull()["problem"]
    found = [(reason["code"], reason["kind"], reason["school"]) for reason in problem["reasons"]]
    assert problem["code"] == found[0][0] == "RUN-HELD-YEAR"
    assert found[1:3] == [("SRC-EMPTY", None, 7), ("RUN-HELD-LOSS", "enrollment", 7)]
    assert found[3:] == [
        ("RUN-HELD-BLANKED", "student", None),
        ("RUN-HELD-CHANGE", "student", None),
        ("RUN-HELD-CHANGE", "school_enrollment", None),
    ]
    assert all(reason["message"] for reason in problem["reasons"])
    assert problem["reasons"][3]["field"] == "email"


def test_a_plan_that_adds_and_takes_nothing_is_let_through_without_counting_the_roster(
    hundred: Station, tmp_path: Path
) -> None:
    asked: list[str] = []
    with new_plan(tmp_path / "plan.sqlite3", hundred.district.master) as plan:
        plan.connection.set_trace_callback(asked.append)
        assert guard(plan, Guard(), frozenset(), (None, None)) == []
    assert not [sql for sql in asked if "count(*) FROM active_" in sql]


def test_a_pull_that_failed_has_no_reasons(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7)
    station.aeries.faults["schools"] = httpx.Response(401, json={"Message": "No."})
    assert station.pull()["problem"]["reasons"] == []


MISSING: dict[str, tuple[Callable[[PaperAeries], object], dict[str, int]]] = {
    "a school whose list is empty": (
        lambda a: a.put(("7/students", []), ("7/classes", [])),
        {"SRC-EMPTY": 1},
    ),
    "a school whose students all have a status": (
        lambda a: [row.update(InactiveStatusCode="*") for row in a.lists["7/students"]],
        {"MAP-EMPTY": 1},
    ),
    "a district without staff": (
        lambda a: [row.update(InactiveStatusCode="I") for row in a.lists["staff"]],
        {"RUN-EMPTY": 1},
    ),
    "a district whose staff list is empty": (lambda a: a.put(("staff", [])), {"SRC-EMPTY": 1}),
    "a district without sections": (
        lambda a: a.put(*((f"{c}/{name}", []) for c in (7, 8) for name in ("sections", "classes"))),
        {"RUN-EMPTY": 1},
    ),
}


@pytest.mark.parametrize("says", MISSING)
def test_a_first_import_that_lacks_what_no_roster_lacks_is_completed_with_error(
    station: Station, says: str
) -> None:
    lack, codes = MISSING[says]
    station.aeries = PaperAeries.usual()
    lack(station.aeries)
    station.map(7, 8)
    document = station.pull()
    assert document["outcome"] == "completed_with_error"
    told = {code: document["descriptions"].get(code) for code in ("SRC-EMPTY", "MAP-EMPTY", "RUN-EMPTY")}
    assert {code: n for code, n in told.items() if n} == codes
    assert station.active("student")
