"""What Aeries has of one person now: their records as they come, for the check and for a person to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from aeries_tui.aeries import AeriesClient, Answer, Decoded
from aeries_tui.aeries.decoding import BadRecord
from aeries_tui.aeries.records import wire_name
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.pull.stages.connect import server_day
from aeries_tui.settings.omit import OMITTABLE

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
_LIST_OF = {"student": "students", "staff": "staff"}


@dataclass(frozen=True)
class Live:
    """What Aeries answered.

    Attributes:
        kind, number: whose records they are.
        day: the server's date, `YYYY-MM-DD`.
        lists: by the list of a pull that would hold them, the person's own records, and for a member of staff
            the sections and the teacher records that name them, of all schools.
    """

    kind: PersonKind
    number: int
    day: str
    lists: Mapping[str, Answer[Any]]

    @property
    def own(self) -> Answer[Any]:
        """The records of the person themselves."""
        return self.lists[_LIST_OF[self.kind]]

    @property
    def name(self) -> dict[str, str]:
        """Last and first name as the first record that has any tells them; empty where none does."""
        for record in self.own.records:
            names = {part: str(getattr(record, part) or "").strip() for part in ("last_name", "first_name")}
            if any(names.values()):
                return names
        return {}

    @property
    def schools(self) -> frozenset[int]:
        """The codes of all schools that any of the records is of."""
        return frozenset(
            record.school_code
            for endpoint, answer in self.lists.items()
            for record in answer.records
            if endpoint != "staff"
        )

    def plain(self, omit: Collection[str] = ()) -> list[dict[str, Any]]:
        """The person's own records as plain values; of one that can't be read, where it is and the field.

        Args:
            omit: fields that are not kept, as `student.birthdate`; they are not shown either.
        """
        wires = {OMITTABLE[field] for field in omit if field.startswith((f"{self.kind}.", "school_"))}
        return [
            *(_plain(self.kind, record, wires) for record in self.own.records),
            *map(_unreadable, self.own.bad),
        ]


async def ask(client: AeriesClient, kind: PersonKind, number: int, school: int) -> Live:
    """Ask for a person's records.

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
        return Live(kind, number, day, {"students": _own(answer, "student_id", number)})
    people = _own(await client.staff_member(number), "id", number)
    if not people.received:
        return Live(kind, number, day, {"staff": people})
    return Live(
        kind,
        number,
        day,
        {
            "staff": people,
            "sections": await client.staff_sections(number),
            "teachers": await client.staff_teachers(number),
        },
    )


def _own(answer: Answer[Any], key: str, number: int) -> Answer[Any]:
    """The answer without records of anybody else, which no server should send."""
    records = [record for record in answer.records if getattr(record, key) == number]
    bad = [one for one in answer.bad if one.key.get(key, number) == number]
    return Answer(Decoded(records, bad, answer.bad_parts, len(records) + len(bad)))


def _unreadable(bad: BadRecord) -> dict[str, Any]:
    return {"school_code": bad.school_code, "unreadable_field": bad.field, "code": bad.code}


def _plain(kind: PersonKind, record: msgspec.Struct, omit: Collection[str]) -> dict[str, Any]:
    names = (name for name in LIVE_FIELDS[kind] if wire_name(name) not in omit)
    values = {name: getattr(record, name) for name in names}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
