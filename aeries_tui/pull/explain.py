"""Explain: why somebody is in the roster or not, and what the next pull will do."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from aeries_tui.aeries import Section
from aeries_tui.codes import CODES
from aeries_tui.master import imports, people, schools
from aeries_tui.master.database import connect
from aeries_tui.master.people import Person, PersonKind
from aeries_tui.pull.check.students import HIGHEST_GRADE, LOWEST_GRADE
from aeries_tui.pull.client import client_for
from aeries_tui.settings import Credential, DistrictPlaces, Settings

LIVE_FIELDS = {
    "student": (
        "school_code", "student_id", "student_number", "last_name", "first_name", "grade", "inactive_status_code",
        "school_enter_date", "school_leave_date", "student_email_address", "home_room_teacher_number",
    ),
    "staff": (
        "id", "last_name", "first_name", "email_address", "primary_aeries_school", "inactive_status_code",
    ),
}  # fmt: skip


@dataclass
class _Story:
    """Sentences of the verdict, and the codes they rest on."""

    sentences: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    def say(self, sentence: str, code: str = "") -> None:
        self.sentences.append(sentence)
        if code and code not in self.codes:
            self.codes.append(code)


def explain(
    district: DistrictPlaces,
    credential: Credential,
    settings: Settings,
    kind: PersonKind,
    number: int,
    *,
    live: bool,
) -> dict[str, Any]:
    """The document of `explain --json` (design, section 7).

    Args:
        district: where the Master is.
        credential, settings: for the live question.
        kind: student or staff.
        number: StudentID or StaffID.
        live: also ask Aeries for the record as it is now.

    Raises:
        SourceError: the live question failed; nothing was changed.
    """
    with contextlib.closing(connect(district.master)) as db:
        found = people.person(db, kind, number)
        mapped = schools.mapped_codes(db)
        story = _Story()
        _from_master(db, found, story)
        records: list[dict[str, Any]] | None = None
        if live:
            records = asyncio.run(_ask(credential, settings, kind, number, _any_school(found, mapped)))
            _from_aeries(found, records, mapped, story)
    return {
        "person": {"kind": kind, "id": number, **(found.record or {})},
        "in_master": found.record is not None,
        "active": found.active,
        "schools": found.schools,
        "sections": found.sections,
        "history": found.history,
        "live": None if records is None else {"records": records},
        "verdict": " ".join(story.sentences),
        "codes": story.codes,
    }


def _any_school(found: Person, mapped: frozenset[int]) -> int:
    """A school code for the path; Aeries ignores which (contract, section 7, students)."""
    for school in found.schools:
        return int(school["code"])
    return min(mapped, default=0)


async def _ask(
    credential: Credential, settings: Settings, kind: PersonKind, number: int, school: int
) -> list[dict[str, Any]]:
    async with client_for(credential, settings) as client:
        if kind == "student":
            answer = await client.student_records(number, school)
            unreadable = [{"school_code": bad.school_code, "unreadable_field": bad.field, "code": bad.code}
                          for bad in answer.bad]  # fmt: skip
            return [_plain("student", record) for record in answer.records] + unreadable
        member = await client.staff_member(number)
        if member is None:
            return []
        sections = (await client.staff_sections(number)).records
        taught = sorted({s.school_code for s in sections if _teaches(s, number)})
        return [{**_plain("staff", member), "teaches_at_schools": taught}]


def _teaches(section: Section, number: int) -> bool:
    """Whether an active section has this member of staff with a blank status."""
    return not str(section.inactive_status_code or "").strip() and any(
        member.staff_id == number and not str(member.inactive_status_code or "").strip()
        for member in section.section_staff_members
    )


def _plain(kind: str, record: msgspec.Struct) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in LIVE_FIELDS[kind]}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _from_master(db: sqlite3.Connection, found: Person, story: _Story) -> None:
    noun = "pupil" if found.kind == "student" else "member of staff"
    last = imports.latest(db, "applied = 1 AND kind = 'pull'")
    if last is None:
        story.say("Nothing has been pulled yet.")
    elif found.record is None:
        story.say(f"The District Master has never had a {noun} {found.id}.")
    elif found.active:
        story.say(f"The {noun} is active in the District Master.")
    else:
        _say_gone(found, story)
    for one in found.descriptions:
        if last is not None and one["import_id"] == last.id and one["severity"] != "W":
            story.say(
                f"Import {one['import_id']} left the record out ({one['code']}): {one['message']} "
                f"{CODES[one['code']].remedy}",
                one["code"],
            )
    for school in found.schools:
        if school["active"] and school["ali_id"] is None:
            story.say(f"School {school['code']} is not mapped.", "MAP-UNMAPPED")
    for stale in people.stale_for(db, found):
        where = "of the district" if stale.school is None else f"of school {stale.school}"
        story.say(
            f"The {stale.endpoint} list {where} has not been read since {stale.last_good or 'ever'}, "
            "so this may be old.",
            stale.code,
        )
    if found.active and found.kind == "student" and not any(s["active"] for s in found.sections):
        story.say("The pupil is in no section.", "STUDENT-NO-SECTION")


def _say_gone(found: Person, story: _Story) -> None:
    left = next((h for h in reversed(found.history) if h["action"] == "deactivated"), None)
    when = f" by import {left['import']} on {str(left['at'])[:10]}" if left else ""
    story.say(
        f"The record is kept but not active; it was deactivated{when}, because Aeries no longer listed it as active."
    )


def _from_aeries(
    found: Person, records: Sequence[dict[str, Any]], mapped: frozenset[int], story: _Story
) -> None:
    if not records:
        story.say(
            "Aeries does not know this person now; the next complete pull "
            + ("deactivates the record." if found.active else "changes nothing.")
        )
        return
    verdicts = {_judge(found, record, mapped, story) for record in records}
    if "in" in verdicts:
        will = "keeps the person active" if found.active else "makes the person active"
    elif "rejected" in verdicts:
        will = (
            "keeps the last good version of the record"
            if found.active
            else "leaves the person out until the record is mended"
        )
    else:
        will = "deactivates the record" if found.active else "leaves the person out"
    story.say(f"The next pull {will}.")


Verdict = Literal["in", "out", "rejected"]
"""What the check would say of a live record; a rejected one keeps its last good version."""


def _judge(found: Person, record: dict[str, Any], mapped: frozenset[int], story: _Story) -> Verdict:
    """Whether one live record is in by the rules of the check (design, section 4), said in words."""
    if "unreadable_field" in record:
        where = f"At school {record['school_code']}" if record["school_code"] is not None else "In Aeries"
        story.say(
            f"{where} the field {record['unreadable_field'] or 'of some name'} can't be read.", record["code"]
        )
        return "rejected"
    status = record["inactive_status_code"]
    if found.kind == "staff":
        if status:
            story.say(f"In Aeries the record has the status {status}, which is not active.")
            return "out"
        at = [school for school in record["teaches_at_schools"] if school in mapped]
        if at:
            story.say(f"In Aeries the record is active and teaches at school {', '.join(map(str, at))}.")
            return "in"
        if found.active:
            story.say(
                "In Aeries the record is active but teaches in no mapped school; only a teacher record keeps it in."
            )
            return "in"
        story.say("In Aeries the record is active but teaches in no mapped school, so it is out of scope.")
        return "out"
    school = record["school_code"]
    if school not in mapped:
        story.say(f"At school {school}, which is not mapped, the record does not count.", "MAP-UNMAPPED")
        return "out"
    if status:
        what = "pre-enrolled for next year" if status == "*" else "not active"
        story.say(f"At school {school} the record has the status {status} ({what}), so it is out of scope.")
        return "out"
    grade = record["grade"]
    if isinstance(grade, int) and not LOWEST_GRADE <= grade <= HIGHEST_GRADE:
        story.say(f"At school {school} the grade {grade} is outside -2 to 18.", "REC-GRADE")
        return "rejected"
    if not record["last_name"] or not record["first_name"]:
        story.say(f"At school {school} the name is missing.", "REC-REQUIRED")
        return "rejected"
    story.say(f"At school {school} the record is active and in scope.")
    return "in"
