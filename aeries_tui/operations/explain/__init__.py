"""Explain: why somebody is in the roster or not, and what the next pull will do."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from typing import Any

from aeries_tui.errors import WrongUse
from aeries_tui.master.database import connect
from aeries_tui.master.roster import people
from aeries_tui.master.roster.people import Person, PersonKind
from aeries_tui.master.schools import schools
from aeries_tui.operations.client import asking_client
from aeries_tui.operations.explain.forecast import Scope, forecast
from aeries_tui.operations.explain.kept import tell_kept
from aeries_tui.operations.explain.live import ask
from aeries_tui.operations.explain.story import Story
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
    with contextlib.closing(connect(district.master)) as db:
        found = people.person(db, kind, number)
        mapped = schools.mapped_codes(db)
        story = Story()
        tell_kept(db, found, story)
    records: list[dict[str, Any]] | None = None
    if live:
        records, day = asyncio.run(_ask(credential, settings, found, mapped))
        rules = settings.pull
        scope = Scope(mapped, rules.staff == "school", rules.is_additions_only(dt.date.fromisoformat(day)))
        forecast(found, records, scope, story)
    return found.document() | {
        "live": None if records is None else {"records": records},
        "verdict": " ".join(story.sentences),
        "codes": story.codes,
    }


async def _ask(
    credential: Credential, settings: Settings, found: Person, mapped: frozenset[int]
) -> tuple[list[dict[str, Any]], str]:
    known = [int(school["code"]) for school in found.schools]
    async with asking_client(credential, settings) as client:
        return await ask(client, found.kind, found.id, known[0] if known else min(mapped, default=0))
