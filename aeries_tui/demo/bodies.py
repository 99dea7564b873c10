"""The body of every right answer, encoded once and kept within a bound."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from aeries_tui.demo.district import SimulatedDistrict, UnknownSchool
from aeries_tui.demo.feeds import STUDENT_AREAS, Feeds
from aeries_tui.demo.routes import Call
from aeries_tui.demo.shapes import Row

_encoder = msgspec.json.Encoder()


class NotThere(LookupError):
    """What was asked for by id does not exist; the text is the server's message."""


class NotDone(ValueError):
    """The request can't be understood; the text is the server's message."""


@dataclass(frozen=True)
class Page:
    """Which records of a list are wanted, both counted from 1 and belonging to it."""

    first: int = 1
    last: int | None = None

    def of(self, records: list[bytes]) -> list[bytes]:
        """The wanted ones."""
        return records[max(0, self.first - 1) : self.last]


WHOLE = Page()
PAGED = ("students", "students_grade")


def squeeze(body: bytes, level: int = 1) -> bytes:
    """A body as gzip."""
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


class Kept:
    """The latest bodies, together not larger than a number of bytes."""

    def __init__(self, limit: int) -> None:
        self._limit, self._size = limit, 0
        self._bodies: OrderedDict[object, tuple[int, Any]] = OrderedDict()

    def get(self, key: object) -> Any | None:
        """What was kept, if it still is."""
        found = self._bodies.get(key)
        if found is None:
            return None
        self._bodies.move_to_end(key)
        return found[1]

    def put(self, key: object, what: object, size: int) -> None:
        """Keep something of a size, and forget the oldest as far as needed."""
        if size > self._limit or key in self._bodies:
            return
        self._bodies[key] = (size, what)
        self._size += size
        while self._size > self._limit:
            self._size -= self._bodies.popitem(last=False)[1][0]

    def clear(self) -> None:
        """Forget everything."""
        self._bodies.clear()
        self._size = 0


def _joined(records: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(records) + b"]"


def _int(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise NotDone(f"Invalid {what}") from None


class Bodies:
    """Answers to calls as bytes of JSON. For one thread at a time.

    Args:
        district: whose records they are.
        years: the school years to name in systeminfo.
        limit: bytes kept, of bodies and of what they are made from.
    """

    def __init__(self, district: SimulatedDistrict, years: Iterable[int], limit: int = 48_000_000) -> None:
        self.district, self.years = district, tuple(years)
        # Two, for what a single answer is made from is large and would push the answers themselves out.
        self._kept, self._parts = Kept(limit // 3), Kept(limit - limit // 3)
        self._version = district.version

    def body(self, call: Call, page: Page, *, gzip: bool) -> bytes:
        """The body of the right answer, as gzip if wanted.

        Raises:
            NotThere: nothing has the id.
            NotDone: a key of the path is not of the right form.
        """
        if self._version != self.district.version:
            self._kept.clear()
            self._parts.clear()
            self._version = self.district.version
        key = (call.endpoint, call.school, call.keys, page, gzip)
        body: bytes | None = self._kept.get(key)
        if body is None:
            plain = self.plain(call, page)
            body = squeeze(plain) if gzip else plain
            self._kept.put(key, body, len(body))
        return body

    def plain(self, call: Call, page: Page) -> bytes:
        """The body of the right answer, made anew; raises as `body`."""
        try:
            if call.endpoint in PAGED:
                return _joined(page.of(self.records(call)))
            if call.endpoint == "staff":
                parts = (_encoder.encode(rows)[1:-1] for rows in self.district.staff_by_school())
                return _joined(part for part in parts if part)
            return _encoder.encode(self._answer(call))
        except UnknownSchool:
            raise NotThere("Invalid School Code") from None

    def records(self, call: Call) -> list[bytes]:
        """The encoded records of a list of students, each by itself."""
        key = ("records", call.endpoint, call.school, call.keys)
        records: list[bytes] | None = self._parts.get(key)
        if records is None:
            rows: Iterable[Row] = self.district.students(call.school or 0)
            if call.endpoint == "students_grade":
                grade = _int(call.keys[0], "Grade Level")
                rows = (row for row in rows if row.get("Grade") == grade)
            records = [_encoder.encode(row) for row in rows]
            self._parts.put(key, records, sum(map(len, records)))
        return records

    def _answer(self, call: Call) -> object:
        if call.school is not None:
            return self._of_school(call, call.school)
        district, key = self.district, call.keys[0] if call.keys else ""
        match call.endpoint:
            case "systeminfo":
                return district.system_info(self.years)
            case "schools":
                return district.schools()
            case "courses":
                return district.courses()
            case "course":
                return _one(district.courses(), "ID", key.strip(), "Invalid Course ID")
            case "codes":
                return _codes(district, call.keys)
            case "staff_member" | "staff_teachers" | "staff_classes":
                return self._of_person(call.endpoint, _int(key, "Staff ID"))
        return self._changes(call)

    def _of_school(self, call: Call, code: int) -> object:
        district, key = self.district, call.keys[0] if call.keys else ""
        match call.endpoint:
            case "school":
                return _one(district.schools(), "SchoolCode", code, "Invalid School Code")
            case "terms":
                return _one(district.schools(), "SchoolCode", code, "Invalid School Code")["Terms"]
            case "student":
                return district.student(_int(key, "Student ID"))
            case "students_sn":
                number = _int(key, "Student Number")
                return [row for row in district.students(code) if row.get("StudentNumber") == number]
            case "student_classes":
                number = _int(key, "Student ID")
                return self._by("classes", code, "StudentID").get(number, [])
            case "roster":
                number = _int(key, "Section Number")
                return self._by("classes", code, "SectionNumber").get(number, [])
            case "teacher":
                number = _int(key, "Teacher Number")
                return _one(district.teachers(code), "TeacherNumber", number, "Invalid Teacher Number")
            case "section":
                number = _int(key, "Section Number")
                found = self._by("sections", code, "SectionNumber").get(number, [])
                return _one(found, "SectionNumber", number, "Invalid Section Number")
            case "teachers":
                return district.teachers(code)
            case "sections":
                return district.sections(code)
        return district.classes(code)

    def _by(self, name: str, code: int, field: str) -> dict[int, list[Row]]:
        """The rows of a school's list by a field; kept, for single records are asked for one after the other."""
        key = ("by", name, code, field)
        found: dict[int, list[Row]] | None = self._parts.get(key)
        if found is None:
            found, rows = (
                {},
                self.district.classes(code) if name == "classes" else self.district.sections(code),
            )
            for row in rows:
                if isinstance(number := row.get(field), int):
                    found.setdefault(number, []).append(row)
            self._parts.put(key, found, len(rows) * (500 if name == "classes" else 4000))
        return found

    def _of_person(self, endpoint: str, number: int) -> object:
        district = self.district
        if endpoint == "staff_member":
            return _one(district.staff(), "ID", number, "Invalid Staff ID")
        codes = [school.code for school in district.real_schools]
        if endpoint == "staff_teachers":
            places = ("StaffID1", "StaffID2", "StaffID3")
            teachers = (row for code in codes for row in district.teachers(code))
            return [row for row in teachers if number in [row.get(place) for place in places]]
        sections = (row for code in codes for row in district.sections(code))
        return [
            row
            for row in sections
            if number in [member.get("StaffID") for member in row.get("SectionStaffMembers") or ()]
        ]

    def feeds(self, since: datetime) -> Feeds:
        """The change feeds since a moment."""
        return Feeds(self.district, since)

    def _changes(self, call: Call) -> list[Row]:
        keys = call.keys[1:] if call.endpoint == "student_changes" else call.keys
        try:
            since = datetime(*[int(key) for key in keys])  # type: ignore[arg-type]
        except ValueError:
            raise NotDone("Invalid Date") from None
        feeds = self.feeds(since)
        match call.endpoint:
            case "section_changes":
                return feeds.sections()
            case "roster_changes":
                return feeds.rosters()
            case "staff_changes":
                return feeds.staff()
            case "course_changes":
                return feeds.courses()
        area = call.keys[0].lower()
        if area not in STUDENT_AREAS:
            raise NotDone("Invalid Data Area")
        return feeds.students(area)


def _one(rows: Iterable[Row], field: str, value: object, message: str) -> Row:
    for row in rows:
        if row.get(field) == value:
            return row
    raise NotThere(message)


def _codes(district: SimulatedDistrict, keys: tuple[str, ...]) -> list[Row]:
    if keys in (("student", "grade"), ("stu", "gr")):
        return district.grade_codes()
    raise NotThere("Invalid Table or Field")
