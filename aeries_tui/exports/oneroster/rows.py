"""The rows of each file of a bundle, out of the Master, one at a time: cells in the order of the file's columns."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from aeries_tui.emails import is_email
from aeries_tui.exports.cells import plain
from aeries_tui.exports.oneroster import vocabulary
from aeries_tui.exports.oneroster.cell_formats import items
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.tables import Version
from aeries_tui.master.roster import roster_rows as master

Row = tuple[str, ...]
"""Cells in the order of the file's columns (`tables.WRITTEN`)."""

_MOST_DAYS = 10_000
"""Pairs of days that are remembered."""


@dataclass(frozen=True)
class _Session:
    """One academic session; both days belong to it."""

    id: str
    title: str
    start: dt.date
    end: dt.date


class Person(NamedTuple):
    """A user with what stands in several places: 1.1 has the role and the orgs in users, 1.2 in roles.

    Attributes:
        row: of users.
        role: in the words of the version.
        schools: the sourcedIds of the orgs.
    """

    row: Row
    role: str
    schools: list[str]


class BundleRows:
    """Makes the rows of one bundle; a file's rows are made when they are asked for.

    Args:
        db: the Master, inside `roster_rows.one_state`.
        version: of the bundle.
        notices: gets what is worth saying.
    """

    def __init__(self, db: sqlite3.Connection, version: Version, notices: Notices) -> None:
        self._db = db
        self._version: Version = version
        self._notices = notices
        school_year, day = master.school_year(db)
        self._today = vocabulary.date(day) or dt.date.today()
        self._year = vocabulary.year_end(school_year, self._today)
        self._sessions = self._read_sessions()
        self._courses_used = {vocabulary.course_id(row["course_id"]) for row in master.courses(db)}

    def of(self, file: str) -> Iterable[Row]:
        """The rows of a file by its name."""
        makers = {
            "academicSessions": self._academic_sessions,
            "orgs": self._orgs,
            "courses": self._courses,
            "classes": self._classes,
            "users": self._users,
            "roles": self._roles,
            "enrollments": self._enrollments,
            "demographics": self._demographics,
        }
        return makers[file]()

    # Sessions

    def _read_sessions(self) -> dict[tuple[int, str], _Session]:
        """The sessions of all mapped schools by school and term code; (0, Y) is the school year itself."""
        rows = list(master.terms(self._db))
        known = [(vocabulary.date(row["start_date"]), vocabulary.date(row["end_date"])) for row in rows]
        right = [(start, end) for start, end in known if start and end and start < end]
        first, last = vocabulary.school_year_days(self._year)
        if right:
            first, last = min(start for start, _ in right), max(end for _, end in right)
        sessions = {(0, vocabulary.YEAR): _Session(vocabulary.session_id(0, vocabulary.YEAR), f"{self._year - 1}-{self._year}", first, last)}  # fmt: skip
        for row, days in zip(rows, known, strict=True):
            school, code = int(row["school_code"]), str(row["term_code"])
            name = vocabulary.session_id(school, code)
            start, end = days[0] or last, days[1] or first
            if start >= end:
                self._notices.add("term-without-dates", name)
                start, end = first, last
            sessions[school, code] = _Session(name, plain(row["description"]) or code, start, end)
            if start > self._today and code != vocabulary.YEAR:
                self._notices.add("term-in-future", name)
        for school in master.schools_with_year_classes(self._db):
            name = vocabulary.session_id(school, vocabulary.YEAR)
            sessions.setdefault((school, vocabulary.YEAR), _Session(name, "Year", first, last))
        return sessions

    def _session_of(self, school: int, term: str | None) -> _Session:
        return self._sessions[school, vocabulary.YEAR if term is None else term]

    def _academic_sessions(self) -> Iterator[Row]:
        for (school, _), session in self._sessions.items():
            yield (
                session.id, "", "", session.title, "term" if school else "schoolYear", session.start.isoformat(),
                session.end.isoformat(), vocabulary.session_id(0, vocabulary.YEAR) if school else "", str(self._year),
            )  # fmt: skip

    # Schools, courses, classes

    def _orgs(self) -> Iterator[Row]:
        name = plain(master.district_name(self._db)) or "District"
        yield vocabulary.DISTRICT, "", "", name, "district", "", ""
        for school in master.schools(self._db):
            yield (
                str(school["code"]), "", "", plain(school["name"]) or f"School {school['code']}", "school",
                school["nces_code"] or school["state_code"] or "", vocabulary.DISTRICT,
            )  # fmt: skip

    def _courses(self) -> Iterator[Row]:
        for course in master.courses(self._db):
            number = course["course_id"]
            if not course["listed"]:
                self._notices.add("course-not-listed", number)
            spans = vocabulary.grades(course["low_grade"], course["high_grade"])
            title = plain(course["title"]) or number
            yield self._course(vocabulary.course_id(number), title, vocabulary.DISTRICT, number, spans)
        for section in master.sections_without_course(self._db):
            self._notices.add("class-without-course", section["section_id"])
            yield self._course(
                self._course_of(section), self._class_title(section), str(section["school_code"])
            )
        for name, rooms in groupby(master.homerooms(self._db), self._course_of):
            together = list(rooms)
            schools = {room["school_code"] for room in together}
            school = str(schools.pop()) if len(schools) == 1 else vocabulary.DISTRICT
            spans = vocabulary.grades(together[0]["low_grade"], together[0]["high_grade"])
            yield self._course(name, self._class_title(together[0]), school, "", spans)

    def _course(self, name: str, title: str, org: str, code: str = "", grades: str = "") -> Row:
        year = vocabulary.session_id(0, vocabulary.YEAR)
        return name, "", "", year, title, code, grades, org, "", ""

    def schools_of_courses(self) -> dict[str, set[str]]:
        """At which schools each course is taught, by the sourcedIds of both."""
        found: dict[str, set[str]] = {}
        for section in master.sections(self._db):
            found.setdefault(self._course_of(section), set()).add(str(section["school_code"]))
        return found

    def _classes(self) -> Iterator[Row]:
        for section in master.sections(self._db):
            if section["term"] is None and not section["homeroom"]:
                self._notices.add("class-without-term", section["section_id"])
            yield (
                section["section_id"], "", "", self._class_title(section),
                vocabulary.grades(section["low_grade"], section["high_grade"]), self._course_of(section),
                str(section["section_number"] or section["teacher_number"] or ""),
                "homeroom" if section["homeroom"] else "scheduled", plain(section["room"]),
                str(section["school_code"]), self._session_of(section["school_code"], section["term"]).id, "", "",
                ",".join(filter(None, items(plain(section["period"])))),
            )  # fmt: skip

    def _class_title(self, section: sqlite3.Row) -> str:
        """The course's title. Aeries' own export leaves a homeroom's blank, which is not valid (OneRoster, section 8)."""
        if section["homeroom"]:
            return f"Homeroom {plain(section['title']) or section['teacher_number']}"
        title = plain(section["course_title"]) or plain(section["course_id"])
        return title or f"Section {section['section_number']}"

    def _course_of(self, section: sqlite3.Row) -> str:
        """The course id of a section or homeroom; a section without one has its own, which is no other course's."""
        if section["homeroom"]:
            return vocabulary.homeroom_course_id(
                section["lead_id"], section["school_code"], section["teacher_number"]
            )  # fmt: skip
        if section["course_id"] is not None:
            return vocabulary.course_id(section["course_id"])
        name = str(section["section_id"])
        while name in self._courses_used:
            name += "_"
        return name

    # People

    def people(self) -> Iterator[Person]:
        """Everybody: staff, then students."""
        for person in master.staff(self._db):
            name, schools = vocabulary.staff_id(person["staff_id"]), self._staff_schools(person)
            role = vocabulary.staff_role(bool(person["teaches"]), person["title"], self._version)
            yield Person(self._user(name, person["staff_id"], person, schools, role), role, schools)
        for student in master.students(self._db):
            name, schools = str(student["student_id"]), student["schools"].split(" ")
            yield Person(self._user(name, name, student, schools, "student"), "student", schools)

    def _users(self) -> Iterator[Row]:
        return (person.row for person in self.people())

    def _user(self, name: str, number: int | str, person: sqlite3.Row, schools: list[str], role: str) -> Row:
        given, family, middle = plain(person["first_name"]), plain(person["last_name"]), person["middle_name"]
        if bool(given) != bool(family):
            self._notices.add("name-single", name)
            given, family = given or family, family or given
        email = person["email"] or ""
        if not email:
            self._notices.add("email-missing", name)
        elif not is_email(email):
            self._notices.add("email-invalid", name)
            email = ""
        username = plain(person["account_name"]) or email or plain(person["login_id"]) or name
        identity = (
            f"{{Aeries:{number}}}", given, family, middle or "", str(number), email, "", "", "",
            self._grade(name, person) if role == "student" else "", "",
        )  # fmt: skip
        if self._version == "1.1":
            return name, "", "", "true", ",".join(schools), role, username, *identity
        preferred = [""] * 2
        if role == "student":
            preferred = [person["preferred_first_name"] or "", person["preferred_last_name"] or ""]
        primary = str(person["primary_school"])
        return (
            name, "", "", "true", username, *identity, "", preferred[0], "", preferred[1],
            primary if primary in schools else schools[0], "",
        )  # fmt: skip

    def _grade(self, name: str, student: sqlite3.Row) -> str:
        grade = vocabulary.grade(student["grade"])
        if grade == "Other":
            self._notices.add("grade-without-code", name)
        return grade

    def _staff_schools(self, person: sqlite3.Row) -> list[str]:
        """Where somebody works; the district where no mapped school is known of."""
        return str(person["schools"]).split() if person["schools"] else [vocabulary.DISTRICT]

    def _roles(self) -> Iterator[Row]:
        for person in master.staff(self._db):
            role = vocabulary.staff_role(bool(person["teaches"]), person["title"], self._version)
            yield from _roles_of(vocabulary.staff_id(person["staff_id"]), role, self._staff_schools(person))
        for student, schools in master.schools_of_students(self._db):
            yield from _roles_of(str(student), "student", schools.split(" "))

    def _demographics(self) -> Iterator[Row]:
        blank = ("",) * 11
        for student in master.students(self._db):
            sex = vocabulary.sex(student["gender"], self._version)
            yield str(student["student_id"]), "", "", _day(student["birthdate"]), sex, *blank

    # Enrollments

    def _enrollments(self) -> Iterator[Row]:
        days = _Days()
        teachings = groupby(master.teachings(self._db), lambda row: str(row["section_id"]))
        for section, members in teachings:
            together = list(members)
            for place, member in enumerate(together):
                # One primary teacher at most; who teaches alone is it, flagged or not.
                first = place == 0 and (bool(member["is_primary"]) or len(together) == 1)
                person = vocabulary.staff_id(member["staff_id"])
                session = self._session_of(member["school_code"], member["term"])
                yield (
                    f"{section}_{person}", "", "", section, str(member["school_code"]), person, "teacher",
                    "true" if first else "false", *days.of(session, member["begin_date"], member["end_date"]),
                )  # fmt: skip
        org = first_day = last_day = ""
        before: tuple[str, str | None, str | None] | None = None
        for section, school, term, student, begin, end in master.enrollments(self._db):
            if (section, begin, end) != before:
                before, org = (section, begin, end), str(school)
                first_day, last_day = days.of(self._session_of(school, term), begin, end)
            person = str(student)
            yield f"{section}_{person}", "", "", section, org, person, "student", "", first_day, last_day


class _Days:
    """First and last day in a class, within its term. The same few pairs come again and again."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | None, str | None], tuple[str, str]] = {}

    def of(self, session: _Session, begin: str | None, end: str | None) -> tuple[str, str]:
        """The two days as they are written; blank for one that is not known."""
        try:
            return self._known[session.id, begin, end]
        except KeyError:
            if len(self._known) >= _MOST_DAYS:
                self._known.clear()
            made = self._known[session.id, begin, end] = _days(session, begin, end)
            return made


def _days(session: _Session, begin: str | None, end: str | None) -> tuple[str, str]:
    first, last = vocabulary.date(begin), vocabulary.date(end)
    if first:
        first = min(max(first, session.start), session.end)
    if last:
        # Aeries' last day belongs to it, OneRoster's end does not; both lie within the term.
        last = (
            session.end if last >= session.end else max(last + dt.timedelta(days=1), first or session.start)
        )
    return first.isoformat() if first else "", last.isoformat() if last else ""


def _day(text: str | None) -> str:
    day = vocabulary.date(text)
    return day.isoformat() if day else ""


def _roles_of(person: str, role: str, schools: list[str]) -> Iterator[Row]:
    """One primary role for each school, as 1.2 wants it (OneRoster, section 5, roles)."""
    for school in schools:
        yield f"{person}_{school}", "", "", person, "primary", role, "", "", school, ""
