"""People who were erased, kept out of what a pull stages: nothing of them reaches the disk."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from aeries_tui.aeries import BadRecord
from aeries_tui.master.tombstones import Tombstones

if TYPE_CHECKING:
    from aeries_tui.aeries import Answer

_STUDENTS = frozenset({"students", "classes"})
_PLACES = ("staff_id1", "staff_id2", "staff_id3")


def leave_out_erased(endpoint: str, answer: Answer[Any], erased: Tombstones) -> Answer[Any]:
    """An answer without the records of people who were erased, as though they had not been received.

    A section loses them as members of its staff, a teacher record as its people, and with them its name.
    """
    if not erased:
        return answer
    decoded = answer.decoded
    records = [record for record in decoded.records if not _is_erased(endpoint, record, erased)]
    bad = [one for one in decoded.bad if not _is_erased_bad(endpoint, one, erased)]
    gone = len(decoded.records) - len(records) + len(decoded.bad) - len(bad)
    if endpoint == "sections":
        records = [_without_members(section, erased) for section in records]
    elif endpoint == "teachers":
        records = [_without_people(teacher, erased) for teacher in records]
    parts = [one for one in decoded.bad_parts if not _is_erased_bad(endpoint, one, erased)]
    changed = replace(decoded, records=records, bad=bad, bad_parts=parts, received=decoded.received - gone)
    return replace(answer, decoded=changed)


def erased_seats(answer: Answer[Any], erased: Tombstones) -> Counter[tuple[int, int]]:
    """How many class rows of people who were erased an answer holds, by school and section: Aeries counts them."""
    if not erased:
        return Counter()
    return Counter(
        (row.school_code, row.section_number)
        for row in answer.records
        if erased.has("student", row.student_id)
    )


def _is_erased(endpoint: str, record: Any, erased: Tombstones) -> bool:
    if endpoint in _STUDENTS:
        return erased.has("student", record.student_id)
    return endpoint == "staff" and erased.has("staff", record.id)


def _is_erased_bad(endpoint: str, bad: BadRecord, erased: Tombstones) -> bool:
    if endpoint in _STUDENTS:
        return erased.has("student", bad.key.get("student_id"))
    return erased.has("staff", bad.key.get("id" if endpoint == "staff" else "staff_id"))


def _without_members(section: Any, erased: Tombstones) -> Any:
    members = [one for one in section.section_staff_members if not erased.has("staff", one.staff_id)]
    if len(members) == len(section.section_staff_members):
        return section
    return msgspec.structs.replace(section, section_staff_members=members)


def _without_people(teacher: Any, erased: Tombstones) -> Any:
    gone = [place for place in _PLACES if erased.has("staff", getattr(teacher, place))]
    if not gone:
        return teacher
    blank = dict.fromkeys(gone)
    if "staff_id1" in gone:  # it is called by the first of them
        blank |= dict.fromkeys(("display_name", "first_name", "last_name"))
    return msgspec.structs.replace(teacher, **blank)
