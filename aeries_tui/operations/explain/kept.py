"""What the District Master says of one person: in or not, since when, and what was wrong."""

from __future__ import annotations

import sqlite3

from aeries_tui.codes import CODES, Code
from aeries_tui.master.imports import imports
from aeries_tui.master.roster import people
from aeries_tui.master.roster.people import Person
from aeries_tui.operations.explain.story import Story


def tell_kept(db: sqlite3.Connection, found: Person, story: Story) -> None:
    """Say what the Master knows."""
    noun = "student" if found.kind == "student" else "member of staff"
    last = imports.latest_applied_pull(db)
    if last is None:
        story.say("Nothing has been pulled yet.")
    elif found.record is None:
        story.say(f"The District Master has never had a {noun} {found.id}.")
    elif found.active:
        story.say(f"The {noun} is active in the District Master.")
    else:
        _tell_gone(found, story)
    for one in found.descriptions:
        if last is not None and one["import_id"] == last.id and one["severity"] != "W":
            story.say(
                f"Import {one['import_id']} left the record out ({one['code']}): {one['message']} "
                f"{CODES[one['code']].remedy}",
                one["code"],
            )
    _tell_identity(found, story)
    for school in found.schools:
        if school["active"] and school["ali_id"] is None:
            story.say(f"School {school['code']} is not mapped.", Code.MAP_UNMAPPED)
    for stale in people.stale_for(db, found):
        where = "of the district" if stale.school is None else f"of school {stale.school}"
        story.say(
            f"The {stale.endpoint} list {where} has not been read since {stale.last_good or 'ever'}, "
            "so this may be old.",
            stale.code,
        )
    if found.active and found.kind == "student" and not any(s["active"] for s in found.sections):
        story.say("The student is in no section.", Code.STUDENT_NO_SECTION)


def _tell_identity(found: Person, story: Story) -> None:
    """Whether the id stands for somebody else now, and under which id the person was or is."""
    for name, words in (("before", "The same person had the id {} before."),
                        ("since", "The same person has the id {} now.")):  # fmt: skip
        if found.identity[name] is not None:
            story.say(words.format(found.identity[name]))
    question = found.identity["question"]
    if question is None:
        return
    if question["decided"] is not None:
        what = "the same person" if question["decided"] == "same" else "another person"
        story.say(f"It was decided that this is {what}; the next pull goes by that.", question["code"])
        return
    who = f"{_name(question['before'])} before, {_name(question['after'])} now"
    if question["code"] == Code.REC_IDENTITY:
        story.say(f"A person must say who has this id: {who}.", question["code"])
    else:
        story.say(
            f"A person must say whether this is who had the id {question['former']} ({who}).",
            question["code"],
        )


def _name(facts: dict[str, str | None]) -> str:
    return " ".join(filter(None, (facts["first_name"], facts["last_name"]))) or "(no name)"


def _tell_gone(found: Person, story: Story) -> None:
    left = next((h for h in reversed(found.history) if h["action"] == "deactivated"), None)
    when = f" by import {left['import']} on {str(left['at'])[:10]}" if left else ""
    story.say(
        f"The record is kept but not active; it was deactivated{when}, because Aeries no longer listed it as active."
    )
