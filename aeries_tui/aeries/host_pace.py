"""What one server bears at present, as all that ask it from this machine have found out: a file that they share.

A process that is told to slow down halves what all of them ask at a time, or lets all of them wait. What was halved
rises again by one after a while, so that nobody has to take it back.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_RISES = 10.0
"""Seconds after which one more is asked at a time."""
_APART = 2.0
"""Seconds within which several signs of overload are one: requests that were under way tell of the same moment."""
_LONGEST = 300.0
"""Seconds that a pause may last; what stands in the file and is longer is none."""
_READ = 200
_MANY = 999_999
"""A ceiling for nobody."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def _boot() -> str:
    """What tells this start of the machine from others, after which its clock begins anew; `-` where nothing does."""
    with contextlib.suppress(OSError):
        return _BOOT.read_text().strip() or "-"
    return "-"


@dataclass(frozen=True)
class _Pace:
    """So many requests at a time from a moment on, and nobody before another; seconds, monotonic, the same in all processes."""

    ceiling: int
    lowered_at: float
    resume_at: float


class HostPace:
    """The pace of one server.

    Args:
        path: of the file, made where it is not there.
        slots: the most requests at a time.
        clock: seconds, monotonic, the same in all processes of the machine.

    Raises:
        OSError: the file can't be had.
    """

    def __init__(self, path: Path, slots: int, clock: Callable[[], float]) -> None:
        self._slots, self._clock, self._boot = slots, clock, _boot()
        self._file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def close(self) -> None:
        """Let the file go."""
        with contextlib.suppress(OSError):
            os.close(self._file)

    @property
    def ceiling(self) -> int:
        """How many requests may run at a time now."""
        return self._risen(self._read())

    @property
    def pause_left(self) -> float:
        """Seconds for which nobody asks; 0 or less for none."""
        known = self._read()
        return 0.0 if known is None else known.resume_at - self._clock()

    def overloaded(self) -> None:
        """The server showed that it has too much to do."""
        with self._changing() as known:
            now = self._clock()
            if known is not None and now - known.lowered_at >= _APART:
                self._write(_Pace(max(1, self._risen(known) // 2), now, known.resume_at))

    def pause(self, seconds: float) -> None:
        """The server asked for a pause."""
        with self._changing() as known:
            if known is not None:
                until = self._clock() + min(seconds, _LONGEST)
                self._write(replace(known, resume_at=max(known.resume_at, until)))

    def _risen(self, known: _Pace | None) -> int:
        if known is None:
            return self._slots
        # While nobody asks nothing is found out.
        risen = int(max(0.0, self._clock() - max(known.lowered_at, known.resume_at)) / _RISES)
        return max(1, min(self._slots, known.ceiling + risen))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[_Pace | None]:
        """The pace, while nobody else changes it; None where somebody else does: they tell of the same moment."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        try:
            yield self._read() or _Pace(_MANY, self._clock() - _APART, 0.0)
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _read(self) -> _Pace | None:
        """What stands there; None for nothing, or nothing that can be meant."""
        try:
            text = os.pread(self._file, _READ, 0)
            if not text:
                return None
            ceiling, lowered_at, resume_at, boot = text.decode("ascii").split()
            known = _Pace(int(ceiling), float(lowered_at), float(resume_at))
        except (OSError, ValueError):
            return None
        now = self._clock()
        if boot != self._boot or not known.lowered_at <= now + 1:
            return None
        return known if known.resume_at <= now + _LONGEST else replace(known, resume_at=0.0)

    def _write(self, pace: _Pace) -> None:
        with contextlib.suppress(OSError):
            text = f"{pace.ceiling:6} {pace.lowered_at:20.6f} {pace.resume_at:20.6f} {self._boot}\n"
            os.pwrite(self._file, text.encode("ascii"), 0)
