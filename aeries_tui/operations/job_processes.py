"""The processes of jobs that run side by side, and the signals that reach whoever waits for them.

On Linux a job is forked from this process, which has loaded what all of them need: an interpreter of its own would load
it for each district anew, which takes as long as the pull of a small one. Elsewhere, and where this process has
several threads, of which a forked one would have only one, each gets a fresh interpreter. Either has its own session, so that
a terminal's Ctrl+C reaches it once, from here.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn, Protocol, Self

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK = 0.05
"""Seconds between two looks at the jobs where no signal can say that one has ended."""
_LONGEST = 2.0
"""And where one can, for whoever started this process may have blocked it."""


class Job(Protocol):
    """A process that was started."""

    def poll(self) -> int | None:
        """Its exit status, below 0 for the signal that ended it; None while it runs."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal, if it still runs."""


class _Forked:
    """A copy of this process; as long as its status was not asked for, its number is nobody else's."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._status: int | None = None

    def poll(self) -> int | None:
        """Its exit status, below 0 for the signal that ended it; None while it runs."""
        if self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                self._status = os.waitstatus_to_exitcode(status)
        return self._status

    def send_signal(self, number: int, /) -> None:
        """Send it a signal, if it still runs."""
        if self._status is None:
            os.kill(self._pid, number)


class JobProcesses:
    """Starts jobs and waits for them; a context manager, in which signals that end are heard and kept.

    Args:
        run: the command line, which takes words and gives the exit status.
    """

    def __init__(self, run: Callable[[Sequence[str]], int]) -> None:
        self._run = run
        self._received: list[int] = []
        self._handlers: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
        self._wakeup: tuple[int, int] | None = None
        self._files: list[IO[bytes]] = []
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._opened.enter_context(self._listening())
        if _can_fork():
            from aeries_tui.aeries.transport import load_all

            load_all()
            # What is there now stays as long as the jobs do: no collection writes to it, so that all share it.
            gc.collect()
            gc.freeze()
            self._opened.callback(gc.unfreeze)
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Hear each signal that ends, and the end of each job."""
        self._wakeup = reading, writing = os.pipe()
        for end in self._wakeup:
            os.set_blocking(end, False)
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        # nohup means it
        numbers = [one for one in _ENDING if signal.getsignal(one) is not signal.SIG_IGN]
        self._handlers = {one: signal.signal(one, self._on_signal) for one in (*numbers, signal.SIGCHLD)}
        try:
            yield
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            os.close(reading)
            os.close(writing)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self._received.append(number)

    def signals(self) -> list[int]:
        """The signals that came since this was asked last."""
        received, self._received = self._received, []
        return received

    def wait(self, seconds: float | None) -> None:
        """Wait until a signal came or a job may have ended, at most so long."""
        longest = _LOOK if self._wakeup is None else _LONGEST
        seconds = longest if seconds is None else max(0.0, min(seconds, longest))
        if self._wakeup is None:
            time.sleep(seconds)
            return
        reading = self._wakeup[0]
        select.select([reading], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            while os.read(reading, 4096):
                pass

    def start(self, name: str, words: Sequence[str], out: IO[bytes], err: IO[bytes]) -> Job:
        """Start a job.

        Args:
            name: by which a list of processes calls it.
            words: of the command.
            out, err: files for what it prints.
        """
        if not _can_fork():
            return subprocess.Popen(
                [sys.executable, "-m", "aeries_tui", *words],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
            )  # fmt: skip
        # What is still to be written would be written by both; a signal between here and there is for neither.
        sys.stdout.flush()
        sys.stderr.flush()
        self._files = [*(one for one in self._files if not one.closed), out, err]
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, (*_ENDING, signal.SIGCHLD))
        try:
            pid = os.fork()
            if not pid:
                self._run_job(name, words, (out.fileno(), err.fileno()), mask)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return _Forked(pid)

    def _run_job(
        self, name: str, words: Sequence[str], files: tuple[int, int], mask: set[int | signal.Signals]
    ) -> NoReturn:
        """Be the job, in the forked process, and end it."""
        status: object = 1
        try:
            os.setsid()
            self._forget_signals(mask)
            _take_streams(*files)
            self._leave_files()
            with contextlib.suppress(OSError):
                Path("/proc/self/comm").write_bytes(name.encode()[:15])
            status = self._run(words)
        except SystemExit as end:
            status = end.code or 0
        except KeyboardInterrupt:
            status = 128 + signal.SIGINT
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            # Not sys.exit: the frames of the process that forked this one are not to be left.
            os._exit(status if isinstance(status, int) else 1)

    def _leave_files(self) -> None:
        """Close what belongs to the process that forked this one, and what the other jobs print into."""
        # By their numbers: the objects are that process's, and this one ends without touching them.
        for number in (*(self._wakeup or ()), *(one.fileno() for one in self._files)):
            os.close(number)

    def _forget_signals(self, mask: set[int | signal.Signals]) -> None:
        """Take signals as a process does that was just started."""
        signal.set_wakeup_fd(-1)
        for number in self._handlers:
            usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, usual)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _can_fork() -> bool:
    """Whether this process has one thread, and the system lets a copy of it be a whole one; macOS's libraries do not."""
    if sys.platform != "linux":
        return False
    try:
        return len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:
        return False


def _take_streams(out: int, err: int) -> None:
    """Nothing to read, and files of its own to write to."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for own, number in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(own, number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - the process ends without closing them
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", closefd=False, errors="backslashreplace")  # noqa: SIM115
