"""How many requests run at a time, found out from how the server takes them. Knows no HTTP."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aeries_tui.aeries.events import Event, Slowed, Widened

_SMOOTHING = 0.3
_SLOWER = 2.0
_SLOWER_AT_LEAST = 0.05
_ROUNDS_TO_WIDEN = 2
_ROUNDS_TO_PROBE = 50


class AdaptiveLimiter:
    """Lets a number of requests through at a time and adapts the number.

    Halves it on signs of overload, at most once in two round trips; adds one after a few full rounds
    without trouble, later where there was trouble before, and not while answers get slower.

    Args:
        start: how many to begin with.
        ceiling: never more.
        clock: seconds, monotonic.
        sleep: waits for seconds.
        on_event: is told of each change.
    """

    def __init__(
        self,
        start: int,
        ceiling: int,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        on_event: Callable[[Event], None],
    ) -> None:
        self.limit = start
        self._ceiling = ceiling
        self._clock = clock
        self._sleep = sleep
        self._on_event = on_event
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._resume_at = clock()
        self._round_trip = 1.0
        self._halved_at: float | None = None
        self._troubled_at = ceiling + 1
        self._credit = 0.0
        self._pace: dict[str, _Pace] = {}

    @property
    def running(self) -> int:
        """Requests that are through."""
        return self._running

    @asynccontextmanager
    async def through(self) -> AsyncIterator[None]:
        """Wait for a turn; it is given back at the end."""
        await self._enter()
        try:
            yield
        finally:
            self._running -= 1
            self._wake()

    async def _enter(self) -> None:
        while True:
            if (left := self._resume_at - self._clock()) > 0:
                await self._sleep(left)
            elif self._running < self.limit:
                self._running += 1
                return
            else:
                await self._turn()

    async def _turn(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._wake()
            raise
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)

    def _wake(self) -> None:
        free = self.limit - self._running
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1

    def pause(self, seconds: float) -> None:
        """Nobody goes through for that long; who is through goes on."""
        self._resume_at = max(self._resume_at, self._clock() + seconds)

    def answered(self, kind: str, seconds: float) -> None:
        """A good answer to a request of that kind came after `seconds`."""
        self._round_trip += _SMOOTHING * (seconds - self._round_trip)
        pace = self._pace.setdefault(kind, _Pace(seconds))
        pace.add(seconds)
        if self._running < self.limit or self.limit >= self._ceiling:
            return
        if pace.is_slower:
            self._credit = 0.0
            return
        self._credit += 1.0
        rounds = _ROUNDS_TO_PROBE if self.limit + 1 >= self._troubled_at else _ROUNDS_TO_WIDEN
        if self._credit >= rounds * self.limit:
            self._credit = 0.0
            self.limit += 1
            self._on_event(Widened(self.limit))
            self._wake()

    def overloaded(self, reason: str) -> None:
        """The server showed that it has too much to do; `reason` is a code."""
        now = self._clock()
        self._credit = 0.0
        if self._halved_at is not None and now - self._halved_at < 2 * self._round_trip:
            return
        self._halved_at = now
        self._troubled_at = max(2, min(self._troubled_at, self.limit))
        if self.limit > 1:
            self.limit = max(1, self.limit // 2)
            self._on_event(Slowed(self.limit, reason))


class _Pace:
    """How long answers of one kind take now, against the best of times."""

    def __init__(self, seconds: float) -> None:
        self.recent = self.best = seconds

    def add(self, seconds: float) -> None:
        self.recent += _SMOOTHING * (seconds - self.recent)
        self.best = min(self.best * 1.01, self.recent)

    @property
    def is_slower(self) -> bool:
        return self.recent > max(self.best * _SLOWER, self.best + _SLOWER_AT_LEAST)
