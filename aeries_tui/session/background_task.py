"""Asking Aeries beside the screens: a coroutine in a thread of its own, which ends in time or when told to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from aeries_tui.codes import Code
from aeries_tui.errors import AeriesTuiError, SourceError

T = TypeVar("T")


class Stopped(AeriesTuiError):
    """A person ended it before it was done."""


class BackgroundTask(Generic[T]):
    """One coroutine with a deadline.

    Args:
        make: makes the coroutine; called in the thread.
        seconds: after which it is given up.
        what: what it is, for the sentence when it is given up: `The test`.
    """

    def __init__(self, make: Callable[[], Coroutine[Any, Any, T]], seconds: float, what: str) -> None:
        self._make = make
        self._seconds = seconds
        self._what = what
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._stopped = False

    def run(self) -> T:
        """Do it, in this thread, which has no loop.

        Raises:
            Stopped: `stop` was called.
            SourceError: it took too long.
            AeriesTuiError: what the coroutine raised.
        """
        try:
            return asyncio.run(self._timed())
        except asyncio.CancelledError:
            raise Stopped(f"{self._what} was stopped.", meaning="Nothing was changed.") from None
        except TimeoutError:
            raise SourceError(
                f"{self._what} was not done after {self._seconds:g} seconds.",
                meaning="Nothing was changed.",
                remedy="See whether Aeries answers in a browser, then try again.",
                code=Code.SRC_TIMEOUT,
            ) from None

    async def _timed(self) -> T:
        async with asyncio.timeout(self._seconds):
            task = asyncio.ensure_future(self._make())
            with self._lock:
                self._loop, self._task = asyncio.get_running_loop(), task
                if self._stopped:
                    task.cancel()
            try:
                return await task
            finally:
                with self._lock:
                    self._loop = self._task = None

    def stop(self) -> None:
        """End it soon; safe from any thread and at any time."""
        with self._lock:
            self._stopped = True
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
