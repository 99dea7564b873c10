"""A simulated district whose records can be set, removed and added to by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from aeries_tui.demo.district import SimulatedDistrict
from aeries_tui.demo.shapes import Row
from simulator.edits import Edits


class EditedDistrict(SimulatedDistrict):
    """The same lists, as staged edits leave them; edits stay whatever day it becomes."""

    def __init__(self, students: int, seed: int = 1, day: int = 0, **options: Any) -> None:
        self.edits = Edits()
        super().__init__(students, seed, day, **options)

    def set_day(self, day: int, percent: float = 1.0) -> None:
        """Let days go by, or go back; days that are new change `percent` of the students each."""
        kept = self.setting.percents[:day]
        self.use(replace(self.setting, percents=kept + (percent,) * (day - len(kept))))

    def set_year(self, year: int) -> None:
        """Begin another school year."""
        self.use(replace(self.setting, year=year))

    def touched(self) -> None:
        """Say that `edits` changed."""
        self.version += 1

    def schools(self) -> list[Row]:
        """GET schools."""
        return list(self.edits.apply("schools", None, super().schools()))

    def students(self, code: int) -> Iterable[Row]:
        """GET schools/{sc}/students, all pages. Raises `UnknownSchool`."""
        return self.edits.apply("students", code, super().students(code))

    def student(self, number: int) -> list[Row]:
        """All records of one student, whatever the school."""
        rows = super().student(number)
        codes = {row["SchoolCode"] for row in rows} | self._codes_of_edits()
        found: list[Row] = []
        for code in sorted(codes):
            at_school = [row for row in rows if row["SchoolCode"] == code]
            edited = self.edits.apply("students", code, at_school)
            found += [row for row in edited if row.get("StudentID") == number]
        return found

    def _codes_of_edits(self) -> set[int]:
        return {e.school for e in self.edits if e.endpoint == "students" and e.school is not None}

    def teachers(self, code: int) -> list[Row]:
        """GET schools/{sc}/teachers. Raises `UnknownSchool`."""
        return list(self.edits.apply("teachers", code, super().teachers(code)))

    def sections(self, code: int) -> list[Row]:
        """GET schools/{sc}/sections. Raises `UnknownSchool`."""
        return list(self.edits.apply("sections", code, super().sections(code)))

    def classes(self, code: int) -> list[Row]:
        """GET schools/{sc}/classes. Raises `UnknownSchool`."""
        return list(self.edits.apply("classes", code, super().classes(code)))

    def staff_by_school(self) -> Iterator[list[Row]]:
        """GET staff, a school's people at a time; all at once where they were edited."""
        parts = super().staff_by_school()
        if self.edits.of("staff", None):
            parts = iter([list(self.edits.apply("staff", None, [row for part in parts for row in part]))])
        return parts

    def courses(self) -> list[Row]:
        """GET courses."""
        return list(self.edits.apply("courses", None, super().courses()))
