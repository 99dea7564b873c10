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
    for school in found.schools:
        if school["active"] and school["ali_id"] is None:
            story.say(f"School {school['code']} is not mapped.", Code.MAP_UNMAPPED)
    for stale in people.stale_for(db, found):
        story.say(
            f"The list {stale.where} has not been read well since {stale.last_good or 'ever'} ({stale.code}): it takes "
            "nobody away, and what stands here may be old.",
            stale.code,
        )
    if found.active and found.kind == "student" and not any(s["active"] for s in found.sections):
        story.say("The student is in no section.", Code.STUDENT_NO_SECTION)


def _tell_gone(found: Person, story: Story) -> None:
    left = next((h for h in reversed(found.history) if h["action"] == "deactivated"), None)
    when = f" by import {left['import']} on {str(left['at'])[:10]}" if left else ""
    story.say(
        f"The record is kept but not active; it was deactivated{when}, because Aeries no longer listed it as active."
    )
