"""The master schedule: courses, and for every school its sections with those who teach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from aeries_tui.demo.calendar import Term, stamp, terms_of
from aeries_tui.demo.days import course_events, section_events
from aeries_tui.demo.draw import draws, pick, within
from aeries_tui.demo.layout import Kind, School, Setting, per_group
from aeries_tui.demo.names import COURSES
from aeries_tui.demo.shapes import COURSE, SECTION, SECTION_STAFF, Row
from aeries_tui.demo.staffing import (
    aide_ordinals,
    groups,
    homeroom_teachers,
    slot_staff,
    staff_id,
    staff_name,
    teachers,
)

PE, MUSIC, ENRICHMENT = 1, 2, 3
"""The "periods" of an elementary school that has a master schedule."""
EXTRA = 7
"""The period that not every student has."""

_OFFSETS = {"Y": 0, "F": 200, "S": 400, "1": 600, "2": 800}
_UNKNOWN_COURSE = "XX99"
_UNKNOWN_TERM = "Z"


@dataclass(frozen=True, slots=True)
class Part:
    """One section: a place in the schedule during one term.

    Attributes:
        period: 0 to 7.
        place: which of the groups of that period, from 0.
        term: the term it is taught in.
        number: the SectionNumber.
        position: its place in the school's list.
        course: the position of its course.
    """

    period: int
    place: int
    term: Term
    number: int
    position: int
    course: int


@lru_cache(maxsize=1)
def course_list() -> list[tuple[str, str, str, str, int]]:
    """Every course: id, title, long description, levels, grade."""
    found = []
    for row, (department, stem, long, levels) in enumerate(COURSES):
        for step in range(6 if len(levels) > 1 or levels == "H" else 2):
            code = f"{department}{row:02}{step}" if row % 4 == 3 else f"{row * 30 + step + 1:04}"
            found.append((code, f"{stem} {step + 1}"[:15], f"{long} {step + 1}"[:30], levels, step))
    return found


@lru_cache(maxsize=4)
def _taught_at(level: str) -> list[int]:
    return [position for position, course in enumerate(course_list()) if level in course[3]]


def course_rows(setting: Setting) -> list[Row]:
    """The course list of the district; the last tenth is no longer taught."""
    events = course_events(setting, len(course_list()))
    rows = []
    for position, (code, title, long, levels, _) in enumerate(course_list()):
        row = dict(COURSE)
        row["ID"], row["Title"], row["LongDescription"] = code, title, long
        row["DepartmentCode"] = COURSES[0][0] if code[0].isdigit() else code[0]
        row["LowGrade"], row["HighGrade"] = (
            (9, 12) if levels == "H" else (-1, 6) if levels == "E" else (7, 12)
        )
        row["CreditDefault"] = row["CreditMax"] = 5.0
        for event in events.get(position, []):
            row["LongDescription"] = f"{long[:22]} ({event.day})"
        rows.append(row)
    if not setting.schools[0].plain:
        rows.append({**COURSE, "ID": "9998", "Title": "Old Typing", "InactiveStatusCode": "I"})
        rows.append({**COURSE, "ID": "0001", "Title": "No Zero Period", "DepartmentCode": "Z"})
    return rows


def _layout(school: School) -> dict[int, int]:
    """How many groups every period has."""
    if school.plain:
        return {1: 1}
    if school.kind is Kind.MIXED:
        homerooms = homeroom_teachers(school)
        return {PE: homerooms, MUSIC: homerooms, ENRICHMENT: 1}
    count = groups(school)
    return {**dict.fromkeys(range(1, EXTRA), count), EXTRA: per_group(count, 2)}


def _terms(setting: Setting, school: School, draw: int) -> tuple[str, ...]:
    if school.plain or school.kind is Kind.MIXED or within(draw, 62):
        return ("Y",)
    return ("F", "S") if within(draw, 92) else ("1", "2")


class Timetable:
    """The sections of one school, known before anybody sits in them."""

    def __init__(self, setting: Setting, school: School) -> None:
        self.setting, self.school = setting, school
        self.layout = _layout(school) if school.kind.has_sections else {}
        self.parts: list[Part] = []
        self._at: dict[tuple[int, int], tuple[Part, ...]] = {}
        terms = terms_of(setting.year)
        for period, count in self.layout.items():
            for place in range(count):
                kind, course = draws(2, setting.seed, "slot", school.index, period, place)
                found = tuple(
                    self._part(period, place, terms[code], course) for code in _terms(setting, school, kind)
                )
                self._at[period, place] = found

    def _part(self, period: int, place: int, term: Term, draw: int) -> Part:
        number = period * 1000 + _OFFSETS[term.code] + place + 1
        taught = _taught_at(self.school.level)
        special = self._special_course(period)
        course = taught[pick(draw, len(taught))] if special is None else special
        part = Part(period, place, term, number, len(self.parts), course)
        self.parts.append(part)
        return part

    def _special_course(self, period: int) -> int | None:
        if self.school.kind is not Kind.MIXED:
            return None
        stem = {PE: "PE", MUSIC: "Music", ENRICHMENT: "Enrichment"}[period]
        return next(p for p, course in enumerate(course_list()) if course[1].startswith(stem))

    def at(self, period: int, place: int) -> tuple[Part, ...]:
        """The sections of one group of one period, in order of their terms."""
        return self._at[period, place % self.layout[period]]

    def teacher(self, part: Part) -> int:
        """The ordinal of the teacher record that stands behind a section."""
        if self.school.kind is Kind.MIXED:
            homerooms = homeroom_teachers(self.school)
            return {PE: homerooms, MUSIC: homerooms + 1, ENRICHMENT: 0}[part.period]
        return (part.place + part.period) % teachers(self.school)

    def rows(self, sizes: dict[int, list[int]]) -> list[Row]:
        """The section records.

        Args:
            sizes: for each SectionNumber, how many students, boys and girls sit in it today.
        """
        events = section_events(self.setting, self.school, len(self.parts))
        rows = []
        for part in self.parts:
            teacher, room = self.teacher(part), f"{'ABCP'[part.place % 4]}{1 + part.place}"
            for event in events.get(part.position, []):
                # In a school with homerooms another teacher would lose their homeroom to the section.
                if event.draw % 6 or self.school.kind is Kind.MIXED:
                    room = f"{room[0]}{event.draw % 90}"
                else:
                    teacher = (teacher + 1 + event.draw % 5) % teachers(self.school)
            rows.append(self._row(part, teacher, room, sizes.get(part.number, [0, 0, 0])))
        return rows

    def _row(self, part: Part, teacher: int, room: str, size: list[int]) -> Row:
        setting, school = self.setting, self.school
        numbers = draws(4, setting.seed, "section", school.index, part.number)
        row = dict(SECTION)
        row["SchoolCode"], row["SectionNumber"] = school.code, part.number
        row["Period"] = f"Flex {part.period}" if school.kind.is_flexible else str(part.period)
        row["Semester"] = part.term.code
        row["CourseID"] = course_list()[part.course][0]
        row["SectionStaffMembers"] = _members(setting, school, part, teacher)
        row["Room"], row["Credit"], row["MaxStudents"] = room, 5.0, 36
        row["LowGrade"], row["HighGrade"] = school.grades
        row["TotalStudents"], row["TotalBoys"], row["TotalGirls"] = size
        row["TotalOtherGender"] = size[0] - size[1] - size[2]
        row["Track"] = " " if numbers[0] % 7 == 0 else ""
        if not school.plain and within(numbers[1], 1.5) and school.kind is not Kind.MIXED:
            row["InactiveStatusCode"] = "I"
        if setting.defects:
            _spoil(row, school, part, numbers[2], numbers[3])
        return row


def _spoil(row: Row, school: School, part: Part, which: int, by: int) -> None:
    staged = school.index == 1 and part.place == 0
    if within(which, 1):
        row["SectionStaffMembers"] = []
    elif within(which, 2):
        row["TotalStudents"] += 1 + by % 3
    elif within(which, 2.2):
        row["CourseID"] = _UNKNOWN_COURSE
    if staged and part.period == 2:
        row["CourseID"] = _UNKNOWN_COURSE
    if staged and part.period == 3:
        row["Semester"] = _UNKNOWN_TERM
    if staged and part.period == 4:
        row["SectionStaffMembers"] = []


def _member(setting: Setting, at: School, ordinal: int, *, primary: bool) -> Row:
    row = dict(SECTION_STAFF)
    first, last, _ = staff_name(setting, at, ordinal)
    row["StaffID"], row["FirstName"], row["LastName"] = staff_id(at, ordinal), first, last
    row["IsPrimaryTeacher"] = primary
    return row


def _members(setting: Setting, school: School, part: Part, teacher: int) -> list[Row]:
    if not school.kind.is_flexible:
        people = slot_staff(setting, school, teacher)
        return [_member(setting, at, who, primary=place == 0) for place, (at, who) in enumerate(people)]
    year = terms_of(setting.year)["Y"].begin
    numbers = draws(4, setting.seed, "members", school.index, part.number)
    main = _member(setting, school, teacher, primary=True)
    main["StartDate"], main["StaffRoleCode"] = stamp(year), "T"
    main["InactiveStatusCode"] = " " if numbers[0] % 6 == 0 else ""
    members, helpers = [main], aide_ordinals(school)
    if within(numbers[1], 25):
        aide = _member(setting, school, helpers[pick(numbers[2], len(helpers))], primary=False)
        aide["StaffRoleCode"], aide["GradebookPermissionCode"] = "A", "R"
        members.append(aide)
    if within(numbers[3], 8):
        gone = _member(setting, school, (teacher + 1) % teachers(school), primary=False)
        gone["InactiveStatusCode"] = "I"
        members.append(gone)
    elif within(numbers[3], 14):
        ended = _member(setting, school, (teacher + 2) % teachers(school), primary=False)
        ended["StartDate"], ended["EndDate"] = stamp(year), stamp(year + timedelta(days=30))
        members.append(ended)
    return members
