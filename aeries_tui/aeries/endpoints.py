"""The lists a roster is made of, and the permission each one needs (contract, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
        area: the permission it needs; None where the certificate alone is enough.
    """

    name: str
    words: str
    area: Area | None = None

    def where(self, school: int | None = None) -> str:
        """The list as an error names it."""
        return f"{self.words} of school {school}" if school is not None else self.words


SYSTEM_INFO = Endpoint("systeminfo", "the system information")
SCHOOLS = Endpoint("schools", "the list of schools")
STAFF = Endpoint("staff", "the staff list", Area.STAFF)
COURSES = Endpoint("courses", "the course list", Area.COURSES)
STUDENTS = Endpoint("students", "the students", Area.STUDENTS)
TEACHERS = Endpoint("teachers", "the teachers", Area.TEACHERS)
SECTIONS = Endpoint("sections", "the sections", Area.SECTIONS)
CLASSES = Endpoint("classes", "the classes", Area.CLASSES)


class Feed(StrEnum):
    """The five lists of what changed since a time; the value is the first part of the path."""

    STUDENTS = "StudentDataChanges/student"
    SECTIONS = "SectionDataChanges"
    ROSTERS = "SectionRosterDataChanges"
    COURSES = "CourseDataChanges"
    STAFF = "StaffDataChanges"


FEEDS: dict[Feed, Endpoint] = {
    Feed.STUDENTS: Endpoint("changes/students", "the changed students", Area.STUDENTS),
    Feed.SECTIONS: Endpoint("changes/sections", "the changed sections", Area.SECTIONS),
    Feed.ROSTERS: Endpoint("changes/rosters", "the changed rosters", Area.CLASSES),
    Feed.COURSES: Endpoint("changes/courses", "the changed courses", Area.COURSES),
    Feed.STAFF: Endpoint("changes/staff", "the changed staff", Area.STAFF),
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
