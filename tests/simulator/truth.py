"""What a right pull of a simulated district must end with, counted without the pull.

The rules are those of the design, section 4, read once more and written
down plainly, record by record. Nothing here is shared with the program that is measured.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from aeries_tui.demo.district import SimulatedDistrict
from aeries_tui.demo.shapes import Row

KINDS = ("staff", "student", "course", "section", "enrollment", "teaching", "school_enrollment")


@dataclass
class Truth:
    """The records that are active after a right pull.

    Attributes:
        counts: how many of each kind.
        ids: for each kind the ids, if they were asked for. A student is "99400001", staff "994001", a
            course "0775", a section "994_1001" or "990_TN_421", a school_enrollment "994_99400001",
            an enrollment and a teaching the section and the person, "994_1001_99400001".
    """

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    ids: dict[str, set[str]] | None = None

    def take(self, kind: str, keys: Collection[object], prefix: str = "") -> None:
        """Count records that were not counted before; a key is the parts of an id, or the whole of it."""
        self.counts[kind] += len(keys)
        if self.ids is not None:
            self.ids[kind].update(prefix + _id(key) for key in keys)


def _id(key: object) -> str:
    return "_".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        return int(value)
    return None


def _day(value: object) -> date | None:
    if _blank(value) or str(value)[:10] in ("0001-01-01", "1900-01-01", "1901-01-01"):
        return None
    return date.fromisoformat(str(value)[:10])


def _dates_fit(row: Row, *names: str) -> bool:
    """Whether each of the named fields is a date or nothing."""
    try:
        for name in names:
            _day(row.get(name))
    except ValueError:
        return False
    return True


def _names_fit(row: Row) -> bool:
    """One name is enough."""
    return not _blank(row.get("FirstName")) or not _blank(row.get("LastName"))


def _usable_student(row: Row, school: int) -> bool:
    """Whether a student record can be taken at all."""
    return (
        bool(_number(row.get("StudentID"))) and _number(row.get("SchoolCode")) == school and _names_fit(row)
    )


@dataclass
class _School:
    """What was found at one school, until the whole district is known."""

    code: int
    homerooms: bool
    active: dict[int, int | None] = field(default_factory=dict)
    seats: set[tuple[str, int]] = field(default_factory=set)
    members: list[tuple[str, list[Any]]] = field(default_factory=list)
    courses: set[str] = field(default_factory=set)
    named_staff: set[int] = field(default_factory=set)


def _read_students(found: _School, rows: Iterable[Row]) -> None:
    for row in rows:
        if _usable_student(row, found.code) and _blank(row.get("InactiveStatusCode")):
            found.active.setdefault(int(row["StudentID"]), _number(row.get("HomeRoomTeacherNumber")))


def _read_sections(found: _School, rows: Iterable[Row], today: date) -> dict[int, str]:
    sections: dict[int, str] = {}
    for row in rows:
        number = _number(row.get("SectionNumber"))
        if number is None or number in sections or not _blank(row.get("InactiveStatusCode")):
            continue
        if _number(row.get("SchoolCode")) != found.code:
            continue
        name = sections[number] = f"{found.code}_{number}"
        if not _blank(row.get("CourseID")):
            found.courses.add(str(row["CourseID"]).strip())
        taught = [
            _number(member.get("StaffID"))
            for member in row.get("SectionStaffMembers") or []
            if _blank(member.get("InactiveStatusCode"))
            and ((end := _day(member.get("EndDate"))) is None or end >= today)
            and ((begin := _day(member.get("StartDate"))) is None or begin <= today)
        ]
        found.members.append((name, [number for number in taught if number]))
    return sections


def _read_classes(found: _School, rows: Iterable[Row], sections: dict[int, str], today: date) -> None:
    for row in rows:
        section = sections.get(_number(row.get("SectionNumber")) or 0)
        student = _number(row.get("StudentID"))
        if _number(row.get("SchoolCode")) != found.code or not _dates_fit(row, "DateStarted", "DateEnded"):
            continue
        begin, end = _day(row.get("DateStarted")), _day(row.get("DateEnded"))
        if section and student and (begin is None or begin <= today) and (end is None or end >= today):
            found.seats.add((section, student))


def _read_teachers(found: _School, rows: Iterable[Row]) -> None:
    students: dict[int, list[int]] = {}
    for student, teacher in found.active.items():
        if teacher:
            students.setdefault(teacher, []).append(student)
    teaching = {person for _, people in found.members for person in people}
    for row in rows:
        number = _number(row.get("TeacherNumber"))
        if number is None or not _blank(row.get("InactiveStatusCode")):
            continue
        people = [person for place in (1, 2, 3) if (person := _number(row.get(f"StaffID{place}")))]
        found.named_staff.update(people)
        if found.homerooms and number in students and not teaching.intersection(people):
            name = f"{found.code}_TN_{number}"
            found.members.append((name, people))
            found.seats.update((name, student) for student in students[number])


def _read_school(district: SimulatedDistrict, row: Row) -> _School:
    code, kind = int(row["SchoolCode"]), str(row.get("ScheduleType") or "").strip()
    found = _School(code, homerooms=kind in ("Elementary", "ElementaryAndMasterSchedule"))
    today = district.today
    _read_students(found, district.students(code))
    sections = _read_sections(found, district.sections(code), today)
    if not kind and not sections:
        found.homerooms = True
    _read_classes(found, district.classes(code), sections, today)
    _read_teachers(found, district.teachers(code))
    return found


class _Count:
    """Adds up the schools; holds people and courses of the district, nothing else of the schools before."""

    def __init__(self, district: SimulatedDistrict, truth: Truth) -> None:
        self._truth = truth
        self._listed = {str(row["ID"]).strip() for row in district.courses()}
        self._staff: dict[int, bool] = {}
        for row in district.staff():
            number = _number(row.get("ID"))
            if number and _names_fit(row):
                self._staff.setdefault(number, _blank(row.get("InactiveStatusCode")))
        self._students: set[int] = set()
        self._in_staff: set[int] = set()
        self._courses: set[str] = set()

    def add(self, found: _School) -> None:
        """Count one school."""
        take = self._truth.take
        self._students.update(found.active)
        self._courses.update(found.courses)
        here = {(section, student) for section, student in found.seats if student in found.active}
        teaching = {(name, p) for name, people in found.members for p in people if self._staff.get(p)}
        named = {person for person in found.named_staff if self._staff.get(person)}
        self._in_staff.update(named, (person for _, person in teaching))
        take("school_enrollment", found.active.keys(), f"{found.code}_")
        take("section", {name for name, _ in found.members})
        take("teaching", teaching)
        take("enrollment", here)

    def close(self) -> None:
        """Count what only the whole district can tell."""
        take = self._truth.take
        take("student", {str(student) for student in self._students})
        take("staff", {str(person) for person in self._in_staff})
        take("course", self._courses & self._listed)


def truth_of(
    district: SimulatedDistrict, schools: Iterable[int] | None = None, *, ids: bool = False
) -> Truth:
    """What is active after a right pull with the default settings.

    Args:
        district: the district as it is now, edits included.
        schools: the codes of the mapped schools; by default all that have students.
        ids: whether the ids are wanted too, not only the counts.
    """
    codes = [school.code for school in district.real_schools] if schools is None else list(schools)
    rows = {int(row["SchoolCode"]): row for row in district.schools()}
    truth = Truth(ids={kind: set() for kind in KINDS} if ids else None)
    count = _Count(district, truth)
    for code in dict.fromkeys(codes):
        if code in rows:
            count.add(_read_school(district, rows[code]))
    count.close()
    return truth
