"""An Aeries in memory: its lists are Python lists, its faults a table, its network a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx

from engine.rows import DAY, Row, class_row, course, homeroom_teacher, member, school, section, staff, student

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]
LISTS = ("students", "teachers", "sections", "classes")


def as_json(value: Any) -> httpx.Response:
    return httpx.Response(
        200, content=json.dumps(value).encode(), headers={"content-type": "application/json"}
    )


class PaperAeries:
    """Answers what a right Aeries would of the lists in `lists`, or what `faults` has for a path.

    Attributes:
        lists: rows by path: `schools`, `staff`, `courses`, `7/students`, `7/sections`, ...
        faults: an answer in place of the right one, by the same paths (and `systeminfo`).
        asked: every path asked for, in order.
        years_named: the school year that each of these requests named, or None.
        day, year: of the server; `year` is its default one.
        years: those that can be asked for; others silently give the default one (contract, section 2).
        clock: its date and time, where they are not the morning of `day`.
        zone: the name of its time zone.
    """

    def __init__(self) -> None:
        self.lists: dict[str, list[Any]] = {"schools": [], "staff": [], "courses": []}
        self.faults: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.day = DAY
        self.year: str | None = "2026-2027"
        self.years: list[str] = []
        self.years_named: list[str | None] = []
        self.clock: str | None = None
        self.zone: str | None = None

    def put(self, *rows: tuple[str, Iterable[Row]]) -> PaperAeries:
        """Replace lists."""
        for path, found in rows:
            self.lists[path] = list(found)
        return self

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/aeries/api/v5/").removeprefix("schools/")
        self.asked.append(path)
        self.years_named.append(request.url.params.get("DatabaseYear"))
        fault = self.faults.get(path)
        if isinstance(fault, Exception):
            raise fault
        if fault is not None:
            found = fault(request) if callable(fault) else fault
            return httpx.Response(found.status_code, headers=found.headers, content=found.content)
        if path == "systeminfo":
            return as_json(
                {
                    "AeriesVersion": "9.26",
                    "DatabaseYear": self._year_of(request),
                    "AvailableDatabaseYears": self.years,
                    "LocalTimeZoneName": self.zone,
                    "CurrentDateTime": self.clock or f"{self.day}T08:00:00.0000000-07:00",
                }
            )
        rows = self.lists.get(path)
        if rows is None:
            rows = self._under_one_id(path.split("/"))
        if rows is None:
            return httpx.Response(404, json={"Message": "Invalid School Code"})
        return as_json(self._page(path, rows, request))

    def _year_of(self, request: httpx.Request) -> str | None:
        asked = request.url.params.get("DatabaseYear")
        return next((year for year in self.years if year[:4] == asked), self.year)

    def _under_one_id(self, parts: list[str]) -> Any:
        """What stands in the lists under the id in a path; None where nothing does."""
        match parts:
            case [_, "students", number]:
                # A copy of a row that stands in another school's list is no record of its school.
                return [
                    row
                    for path, rows in self.lists.items()
                    if path.endswith("/students")
                    for row in rows
                    if isinstance(row, dict)
                    and row.get("StudentID") == int(number)
                    and str(row.get("SchoolCode")) == path.split("/")[0]
                ] or None
            case ["staff", number]:
                return next((row for row in self.lists["staff"] if row.get("ID") == int(number)), None)
            case ["staff", number, "classes"]:
                return self._all(
                    "sections",
                    lambda row: any(m["StaffID"] == int(number) for m in row["SectionStaffMembers"]),
                )
            case ["staff", number, "teachers"]:
                places = ("StaffID1", "StaffID2", "StaffID3")
                return self._all("teachers", lambda row: int(number) in [row.get(place) for place in places])
        return None

    def _all(self, endpoint: str, wanted: Callable[[Row], bool]) -> list[Row]:
        """Rows of a list at all schools."""
        lists = (rows for path, rows in self.lists.items() if path.endswith(f"/{endpoint}"))
        return [row for rows in lists for row in rows if isinstance(row, dict) and wanted(row)]

    def _page(self, path: str, rows: list[Any], request: httpx.Request) -> list[Any]:
        first, last = request.url.params.get("StartingRecord"), request.url.params.get("EndingRecord")
        if first is None or not path.endswith("/students"):
            return rows
        return rows[int(first) - 1 : int(last)]

    @classmethod
    def usual(cls, students: int = 6, schools: Iterable[int] = (7, 8)) -> PaperAeries:
        """A district with a class and a teacher at each school, and an elementary school 9 with one homeroom."""
        aeries = cls()
        aeries.lists["staff"] = [staff(900)]
        aeries.lists["courses"] = [course("0100"), course("0999")]
        aeries.lists["schools"] = [school(0), school(9, "Elementary")]
        for code in schools:
            numbers = range(code * 1000, code * 1000 + students)
            aeries.lists["schools"].append(school(code))
            aeries.lists["staff"].append(staff(code * 10))
            aeries.put(
                (f"{code}/students", [student(code, number) for number in numbers]),
                (f"{code}/teachers", [homeroom_teacher(code, 1, code * 10)]),
                (f"{code}/sections", [section(code, 1, member(code * 10)), section(code, 2)]),
                (f"{code}/classes", [class_row(code, 1, number) for number in numbers]),
            )
        homeroom = range(9000, 9000 + students)
        aeries.lists["staff"].append(staff(90))
        aeries.put(
            ("9/students", [student(9, number, HomeRoomTeacherNumber="5") for number in homeroom]),
            ("9/teachers", [homeroom_teacher(9, 5, 90)]),
            ("9/sections", []),
            ("9/classes", []),
        )
        return aeries
