"""What the next pull will make of somebody's records, by the rules of the check (design, section 4), in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from aeries_tui.codes import Code
from aeries_tui.master.roster.people import Person
from aeries_tui.operations.explain.live import day_of, is_day, text
from aeries_tui.operations.explain.story import Story
from aeries_tui.pull.stages.check.students import HIGHEST_GRADE, LOWEST_GRADE

_DATES = {
    "birthdate": "the date of birth",
    "school_enter_date": "the enter date",
    "school_leave_date": "the leave date",
}

Fate = Literal["in", "kept", "rejected", "out"]
"""What the check says of a live record; a kept one is rejected too, and has a last good version."""


@dataclass(frozen=True)
class Scope:
    """What decides who is in.

    Attributes:
        mapped: codes of the mapped schools.
        staff_by_school: also staff whose primary school or access is a mapped one.
        additions_only: nobody is deactivated today.
    """

    mapped: frozenset[int]
    staff_by_school: bool
    additions_only: bool


def forecast(found: Person, records: Sequence[Mapping[str, Any]], scope: Scope, story: Story) -> None:
    """Say of each live record what it counts for, and then what the next pull does.

    Of others' records nothing is asked: that a teacher stays because a student of their homeroom keeps the last
    good version of a record is not foreseen.

    Args:
        found: the person as the Master knows them.
        records: as `live.ask` gives them.
        scope: the rules.
        story: takes the sentences.
    """
    judge = _judge_student if found.kind == "student" else _judge_staff
    fates = {judge(found, record, scope, story) for record in records}
    if not fates:
        story.say("Aeries does not know this person now.")
    story.say(f"The next pull {_what_follows(found, fates, scope)}.")


def _what_follows(found: Person, fates: set[Fate], scope: Scope) -> str:
    if "in" in fates:
        return "keeps the person active" if found.active else "makes the person active"
    if "kept" in fates:
        return "keeps the last good version of the record"
    if found.active and scope.additions_only:
        return "keeps the person active: today is a day of additions only"
    if found.active:
        return "deactivates the record"
    if "rejected" in fates:
        return "leaves the person out until the record is mended"
    return "leaves the person out" if fates else "changes nothing"


def _unread(found: Person, record: Mapping[str, Any], story: Story) -> Fate:
    school = record["school_code"]
    where = f"At school {school}" if school is not None else "In Aeries"
    story.say(
        f"{where} the field {record['unreadable_field'] or 'of some name'} can't be read.", record["code"]
    )
    return _rejected(found, school)


def _rejected(found: Person, school: int | None) -> Fate:
    """A record left out keeps its last good version (promise 3), which stands at its own school."""
    if found.kind == "staff" or school is None:
        return "kept" if found.active else "rejected"
    return "kept" if any(s["active"] and s["code"] == school for s in found.schools) else "rejected"


def _judge_student(found: Person, record: Mapping[str, Any], scope: Scope, story: Story) -> Fate:
    school = record["school_code"]
    if school is not None and school not in scope.mapped:
        story.say(f"At school {school}, which is not mapped, the record does not count.", Code.MAP_UNMAPPED)
        return "out"
    if "unreadable_field" in record:
        return _unread(found, record, story)
    status = text(record["inactive_status_code"])
    if status:
        what = "pre-enrolled for next year" if status == "*" else "not active"
        story.say(f"At school {school} the record has the status {status} ({what}), so it is out of scope.")
        return "out"
    if _is_nameless(record):
        story.say(f"At school {school} the name is missing.", Code.REC_REQUIRED)
        return _rejected(found, school)
    story.say(f"At school {school} the record is active and in scope.")
    for wrong, code in _unusable(record):
        story.say(f"At school {school} {wrong}; the last good value stays.", code)
    return "in"


def _unusable(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What of a student's record the check can't use and can do without, each with its code."""
    grade = record["grade"]
    if grade is not None and not LOWEST_GRADE <= grade <= HIGHEST_GRADE:
        yield f"the grade {grade} is outside {LOWEST_GRADE} to {HIGHEST_GRADE}", Code.REC_GRADE
    for name, words in _DATES.items():
        if not is_day(day_of(record[name])):
            yield f"{words} can't be read or does not exist", Code.REC_DATE


def _is_nameless(record: Mapping[str, Any]) -> bool:
    """One name is enough; whatever else is wrong with a record costs nobody."""
    return not text(record["last_name"]) and not text(record["first_name"])


def _judge_staff(found: Person, record: Mapping[str, Any], scope: Scope, story: Story) -> Fate:
    if "unreadable_field" in record:
        return _unread(found, record, story)
    status = text(record["inactive_status_code"])
    if status:
        story.say(f"In Aeries the record has the status {status}, which is not active.")
        return "out"
    why = _why_wanted(record, scope)
    if _is_nameless(record):
        story.say("In Aeries the name is missing.", Code.REC_REQUIRED)
        return _rejected(found, None) if why or found.active else "out"
    unread = [code for code in record["unreadable_dates_at_schools"] if code in scope.mapped]
    if why is None and unread:
        where = f"school {', '.join(map(str, unread))}"
        story.say(f"In Aeries the dates of their time on a section of {where} can't be read.", Code.REC_DATE)
        return "kept" if any(s["active"] and s["code"] in unread for s in found.schools) else "rejected"
    if why is None:
        story.say("In Aeries the record is active but teaches in no mapped school, so it is out of scope.")
        return "out"
    story.say(f"In Aeries the record is active and {why}.")
    return "in"


def _why_wanted(record: Mapping[str, Any], scope: Scope) -> str | None:
    """What brings a member of staff in, in words; None where nothing does."""
    reasons = {
        "teaches at": record["teaches_at_schools"],
        "is named in a teacher record of": record["teacher_record_at_schools"],
    }
    if scope.staff_by_school:
        reasons['is taken by pull.staff = "school", for their primary school is'] = [
            record["primary_aeries_school"]
        ]
        reasons['is taken by pull.staff = "school", for they may log in to'] = record["access_to_schools"]
    for words, schools in reasons.items():
        at = [code for code in schools if code in scope.mapped]
        if at:
            return f"{words} school{'s' if len(at) > 1 else ''} {', '.join(map(str, at))}"
    return None
