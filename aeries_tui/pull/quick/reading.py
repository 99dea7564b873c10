"""Reading of a quick pull: the five feeds, then one by one what they name and what that leads to.

Any failure ends it, with nothing changed: half of what changed would be no state that Aeries ever had.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from aeries_tui.aeries import AeriesClient, AeriesError, Answer, Feed, NotThere, Single
from aeries_tui.codes import Code
from aeries_tui.errors import SourceError
from aeries_tui.pull.log import PullLog
from aeries_tui.pull.quick.needs import NOBODY, Need, name_what_ended, unmet
from aeries_tui.pull.quick.since import FULL_PULL
from aeries_tui.pull.quick.staging import QuickStaging, Today
from aeries_tui.pull.quick.too_much import TooMuch
from aeries_tui.pull.staging import STAGED, Staging

_NAMES = {
    Feed.STUDENTS: "student",
    Feed.SECTIONS: "section",
    Feed.ROSTERS: "roster",
    Feed.COURSES: "course",
    Feed.STAFF: "staff",
}
_ENDPOINTS = {
    feed: f"changes/{name}s" if name != "staff" else "changes/staff" for feed, name in _NAMES.items()
}


@dataclass
class QuickReading:
    """Reads what changed.

    Args:
        client: the client.
        pages: where answers are staged, as `open_quick_staging` gives it.
        log: the pull's log.
        today: what is wanted.
        at_a_time: requests in work at a time; the client's gate decides how many go out.
        most: single requests above which a full pull is the better way.
    """

    client: AeriesClient
    pages: Staging
    log: PullLog
    today: Today
    at_a_time: int
    most: int

    async def run(self, since: dt.datetime) -> None:
        """Read all that changed since a moment of the server's clock.

        Raises:
            TooMuch: a full pull is the better way; what was staged is worthless.
            SourceError: a feed or a record could not be read.
        """
        staging = QuickStaging(self.pages, self.today)
        await self._feeds(staging, since)
        name_what_ended(self.pages.connection)
        done = 0
        while needs := unmet(self.pages.connection):
            total = done + len(needs)
            if total > self.most:
                raise TooMuch(
                    f"Too much has changed for a quick pull: it would take {total:,} single requests "
                    f"or more; a full pull costs no more than {self.most:,}."
                )
            self.log.advance(done, total)
            await self._read(staging, needs, done)
            done = total
        staging.close()
        self.log.write(
            "info",
            f"Since {since:%Y-%m-%d %H:%M} (server's clock): {done:,} records and rosters read singly.",
        )

    async def _feeds(self, staging: QuickStaging, since: dt.datetime) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = {feed: group.create_task(self.client.changes(feed, since)) for feed in Feed}
        except BaseExceptionGroup as failures:
            raise _refused(failures.exceptions[0]) from None
        for feed, task in tasks.items():
            answer = task.result()
            if answer.bad:
                raise SourceError(
                    f"{len(answer.bad):,} rows of {_ENDPOINTS[feed]} can't be read.",
                    meaning="Nothing was changed.", remedy=FULL_PULL, code=Code.REC_TYPE,
                )  # fmt: skip
            keys = [_key(feed, row) for row in answer.records]
            staging.name(_NAMES[feed], keys)
            staging.note_feed(_ENDPOINTS[feed], answer.received, answer.traffic)
            self.log.write("info", f"{_ENDPOINTS[feed]}: {answer.received:,} named.")

    async def _read(self, staging: QuickStaging, needs: list[Need], done: int) -> None:
        pending = iter(needs)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.at_a_time, len(needs))):
                    group.create_task(self._worker(staging, pending, done))
        except BaseExceptionGroup as failures:
            raise _refused(failures.exceptions[0]) from None

    async def _worker(self, staging: QuickStaging, pending: Iterator[Need], done: int) -> None:
        for need in pending:
            try:
                answer: Answer[Any] | None = await self._ask(need)
            except NotThere:
                answer = None
            if staging.add(need, answer) == "part":
                self.log.write(
                    "warning", f"The answer for {_words(need)} is not what was asked for, or only in part."
                )
            self.log.advance(done := done + 1)

    async def _ask(self, need: Need) -> Answer[Any]:
        if need.kind in {"teachers", "sections"}:
            return await self.client.read_list(STAGED[need.kind].endpoint, need.school)
        school = min(self.today.mapped) if need.kind == "student" else need.school
        return await self.client.single(Single[need.kind.upper()], need.key, school)


def _key(feed: Feed, row: Any) -> tuple[int, int | str]:
    match feed:
        case Feed.STUDENTS:
            return row.school_code, row.student_id
        case Feed.SECTIONS | Feed.ROSTERS:
            return row.school_code, row.section_number
        case Feed.COURSES:
            return NOBODY, row.id.strip()
    return NOBODY, row.id


def _words(need: Need) -> str:
    where = "" if need.school is None else f" of school {need.school}"
    return f"{need.kind.replace('_', ' ')} {need.key}{where}".replace("  ", " ")


def _refused(error: BaseException) -> BaseException:
    """What a failed request means for a quick pull; any other error stays what it is."""
    if not isinstance(error, AeriesError):
        return error
    return SourceError(
        f"No quick pull is possible: {error.message}",
        meaning="Nothing was changed.", remedy=f"{error.remedy} {FULL_PULL}".strip(), code=error.code,
    )  # fmt: skip
