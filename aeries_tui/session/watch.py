"""Noticing, for next to nothing, that a District Master has changed or a pull has begun or ended."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.errors import MasterError
from aeries_tui.master.database import data_version, glance
from aeries_tui.master.imports import imports
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import Holder, holder
from aeries_tui.settings import DistrictPlaces

_LATEST = 5


@dataclass(frozen=True)
class Seen:
    """The state of a district at one look.

    Attributes:
        version: changes whenever anybody changed the Master.
        holder: who works on the district now.
        outcomes: number and outcome of the newest imports.
    """

    version: tuple[int, int, int] = (0, 0, 0)
    holder: Holder | None = None
    outcomes: tuple[tuple[int, Outcome], ...] = ()

    @property
    def newest(self) -> tuple[int, Outcome] | None:
        """The newest import and its outcome."""
        return self.outcomes[0] if self.outcomes else None

    @property
    def is_unfinished(self) -> bool:
        """Whether the newest import runs by the books, or was interrupted.

        Of a pull whose process is gone: it was killed. `killed` does not say so while somebody else holds the district
        to put that in the books.
        """
        return self.newest is not None and self.newest[1] in {Outcome.RUNNING, Outcome.INTERRUPTED}

    @property
    def killed(self) -> int | None:
        """The number of a pull that says it runs though nobody holds the district: it was killed."""
        newest = self.newest
        if newest is not None and newest[1] is Outcome.RUNNING and self.holder is None:
            return newest[0]
        return None


class Watch:
    """Looks at one district; made for a look twice a second.

    A look costs a stat, an attempt at a lock and one pragma; rows are read only when these changed.
    All calls come from one thread.

    Args:
        district: its files.
    """

    def __init__(self, district: DistrictPlaces) -> None:
        self._district = district
        self._connection: sqlite3.Connection | None = None
        self._file = (0, 0)
        self._last = Seen()

    def look(self) -> Seen:
        """The state now; the last known one where the Master can't be read at the moment."""
        held = holder(self._district.lock)
        try:
            version = self._version()
            if version != self._last.version or held != self._last.holder:
                self._last = Seen(version, held, self._outcomes())
        except (sqlite3.Error, OSError, MasterError):
            self.close()
            self._last = Seen(self._last.version, held, self._last.outcomes)
        return self._last

    def _version(self) -> tuple[int, int, int]:
        try:
            status = self._district.master.stat()
        except FileNotFoundError:
            self.close()
            return (0, 0, 0)
        # A Master that was put in the place of another (a restored archive) is another file.
        file = (status.st_dev, status.st_ino)
        if file != self._file:
            self.close()
        if self._connection is None:
            self._connection = glance(self._district.master)
            self._file = file
        return (*file, data_version(self._connection))

    def _outcomes(self) -> tuple[tuple[int, Outcome], ...]:
        if self._connection is None:
            return ()
        return tuple((newest.id, newest.outcome) for newest in imports.every(self._connection, _LATEST))

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._file = None, (0, 0)
