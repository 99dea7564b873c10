"""Explain: why somebody is in the roster or not, and what the next pull will do."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from aeries_tui.aeries import AeriesClient
from aeries_tui.errors import WrongUse
from aeries_tui.master.database import connect
from aeries_tui.master.roster import people
from aeries_tui.master.roster.people import Person, PersonKind
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.master.schools.schools_table import AeriesSchool
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.tombstones import tombstone_of
from aeries_tui.operations.client import asking_client
from aeries_tui.operations.explain.forecast import forecast
from aeries_tui.operations.explain.kept import tell_kept
from aeries_tui.operations.explain.story import Story
from aeries_tui.pull.person.judged import Judged, judge
from aeries_tui.pull.person.live import Live, ask
from aeries_tui.pull.stages.check.rules import Rules
from aeries_tui.settings import Credential, DistrictPlaces, Settings

__all__ = ["explain"]


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
        WrongUse: it is nobody's number; 0 stands for everybody in a path of Aeries (contract, section 7).
        SourceError: the live question failed; nothing was changed.
    """
    if number < 1:
        raise WrongUse(f"{number} is nobody's number.", meaning="Nothing was changed.")
    with clear_errors(district.master), contextlib.closing(connect(district.master)) as db:
        found = people.person(db, kind, number)
        mapped, listed = schools.mapped_codes(db), schools_table.known_rows(db)
        story = Story()
        stone = tombstone_of(db, kind, number)
        if stone is None:
            tell_kept(db, found, story)
        else:
            story.say(
                f"Somebody with this id was erased by import {stone.import_id} on {stone.at[:10]}, and is kept out of "
                f"pulls until a person lifts it: aeries-tui people lift {kind} {number}."
            )
    answered: Live | None = None
    records: list[dict[str, Any]] | None = None
    if live and stone is None:
        answered = asyncio.run(
            _ask(lambda: asking_client(credential, settings, district.host_slots), found, mapped)
        )
        rules = Rules(
            answered.day, settings.pull.lead_days, settings.pull.staff == "school", mapped,
            settings.pull.is_additions_only(dt.date.fromisoformat(answered.day)), omit=settings.omitted,
        )  # fmt: skip
        judged, widened = _judge(district.master, found, answered, rules, listed)
        forecast(found, answered, judged, widened, rules, story)
        records = (
            [record | judged.ties() for record in answered.plain(settings.omitted)]
            if kind == "staff"
            else answered.plain(settings.omitted)
        )
    document = found.document()
    if found.record is None:
        document["person"] |= answered.name if answered and answered.name else story.name
    return document | {
        "live": None if records is None else {"records": records},
        "verdict": " ".join(story.sentences),
        "codes": story.codes,
        "rule": story.rule,
        "left_out": story.left_out,
        "remedies": story.remedies(),
    }


def _judge(
    master: Path, found: Person, live: Live, rules: Rules, listed: Mapping[int, AeriesSchool]
) -> tuple[Judged, Judged]:
    """What the check says, and what it would say if all schools of the records were mapped."""
    home = next((int(school["code"]) for school in found.schools if school["active"]), None)
    judged = judge(master, live, rules, listed, home)
    wider = rules.mapped | live.schools
    if wider == rules.mapped:
        return judged, judged
    return judged, judge(master, live, replace(rules, mapped=wider), listed, home)


async def _ask(make_client: Callable[[], AeriesClient], found: Person, mapped: frozenset[int]) -> Live:
    known = [int(school["code"]) for school in found.schools]
    async with make_client() as client:
        return await ask(client, found.kind, found.id, known[0] if known else min(mapped, default=0))
