"""Keeping what is given the Master's state: seeing that there is another one, and making it in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.database import data_version, glance
from aeries_tui.master.served import states
from aeries_tui.master.served.file import Ended
from aeries_tui.master.served.master_mark import mark_of
from aeries_tui.roster_service.database_thread import DatabaseThread
from aeries_tui.roster_service.defects import Defects
from aeries_tui.roster_service.make import make_state

PATIENCE = 5.0
"""Seconds that the beginning of a walk waits for a newer state, which takes 10 at 100,000 students."""

FIRST_PATIENCE = 25.0
"""The same for the first state that a process makes: School Data Sync waits 30 seconds for an answer."""

AGAIN_SECONDS = 60.0
"""After how long a state is tried again that could not be made."""


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


class Following:
    """Keeps the state that is given the Master's.

    Args:
        options: of the service.
        reader: looks at the Master.
        defects: tells of those of making a state.
    """

    def __init__(self, options: Options, reader: DatabaseThread, defects: Defects) -> None:
        self._options, self._reader, self._defects = options, reader, defects
        self._maker = ThreadPoolExecutor(1, "maker")
        self._making: asyncio.Task[None] | None = None
        self._not_before = 0.0
        self._is_new = True
        self._ending = threading.Event()
        self._watched: _Watched | None = None
        self._said = ""

    async def is_behind(self) -> bool:
        """Whether the Master is in another state than the one that is given, which can be made now."""
        try:
            return await self._reader.do(self.look)
        except AeriesTuiError:
            return False

    def look(self, db: sqlite3.Connection) -> bool:
        """The same, by the reader; `db` is the file of the service."""
        if time.monotonic() < self._not_before:
            return False
        try:
            if self._watched is None or not self._watched.is_of(self._options.master):
                self._stop_watching(db)
                self._watched = _Watched(self._options.master)
            is_behind = self._watched.is_behind(db)
        except (AeriesTuiError, OSError, sqlite3.Error):
            return False
        self._is_new = self._is_new and is_behind
        return is_behind

    def _stop_watching(self, db: sqlite3.Connection) -> None:
        if self._watched is not None:
            self._watched.close()
        self._watched = None

    async def keep_up(self) -> None:
        """Make the state the Master's where that is another one.

        Whoever asks meanwhile waits for it a little, then gets the previous state. A process that was started just now
        was not there when it was imported: who comes once a day, and starts it by that, should not get the day before.
        """
        if self._making is None and await self.is_behind() and self._making is None:
            self._making = asyncio.create_task(self._made())
        if self._making is not None:
            await asyncio.wait({self._making}, timeout=FIRST_PATIENCE if self._is_new else PATIENCE)

    async def _made(self) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._maker, self._make)
        finally:
            self._making, self._is_new = None, False

    def _make(self) -> None:
        """What can't be made is said once, the last good state is given on, and it is tried again after a while."""
        options = self._options
        try:
            make_state(options.master, options.served, options.tombstone_days, self._ending.is_set)
            self._said = ""
            return
        except Ended:
            return
        except AeriesTuiError as error:
            told = " ".join(error.lines())
        except Exception as error:  # noqa: BLE001 - nobody waits for it who could say it
            self._defects.tell(error)
            told = "A newer one could not be made."
        self._not_before = time.monotonic() + AGAIN_SECONDS
        if told != self._said:
            self._said = told
            options.say(f"The previous state is still given. {told}")

    async def close(self) -> None:
        """Let go of the Master; a state that is being made is taken back."""
        self._ending.set()
        with contextlib.suppress(AeriesTuiError):  # nothing is watched where the file can't even be opened
            await self._reader.do(self._stop_watching)
        if self._making is not None:
            await self._making
        self._maker.shutdown()


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
