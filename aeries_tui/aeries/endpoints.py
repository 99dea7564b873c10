"""The lists a roster is made of, and the permission each one needs (contract, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aeries_tui.aeries.records import (
    ChangedCourse,
    ChangedSection,
    ChangedStaff,
    ChangedStudent,
    ClassRow,
    Course,
    Record,
    School,
    Section,
    StaffMember,
    Student,
    SystemInfo,
    Teacher,
)


class Area(StrEnum):
    """A permission as the API Security page names it."""

    STUDENTS = "Student Data"
    CLASSES = "Class Schedules/History"
    TEACHERS = "Teacher Data"
    STAFF = "Staff Data"
    SECTIONS = "Master Schedule"
    COURSES = "Course Data"

    @property
    def remedy(self) -> str:
        """What to tick, and where."""
        return f"In Aeries, Security > API Security: tick Read for {self.value} on the certificate's record."


@dataclass(frozen=True)
class Endpoint:
    """A kind of list.

    Attributes:
        name: what scopes, logs and files call it.
        words: what a sentence calls it.
        record: the type of its records.
        path: under which Aeries has it, with `{school}` where a school has its own.
        area: the permission it needs; None where the certificate alone is enough.
        nobody: a path that needs the same permission and asks for number 0, which nobody has; blank where there is
            none.
        is_paged: it can be asked for in parts.
        is_staff_side: the portals of students and parents do not have it (contract, section 1).
    """

    name: str
    words: str
    record: type[Record]
    path: str = ""
    area: Area | None = None
    nobody: str = ""
    is_paged: bool = False
    is_staff_side: bool = False

    @property
    def is_of_school(self) -> bool:
        """Each school has its own."""
        return "{school}" in self.path

    def where(self, school: int | None = None) -> str:
        """The list as an error names it."""
        return f"{self.words} of school {school}" if school is not None else self.words


SYSTEM_INFO = Endpoint("systeminfo", "the system information", SystemInfo, "systeminfo")
SCHOOLS = Endpoint("schools", "the list of schools", School, "schools")
STUDENTS = Endpoint(
    "students", "the students", Student, "schools/{school}/students", Area.STUDENTS, is_paged=True
)
TEACHERS = Endpoint(
    "teachers", "the teachers", Teacher, "schools/{school}/teachers", Area.TEACHERS,
    nobody="schools/{school}/teachers/0",
)  # fmt: skip
SECTIONS = Endpoint(
    "sections", "the sections", Section, "schools/{school}/sections", Area.SECTIONS,
    nobody="schools/{school}/sections/0", is_staff_side=True,
)  # fmt: skip
CLASSES = Endpoint(
    "classes", "the classes", ClassRow, "schools/{school}/classes", Area.CLASSES,
    nobody="schools/{school}/sections/0/students",
)  # fmt: skip
STAFF = Endpoint(
    "staff", "the staff list", StaffMember, "staff", Area.STAFF, nobody="staff/0", is_staff_side=True
)
COURSES = Endpoint(
    "courses", "the course list", Course, "courses", Area.COURSES, nobody="courses/0", is_staff_side=True
)

ROSTER_LISTS = (STUDENTS, TEACHERS, SECTIONS, CLASSES, STAFF, COURSES)
"""What a full pull reads, in the order in which it is judged."""
STAFF_SIDE = frozenset(endpoint for endpoint in ROSTER_LISTS if endpoint.is_staff_side)
"""Lists that the portals of students and parents do not have."""


class Feed(StrEnum):
    """The five lists of what changed since a time; the value is the first part of the path."""

    STUDENTS = "StudentDataChanges/student"
    SECTIONS = "SectionDataChanges"
    ROSTERS = "SectionRosterDataChanges"
    COURSES = "CourseDataChanges"
    STAFF = "StaffDataChanges"


FEEDS: dict[Feed, Endpoint] = {
    Feed.STUDENTS: Endpoint("changes/students", "the changed students", ChangedStudent, area=Area.STUDENTS),
    Feed.SECTIONS: Endpoint("changes/sections", "the changed sections", ChangedSection, area=Area.SECTIONS),
    Feed.ROSTERS: Endpoint("changes/rosters", "the changed rosters", ChangedSection, area=Area.CLASSES),
    Feed.COURSES: Endpoint("changes/courses", "the changed courses", ChangedCourse, area=Area.COURSES),
    Feed.STAFF: Endpoint("changes/staff", "the changed staff", ChangedStaff, area=Area.STAFF),
}


class Single(StrEnum):
    """What can be asked for by one id; the value is the path (contract, section 7).

    A quick pull names the members by what it needs: `seats` are a student's classes, `roster` those of a section.
    """

    STUDENT = "schools/{school}/students/{key}"
    SEATS = "schools/{school}/classes/{key}"
    SECTION = "schools/{school}/sections/{key}"
    ROSTER = "schools/{school}/sections/{key}/students"
    STAFF = "staff/{key}"
    STAFF_SECTIONS = "staff/{key}/classes"
    STAFF_TEACHERS = "staff/{key}/teachers"
    COURSE = "courses/{key}"


SINGLES: dict[Single, Endpoint] = {
    Single.STUDENT: STUDENTS,
    Single.SEATS: CLASSES,
    Single.SECTION: SECTIONS,
    Single.ROSTER: CLASSES,
    Single.STAFF: STAFF,
    Single.STAFF_SECTIONS: SECTIONS,
    Single.STAFF_TEACHERS: TEACHERS,
    Single.COURSE: COURSES,
}
