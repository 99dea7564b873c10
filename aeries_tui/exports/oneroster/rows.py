"""The rows of each file of a bundle, out of the Master, one at a time."""

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

Row = dict[str, str]
"""Cells by column; a column that is not named is blank."""


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
        row: of users, without them.
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
            yield {
                "sourcedId": session.id,
                "title": session.title,
                "type": "term" if school else "schoolYear",
                "startDate": session.start.isoformat(),
                "endDate": session.end.isoformat(),
                "parentSourcedId": vocabulary.session_id(0, vocabulary.YEAR) if school else "",
                "schoolYear": str(self._year),
            }

    # Schools, courses, classes

    def _orgs(self) -> Iterator[Row]:
        name = plain(master.district_name(self._db)) or "District"
        yield {"sourcedId": vocabulary.DISTRICT, "name": name, "type": "district"}
        for school in master.schools(self._db):
            yield {
                "sourcedId": str(school["code"]),
                "name": plain(school["name"]) or f"School {school['code']}",
                "type": "school",
                "identifier": school["nces_code"] or school["state_code"] or "",
                "parentSourcedId": vocabulary.DISTRICT,
            }

    def _courses(self) -> Iterator[Row]:
        year = {"schoolYearSourcedId": vocabulary.session_id(0, vocabulary.YEAR)}
        for course in master.courses(self._db):
            if not course["listed"]:
                self._notices.add("course-not-listed", course["course_id"])
            yield year | {
                "sourcedId": vocabulary.course_id(course["course_id"]),
                "title": plain(course["title"]) or course["course_id"],
                "courseCode": course["course_id"],
                "grades": vocabulary.grades(course["low_grade"], course["high_grade"]),
                "orgSourcedId": vocabulary.DISTRICT,
            }
        for section in master.sections_without_course(self._db):
            self._notices.add("class-without-course", section["section_id"])
            yield year | {
                "sourcedId": self._course_of(section),
                "title": self._class_title(section),
                "orgSourcedId": str(section["school_code"]),
            }
        for name, rooms in groupby(master.homerooms(self._db), self._course_of):
            together = list(rooms)
            schools = {room["school_code"] for room in together}
            yield year | {
                "sourcedId": name,
                "title": self._class_title(together[0]),
                "grades": vocabulary.grades(together[0]["low_grade"], together[0]["high_grade"]),
                "orgSourcedId": str(schools.pop()) if len(schools) == 1 else vocabulary.DISTRICT,
            }

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
            yield {
                "sourcedId": section["section_id"],
                "title": self._class_title(section),
                "grades": vocabulary.grades(section["low_grade"], section["high_grade"]),
                "courseSourcedId": self._course_of(section),
                "classCode": str(section["section_number"] or section["teacher_number"] or ""),
                "classType": "homeroom" if section["homeroom"] else "scheduled",
                "location": plain(section["room"]),
                "schoolSourcedId": str(section["school_code"]),
                "termSourcedIds": self._session_of(section["school_code"], section["term"]).id,
                "periods": ",".join(filter(None, items(plain(section["period"])))),
            }

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
            user = self._user(name, person["staff_id"], person, schools, person["primary_school"])
            role = vocabulary.staff_role(bool(person["teaches"]), person["title"], self._version)
            yield Person(user, role, schools)
        for student in master.students(self._db):
            name, schools = str(student["student_id"]), str(student["schools"]).split()
            user = self._user(name, student["student_id"], student, schools, student["primary_school"])
            user["grades"] = vocabulary.grade(student["grade"])
            if user["grades"] == "Other":
                self._notices.add("grade-without-code", name)
            if self._version == "1.2":
                user["preferredGivenName"] = student["preferred_first_name"] or ""
                user["preferredFamilyName"] = student["preferred_last_name"] or ""
            yield Person(user, "student", schools)

    def _users(self) -> Iterator[Row]:
        for person in self.people():
            if self._version == "1.1":
                person.row.update(orgSourcedIds=",".join(person.schools), role=person.role)
            yield person.row

    def _user(
        self, name: str, number: int, person: sqlite3.Row, schools: list[str], primary: int | None
    ) -> Row:
        email = person["email"] or ""
        if not email:
            self._notices.add("email-missing", name)
        elif not is_email(email):
            self._notices.add("email-invalid", name)
            email = ""
        given, family = plain(person["first_name"]), plain(person["last_name"])
        if bool(given) != bool(family):
            self._notices.add("name-single", name)
        user = {
            "sourcedId": name,
            "enabledUser": "true",
            "username": plain(person["account_name"]) or email or plain(person["login_id"]) or name,
            "userIds": f"{{Aeries:{number}}}",
            "givenName": given or family,
            "familyName": family or given,
            "middleName": person["middle_name"] or "",
            "identifier": str(number),
            "email": email,
        }
        if self._version == "1.2":
            user["primaryOrgSourcedId"] = str(primary) if str(primary) in schools else schools[0]
        return user

    def _staff_schools(self, person: sqlite3.Row) -> list[str]:
        """Where somebody works; the district where no mapped school is known of."""
        return str(person["schools"]).split() if person["schools"] else [vocabulary.DISTRICT]

    def _roles(self) -> Iterator[Row]:
        for person in master.staff(self._db):
            role = vocabulary.staff_role(bool(person["teaches"]), person["title"], self._version)
            yield from _roles_of(vocabulary.staff_id(person["staff_id"]), role, self._staff_schools(person))
        for student in master.students(self._db):
            yield from _roles_of(str(student["student_id"]), "student", str(student["schools"]).split())

    def _demographics(self) -> Iterator[Row]:
        for student in master.students(self._db):
            born = vocabulary.date(student["birthdate"])
            yield {
                "sourcedId": str(student["student_id"]),
                "birthDate": born.isoformat() if born else "",
                "sex": vocabulary.sex(student["gender"], self._version),
            }

    # Enrollments

    def _enrollments(self) -> Iterator[Row]:
        for section, members in groupby(master.teachings(self._db), lambda row: str(row["section_id"])):
            together = list(members)
            for place, member in enumerate(together):
                # One primary teacher at most; who teaches alone is it, flagged or not.
                first = place == 0 and (bool(member["is_primary"]) or len(together) == 1)
                person = vocabulary.staff_id(member["staff_id"])
                yield self._enrollment(section, person, "teacher", member) | {
                    "primary": "true" if first else "false"
                }
        for member in master.enrollments(self._db):
            yield self._enrollment(
                str(member["section_id"]), str(member["student_id"]), "student", member
            )  # fmt: skip

    def _enrollment(self, section: str, person: str, role: str, member: sqlite3.Row) -> Row:
        session = self._session_of(member["school_code"], member["term"])
        begin, end = vocabulary.date(member["begin_date"]), vocabulary.date(member["end_date"])
        if begin:
            begin = min(max(begin, session.start), session.end)
        if end:
            # Aeries' last day belongs to it, OneRoster's end does not; both lie within the term.
            end = (
                session.end if end >= session.end else max(end + dt.timedelta(days=1), begin or session.start)
            )
        return {
            "sourcedId": f"{section}_{person}",
            "classSourcedId": section,
            "schoolSourcedId": str(member["school_code"]),
            "userSourcedId": person,
            "role": role,
            "beginDate": begin.isoformat() if begin else "",
            "endDate": end.isoformat() if end else "",
        }


def _roles_of(person: str, role: str, schools: list[str]) -> Iterator[Row]:
    """One primary role for each school, as 1.2 wants it (OneRoster, section 5, roles)."""
    for school in schools:
        yield {
            "sourcedId": f"{person}_{school}",
            "userSourcedId": person,
            "roleType": "primary",
            "role": role,
            "orgSourcedId": school,
        }
