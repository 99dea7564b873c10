"""What explain says of the next pull comes true; and it says why.

The suite tries a few dozen days; `AERIES_TUI_TESTS=long pytest tests/operations/test_explain.py` hundreds.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aeries_tui.settings.fields import DateRange
from engine import PaperAeries, Station, fast_directory, student
from engine.forms import LONG
from engine.rows import Row, member, section, staff

STAFF = (70, 80, 90, 900, 901)
STUDENTS = (7000, 7001, 8000, 9000, 9001)
MAPPED = (7, 9)


def usual() -> PaperAeries:
    """Schools 7 and 9 are mapped, 8 is not; member of staff 901 teaches nowhere."""
    aeries = PaperAeries.usual(students=2)
    aeries.lists["staff"].append(staff(901))
    return aeries


Edit = Callable[[PaperAeries], None]


def _rows(aeries: PaperAeries, endpoint: str, name: str, number: int) -> list[Row]:
    lists = [rows for path, rows in aeries.lists.items() if path.split("/")[-1] == endpoint]
    return [row for rows in lists for row in rows if row.get(name) == number]


def of_a_student(number: int, **fields: Any) -> Edit:
    return lambda aeries: (
        [row.update(fields) for row in _rows(aeries, "students", "StudentID", number)] and None
    )


def of_staff(number: int, **fields: Any) -> Edit:
    return lambda aeries: [row.update(fields) for row in _rows(aeries, "staff", "ID", number)] and None


def of_a_member(number: int, **fields: Any) -> Edit:
    def edit(aeries: PaperAeries) -> None:
        for path, rows in aeries.lists.items():
            if path.endswith("/sections"):
                for row in rows:
                    for one in row["SectionStaffMembers"]:
                        if one["StaffID"] == number:
                            one.update(fields)

    return edit


def gone(endpoint: str, name: str, number: int) -> Edit:
    def edit(aeries: PaperAeries) -> None:
        for path, rows in aeries.lists.items():
            if path.split("/")[-1] == endpoint:
                rows[:] = [row for row in rows if row.get(name) != number]

    return edit


def also_at(school: int, number: int, **fields: Any) -> Edit:
    def edit(aeries: PaperAeries) -> None:
        rows = aeries.lists[f"{school}/students"]
        if all(row["StudentID"] != number for row in rows):
            rows.append(student(school, number, **fields))

    return edit


def teaches(school: int, number: int) -> Edit:
    return lambda aeries: aeries.lists[f"{school}/sections"].append(
        section(school, 50 + number, member(number))
    )


def of_a_school(endpoint: str, school: int, **fields: Any) -> Edit:
    return lambda aeries: [row.update(fields) for row in aeries.lists[f"{school}/{endpoint}"]] and None


statuses = st.sampled_from(["", " ", "I", "*", 0])
names = st.sampled_from(["Name", "", " ", None])
days = st.sampled_from(
    ["2015-02-28T00:00:00", "2015-02-30T00:00:00", "0001-01-01T00:00:00", "20150228", "", None]
)
grades = st.sampled_from([5, -2, -3, 18, 19, None, "K", {"a": 1}])
students = st.sampled_from(STUDENTS)
people = st.sampled_from(STAFF)
schools = st.sampled_from([7, 8, 9])
ended = st.sampled_from(
    ["2026-10-04T00:00:00", "10/04/2026", "2026-02-30", "2026-10-05T00:00:00", "0001-01-01T00:00:00", None]
)

edits = st.one_of(
    st.builds(of_a_student, students, InactiveStatusCode=statuses),
    st.builds(of_a_student, students, LastName=names),
    st.builds(of_a_student, students, Birthdate=days),
    st.builds(of_a_student, students, SchoolLeaveDate=days),
    st.builds(of_a_student, students, Grade=grades),
    st.builds(gone, st.just("students"), st.just("StudentID"), students),
    st.builds(also_at, schools, students, Grade=grades, InactiveStatusCode=statuses),
    st.builds(of_staff, people, InactiveStatusCode=statuses),
    st.builds(of_staff, people, FirstName=names),
    st.builds(of_staff, people, PrimaryAeriesSchool=st.sampled_from([0, 7, 8, "x"])),
    st.builds(of_staff, people, SchoolAccessPermissions=st.sampled_from([[], [{"SchoolCode": 8}], [{"SchoolCode": 9}]])),
    st.builds(gone, st.just("staff"), st.just("ID"), people),
    st.builds(of_a_member, people, EndDate=ended),
    st.builds(of_a_member, people, InactiveStatusCode=statuses),
    st.builds(teaches, schools, people),
    st.builds(of_a_school, st.just("teachers"), schools, InactiveStatusCode=statuses),
    st.builds(of_a_school, st.just("teachers"), schools, StaffID1=st.one_of(people, st.just(0))),
    st.builds(of_a_school, st.just("sections"), schools, InactiveStatusCode=statuses),
)  # fmt: skip

_FORECASTS = {
    "keeps the last good version": True,
    "keeps the person active": True,
    "makes the person active": True,
    "deactivates the record": False,
    "changes nothing": False,
    "leaves the person out": False,
}


def forecast(document: dict[str, Any]) -> bool:
    """Whether the person is active after the next pull, as the explanation has it."""
    said = [active for words, active in _FORECASTS.items() if f"The next pull {words}" in document["verdict"]]
    assert len(said) == 1, document["verdict"]
    return said[0]


@given(
    before=st.lists(edits, max_size=3), after=st.lists(edits, min_size=1, max_size=5),
    rules=st.tuples(st.sampled_from(["teaching", "school"]), st.sampled_from(["teaching", "school"])),
)  # fmt: skip
@settings(max_examples=500 if LONG else 16, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_explain_says_of_the_next_pull_comes_true(
    tmp_path_factory: pytest.TempPathFactory, before: list[Edit], after: list[Edit], rules: tuple[str, str]
) -> None:
    with fast_directory(tmp_path_factory.mktemp("station")) as root, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(root))
        station = Station(root)
        station.aeries = usual()
        station.map(*MAPPED)
        for rule, some in zip(rules, (before, after), strict=True):
            station.set("pull", staff=rule)
            for edit in some:
                edit(station.aeries)
            said = {
                **{("student", number): station.explain("student", number) for number in STUDENTS},
                **{("staff", number): station.explain("staff", number) for number in STAFF},
            }
            document = station.pull()
            if document["outcome"] == "held":
                station.approve(document["import"])
            active = {kind: {key[0] for key in station.active(kind)} for kind in ("student", "staff")}
            for (kind, number), one in said.items():
                if kind == "staff" and number in active[kind] and _keeps_its_homeroom(document):
                    continue
                assert forecast(one) == (number in active[kind]), (kind, number, one["verdict"])


def _keeps_its_homeroom(document: dict[str, Any]) -> bool:
    """Whether a student may have been kept by a last good version, and with them their homeroom and its teacher."""
    return not {"REC-REQUIRED", "REC-GRADE", "REC-DATE", "REC-TYPE"}.isdisjoint(document["descriptions"])


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = usual()
    station.map(*MAPPED)
    station.pull()
    return station


def test_staff_of_a_mapped_school_are_in_where_the_setting_takes_them(pulled: Station) -> None:
    of_staff(901, PrimaryAeriesSchool=7)(pulled.aeries)
    assert "teaches in no mapped school" in pulled.explain("staff", 901)["verdict"]
    pulled.set("pull", staff="school")
    verdict = pulled.explain("staff", 901)["verdict"]
    assert "their primary school is school 7" in verdict
    assert "The next pull makes the person active." in verdict


def test_a_last_section_that_ended_is_not_said_to_keep_anybody(pulled: Station) -> None:
    of_a_member(70, EndDate="2026-10-04T00:00:00")(pulled.aeries)
    assert "is named in a teacher record of school 7" in pulled.explain("staff", 70)["verdict"]
    of_a_school("teachers", 7, StaffID1=0)(pulled.aeries)
    assert "The next pull deactivates the record." in pulled.explain("staff", 70)["verdict"]


def test_on_a_day_of_additions_only_nobody_is_said_to_be_deactivated(pulled: Station) -> None:
    gone("students", "StudentID", 7001)(pulled.aeries)
    assert "The next pull deactivates the record." in pulled.explain("student", 7001)["verdict"]
    today = dt.date.fromisoformat(pulled.aeries.day)
    pulled.set("pull", additions_only_dates=(DateRange(today, today),))
    assert "a day of additions only" in pulled.explain("student", 7001)["verdict"]
    pulled.pull()
    assert (7001,) in pulled.active("student")


def test_a_date_that_does_not_exist_is_named(pulled: Station) -> None:
    of_a_student(7000, Birthdate="2015-02-30T00:00:00")(pulled.aeries)
    said = pulled.explain("student", 7000)
    assert "in Birthdate: The date cannot be read or does not exist." in said["verdict"]
    assert "REC-DATE" in said["codes"]
    assert "keeps the person active" in said["verdict"]
