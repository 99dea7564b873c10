"""A whole simulated district: any of its lists, computed when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

from aeries_tui.demo.calendar import DEFAULT_YEAR, year_name
from aeries_tui.demo.classes import class_rows, seats_today
from aeries_tui.demo.layout import DEFECTS_FROM, School, Setting, plan
from aeries_tui.demo.lives import Lives
from aeries_tui.demo.offices import DISTRICT_CODE, school_rows
from aeries_tui.demo.people import GRADE_NAMES, records_of, students
from aeries_tui.demo.shapes import CODE, Row
from aeries_tui.demo.staffing import staff_rows, teacher_rows
from aeries_tui.demo.timetable import Timetable, course_rows

VERSION = "9.26.9.14"
ZONE = "(UTC-08:00) Pacific Time (US & Canada)"
_OFFSET = timezone(timedelta(hours=-7))
_TIME = time(11, 13, 38)


class UnknownSchool(LookupError):
    """The school does not exist, or is the district itself, which has no lists."""


class SimulatedDistrict:
    """The lists of a district of a given size.

    The same size, seed and days give the same records on every machine. Nothing is kept but
    the last few schools. Not safe for use by several threads at once.

    Args:
        students: students on day 0, 1 to 2,000,000.
        seed: another one gives other people, sizes and defects.
        day: how many days went by since day 0 (14 October).
        percent: how many percent of the students each of those days changed.
        year: the year the school year begins in.
        defects: whether the data have defects; by default from 100 students on.

    Raises:
        ValueError: the number of students is out of range.
    """

    def __init__(
        self,
        students: int,
        seed: int = 1,
        day: int = 0,
        *,
        percent: float = 1.0,
        year: int = DEFAULT_YEAR,
        defects: bool | None = None,
    ) -> None:
        self.version = 0
        self.use(
            Setting(
                students=students,
                seed=seed,
                year=year,
                percents=(percent,) * day,
                defects=students >= DEFECTS_FROM if defects is None else defects,
                schools=plan(students, seed),
            )
        )

    def use(self, setting: Setting) -> None:
        """Be the district that a setting describes."""
        self.setting = setting
        self.version += 1
        self.lives = Lives(setting)
        self._by_code = {school.code: school for school in setting.schools}
        self._tables: dict[int, Timetable] = {}

    def set_date(self, today: date | None) -> None:
        """Give the server another date than that of the day; none takes it back."""
        self.use(replace(self.setting, now=today))

    @property
    def today(self) -> date:
        """The server's date."""
        return self.setting.today

    @property
    def clock(self) -> datetime:
        """The server's date and time, in its zone."""
        return datetime.combine(self.today, _TIME, _OFFSET)

    @property
    def real_schools(self) -> tuple[School, ...]:
        """The schools that have students."""
        return self.setting.schools

    def system_info(self, years: Iterable[int] = ()) -> Row:
        """GET systeminfo; `years` are the available ones."""
        return {
            "AeriesVersion": VERSION,
            "DatabaseYear": year_name(self.setting.year),
            "AvailableDatabaseYears": [year_name(year) for year in years or (self.setting.year,)],
            "LocalTimeZoneName": ZONE,
            "CurrentDateTime": f"{self.clock:%Y-%m-%dT%H:%M:%S}.9539491-07:00",
        }

    def schools(self) -> list[Row]:
        """GET schools."""
        return list(school_rows(self.setting))

    def _school(self, code: int) -> School | None:
        """The school with students of that code, or none for one that has no records.

        Raises:
            UnknownSchool: no such school, or the district itself.
        """
        school = self._by_code.get(code)
        if school is None:
            known = {row["SchoolCode"] for row in self.schools()}
            if code == DISTRICT_CODE or code not in known:
                raise UnknownSchool(code)
        return school

    def _table(self, school: School) -> Timetable:
        table = self._tables.get(school.index)
        if table is None:
            if len(self._tables) >= 6:
                self._tables.clear()
            table = self._tables[school.index] = Timetable(self.setting, school)
        return table

    def table(self, school: School) -> Timetable:
        """The master schedule of a school."""
        return self._table(school)

    def students(self, code: int) -> Iterable[Row]:
        """GET schools/{sc}/students, all pages. Raises `UnknownSchool`."""
        school = self._school(code)
        return students(self.setting, self.lives, school) if school else ()

    def student(self, number: int) -> list[Row]:
        """All records of one student, whatever the school."""
        life = self.lives.find(number)
        rows = records_of(self.setting, life) if life else []
        return sorted(rows, key=lambda row: int(row["SchoolCode"]))

    def teachers(self, code: int) -> list[Row]:
        """GET schools/{sc}/teachers. Raises `UnknownSchool`."""
        school = self._school(code)
        return list(teacher_rows(self.setting, school)) if school else []

    def sections(self, code: int) -> list[Row]:
        """GET schools/{sc}/sections. Raises `UnknownSchool`."""
        school = self._school(code)
        if school is None or not school.kind.has_sections:
            return []
        table = self._table(school)
        return list(table.rows(seats_today(table, self.lives)))

    def classes(self, code: int) -> list[Row]:
        """GET schools/{sc}/classes. Raises `UnknownSchool`."""
        school = self._school(code)
        return list(class_rows(self._table(school), self.lives)) if school else []

    def staff_by_school(self) -> Iterator[list[Row]]:
        """GET staff, a school's people at a time."""
        return (list(staff_rows(self.setting, school)) for school in self.real_schools)

    def staff(self) -> Iterator[Row]:
        """GET staff, one by one."""
        for part in self.staff_by_school():
            yield from part

    def courses(self) -> list[Row]:
        """GET courses."""
        return list(course_rows(self.setting))

    def grade_codes(self) -> list[Row]:
        """GET codes/Student/Grade."""
        return [
            {**CODE, "Code": short, "Description": long, "SortOrder": place, "AeriesCode": str(grade)}
            for place, (grade, (short, long)) in enumerate(GRADE_NAMES.items())
        ]
