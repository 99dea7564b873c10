"""A thread with a connection of its own to the file of the service: what waits at one holds nobody up at another."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from aeries_tui.errors import MasterError
from aeries_tui.master.served.file import open_served
from aeries_tui.master.sqlite_errors import clear_errors

T = TypeVar("T")


class DatabaseThread:
    """One thread, which works off one thing after the other.

    Args:
        served: the file of the service.
        name: of the thread.
        opened: called in the thread when the file was opened: at first, and when another one stands in its place.
    """

    def __init__(self, served: Path, name: str, opened: Callable[[], None] = lambda: None) -> None:
        self._served, self._opened = served, opened
        self._thread = ThreadPoolExecutor(1, name)
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What a piece of work gives; raises what it raises, and MasterError for what the disk or a lock refuses."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    async def do_without(self, work: Callable[[], T]) -> T:
        """The same of what needs no file, which may be gone."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with clear_errors(self._served):
            return work(self._open())

    def _open(self) -> sqlite3.Connection:
        """The file that stands there now: of one that was moved away nobody else would see what is read or written.

        None is made in the place of one that is missing: somebody may be about to bring it back.
        """
        now = _identity(self._served)
        if self._file is not None and now is None:
            raise MasterError(
                f"{self._served} is gone.",
                meaning="No product can read.",
                remedy="Bring it back, or add the consumers anew: aeries-tui consumers add NAME.",
            )
        if self._db is not None and now != self._file:
            self._db.close()
            self._db = None
        if self._db is None:
            self._db = open_served(self._served)
            self._file = now or _identity(self._served)
            self._opened()
        return self._db

    async def close(self) -> None:
        """Let go of the file once everything is done."""
        if self._db is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._db.close)
        self._thread.shutdown()


def _identity(path: Path) -> tuple[int, int] | None:
    """Tells a file apart from another one at the same place; None for none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
