"""Who is in, exactly: small districts made by hand, and what a pull makes of each."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.schools import schools
from aeries_tui.settings.fields import DateRange
from engine import (
    PaperAeries,
    Station,
    adds_up,
    class_row,
    course,
    homeroom_teacher,
    member,
    school,
    section,
    staff,
    student,
)
from engine.rows import DAY

Keys = set[tuple[Any, ...]]


def district(**lists: list[Any]) -> PaperAeries:
    """One school, 7, with student 1 in a section that 70 teaches, but for the lists that are given."""
    aeries = PaperAeries().put(
        ("schools", [school(0), school(7)]),
        ("staff", [staff(70)]),
        ("courses", [course("0100")]),
        ("7/students", [student(7, 1)]),
        ("7/teachers", [homeroom_teacher(7, 1, 70)]),
        ("7/sections", [section(7, 1, member(70))]),
        ("7/classes", [class_row(7, 1, 1)]),
    )
    for name, rows in lists.items():
        aeries.lists[name if name in {"schools", "staff", "courses"} else f"7/{name}"] = rows
    return aeries


@dataclass
class Case:
    """A district, the keys that are active after its first pull, and the codes it is told of."""

    says: str
    aeries: Callable[[], PaperAeries]
    active: dict[str, Keys]
    codes: set[str] = field(default_factory=set)
    settings: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case(
        "a student in a class with a teacher is a roster",
        district,
        {
            "student": {(1,)}, "school_enrollment": {(7, 1)}, "section": {("7_1",)}, "staff": {(70,)},
            "enrollment": {("7_1", 1)}, "teaching": {("7_1", 70)}, "course": {("0100",)},
        },
    ),
    Case(
        "status blank, space, null and absent all mean active",
        lambda: district(
            students=[
                student(7, 1), student(7, 2, InactiveStatusCode=" "), student(7, 3, InactiveStatusCode=None),
                {k: v for k, v in student(7, 4).items() if k != "InactiveStatusCode"},
            ]
        ),
        {"student": {(1,), (2,), (3,), (4,)}},
        {"STUDENT-NO-SECTION"},
    ),
    Case(
        "pre-enrolled, left and no-show students are out of scope",
        lambda: district(
            students=[student(7, 1), *(student(7, 2 + n, InactiveStatusCode=c) for n, c in enumerate("*INX"))]
        ),
        {"student": {(1,)}, "school_enrollment": {(7, 1)}},
    ),
    Case(
        "a leave date without a status does not take a student out",
        lambda: district(students=[student(7, 1, SchoolLeaveDate="2026-09-01T00:00:00")]),
        {"student": {(1,)}},
    ),
    Case(
        "a student listed twice with the same content is one student",
        lambda: district(students=[student(7, 1), student(7, 1)]),
        {"student": {(1,)}, "school_enrollment": {(7, 1)}},
    ),
    Case(
        "a student listed twice with different content is said so",
        lambda: district(students=[student(7, 1), student(7, 1, LastName="Other")]),
        {"student": {(1,)}},
        {"REC-DUPLICATE"},
    ),
    Case(
        "an inactive and an active record of one student at one school are one active student",
        lambda: district(students=[student(7, 1, InactiveStatusCode="I"), student(7, 1)]),
        {"student": {(1,)}, "school_enrollment": {(7, 1)}},
    ),
    Case(
        "grades reach from -2 to 18",
        lambda: district(
            students=[student(7, n, Grade=g) for n, g in enumerate((-2, 0, 18, "5", None, " ", -3, 19), 1)]
        ),
        {"student": {(n,) for n in range(1, 9)}},
        {"REC-GRADE", "STUDENT-NO-SECTION"},
    ),
    Case(
        "a value of the wrong kind costs nobody where no rule needs the field",
        lambda: district(
            students=[
                student(7, 1), student(7, 2, Grade="fifth"), student(7, 3, Gender=["F"], Birthdate={}),
                student(7, 4, StudentEmailAddress={"a": 1}, LastName=[]), student(7, 5, InactiveStatusCode=[]),
            ],
            staff=[staff(70, Title={}, LastName=7.5), staff(71, EmailAddress=[])],
        ),
        {"student": {(1,), (2,), (3,), (4,)}, "staff": {(70,)}},
        {"REC-TYPE", "STUDENT-NO-EMAIL", "STUDENT-NO-SECTION"},
    ),
    Case(
        "one name is enough, none is not",
        lambda: district(
            students=[
                student(7, 1, LastName=" "), student(7, 2, FirstName=None), student(7, 3, FirstName="", LastName=None),
            ],
            staff=[staff(70, LastName=""), staff(71, FirstName=" ")],
        ),
        {"student": {(1,), (2,)}, "staff": {(70,)}, "teaching": {("7_1", 70)}},
        {"REC-REQUIRED", "REC-MISSING", "STUDENT-NO-SECTION"},
    ),
    Case(
        "a date that is none is no reason to leave a student out",
        lambda: district(
            students=[
                student(7, 1, Birthdate="2015-02-30T00:00:00"), student(7, 2, Birthdate="0001-01-01T00:00:00"),
                student(7, 3, Birthdate="yesterday"), student(7, 4, Birthdate=None),
                student(7, 5, SchoolLeaveDate="soon"), student(7, 6, SchoolEnterDate="2026-13-01"),
            ]
        ),
        {"student": {(n,) for n in range(1, 7)}},
        {"REC-DATE", "STUDENT-NO-SECTION"},
    ),
    Case(
        "a missing id leaves the record out, not its neighbours",
        lambda: district(students=[student(7, 1), {**student(7, 2), "StudentID": None}, student(7, 3)]),
        {"student": {(1,), (3,)}},
        {"REC-REQUIRED", "STUDENT-NO-SECTION"},
    ),
    Case(
        "0 and what is below it are no id of anybody or anything, nor is 1e3",
        lambda: district(
            students=[student(7, 1), student(7, 0), student(7, -5), student(7, 2) | {"StudentID": "1e3"}],
            teachers=[homeroom_teacher(7, 1, 70, -70), homeroom_teacher(7, 0, 70)],
            sections=[section(7, 1, member(70), member(0), member(-3)), section(7, 0, member(70)), section(7, -1)],
            classes=[class_row(7, 1, 1), class_row(7, 0, 1), class_row(7, 1, 0)],
            staff=[staff(70), staff(0), staff(-70)],
            courses=[course("0100"), course("01\x0700")],
        ),
        {
            "student": {(1,)}, "school_enrollment": {(7, 1)}, "section": {("7_1",)}, "staff": {(70,)},
            "enrollment": {("7_1", 1)}, "teaching": {("7_1", 70)}, "course": {("0100",)},
        },
        {"REC-REQUIRED", "REC-TYPE"},
    ),
    Case(
        "a record of another school is left out",
        lambda: district(students=[student(7, 1), student(7, 2), student(8, 3)]),
        {"student": {(1,), (2,)}, "school_enrollment": {(7, 1), (7, 2)}},
        {"REF-SCHOOL", "STUDENT-NO-SECTION"},
    ),
    Case(
        "an inactive section is out, and the classes in it are out of scope",
        lambda: district(
            sections=[section(7, 1, member(70)), section(7, 2, member(70), InactiveStatusCode="I")],
            classes=[class_row(7, 1, 1), class_row(7, 2, 1)],
        ),
        {"section": {("7_1",)}, "enrollment": {("7_1", 1)}},
    ),
    Case(
        "a class is held on its first and its last day, and has no end where none is named",
        lambda: district(
            students=[student(7, n) for n in range(1, 10)],
            classes=[
                class_row(7, 1, 1, DateStarted="2026-10-05T00:00:00"),
                class_row(7, 1, 2, DateEnded="2026-10-05T00:00:00"),
                class_row(7, 1, 3, DateEnded=None),
                class_row(7, 1, 4, DateStarted="2026-10-06T00:00:00"),
                class_row(7, 1, 5, DateEnded="2026-10-04T00:00:00"),
                class_row(7, 1, 6, DateStarted=None, DateEnded="0001-01-01T00:00:00"),
                class_row(7, 1, 7, DateStarted="1900-01-01", DateEnded="1900-01-01T00:00:00"),
                class_row(7, 1, 8, DateEnded="1901-01-01T00:00:00"),
                class_row(7, 1, 9, DateEnded="1899-12-30T00:00:00"),
            ],
        ),
        {"enrollment": {("7_1", n) for n in (1, 2, 3, 6, 7, 8, 9)}},
        {"STUDENT-NO-SECTION"},
    ),
    Case(
        "lead_days takes classes that begin soon",
        lambda: district(
            students=[student(7, 1), student(7, 2)],
            classes=[
                class_row(7, 1, 1, DateStarted="2026-10-12T00:00:00"),
                class_row(7, 1, 2, DateStarted="2026-10-13T00:00:00"),
            ],
        ),
        {"enrollment": {("7_1", 1)}},
        {"STUDENT-NO-SECTION"},
        {"lead_days": 7},
    ),
    Case(
        "a student who left a class and came back is one enrollment",
        lambda: district(
            classes=[class_row(7, 1, 1, DateEnded="2026-09-01T00:00:00"), class_row(7, 1, 1), class_row(7, 1, 1)]
        ),
        {"enrollment": {("7_1", 1)}},
    ),
    Case(
        "a class with an unreadable date is left out",
        lambda: district(classes=[class_row(7, 1, 1, DateStarted="soon")]),
        {"enrollment": set()},
        {"REC-DATE", "SECTION-NO-STUDENTS"},
    ),
    Case(
        "classes of unknown students and sections are described once for each of those",
        lambda: district(classes=[class_row(7, 1, 1), *(class_row(7, s, p) for s in (1, 3) for p in (55, 55))]),
        {"enrollment": {("7_1", 1)}},
        {"REF-STUDENT"},
    ),
    Case(
        "a class in a section that nobody lists",
        lambda: district(classes=[class_row(7, 1, 1), class_row(7, 99, 1)]),
        {"enrollment": {("7_1", 1)}},
        {"REF-SECTION"},
    ),
    Case(
        "primary, assistant, inactive and ended members of a section are told apart",
        lambda: district(
            staff=[staff(70), staff(71), staff(72), staff(73), staff(74)],
            teachers=[],
            sections=[
                section(
                    7, 1, member(70), member(71, IsPrimaryTeacher=False), member(72, InactiveStatusCode="I"),
                    member(73, EndDate="2026-10-04T00:00:00"), member(74, EndDate="2026-10-05T00:00:00"),
                )
            ],
        ),
        {"teaching": {("7_1", 70), ("7_1", 71), ("7_1", 74)}, "staff": {(70,), (71,), (74,)}},
    ),
    Case(
        "of a member of a section the row that holds the day counts, and nobody is in before the first day",
        lambda: district(
            staff=[staff(70), staff(71), staff(72), staff(73)],
            teachers=[],
            sections=[
                section(
                    7, 1, member(70, StartDate="2026-10-05T00:00:00"), member(71, StartDate="2026-10-06T00:00:00"),
                    member(72, EndDate="2026-09-30T00:00:00"), member(72, StartDate="2026-12-01T00:00:00"),
                    member(73, StartDate="1900-01-01T00:00:00", EndDate="0001-01-01T00:00:00"),
                )
            ],
        ),
        {"teaching": {("7_1", 70), ("7_1", 73)}, "staff": {(70,), (73,)}},
    ),
    Case(
        "a homeroom teacher whose section has not begun still has the homeroom",
        lambda: district(
            schools=[school(7, "ElementaryAndMasterSchedule")],
            students=[student(7, 1, HomeRoomTeacherNumber="1")],
            sections=[section(7, 1, member(70, StartDate="2026-12-01T00:00:00"))],
        ),
        {"section": {("7_1",), ("7_TN_1",)}, "teaching": {("7_TN_1", 70)}},
        {"SECTION-NO-TEACHER"},
    ),
    Case(
        "staff who neither teach nor are named as teachers are out of scope",
        lambda: district(staff=[staff(70), staff(71), staff(72)], teachers=[homeroom_teacher(7, 1, 70, 72)]),
        {"staff": {(70,), (72,)}},
    ),
    Case(
        "with staff = school those of a mapped school are in",
        lambda: district(
            staff=[
                staff(70), staff(71, PrimaryAeriesSchool=7), staff(72, PrimaryAeriesSchool=8),
                staff(73, SchoolAccessPermissions=[{"SchoolCode": 7}]),
            ]
        ),
        {"staff": {(70,), (71,), (73,)}},
        set(),
        {"staff": "school"},
    ),
    Case(
        "inactive staff do not teach, and that is no error",
        lambda: district(staff=[staff(70, InactiveStatusCode="I")]),
        {"staff": set(), "teaching": set()},
        {"SECTION-NO-TEACHER", "RUN-EMPTY"},
    ),
    Case(
        "a member who is not in the staff list is described once",
        lambda: district(sections=[section(7, n, member(75)) for n in (1, 2)], teachers=[]),
        {"staff": set(), "teaching": set(), "section": {("7_1",), ("7_2",)}},
        {"REF-STAFF", "SECTION-NO-STUDENTS", "RUN-EMPTY"},
    ),
    Case(
        "a section without members has no teacher",
        lambda: district(sections=[section(7, 1)]),
        {"teaching": set(), "staff": {(70,)}},
        {"SECTION-NO-TEACHER"},
    ),
    Case(
        "only courses that an active section uses are in, whatever blanks are around their id",
        lambda: district(
            courses=[course("0100 "), course("0200"), course("0300")],
            sections=[section(7, 1, member(70)), section(7, 2, course="0200", InactiveStatusCode="I")],
        ),
        {"course": {("0100",)}},
    ),
    Case(
        "a section of an unknown course is kept",
        lambda: district(courses=[course("0999")]),
        {"course": set(), "section": {("7_1",)}},
        {"REF-COURSE"},
    ),
    Case(
        "an elementary homeroom is a section under Aeries' own id",
        lambda: district(
            schools=[school(7, "Elementary")],
            students=[student(7, 1, HomeRoomTeacherNumber="0005"), student(7, 2), student(7, 3, HomeRoomTeacherNumber="6")],
            teachers=[homeroom_teacher(7, 5, 70), homeroom_teacher(7, 6, 70, InactiveStatusCode="I"), homeroom_teacher(7, 8, 70)],
            sections=[], classes=[],
        ),
        {
            "section": {("7_TN_5",)}, "enrollment": {("7_TN_5", 1)}, "teaching": {("7_TN_5", 70)},
            "staff": {(70,)}, "student": {(1,), (2,), (3,)},
        },
        {"STUDENT-NO-SECTION"},
    ),
    Case(
        "a homeroom that three people share has its first as primary teacher",
        lambda: district(
            schools=[school(7, "Elementary")],
            staff=[staff(70), staff(71), staff(72)],
            students=[student(7, 1, HomeRoomTeacherNumber="5")],
            teachers=[homeroom_teacher(7, 5, 71, 70, 72)],
            sections=[], classes=[],
        ),
        {"teaching": {("7_TN_5", 70), ("7_TN_5", 71), ("7_TN_5", 72)}},
    ),
    Case(
        "a homeroom teacher who has sections gets no homeroom section",
        lambda: district(
            schools=[school(7, "ElementaryAndMasterSchedule")],
            students=[student(7, 1, HomeRoomTeacherNumber="1")],
        ),
        {"section": {("7_1",)}},
    ),
    Case(
        "a traditional school has no homeroom sections",
        lambda: district(students=[student(7, 1, HomeRoomTeacherNumber="1")], sections=[], classes=[]),
        {"section": set()},
        {"STUDENT-NO-SECTION", "RUN-EMPTY"},
    ),
    Case(
        "an address that is none, a shared one and a missing one are kept and said",
        lambda: district(
            students=[
                student(7, 1, StudentEmailAddress="nonsense"), student(7, 2, StudentEmailAddress="A@example.org"),
                student(7, 3, StudentEmailAddress="a@Example.org"), student(7, 4, StudentEmailAddress=""),
            ]
        ),
        {"student": {(1,), (2,), (3,), (4,)}},
        {"REC-EMAIL-FORMAT", "REC-EMAIL-SHARED", "REC-USERNAME-TAKEN", "STUDENT-NO-EMAIL", "STUDENT-NO-SECTION"},
    ),
    Case(
        "a term that the school does not have is said",
        lambda: district(
            schools=[school(7, Terms=[{"TermCode": "F", "StartDate": "2026-08-01", "EndDate": "2026-12-20"}])]
        ),
        {"section": {("7_1",)}},
        {"REF-TERM"},
    ),
    Case(
        "a roster that differs from Aeries' own count is said",
        lambda: district(sections=[section(7, 1, member(70), TotalStudents=4)]),
        {"enrollment": {("7_1", 1)}},
        {"SECTION-COUNT"},
    ),
]  # fmt: skip


def _moved() -> PaperAeries:
    """Two schools; of the students with class rows at school 8 only 2 is active there."""
    aeries = district(students=[student(7, n) for n in (1, 2, 3, 4)])
    aeries.lists["schools"].append(school(8))
    return aeries.put(
        (
            "8/students",
            [student(8, 1, InactiveStatusCode="T"), student(8, 2), student(8, 3, InactiveStatusCode="*")],
        ),
        ("8/teachers", []),
        ("8/sections", [section(8, 1, member(70))]),
        ("8/classes", [*(class_row(8, 1, n) for n in (1, 2, 3, 4, 99)), class_row(8, 2, 1)]),
    )


def test_a_class_counts_only_where_the_student_is_active_at_its_school(station: Station) -> None:
    station.aeries = _moved()
    station.map(7, 8)
    document = station.pull()
    assert station.active("enrollment") == {("7_1", 1), ("8_1", 2)}
    count = document["counts"]["enrollment"]
    assert (count["out_of_scope"], count["rejected"]) == (4, 1)
    assert set(document["descriptions"]) == {"REF-STUDENT", "STUDENT-NO-SECTION"}
    assert adds_up(document)
    assert any(note.startswith("4 class rows of 3 students left out") for note in station.notes())


def test_who_leaves_one_of_two_schools_leaves_its_classes_whatever_is_read_of_them(station: Station) -> None:
    station.aeries = _moved().put(("8/students", [student(8, n) for n in (1, 2)]))
    station.map(7, 8)
    station.pull()
    assert {("8_1", 1), ("8_1", 2)} <= station.active("enrollment")
    station.aeries.lists["8/students"][0]["InactiveStatusCode"] = "T"
    station.aeries.faults["8/classes"] = httpx.Response(500)
    station.pull()
    assert station.active("enrollment") == {("7_1", 1), ("8_1", 2)}


def test_who_may_be_at_a_school_whose_list_was_not_read_stays_in_its_classes(station: Station) -> None:
    station.aeries = _moved().put(("8/students", [student(8, 1)]))
    station.map(7, 8)
    station.pull()
    before = station.active("enrollment")
    station.aeries.faults["8/students"] = httpx.Response(500)
    station.aeries.lists["8/classes"].append(class_row(8, 1, 2))
    document = station.pull()
    assert station.active("enrollment") == before == {("7_1", 1), ("8_1", 1)}
    assert adds_up(document)


@pytest.mark.parametrize("turned", [False, True])
def test_primary_is_who_is_primary_today(station: Station, turned: bool) -> None:
    stays = [
        member(70, IsPrimaryTeacher=False, StartDate="2026-10-01T00:00:00"),
        member(70, IsPrimaryTeacher=True, StartDate="2026-08-01T00:00:00"),
        member(70, IsPrimaryTeacher=True, StartDate="2026-10-06T00:00:00"),
        member(70, IsPrimaryTeacher=True, EndDate="2026-09-30T00:00:00"),
    ]
    station.aeries = district(sections=[section(7, 1, *(stays[::-1] if turned else stays))])
    station.map(7)
    station.pull()
    assert station.query("SELECT is_primary, begin_date FROM teaching") == [(0, "2026-10-01")]
    station.aeries.day = "2026-10-06"
    station.pull()
    assert station.query("SELECT is_primary, begin_date FROM teaching") == [(1, "2026-10-06")]


def test_a_stay_that_holds_the_day_counts_before_one_that_begins_within_the_lead(station: Station) -> None:
    station.set("pull", lead_days=30)
    station.aeries = district(
        classes=[class_row(7, 1, 1, DateStarted="2026-10-20T00:00:00"), class_row(7, 1, 1)]
    )
    station.map(7)
    station.pull()
    assert station.query("SELECT begin_date FROM enrollment") == [("2026-08-15",)]


def test_a_school_entered_later_is_the_primary_one_from_that_day_on(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=1)
    station.aeries.lists["7/students"] = [student(7, 1, Grade=8, SchoolEnterDate="2024-08-01T00:00:00")]
    station.aeries.lists["8/students"] = [
        student(8, 1, Grade=9, SchoolEnterDate="2026-10-06T00:00:00"),
        student(8, 2, SchoolEnterDate="2026-12-01T00:00:00"),
    ]
    station.map(7, 8)
    station.pull()
    primary = "SELECT student_id, primary_school FROM student ORDER BY 1"
    assert station.query(primary) == [(1, 7), (2, 8)]
    station.aeries.day = "2026-10-06"
    station.pull()
    assert station.query(primary) == [(1, 8), (2, 8)]


GONE: dict[str, tuple[tuple[str, ...], Callable[[PaperAeries], object], dict[str, Keys]]] = {
    "a student's status": (
        ("8/students", "7/classes", "7/sections", "staff"),
        lambda a: a.lists["7/students"][0].update(InactiveStatusCode="T"),
        {"school_enrollment": {(7, 1)}, "student": {(1,)}, "enrollment": {("7_1", 1)}},
    ),
    "a section's status": (
        ("7/classes", "7/students", "staff"),
        lambda a: a.lists["7/sections"][0].update(InactiveStatusCode="I"),
        {"section": {("7_1",)}, "enrollment": {("7_1", 1), ("7_1", 2)}, "teaching": {("7_1", 70)}},
    ),
    "the end of a class": (
        ("7/sections", "7/students", "staff"),
        lambda a: a.lists["7/classes"][0].update(DateEnded="2026-10-01T00:00:00"),
        {"enrollment": {("7_1", 1)}},
    ),
    "a member's status": (
        ("staff",),
        lambda a: a.lists["7/sections"][0]["SectionStaffMembers"][0].update(InactiveStatusCode="I"),
        {"teaching": {("7_1", 70)}},
    ),
    "a status in the staff list": (
        ("7/sections", "7/teachers"),
        lambda a: a.lists["staff"][0].update(InactiveStatusCode="I"),
        {"staff": {(70,)}, "teaching": {("7_1", 70)}},
    ),
}
"""What says that somebody is gone: lists that are not read, what happens, and all that goes."""


@pytest.mark.parametrize("says", GONE)
def test_positive_evidence_takes_away_whatever_else_was_not_read(station: Station, says: str) -> None:
    unread, happens, gone = GONE[says]
    station.aeries = district(
        students=[student(7, 1), student(7, 2)],
        sections=[section(7, 1, member(70)), section(7, 2, member(70))],
        classes=[class_row(7, 1, 1), class_row(7, 1, 2)],
    ).put(("8/students", [student(8, 3)]), ("8/teachers", []), ("8/sections", []), ("8/classes", []))
    station.aeries.lists["schools"].append(school(8))
    station.map(7, 8)
    station.pull()
    before = station.all_active()
    happens(station.aeries)
    for path in unread:
        station.aeries.faults[path] = httpx.Response(500)
    document = station.pull()
    after = station.all_active()
    gone = {**gone, "teaching": {("7_1", 70), ("7_2", 70)}} if "staff" in gone else gone
    assert {kind: before[kind] - after[kind] for kind in before} == {
        kind: gone.get(kind, set()) for kind in before
    }
    assert adds_up(document)


FOREIGN: dict[str, tuple[Any, Any]] = {
    "students": (student(8, 3), student(7, 2)),
    "teachers": (homeroom_teacher(8, 9, 72), homeroom_teacher(7, 2, 71)),
    "sections": (section(8, 9, member(71)), section(7, 2, member(71))),
    "classes": (class_row(8, 3, 2), class_row(7, 1, 2)),
}
"""A row of another school in each list of school 7, and a right one that goes."""


@pytest.mark.parametrize("endpoint", FOREIGN)
def test_one_row_of_another_school_is_left_out_alone_and_by_name(station: Station, endpoint: str) -> None:
    foreign, goes = FOREIGN[endpoint]
    aeries = district(
        students=[student(7, 1), student(7, 2)],
        staff=[staff(70), staff(71), staff(72)],
        teachers=[homeroom_teacher(7, 1, 70), homeroom_teacher(7, 2, 71)],
        sections=[section(7, 1, member(70)), section(7, 2, member(71))],
        classes=[class_row(7, 1, 1), class_row(7, 1, 2), class_row(7, 2, 1)],
    )
    station.aeries = aeries
    station.map(7)
    station.pull()
    rows = aeries.lists[f"7/{endpoint}"]
    rows.remove(goes)
    rows.append(foreign)
    gone = {"students": ("student", (2,)), "teachers": ("staff", ()), "sections": ("section", ("7_2",)),
            "classes": ("enrollment", ("7_1", 2))}[endpoint]  # fmt: skip
    document = station.pull()
    assert gone[1] not in station.active(gone[0])
    assert document["outcome"] == "completed_with_error"
    (told,) = station.descriptions(2, "REF-SCHOOL")
    assert (told.school, told.field, told.severity) == (7, "SchoolCode", "E")
    assert "of school 8" in told.message and told.kind != "list"
    assert adds_up(document)
    assert not station.query("SELECT * FROM stale")
    assert station.query("SELECT 1 FROM meta WHERE name = 'mark'"), "a quick pull can go on from here"


def test_a_row_that_names_another_school_keeps_the_last_good_version_of_its_own(station: Station) -> None:
    station.aeries = district()
    station.map(7)
    station.pull()
    before = station.all_active()
    for endpoint in ("students", "sections", "classes"):
        row = station.aeries.lists[f"7/{endpoint}"][0]
        station.aeries.lists[f"7/{endpoint}"] = [{**row, "SchoolCode": 8}, *map(dict, _others(endpoint))]
        station.pull()
        station.aeries.lists[f"7/{endpoint}"] = [row]
        assert all(keys <= station.active(kind) for kind, keys in before.items())


def _others(endpoint: str) -> list[dict[str, Any]]:
    if endpoint == "students":
        return [student(7, n) for n in (5, 6)]
    return [section(7, n) for n in (5, 6)] if endpoint == "sections" else [class_row(7, n, 1) for n in (5, 6)]


def test_a_list_with_many_rows_of_another_school_takes_nobody_away_and_says_so(station: Station) -> None:
    station.aeries = district(students=[student(7, n) for n in range(1, 21)])
    station.map(7)
    station.pull()
    station.aeries.lists["7/students"] = [
        student(7, 1, FirstName="New"),
        *(student(7, n) for n in range(2, 20)),
        student(8, 90),
        student(8, 91),
    ]
    station.aeries.lists["7/classes"].append(class_row(7, 1, 99))
    document = station.pull()
    assert (20,) in station.active("student")
    assert document["outcome"] == "completed_with_error"
    assert document["scopes"][2]["state"] == "complete"
    assert station.query("SELECT endpoint, school, code FROM stale") == [("students", 7, "REF-SCHOOL")]
    (told,) = station.descriptions(2, "REF-SCHOOL")
    assert (told.kind, told.record) == ("list", "students")
    assert "2 of 21 records" in told.message and "depend" not in told.message
    assert [one.record for one in station.descriptions(2, "REF-STUDENT")] == ["99"]
    with pytest.raises(NotAllowedNow, match=r"Not read well: students of school 7 \(REF-SCHOOL\)"):
        station.pull(quick=True)
    assert "students of school 7 has not been read well" in station.explain("student", 20)["verdict"]
    station.set("pull", foreign_percent=10)
    station.pull()
    assert (20,) not in station.active("student")
    assert not station.query("SELECT * FROM stale")


def test_a_list_of_which_a_record_has_no_id_is_told_as_one_that_takes_nobody_away(station: Station) -> None:
    station.aeries = district()
    station.map(7)
    station.pull()
    station.aeries.lists["7/classes"] = [{**class_row(7, 1, 1), "StudentID": None}]
    station.pull()
    assert station.active("enrollment") == {("7_1", 1)}
    assert station.query("SELECT endpoint, school, code FROM stale") == [("classes", 7, "REC-REQUIRED")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_who_is_in(case: Case, station: Station) -> None:
    station.aeries = case.aeries()
    station.set("pull", **case.settings)
    station.map(7)
    document = station.pull()
    assert {kind: station.active(kind) for kind in case.active} == case.active
    assert set(document["descriptions"]) == case.codes
    assert adds_up(document)
    again = station.pull()
    assert all(
        not count[name]
        for count in again["counts"].values()
        for name in ("created", "updated", "deactivated")
    )


def test_an_address_that_is_shared_names_whoever_else_has_it(station: Station) -> None:
    station.aeries = district(
        students=[
            student(7, 1, StudentEmailAddress="T70@example.org"), student(7, 2),
            *(student(7, 10 + n, StudentEmailAddress="none@example.org") for n in range(8)),
            student(7, 30, StudentEmailAddress="mailto:a@example.org"),
        ]
    )  # fmt: skip
    station.map(7)
    station.pull()
    told = {(one.kind, one.record): one.message for one in station.descriptions(1, "REC-EMAIL-SHARED")}
    assert told["student", "1"] == "The e-mail address T70@example.org is also that of staff 70."
    assert told["staff", "70"] == "The e-mail address t70@example.org is also that of student 1."
    assert told["student", "17"].endswith(
        "student 10, student 11, student 12, student 13, student 14 and 2 more."
    )
    assert len(told) == 10
    assert [one.record for one in station.descriptions(1, "REC-EMAIL-FORMAT")] == ["30"]


def test_a_student_at_two_schools_is_one_person_with_the_fields_of_the_school_entered_last(
    station: Station,
) -> None:
    station.aeries = PaperAeries.usual(students=1)
    station.aeries.lists["7/students"] = [student(7, 1, Grade=8, SchoolEnterDate="2024-08-01T00:00:00")]
    station.aeries.lists["8/students"] = [student(8, 1, Grade=9, SchoolEnterDate="2026-08-01T00:00:00")]
    station.map(7, 8)
    document = station.pull()
    assert station.active("school_enrollment") == {(7, 1), (8, 1)}
    assert station.query("SELECT grade, primary_school FROM student") == [(9, 8)]
    assert document["counts"]["student"]["received"] == 1


def test_a_student_leaving_one_of_two_schools_stays(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=1)
    station.aeries.lists["8/students"] = [student(8, 7000)]
    station.map(7, 8)
    station.pull()
    station.aeries.lists["7/students"] = [student(7, 7000, InactiveStatusCode="T"), student(7, 7009)]
    station.pull()
    assert station.active("school_enrollment") == {(8, 7000), (7, 7009)}
    assert station.active("student") == {(7000,), (7009,)}
    assert station.query("SELECT primary_school FROM student WHERE student_id = 7000") == [(8,)]


def test_who_comes_back_is_the_same_person(station: Station) -> None:
    station.aeries = district(students=[student(7, 1), student(7, 2)])
    station.map(7)
    station.pull()
    station.aeries.lists["7/students"] = [student(7, 2)]
    station.pull()
    assert station.active("student") == {(2,)}
    station.aeries.lists["7/students"] = [student(7, 1), student(7, 2)]
    document = station.pull()
    assert document["counts"]["student"]["reactivated"] == 1
    assert station.query("SELECT created_import FROM student WHERE student_id = 1") == [(1,)]


def test_a_rejected_record_keeps_its_last_good_version(station: Station) -> None:
    station.aeries = district(students=[student(7, 1), student(7, 2)])
    station.map(7)
    station.pull()
    before = station.contents()
    for broken in (
        student(7, 1, FirstName="", LastName=" "), student(7, 1, InactiveStatusCode={"x": 1}),
        student(7, 1, FirstName=[], LastName={}),
    ):  # fmt: skip
        station.aeries.lists["7/students"] = [broken, student(7, 2)]
        document = station.pull()
        assert document["outcome"] == "completed_with_error"
        assert document["counts"]["student"]["rejected"] == 1
        assert adds_up(document)
        assert station.contents() == before


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ({"Grade": 99}, "REC-GRADE"), ({"Grade": None}, "REC-MISSING"), ({"Grade": {"x": 1}}, "REC-TYPE"),
        ({"LastName": ""}, "REC-MISSING"), ({"FirstName": []}, "REC-TYPE"), ({"Gender": ""}, "REC-MISSING"),
        ({"Birthdate": "2015-99-99"}, "REC-DATE"), ({"Birthdate": None}, "REC-MISSING"),
        ({"Birthdate": "1900-01-01T00:00:00"}, "REC-MISSING"), ({"SchoolLeaveDate": "soon"}, "REC-DATE"),
        ({"SchoolEnterDate": "2026-02-30"}, "REC-DATE"), ({"StudentEmailAddress": ["a"]}, "REC-TYPE"),
        ({"HomeRoomTeacherNumber": {}}, "REC-TYPE"), ({"StudentNumber": "A1"}, "REC-TYPE"),
        ({"StudentEmailAddress": "x" * 2000}, "REC-TYPE"),
    ],
)  # fmt: skip
def test_a_field_that_is_not_needed_keeps_its_last_good_value_and_warns(
    station: Station, broken: dict[str, Any], code: str
) -> None:
    good = {
        "Gender": "F", "Birthdate": "2015-05-01T00:00:00", "SchoolEnterDate": "2026-08-15T00:00:00",
        "SchoolLeaveDate": "2027-06-01T00:00:00",
    }  # fmt: skip
    station.aeries = district(students=[student(7, 1, **good)])
    station.map(7)
    station.pull()
    before = station.contents()
    station.aeries.lists["7/students"] = [student(7, 1, **{**good, **broken})]
    document = station.pull()
    assert document["outcome"] == "completed"
    (told,) = station.descriptions(2)
    assert (told.code, told.severity, told.record, told.field) == (code, "W", "1", *broken)
    assert station.contents() == before
    assert adds_up(document)


def test_a_member_of_staff_with_one_name_keeps_the_other_and_warns(station: Station) -> None:
    station.aeries = district()
    station.map(7)
    station.pull()
    before = station.contents()
    for broken, code in (({"FirstName": " "}, "REC-MISSING"), ({"LastName": {}}, "REC-TYPE")):
        station.aeries.lists["staff"] = [staff(70, **broken), staff(71, **broken)]
        document = station.pull()
        (told,) = station.descriptions(document["import"])
        assert (told.code, told.severity, told.kind, told.record) == (code, "W", "staff", "70")
        assert station.contents() == before


def test_a_number_that_became_0_takes_nobody_away(station: Station) -> None:
    station.aeries = district()
    station.map(7)
    station.pull()
    before = station.all_active()
    for endpoint, key in (
        ("students", "StudentID"), ("sections", "SectionNumber"), ("classes", "StudentID"), ("teachers", "TeacherNumber"),
    ):  # fmt: skip
        station.aeries.lists[f"7/{endpoint}"][0][key] = 0
    station.aeries.lists["staff"][0]["ID"] = 0
    document = station.pull()
    assert station.all_active() == before
    assert document["outcome"] == "completed_with_error"


def test_a_record_that_nobody_can_name_keeps_everybody_of_its_list(station: Station) -> None:
    station.aeries = district(students=[student(7, 1), student(7, 2)])
    station.map(7)
    station.pull()
    station.aeries.lists["7/students"] = [{**student(7, 1), "StudentID": "?"}, "nonsense"]
    document = station.pull()
    assert station.active("student") == {(1,), (2,)}
    assert document["outcome"] == "completed_with_error"
    assert document["counts"]["student"]["rejected"] == 2
    assert adds_up(document)


def test_an_unreadable_staff_record_keeps_the_person_and_what_they_teach(station: Station) -> None:
    station.aeries = district()
    station.map(7)
    station.pull()
    before = station.contents()
    station.aeries.lists["staff"] = [staff(70, LastName={"no": "name"})]
    document = station.pull()
    assert station.contents() == before
    assert adds_up(document)


def test_an_unreadable_section_keeps_the_section_its_roster_and_its_teacher(station: Station) -> None:
    station.aeries = district()
    station.map(7)
    station.pull()
    before = station.contents()
    station.aeries.lists["7/sections"] = [section(7, 1, member(70), Room=["list"])]
    document = station.pull()
    assert station.contents() == before
    assert document["outcome"] == "completed_with_error"
    assert adds_up(document)


def test_an_unreadable_member_of_a_section_keeps_who_taught_it(station: Station) -> None:
    station.aeries = district()
    station.map(7)
    station.pull()
    before = station.contents()
    for members in ([member(70, StaffID="?")], [17], "nobody", [member(70, StaffID=None)]):
        station.aeries.lists["7/sections"] = [{**section(7, 1), "SectionStaffMembers": members}]
        document = station.pull()
        assert station.active("teaching") == {("7_1", 70)}
        assert station.contents()["section"] == before["section"]
        assert document["outcome"] == "completed_with_error"
        assert adds_up(document)


def test_a_sequence_number_given_anew_and_another_order_change_nothing(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    station.pull()
    for path, rows in station.aeries.lists.items():
        rows.reverse()
        if path.endswith("/classes"):
            for number, row in enumerate(rows):
                row["SequenceNumber"] = 500 + number
    document = station.pull()
    assert all(
        count["updated"] == count["created"] == count["deactivated"] == 0
        for count in document["counts"].values()
    )


def test_blank_null_absent_and_a_space_are_one_thing(station: Station) -> None:
    station.aeries = district(students=[student(7, 1, MiddleName=None)])
    station.map(7)
    station.pull()
    for row in (student(7, 1), student(7, 1, MiddleName=""), student(7, 1, MiddleName=" \t ")):
        station.aeries.lists["7/students"] = [row]
        assert station.pull()["counts"]["student"]["updated"] == 0


def test_a_duplicate_staff_row_does_not_multiply_what_is_taught(station: Station) -> None:
    station.aeries = district(staff=[staff(70), staff(70), staff(70, Title="Dr")])
    station.map(7)
    document = station.pull()
    assert document["counts"]["teaching"]["received"] == 1
    assert document["counts"]["staff"]["duplicate"] == 2
    assert adds_up(document)


def test_what_was_received_of_each_list_is_what_its_kind_accounts_for(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    document = station.pull()
    by_endpoint: dict[str, int] = {}
    for scope in document["scopes"]:
        by_endpoint[scope["endpoint"]] = by_endpoint.get(scope["endpoint"], 0) + scope["received"]
    counts = {kind: count["received"] for kind, count in document["counts"].items()}
    assert by_endpoint["students"] == counts["school_enrollment"]
    assert by_endpoint["sections"] == counts["section"]
    assert by_endpoint["classes"] == counts["enrollment"]
    assert by_endpoint["staff"] == counts["staff"]
    assert by_endpoint["courses"] == counts["course"]


def test_additions_only_deactivates_nobody(station: Station) -> None:
    station.aeries = district(students=[student(7, 1), student(7, 2)])
    station.map(7)
    station.pull()
    station.set("pull", additions_only_dates=(DateRange(dt.date(2026, 10, 1), dt.date(2026, 10, 31)),))
    station.aeries.lists["7/students"] = [student(7, 2), student(7, 3)]
    station.pull()
    assert station.active("student") == {(1,), (2,), (3,)}


def test_a_school_that_is_no_longer_mapped_leaves_the_roster(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=2)
    station.map(7, 8)
    station.pull()
    with station.master() as db:
        schools.set_mapping(db, 8, None, by="test")
    station.pull()
    assert {school for school, _ in station.active("school_enrollment")} == {7}
    assert {number for (number,) in station.active("student")} == {7000, 7001}
    assert {section for section, _ in station.active("enrollment")} == {"7_1"}


@pytest.mark.parametrize("spoilt", [{"StaffID2": "abc"}, {"Room": {}}, {"LowGrade": []}])
def test_an_unreadable_teacher_record_keeps_whom_it_names(station: Station, spoilt: dict[str, Any]) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.lists["7/teachers"].append(homeroom_teacher(7, 2, 900))
    station.map(7, 8)
    station.pull()
    assert (900,) in station.active("staff")
    station.aeries.lists["7/teachers"][1].update(spoilt)
    station.pull()
    assert (900,) in station.active("staff")


@pytest.mark.parametrize("end", ["06/05/2027", "2026-02-30T00:00:00"])
def test_an_unreadable_end_of_a_members_time_takes_nobody_away(station: Station, end: str) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.lists["7/teachers"] = []
    station.map(7, 8)
    station.pull()
    before = station.all_active()
    station.aeries.lists["7/sections"][0] = section(7, 1, member(70, EndDate=end))
    document = station.pull()
    assert station.all_active() == before
    assert "REC-DATE" in document["descriptions"]


def test_an_unreadable_section_makes_no_homeroom(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.lists["9/sections"] = [section(9, 1, member(90))]
    station.aeries.lists["9/classes"] = [class_row(9, 1, n) for n in range(9000, 9006)]
    station.map(7, 9)
    station.pull()
    before = station.active("section")
    station.aeries.lists["9/sections"][0]["Room"] = {}
    station.pull()
    assert station.active("section") == before


def test_on_a_day_of_additions_only_who_changed_schools_is_brought_up_to_date(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.pull()
    station.set("pull", additions_only_dates=(DateRange(dt.date(2026, 10, 5), dt.date(2026, 10, 5)),))
    lists = station.aeries.lists
    lists["7/students"].pop(0)
    lists["7/classes"].pop(0)
    lists["8/students"].append(
        student(
            8, 7000, Grade=6, StudentEmailAddress="new@example.org", SchoolEnterDate="2026-08-15T00:00:00"
        )
    )
    station.pull()
    found = station.query("SELECT grade, email, primary_school FROM student WHERE student_id = 7000")
    assert found == [(6, "new@example.org", 8)]


def test_nobody_who_is_inactive_goes_on_teaching_over_a_date_or_a_section_that_can_not_be_read(
    station: Station,
) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.lists["7/teachers"] = []
    station.aeries.lists["7/sections"] = [section(7, 1, member(70)), section(7, 2, member(70))]
    station.map(7, 8)
    station.pull()
    assert {("7_1", 70), ("7_2", 70)} <= station.active("teaching")
    station.aeries.lists["7/sections"] = [
        section(7, 1, member(70, EndDate="06/05/2027")), section(7, 2, member(70), Room={}),
    ]  # fmt: skip
    next(row for row in station.aeries.lists["staff"] if row["ID"] == 70)["InactiveStatusCode"] = "I"
    station.pull()
    assert {number for _, number in station.active("teaching")} <= {key[0] for key in station.active("staff")}


@pytest.mark.parametrize("turned", [False, True])
def test_of_several_stays_in_one_section_the_one_that_began_last_gives_the_dates(
    station: Station, turned: bool
) -> None:
    stays = [
        class_row(7, 1, 1, DateStarted="2026-08-15T00:00:00", DateEnded="2027-06-05T00:00:00"),
        class_row(7, 1, 1, DateStarted="2026-10-01T00:00:00", DateEnded="2027-01-15T00:00:00"),
        class_row(7, 1, 1, DateStarted="2026-09-01T00:00:00", DateEnded="2027-03-15T00:00:00"),
    ]
    station.aeries = district(classes=stays[::-1] if turned else stays)
    station.map(7)
    station.pull()
    assert station.query("SELECT begin_date, end_date FROM enrollment") == [("2026-10-01", "2027-01-15")]


def test_of_several_stays_the_one_that_holds_the_day_counts_then_the_last_begun_then_the_first_listed(
    station: Station,
) -> None:
    station.set("pull", lead_days=30)
    kinds = [
        (None, "2027-01-01"), ("2026-08-15", "2027-01-02"), ("2026-08-15", None), ("2026-10-05", "2027-01-03"),
        ("2026-10-20", "2027-01-04"), ("2026-10-21", "2027-01-05"),
    ]  # fmt: skip
    listed = dict(enumerate(itertools.product(kinds, repeat=3), start=1))
    station.aeries = district(
        students=[student(7, number) for number in listed],
        classes=[
            class_row(7, 1, number, DateStarted=stays[place][0], DateEnded=stays[place][1])
            for place in range(3)
            for number, stays in listed.items()
        ],
    )
    station.map(7)
    document = station.pull()
    assert document["counts"]["enrollment"]["duplicate"] == 2 * len(listed)
    assert station.query("SELECT student_id, begin_date, end_date FROM enrollment ORDER BY 1") == [
        (number, *max(stays, key=lambda stay: ((stay[0] or "") <= DAY, stay[0] or "")))
        for number, stays in listed.items()
    ]


def test_a_school_that_can_not_be_read_leaves_a_member_of_staff_and_the_warning_at_the_last_good_one(
    station: Station,
) -> None:
    station.aeries = PaperAeries.usual()
    person = next(one for one in station.aeries.lists["staff"] if one["ID"] == 70)
    person.update(PrimaryAeriesSchool=8)
    station.begin(7, 8)
    person.update(PrimaryAeriesSchool=[])
    number = station.pull()["import"]
    told = [(one.kind, one.record, one.school) for one in station.descriptions(number, "REC-TYPE")]
    assert told == [("staff", "70", 8)]
    assert station.query("SELECT primary_school FROM staff WHERE staff_id = 70") == [(8,)]
