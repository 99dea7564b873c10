"""A quick pull from the watermark to staged records."""

from __future__ import annotations

import datetime as dt
import json

from aeries_tui.aeries import AeriesClient
from aeries_tui.codes import Code
from aeries_tui.master.identity.questions import decided_since
from aeries_tui.master.imports.watermark import Watermark
from aeries_tui.pull.log import PullLog
from aeries_tui.pull.quick.reading import QuickReading
from aeries_tui.pull.quick.since import refusal, window
from aeries_tui.pull.quick.staging import Today
from aeries_tui.pull.quick.too_much import TooMuch
from aeries_tui.pull.staging import Staging

HOMEROOM_TYPES = ("elementary", "elementaryandmasterschedule", "")
"""ScheduleTypes, in small letters, of schools that may have homerooms; a school that states none may."""

REQUEST_IN_BYTES = 200_000
"""What one more request costs, in bytes of a long list: at 100 ms of latency a quick pull then takes
about as long as the full one that it is measured against."""


async def read_quickly(
    client: AeriesClient,
    pages: Staging,
    log: PullLog,
    watermark: Watermark,
    now: Watermark,
    day: str,
    at_a_time: int,
) -> dt.datetime:
    """Read into `pages` what changed since the watermark; returns from when on.

    Args:
        client: the client.
        pages: staging as `open_quick_staging` gives it, with the school list in it.
        log: the pull's log.
        watermark: the Master's.
        now: what it would be if everything were read now.
        day: the server's date, `YYYY-MM-DD`.
        at_a_time: requests in work at a time.

    Raises:
        NotAllowedNow: there is nothing to go on from.
        TooMuch: a full pull is the better way.
        SourceError: a feed or a record could not be read.
    """
    if watermark.layout != now.layout:
        raise TooMuch(
            "The last complete pull was made by another version of aeries-tui, into another layout."
        )
    if decided_since(pages.connection, watermark.import_id):
        raise TooMuch("Since the last pull somebody decided who is who; no change feed names them.")
    since = window(watermark, now)
    types = {row["code"]: row["schedule_type"].lower() for row in json.loads(pages.about("schools") or "[]")}
    gone = sorted(set(watermark.mapped) - types.keys())
    if gone:
        raise refusal(f"school {gone[0]} is mapped but not in the list of Aeries.", Code.MAP_GONE)
    if any(types[code] != kind for code, kind in watermark.schedules):
        raise TooMuch(
            "A school's ScheduleType is another now, which decides about homerooms; "
            "no change feed names them."
        )
    reach = (dt.date.fromisoformat(day) + dt.timedelta(days=watermark.lead_days)).isoformat()
    if watermark.next_change is not None and watermark.next_change <= reach:
        raise TooMuch(
            f"From {watermark.next_change} on classes begin or end by the calendar; "
            "no change feed names them."
        )
    today = Today(
        day, reach, watermark.staff_rule == "school", frozenset(watermark.mapped),
        frozenset(code for code in watermark.mapped if types[code] in HOMEROOM_TYPES),
    )  # fmt: skip
    most = watermark.full_requests + watermark.full_bytes // REQUEST_IN_BYTES
    await QuickReading(client, pages, log, today, at_a_time, most).run(since)
    return since


def note_of(since: dt.datetime) -> str:
    """What a quick pull was, for its result."""
    return (
        f"This was a quick pull: only what Aeries names as changed since {since:%Y-%m-%d %H:%M} (its clock) "
        "was read, and the files hold only that. Full pulls stay needed: no feed names what was deleted."
    )
