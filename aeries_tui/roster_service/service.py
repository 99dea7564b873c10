"""The service of one district: keeps its state the Master's, and answers in threads beside the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from aeries_tui.audit import Act, Journal
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.database import data_version, glance
from aeries_tui.master.served import consumers, states
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.master.served.file import open_served
from aeries_tui.master.served.master_mark import mark_of
from aeries_tui.roster_service.answers import Answer, Refused
from aeries_tui.roster_service.ledger import Ledger
from aeries_tui.roster_service.make import make_state
from aeries_tui.roster_service.operations import Operation
from aeries_tui.roster_service.rates import Rates
from aeries_tui.roster_service.roster import Request, Roster
from aeries_tui.roster_service.tokens import TokenRefused, token_answer

T = TypeVar("T")

_WRONG_PER_MINUTE = 60
"""Wrong secrets that are answered a minute, of all clients together; a right one is never kept waiting by them."""


@dataclass(frozen=True)
class Options:
    """How the service runs.

    Attributes:
        district: its name.
        master, served: the District Master, and the file of the service.
        root: the address before `/ims/oneroster`, as products see it.
        tombstone_days: how long a record that is gone is told as gone.
        requests_per_minute: of each consumer.
        say: tells a sentence to whoever runs the service.
    """

    district: str
    master: Path
    served: Path
    root: str
    tombstone_days: int
    requests_per_minute: int
    say: Callable[[str], None]


class Service:
    """Answers requests for one district.

    Args:
        options: how.
        journal: who read how much is written there.
    """

    def __init__(self, options: Options, journal: Journal) -> None:
        self.options = options
        self.ledger = Ledger()
        self._journal = journal
        self._rates = Rates(options.requests_per_minute)
        self._wrong = Rates(_WRONG_PER_MINUTE)
        # One thread reads, one makes states: each has connections of its own.
        self._reader = ThreadPoolExecutor(1, "reader")
        self._maker = ThreadPoolExecutor(1, "maker")
        self._making = asyncio.Lock()
        self._db: sqlite3.Connection | None = None
        self._roster: Roster | None = None
        self._watched: _Watched | None = None
        self._said = ""

    async def close(self) -> None:
        """Write down what is still to be, and let go of everything."""
        await self.write_down()
        await self._in_reader(self._close)
        self._reader.shutdown()
        self._maker.shutdown()

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
        if self._watched is not None:
            self._watched.close()

    async def _in_reader(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)

    # Answers

    async def token(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the token end point answers."""

        def work() -> Answer:
            return token_answer(self._file(), headers, body, self._rates.take)

        try:
            return await self._in_reader(work)
        except TokenRefused as refused:
            wait = self._wrong.take("") if refused.status == 401 else 0
            if wait:
                return TokenRefused(429, "temporarily_unavailable", ("retry-after", str(wait))).answer()
            return refused.answer()

    async def more(self, answer: Answer) -> AsyncIterator[bytes]:
        """The body of an answer, in pieces: a long one is made as it is taken."""
        yield answer.body
        for piece in answer.pieces:
            yield await self._in_reader(piece)

    async def roster(self, operation: Operation, path: str, query: bytes, token: str) -> Answer:
        """What a path of the roster answers to the bearer of a token; raises Refused."""
        consumer, scopes = await self._bearer(token)
        status, records, state = 500, 0, 0
        try:
            wait = self._rates.take(consumer.name)
            if wait:
                raise Refused(429, "server_busy", "Too many requests.", [("retry-after", str(wait))])
            if not scopes & operation.open_to:
                told = 'Bearer realm="roster", error="insufficient_scope"'
                raise Refused(
                    403, "forbidden", "The token's scope does not cover this.", [("www-authenticate", told)]
                )
            request = Request(operation, path, query, consumer)
            if not await self._in_reader(lambda: self._files_roster().goes_on(request)):
                await self.keep_up()
            answer = await self._in_reader(lambda: self._files_roster().answer(request))
            status, records, state = answer.status, answer.records, answer.state
            return answer
        except Refused as refused:
            status = refused.status
            raise
        finally:
            self.ledger.note(consumer.name, operation.name, status, records, state)

    async def _bearer(self, token: str) -> tuple[Consumer, frozenset[str]]:
        found = await self._in_reader(lambda: consumers.with_token(self._file(), token)) if token else None
        if found is None:
            told = 'Bearer realm="roster"' + (', error="invalid_token"' if token else "")
            raise Refused(
                401, "unauthorisedrequest", "A valid token is needed.", [("www-authenticate", told)]
            )
        return found

    def _file(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = open_served(self.options.served)
        return self._db

    def _files_roster(self) -> Roster:
        if self._roster is None:
            self._roster = Roster(self._file(), self.options.root)
        return self._roster

    # The state

    async def is_behind(self) -> bool:
        """Whether the Master is in another state than the one that is given."""
        return await self._in_reader(self._is_behind)

    async def keep_up(self) -> None:
        """Make the state the Master's where that is another one; whoever asks meanwhile waits for it."""
        if not await self.is_behind():
            return
        async with self._making:
            if await self.is_behind():
                await asyncio.get_running_loop().run_in_executor(self._maker, self._make)

    def _is_behind(self) -> bool:
        """Whether the Master says to be in another state than the one that is given, and can be looked at now."""
        try:
            if self._watched is None or not self._watched.is_of(self.options.master):
                if self._watched is not None:
                    self._watched.close()
                self._watched = None
                self._watched = _Watched(self.options.master)
            return self._watched.is_behind(self._file())
        except (AeriesTuiError, OSError, sqlite3.Error):
            return False

    def _make(self) -> None:
        """What can't be made is said once, and the last good state is given on."""
        try:
            make_state(self.options.master, self.options.served, self.options.tombstone_days)
            self._said = ""
        except AeriesTuiError as error:
            told = " ".join(error.lines())
            if told != self._said:
                self._said = told
                self.options.say(f"The state of before is given on. {told}")

    # The journal

    async def write_down(self) -> None:
        """Write into the journal, and beside the consumers, what was read since the last time."""
        taken = self.ledger.take()
        if taken:
            await self._in_reader(lambda: self._write_down(taken))

    def _write_down(self, taken: list[tuple[str, str, int, int, int, int]]) -> None:
        used: dict[str, tuple[int, int, int]] = {}
        with contextlib.suppress(AeriesTuiError, sqlite3.Error):
            for consumer, operation, status, requests, records, state in taken:
                before = used.get(consumer, (0, 0, 0))
                used[consumer] = (before[0] + requests, before[1] + records, max(before[2], state))
                about = {
                    "consumer": consumer, "what": operation, "status": status, "requests": requests,
                    "records": records, "state": state or None,
                }  # fmt: skip
                self._journal.append(Act.SERVED, self.options.district, about)
            consumers.note_use(self._file(), used)


class _Watched:
    """The Master, looked at without waiting."""

    def __init__(self, path: Path) -> None:
        self._file = path.stat().st_ino
        self._db = glance(path)
        self._seen: int | None = None
        self._mark = ""

    def is_of(self, path: Path) -> bool:
        """Whether the same file stands at the path."""
        return path.stat().st_ino == self._file

    def is_behind(self, served: sqlite3.Connection) -> bool:
        """Whether it is one to give, and another than the state that is given."""
        version = data_version(self._db)
        if version != self._seen:
            mark = mark_of(self._db)
            self._mark, self._seen = mark.text if mark.is_roster else "", version
        last = states.shown(served)
        return bool(self._mark) and (last is None or last.mark != self._mark)

    def close(self) -> None:
        """Let go of it."""
        self._db.close()
