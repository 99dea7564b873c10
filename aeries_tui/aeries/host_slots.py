"""Requests to one server at a time, over all that ask it from this machine's account: districts on one server share its patience.

A slot is a file with a kernel lock, which a process that dies gives back. Where files or locks can't be had each keeps to
its own limit alone, and says so.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import math
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from aeries_tui.aeries.errors import NoTurn
from aeries_tui.aeries.events import Event, Queued, Unshared
from aeries_tui.aeries.host_pace import HostPace

_WAIT = 0.02
"""Seconds between two looks for a free slot; a request takes several times that."""
_LONG = 5.0
"""Seconds after which it is said that a request waits for others, and while none goes, again after twice as many."""


class HostSlots:
    """The slots of one server.

    Args:
        folder: where they lie; None for no limit.
        host: the server.
        slots: how many there are.
        sleep: waits for seconds.
        random: a number from 0 to 1.
        on_event: hears of long waits, and where nothing can be shared.
        clock: seconds, monotonic, the same in all processes of the machine.
        patience: seconds for which a request waits.
    """

    def __init__(
        self, folder: Path | None, host: str, slots: int,
        sleep: Callable[[float], Awaitable[object]], random: Callable[[], float],
        on_event: Callable[[Event], None] = lambda event: None, clock: Callable[[], float] = time.monotonic,
        *, patience: float = math.inf,
    ) -> None:  # fmt: skip
        self._sleep, self._random, self._on_event, self._clock = sleep, random, on_event, clock
        self._files: list[int] = []
        self._held: set[int] = set()
        self._pace: HostPace | None = None
        self._patience, self._told_at, self._apart = patience, -_LONG, _LONG
        if folder is None:
            return
        name = hashlib.sha256(host.encode()).hexdigest()[:16]
        try:
            for number in range(slots):
                flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
                self._files.append(os.open(folder / f"{name}-{number}", flags, 0o600))
            self._pace = HostPace(folder / f"{name}-pace", slots, clock)
        except OSError as error:
            self._give_up(error)

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Wait for a slot; it is given back at the end. Raises NoTurn where there is none for too long."""
        slot, since = self._take(), self._clock()
        while slot is None and self._files:
            await self._sleep(_WAIT * (0.5 + self._random()))
            slot = self._take()
            if slot is None:
                self._waited(self._clock() - since)
        self._apart = _LONG
        try:
            yield
        finally:
            if slot in self._held:  # else it was let go, and its number may be another file's
                self._held.discard(slot)
                with contextlib.suppress(OSError):
                    fcntl.flock(slot, fcntl.LOCK_UN)

    def overloaded(self) -> None:
        """The server showed that it has too much to do: all that ask it from here ask less at a time."""
        if self._pace is not None:
            self._pace.overloaded()

    def pause(self, seconds: float) -> None:
        """The server asked for a pause: nobody here asks it meanwhile."""
        if self._pace is not None:
            self._pace.pause(seconds)

    def _take(self) -> int | None:
        """A free slot, now held; None where all are taken, or the file system has no locks."""
        if self._pace is None or self._pace.pause_left > 0:
            return None
        for slot in self._files[: self._pace.ceiling]:
            if slot in self._held:
                continue
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            except OSError as error:
                self._give_up(error)
                return None
            self._held.add(slot)
            with contextlib.suppress(OSError):
                os.pwrite(slot, b"%-10d" % os.getpid(), 0)
            return slot
        return None

    def _waited(self, seconds: float) -> None:
        """Say that a request waits long, and for whom, or give it up."""
        now = self._clock()
        is_to_tell = seconds >= _LONG and now - self._told_at >= self._apart
        is_to_end = seconds >= self._patience and not self._held  # else its own requests go on
        if self._pace is None or not (is_to_tell or is_to_end):
            return
        is_paused = self._pace.pause_left > 0
        others = set() if is_paused else self._holders(self._pace.ceiling) - {os.getpid()}
        if self._held and not (others or is_paused):
            return  # it waits for its own requests alone
        # Without a number it is another container's process that has the same one.
        queued = Queued(seconds, tuple(sorted(others)), is_paused)
        if is_to_end:
            raise NoTurn(
                f"No request could be made for {seconds:.0f} s: {_why(queued)}.",
                remedy="Try again once that is over; a process that was stopped keeps its turns until it goes on or ends.",
            )
        self._told_at, self._apart = now, seconds
        self._on_event(queued)

    def _holders(self, ceiling: int) -> set[int]:
        """The processes that have the slots; only while all are taken is what stands in them of now."""
        holders = set()
        for slot in self._files[:ceiling]:
            with contextlib.suppress(OSError, ValueError):
                holders.add(int(os.pread(slot, 10, 0)))
        return holders

    def _give_up(self, error: OSError) -> None:
        """From now on keep to the own limit alone."""
        self.close()
        self._on_event(Unshared(error.strerror or type(error).__name__))

    def close(self) -> None:
        """Let the files go."""
        files, self._files, self._held = self._files, [], set()
        for file in files:
            with contextlib.suppress(OSError):
                os.close(file)
        if self._pace is not None:
            self._pace.close()
            self._pace = None


def _why(queued: Queued) -> str:
    if queued.is_pause:
        return "the server asked for a pause"
    return f"this machine asks the server for all that it bears (source.host_requests): {queued.whom}"
