"""The service of one district: answers beside the event loop, in a few threads that don't wait for each other."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from array import array
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from aeries_tui.audit import Act, Journal
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.served import consumers
from aeries_tui.roster_service.answers import Answer, Refused
from aeries_tui.roster_service.database_thread import DatabaseThread
from aeries_tui.roster_service.defects import Defects
from aeries_tui.roster_service.finding import find_list
from aeries_tui.roster_service.following import Following, Options
from aeries_tui.roster_service.ledger import Ledger, Read
from aeries_tui.roster_service.lists import Asked
from aeries_tui.roster_service.operations import Operation
from aeries_tui.roster_service.rates import Rates
from aeries_tui.roster_service.roster import Behind, Request, Roster
from aeries_tui.roster_service.tokens import TokenRefused, token_answer

_WRONG_PER_MINUTE = 60
"""Wrong secrets that are answered a minute, of all clients together; a right one is never kept waiting by them."""


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
        self._reader = DatabaseThread(options.served, "reader", self._begin)
        self._searcher = DatabaseThread(options.served, "searcher")
        self._writer = DatabaseThread(options.served, "writer")
        self._begin()
        self._finding: dict[tuple[object, ...], asyncio.Task[array[int]]] = {}
        self.defects = Defects(options.say)
        self.following = Following(options, self._reader, self.defects)

    def _begin(self) -> None:
        """Lists and walks are of one file; in another one the same numbers say something else."""
        self._roster = Roster(self.options.root)

    async def close(self) -> None:
        """Write down what is still to be, and let go of everything."""
        await self.write_down()
        await self.following.close()
        for thread in (self._reader, self._searcher, self._writer):
            await thread.close()

    # Answers

    async def token(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the token end point answers."""
        try:
            return await self._writer.do(lambda db: token_answer(db, headers, body, self._rates.take))
        except TokenRefused as refused:
            wait = self._wrong.take("") if refused.status == 401 else 0
            if wait:
                return TokenRefused(429, "temporarily_unavailable", ("retry-after", str(wait))).answer()
            return refused.answer()

    async def more(self, answer: Answer) -> AsyncIterator[bytes]:
        """The body of an answer, in pieces: a long one is made as it is taken."""
        yield answer.body
        for piece in answer.pieces:
            yield await self._reader.do(piece)

    async def roster(
        self, operation: Operation, path: str, query: bytes, token: str, *, head: bool = False
    ) -> Answer:
        """What a path of the roster answers to the bearer of a token, where only the head is given as well; raises Refused."""
        request: Request | None = None

        def work(
            db: sqlite3.Connection, is_behind: Callable[[sqlite3.Connection], bool]
        ) -> Answer | Asked | Behind:
            nonlocal request
            request = request or replace(self._admitted(db, operation, path, query, token), head=head)
            with self._noting(request) as told:
                told.answer = self._roster.answer(db, request, is_behind)
                return told.answer

        found = await self._reader.do(lambda db: work(db, self.following.look))
        if isinstance(found, Behind):
            await self.following.keep_up()
            found = await self._reader.do(lambda db: work(db, _never))
        while isinstance(found, Asked):
            await self._find(found)
            found = await self._reader.do(lambda db: work(db, _never))
        assert isinstance(found, Answer)
        return found

    def _admitted(
        self, db: sqlite3.Connection, operation: Operation, path: str, query: bytes, token: str
    ) -> Request:
        found = consumers.with_token(db, token) if token else None
        if found is None:
            told = 'Bearer realm="roster"' + (', error="invalid_token"' if token else "")
            raise Refused(
                401, "unauthorisedrequest", "A valid token is needed.", [("www-authenticate", told)]
            )
        request = Request(operation, path, query, found[0])
        with self._noting(request):
            wait = self._rates.take(request.consumer.name)
            if wait:
                raise Refused(429, "server_busy", "Too many requests.", [("retry-after", str(wait))])
            if not found[1] & operation.open_to:
                told = 'Bearer realm="roster", error="insufficient_scope"'
                raise Refused(
                    403, "forbidden", "The token's scope does not cover this.", [("www-authenticate", told)]
                )
        return request

    async def _find(self, asked: Asked) -> None:
        """Find a list; whoever asks for the same list meanwhile waits for the same, and nobody else waits."""
        roster = self._roster
        key = (roster, *asked.key)
        finding = self._finding.get(key)
        if finding is None:
            finding = self._finding[key] = asyncio.create_task(self._searcher.do(partial(find_list, asked)))
            finding.add_done_callback(lambda done: self._finding.pop(key))
        numbers = await asyncio.shield(finding)
        await self._reader.do(lambda db: roster.lists.keep(asked, numbers))

    @contextlib.contextmanager
    def _noting(self, request: Request) -> Iterator[_Told]:
        """Notes what a request was answered, once it is."""
        told, consumer, name = _Told(), request.consumer.name, request.operation.name
        try:
            yield told
        except Exception as error:
            self.ledger.note(consumer, name, error.status if isinstance(error, Refused) else 500, 0, 0)
            raise
        if isinstance(told.answer, Answer):
            records = 0 if request.head else told.answer.records
            self.ledger.note(consumer, name, told.answer.status, records, told.answer.state)

    # The journal

    async def write_down(self) -> None:
        """Write into the journal, and beside the consumers, what was read since the last time.

        What can't be written is kept for the next time.
        """
        if not self.ledger:
            return
        taken: Sequence[Read] = await self._reader.do_without(self.ledger.take)
        left = taken
        with contextlib.suppress(AeriesTuiError):
            left = await self._writer.do(lambda db: self._write_down(db, taken))
        await self._reader.do_without(lambda: self.ledger.give_back(left))

    def _write_down(self, db: sqlite3.Connection, taken: Sequence[Read]) -> Sequence[Read]:
        """What could not be written down."""
        used: dict[str, tuple[int, int, int]] = {}
        written = 0
        with contextlib.suppress(AeriesTuiError, sqlite3.Error):
            for one in taken:
                before = used.get(one.consumer, (0, 0, 0))
                about = {
                    "consumer": one.consumer, "what": one.operation, "status": one.status, "requests": one.requests,
                    "records": one.records, "state": one.state or None,
                }  # fmt: skip
                self._journal.append(Act.SERVED, self.options.district, about)
                written += 1
                used[one.consumer] = (
                    before[0] + one.requests, before[1] + one.records, max(before[2], one.state)
                )  # fmt: skip
        with contextlib.suppress(AeriesTuiError, sqlite3.Error):
            consumers.note_use(db, used)
        return taken[written:]


@dataclass
class _Told:
    """What a request was answered."""

    answer: Answer | Asked | Behind | None = None


def _never(db: sqlite3.Connection) -> bool:
    return False
