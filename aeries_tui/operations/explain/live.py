"""What Aeries has of one person now: their records as they come, for a person to read and for `forecast`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from aeries_tui.aeries import AeriesClient, Section, Teacher
from aeries_tui.aeries.decoding import BadRecord
from aeries_tui.aeries.records import SectionStaffMember
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.pull.stages.check.sql import NO_DATES
from aeries_tui.pull.stages.connect import server_day

LIVE_FIELDS = {
    "student": (
        "school_code", "student_id", "student_number", "last_name", "first_name", "grade", "inactive_status_code",
        "school_enter_date", "school_leave_date", "birthdate", "student_email_address",
        "home_room_teacher_number",
    ),
    "staff": (
        "id", "last_name", "first_name", "email_address", "primary_aeries_school", "inactive_status_code",
    ),
}  # fmt: skip

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


async def ask(
    client: AeriesClient, kind: PersonKind, number: int, school: int
) -> tuple[list[dict[str, Any]], str]:
    """A person's records, plain, and the server's day.

    A record that can't be read has `unreadable_field` and `code` in place of its fields. The one of a member
    of staff also says where they teach, are named in a teacher record, and may log in.

    Args:
        client: asks.
        kind, number: student or staff, and the StudentID or StaffID.
        school: a school code for the path of a student; Aeries ignores which (contract, section 7, students).

    Raises:
        SourceError: a question failed.
    """
    day = server_day(await client.system_info()) or dt.date.today().isoformat()
    if kind == "student":
        answer = await client.student_records(number, school)
        return [*(_plain(kind, record) for record in answer.records), *map(_unreadable, answer.bad)], day
    people = await client.staff_member(number)
    if not people.records:
        return [_unreadable(bad) for bad in people.bad], day
    member = people.records[0]
    sections = (await client.staff_sections(number)).records
    teachers = (await client.staff_teachers(number)).records
    return [
        {
            **_plain(kind, member),
            "teaches_at_schools": _codes(s.school_code for s in sections if _teaches(s, number, day)),
            "unreadable_dates_at_schools": _codes(
                s.school_code for s in sections if any(not _has_days(m) for m in _members(s, number))
            ),
            "teacher_record_at_schools": _codes(t.school_code for t in teachers if _is_named(t, number)),
            "access_to_schools": _codes(access.school_code for access in member.school_access_permissions),
        }
    ], day


def text(value: object) -> str:
    """A wire value as the check sees it: without the white space around it, nothing as blank."""
    return "" if value is None else str(value).strip(" \t\n\v\f\r\xa0")


def day_of(value: object) -> str:
    """The day of a wire date, blank for a missing one (contract, section 3)."""
    found = text(value)[:10]
    return "" if found in NO_DATES else found


def is_day(found: str) -> bool:
    """Whether a day is blank or one that exists."""
    try:
        return not found or bool(_DAY.fullmatch(found) and dt.date.fromisoformat(found))
    except ValueError:
        return False


def _members(section: Section, number: int) -> list[SectionStaffMember]:
    """The places of this member of staff on a section, both active."""
    if text(section.inactive_status_code):
        return []
    return [
        member
        for member in section.section_staff_members
        if member.staff_id == number and not text(member.inactive_status_code)
    ]


def _has_days(member: SectionStaffMember) -> bool:
    return is_day(day_of(member.start_date)) and is_day(day_of(member.end_date))


def _teaches(section: Section, number: int, day: str) -> bool:
    """Whether an active section has this member of staff now."""
    return any(
        _has_days(member) and not "" < day_of(member.end_date) < day and day_of(member.start_date) <= day
        for member in _members(section, number)
    )


def _is_named(teacher: Teacher, number: int) -> bool:
    """Whether an active teacher record names this member of staff."""
    places = (teacher.staff_id1, teacher.staff_id2, teacher.staff_id3)
    return not text(teacher.inactive_status_code) and number in places


def _codes(schools: Iterable[int]) -> list[int]:
    return sorted(set(schools))


def _unreadable(bad: BadRecord) -> dict[str, Any]:
    return {"school_code": bad.school_code, "unreadable_field": bad.field, "code": bad.code}


def _plain(kind: PersonKind, record: msgspec.Struct) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in LIVE_FIELDS[kind]}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
