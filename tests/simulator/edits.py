"""Staged edits: records set, removed or added by hand, so that a test can stage anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aeries_tui.demo.shapes import COURSE, SCHOOL, SECTION, STAFF, STUDENT, TEACHER, Row

CLASS: Row = {
    "StudentID": 0,
    "SchoolCode": 0,
    "SequenceNumber": 0,
    "SectionNumber": 0,
    "CourseID": "",
    "DateStarted": None,
    "DateEnded": None,
}
"""A student's place in a section, blank."""

KEYS: dict[str, str] = {
    "schools": "SchoolCode", "staff": "ID", "courses": "ID", "students": "StudentID",
    "teachers": "TeacherNumber", "sections": "SectionNumber", "classes": "StudentID",
}  # fmt: skip
"""For every list that can be edited, the field that `id` means."""

_SHAPES: dict[str, Row] = {
    "schools": SCHOOL, "staff": STAFF, "courses": COURSE, "students": STUDENT, "teachers": TEACHER,
    "sections": SECTION, "classes": CLASS,
}  # fmt: skip
_DISTRICT_WIDE = {"schools", "staff", "courses"}


@dataclass(frozen=True)
class Edit:
    """One edit.

    Attributes:
        endpoint: the list, a key of `KEYS`.
        school: the school's code; none for a list of the district.
        match: the fields a record must have to be meant.
        set: fields to set, to any value JSON knows.
        unset: fields to take away.
        remove: take the record away.
        add: a record to add; what it does not name is as in a blank record.
        moment: when it was made, on the server's clock.
    """

    endpoint: str
    school: int | None = None
    match: Mapping[str, Any] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    remove: bool = False
    add: Mapping[str, Any] | None = None
    moment: datetime | None = None

    @classmethod
    def read(cls, told: Mapping[str, Any], moment: datetime) -> Edit:
        """An edit as the control end point is told it.

        Raises:
            ValueError: the list is unknown, its school is missing, or nothing says what to do.
        """
        known = {"endpoint", "school", "id", "match", "set", "unset", "remove", "add"}
        endpoint = told.get("endpoint")
        if endpoint not in KEYS or set(told) - known:
            raise ValueError(f"An edit has {sorted(known)}; endpoint is one of {sorted(KEYS)}.")
        school = told.get("school")
        if (school is None) != (endpoint in _DISTRICT_WIDE):
            raise ValueError("Lists of a school need its code, lists of the district none.")
        match = dict(told.get("match", {}))
        if "id" in told:
            match[KEYS[endpoint]] = told["id"]
        changes = bool(told.get("set") or told.get("unset") or told.get("remove"))
        if changes == (told.get("add") is not None) or (changes and not match):
            raise ValueError("An edit adds a record, or names one (id or match) and sets, unsets or removes.")
        return cls(
            endpoint=endpoint,
            school=school,
            match=match,
            set=dict(told.get("set", {})),
            unset=tuple(told.get("unset", ())),
            remove=bool(told.get("remove")),
            add=told.get("add"),
            moment=moment,
        )

    def means(self, row: Row) -> bool:
        """Whether a record is the one meant."""
        return all(row.get(name) == value for name, value in self.match.items())

    def record(self) -> Row:
        """The record to be added."""
        row = {**_SHAPES[self.endpoint], **(self.add or {})}
        if self.school is not None and "SchoolCode" not in (self.add or {}):
            row["SchoolCode"] = self.school
        return row


class Edits:
    """All edits of a district, in the order they were made; a later one works on what an earlier left."""

    def __init__(self) -> None:
        self._edits: list[Edit] = []

    def __len__(self) -> int:
        return len(self._edits)

    def __iter__(self) -> Iterator[Edit]:
        return iter(self._edits)

    def extend(self, edits: Iterable[Edit]) -> None:
        """Take more edits."""
        self._edits.extend(edits)

    def clear(self) -> None:
        """Forget all edits."""
        self._edits.clear()

    def of(self, endpoint: str, school: int | None) -> list[Edit]:
        """The edits of one list."""
        return [edit for edit in self._edits if edit.endpoint == endpoint and edit.school == school]

    def apply(self, endpoint: str, school: int | None, rows: Iterable[Row]) -> Iterable[Row]:
        """The rows of a list as the edits leave them."""
        edits = self.of(endpoint, school)
        return _edited(edits, rows) if edits else rows


def _edited(edits: list[Edit], rows: Iterable[Row]) -> list[Row]:
    found = list(rows)
    for edit in edits:
        if edit.add is not None:
            found.append(edit.record())
            continue
        kept = []
        for row in found:
            if not edit.means(row):
                kept.append(row)
            elif not edit.remove:
                changed = {**row, **edit.set}
                kept.append({name: value for name, value in changed.items() if name not in edit.unset})
        found = kept
    return found
