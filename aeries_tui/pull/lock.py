"""The lock that lets one pull run for a district; the kernel releases it when its process dies."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.errors import Busy
from aeries_tui.master.database import now_text
from aeries_tui.master.sqlite_errors import clear_errors

_TRIES, _PAUSE = 10, 0.02


@dataclass(frozen=True)
class Holder:
    """Who holds the lock.

    Attributes:
        pid: the process.
        since: when it began, UTC.
        what: what it does, such as `pull` or `approve`.
    """

    pid: int
    since: str
    what: str


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold the district's lock for the length of the block.

    Raises:
        Busy: another process holds it; the error says which and since when.
        MasterError: the file can't be made or locked.
    """
    with clear_errors(path):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        with clear_errors(path):
            _take(handle)
        _say(handle, {"pid": os.getpid(), "since": now_text(), "what": what})
        yield
        _say(handle, None)
    finally:
        os.close(handle)


def _say(handle: int, holder: dict[str, object] | None) -> None:
    """Write down who holds the lock; the kernel's lock holds also where a full disk keeps that from being written."""
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        if holder is not None:
            os.pwrite(handle, json.dumps(holder).encode(), 0)


def _take(handle: int) -> None:
    """Take the lock; tried for a moment, because whoever looks at it (`holder`) holds it for that long."""
    for attempt in range(_TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt + 1 < _TRIES:
                time.sleep(_PAUSE)
        else:
            return
    raise _busy(_read(handle))


def _busy(holder: Holder | None) -> Busy:
    who = f"process {holder.pid} ({holder.what}), since {holder.since}" if holder else "another process"
    return Busy(
        f"The district is in use: {who}.",
        meaning="Nothing was changed.",
        remedy="Wait until it is done, or watch it: aeries-tui log N --follow, or the Pull screen.",
    )


def _read(handle: int) -> Holder | None:
    try:
        value = json.loads(os.pread(handle, 4096, 0) or b"null")
        return Holder(int(value["pid"]), str(value["since"]), str(value["what"])) if value else None
    except (ValueError, KeyError, TypeError):
        return None


def holder(path: Path) -> Holder | None:
    """Who holds the lock now, or None; never waits. Raises MasterError where the system can't tell."""
    with clear_errors(path):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe is not waited for
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            # Just taken, and not yet said by whom.
            return _read(handle) or Holder(0, now_text(), "other work")
        finally:
            os.close(handle)
    return None
