"""A thread with a connection of its own to the file of the service: what waits at one holds nobody up at another."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from aeries_tui.master.database import clear_errors
from aeries_tui.master.served.file import open_served

T = TypeVar("T")


class Desk:
    """One thread, which works off one thing after the other.

    Args:
        served: the file of the service.
        name: of the thread.
    """

    def __init__(self, served: Path, name: str) -> None:
        self._served = served
        self._thread = ThreadPoolExecutor(1, name)
        self._db: sqlite3.Connection | None = None

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What a piece of work gives; raises what it raises, and MasterError for what the disk or a lock refuses."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with clear_errors(self._served):
            if self._db is None:
                self._db = open_served(self._served)
            return work(self._db)

    async def close(self) -> None:
        """Let go of the file once everything is done."""
        if self._db is not None:
            await self.do(sqlite3.Connection.close)
        self._thread.shutdown()
