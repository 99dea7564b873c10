"""Requests to one server at a time, over all pulls of this machine's account: districts on one server share its patience.

A slot is a file with a kernel lock, which a process that dies gives back. Where files or locks can't be had each pull
keeps to its own limit alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

_WAIT = 0.02
"""Seconds between two looks for a free slot; a request takes several times that."""


class HostSlots:
    """The slots of one server.

    Args:
        folder: where they lie, 0700; made if it is not there. None for no limit.
        host: the server.
        slots: how many there are.
        sleep: waits for seconds.
        random: a number from 0 to 1.
    """

    def __init__(
        self, folder: Path | None, host: str, slots: int,
        sleep: Callable[[float], Awaitable[object]], random: Callable[[], float],
    ) -> None:  # fmt: skip
        self._sleep, self._random = sleep, random
        self._files: list[int] = []
        self._held: set[int] = set()
        if folder is None:
            return
        name = hashlib.sha256(host.encode()).hexdigest()[:16]
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for number in range(slots):
                flags = os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
                self._files.append(os.open(folder / f"{name}-{number}", flags, 0o600))

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Wait for a slot; it is given back at the end."""
        slot = self._take()
        while slot is None and self._files:
            await self._sleep(_WAIT * (0.5 + self._random()))
            slot = self._take()
        try:
            yield
        finally:
            if slot is not None:
                self._held.discard(slot)
                with contextlib.suppress(OSError):
                    fcntl.flock(slot, fcntl.LOCK_UN)

    def _take(self) -> int | None:
        """A free slot, now held; None where all are taken, or the file system has no locks."""
        for slot in self._files:
            if slot in self._held:
                continue
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            except OSError:
                self.close()
                return None
            self._held.add(slot)
            return slot
        return None

    def close(self) -> None:
        """Let the files go."""
        files, self._files = self._files, []
        for file in files:
            with contextlib.suppress(OSError):
                os.close(file)
