"""What the District Master says of one person: in or not, since when, and what was wrong."""

from __future__ import annotations

import sqlite3

from aeries_tui.codes import Code
from aeries_tui.left_out import RULES, Rule
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.district_checks import texts_of_checks
from aeries_tui.master.roster import people
from aeries_tui.master.roster.left_out import left_out
from aeries_tui.master.roster.people import Person
from aeries_tui.operations.explain.story import Story


def tell_kept(db: sqlite3.Connection, found: Person, story: Story) -> None:
    """Say what the Master knows."""
    noun = "student" if found.kind == "student" else "member of staff"
    last = imports.latest_applied_pull(db)
    story.own = texts_of_checks(db, last.id) if last is not None else {}
    if last is None:
        story.say("Nothing has been pulled yet.")
    elif found.record is None:
        story.say(f"The District Master has never had a {noun} {found.id}.")
    elif found.active:
        story.say(f"The {noun} is active in the District Master.")
    else:
        _tell_gone(found, story)
    if not found.active:
        _tell_left_out(db, found, story)
    for one in found.descriptions:
        if last is not None and one["import_id"] == last.id:
            said = "left it out" if one["severity"] != "W" else "took it, with a warning"
            if one["code"] in story.own:
                said = "took it, and a check of the district's own names it"
            what = "A class membership" if one["kind"] in {"enrollment", "teaching"} else "The record"
            since = "" if last.undone_by is None else f"; import {last.undone_by} took that import back"
            story.say(
                f"{what}: import {one['import_id']} {said} ({one['code']}{since}): {one['message']}",
                one["code"],
                about=(one["field"] or "", one["school"], one["message"]),
            )
    _tell_identity(found, story)
    for school in found.schools:
        if school["active"] and school["ali_id"] is None:
            story.say(f"School {school['code']} is not mapped.", Code.MAP_UNMAPPED, about=school["code"])
    for stale in people.stale_for(db, found):
        story.say(
            f"The list {stale.where} has not been read well since {stale.last_good or 'ever'} ({stale.code}): it takes "
            "nobody away, and what stands here may be old.",
            stale.code,
        )
    has_section = any(s["active"] for s in found.sections) or Code.STUDENT_NO_SECTION in story.codes
    if found.active and found.kind == "student" and not has_section:
        story.say("The student is in no section.", Code.STUDENT_NO_SECTION)


def _tell_left_out(db: sqlite3.Connection, found: Person, story: Story) -> None:
    """What the last pull left the person out for; an error has a description of its own."""
    out = left_out(db, found.kind, found.id)
    if out is None:
        return
    names = {"last_name": out.last_name, "first_name": out.first_name}
    story.name = {part: name for part, name in names.items() if name}
    story.left_out = out
    if out.rule is Rule.REJECTED:
        return
    story.rule = out.rule
    status = f" ({out.status})" if out.rule is Rule.INACTIVE and out.status else ""
    where = f" at school {out.school}" if out.school is not None and out.kind == "student" else ""
    story.say(
        f"Import {out.import_id} read the record{where} and left it out: it {RULES[out.rule].sentence}{status}."
    )


def _tell_identity(found: Person, story: Story) -> None:
    """Whether the id stands for somebody else now, and under which id the person was or is."""
    before, since = found.identity["before"], found.identity["since"]
    if before is not None:
        story.say(f"The same person had the id {before} before.")
    if since is not None:
        story.say(f"The same person has the id {since} now.")
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
