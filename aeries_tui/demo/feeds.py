"""The change feeds: which records days touched since a moment; ids only, as in Aeries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from aeries_tui.demo.classes import rows_of
from aeries_tui.demo.days import born, course_events, section_events, staff_events, student_events
from aeries_tui.demo.district import SimulatedDistrict
from aeries_tui.demo.layout import School, Setting
from aeries_tui.demo.lives import Life, Lives
from aeries_tui.demo.people import records_of
from aeries_tui.demo.shapes import Row
from aeries_tui.demo.staffing import is_listed, staff_count, staff_id
from aeries_tui.demo.timetable import Timetable, course_list

STUDENT_AREAS = ("student", "contact", "program", "test", "class", "enrollment")

_OFFICE_OPENS = time(6)


class Feeds:
    """What changed in a district since a moment of the server's clock.

    Args:
        district: the district as it is now.
        since: the moment, in the server's zone, without one of its own.
    """

    def __init__(self, district: SimulatedDistrict, since: datetime) -> None:
        self._district = district
        setting = district.setting
        later = [
            day
            for day in range(1, setting.day + 1)
            if datetime.combine(setting.date_of(day), _OFFICE_OPENS) >= since
        ]
        self._day = later[0] - 1 if later else setting.day
        self._before = setting.at(self._day)
        self._lives = Lives(self._before)

    def students(self, area: str) -> list[Row]:
        """GET StudentDataChanges/{area}: StudentID, SchoolCode, StudentNumber."""
        return [
            {"StudentID": student, "SchoolCode": code, "StudentNumber": number}
            for (student, code), number in sorted(self._touched_students(area).items())
        ]

    def _touched_students(self, area: str) -> dict[tuple[int, int], int]:
        found: dict[tuple[int, int], int] = {}
        for school in self._schools():
            for old, new in self._students(school):
                if area == "class":
                    changed = {s.code for s in self._changed_seats(old, new)}
                else:
                    changed = _changed_records(self._before, self._district.setting, old, new)
                for row in records_of(self._district.setting, new) if changed else ():
                    if area in ("student", "class", "enrollment") and row["SchoolCode"] in changed:
                        found[row["StudentID"], row["SchoolCode"]] = row["StudentNumber"]
        return found

    def rosters(self) -> list[Row]:
        """GET SectionRosterDataChanges: SchoolCode, SectionNumber."""
        return _section_rows(self._touched_rosters())

    def sections(self) -> list[Row]:
        """GET SectionDataChanges; a section whose totals changed is among them."""
        return _section_rows(self._touched_sections())

    def _touched_sections(self) -> set[tuple[int, int]]:
        found = self._touched_rosters()
        setting = self._district.setting
        for school in self._schools():
            parts = self._district.table(school).parts
            for position in section_events(setting, school, len(parts), after=self._day):
                found.add((school.code, parts[position].number))
        return found

    def staff(self) -> list[Row]:
        """GET StaffDataChanges: ID."""
        return [{"ID": number} for number in sorted(self._touched_staff())]

    def _touched_staff(self) -> set[int]:
        setting = self._district.setting
        return {
            staff_id(school, ordinal)
            for school in self._schools()
            for ordinal in staff_events(setting, school, staff_count(school), after=self._day)
            if is_listed(setting, school, ordinal)
        }

    def courses(self) -> list[Row]:
        """GET CourseDataChanges: ID."""
        return [{"ID": number} for number in sorted(self._touched_courses())]

    def _touched_courses(self) -> set[str]:
        setting = self._district.setting
        events = course_events(setting, len(course_list()), after=self._day)
        return {course_list()[position][0] for position in events}

    def _schools(self) -> tuple[School, ...]:
        return self._district.real_schools if self._day < self._district.setting.day else ()

    def _students(self, school: School) -> Iterator[tuple[Life | None, Life]]:
        """Those of a school's students to whom something happened, before and after."""
        setting = self._district.setting
        now, then = self._district.lives.of_school(school.index), self._lives.of_school(school.index)
        ordinals = set(student_events(setting, school, after=self._day))
        new = [school.students + place for place, day in enumerate(born(setting, school)) if day > self._day]
        for ordinal in (*sorted(ordinals), *new):
            yield then[ordinal] if ordinal < len(then) else None, now[ordinal]

    def _seats(self, setting: Setting, life: Life | None) -> dict[int, set[tuple[object, ...]]]:
        found: dict[int, set[tuple[object, ...]]] = {}
        for index in {stint.school for stint in life.stints} if life else ():
            school = setting.schools[index]
            table = self._district.table(school) if setting is self._district.setting else None
            table = table or Timetable(setting, school)
            rows = rows_of(table, life) if life else []
            found[index] = {(r["SectionNumber"], r["DateStarted"], r["DateEnded"]) for r in rows}
        return found

    def _changed_seats(self, old: Life | None, new: Life) -> dict[School, set[int]]:
        before = self._seats(self._before, old)
        after = self._seats(self._district.setting, new)
        found = {}
        for index in before.keys() | after.keys():
            changed = before.get(index, set()) ^ after.get(index, set())
            if changed:
                numbers = {row[0] for row in changed if isinstance(row[0], int)}
                found[self._district.setting.schools[index]] = numbers
        return found

    def _touched_rosters(self) -> set[tuple[int, int]]:
        found: set[tuple[int, int]] = set()
        for school in self._schools():
            for old, new in self._students(school):
                for at, numbers in self._changed_seats(old, new).items():
                    found.update((at.code, number) for number in numbers)
        return found


def _changed_records(before: Setting, now: Setting, old: Life | None, new: Life) -> set[int]:
    then = {row["SchoolCode"]: row for row in records_of(before, old)} if old else {}
    return {row["SchoolCode"] for row in records_of(now, new) if row != then.get(row["SchoolCode"])}


def _section_rows(found: set[tuple[int, int]]) -> list[Row]:
    return [{"SchoolCode": code, "SectionNumber": number} for code, number in sorted(found)]
