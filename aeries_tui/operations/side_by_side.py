"""One command for many districts, side by side: a process for each, so that none touches another.

Each has its lock, its log and its outcome as if it had been started alone.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shlex
import signal
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from aeries_tui.documents import refusal_of
from aeries_tui.errors import AeriesTuiError, Cancelled
from aeries_tui.operations.job_processes import Job, JobProcesses
from aeries_tui.operations.machine_room import Room, machine_room
from aeries_tui.os_errors import refusal_of as refusal_of_system
from aeries_tui.text import clean_text, in_number

_MEMORY_OF_A_JOB = 200_000_000
"""Measured at the peak of a pull: 60 MB with 1,000 students, 100 with 20,000, 125 to 155 with 100,000."""
_TOLD = 2_000
_LAST_LINES = 3
"""What happened, what it means and what to do: so an error is told where there is no document."""
_CANCELLED, _FAILED = 130, 5
_BY_SIGNAL = 128
"""Above it stands the number of the signal that ended it."""
_SHORT_OF = frozenset({errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM})
"""What there is enough of again when another district has ended: files, processes, memory."""
_WHOLE = "The District Master changes only in whole steps, so it is as it was before or after one."


@dataclass(frozen=True)
class Done:
    """What became of the command for one district.

    Attributes:
        district: its name.
        status: the exit status; 5 where a signal ended it that was not sent from here.
        document: what it printed; with a problem where it printed none.
        seconds: how long it took.
        said: what it said beside its document, in lines, such as of an alarm that failed.
    """

    district: str
    status: int
    document: Mapping[str, Any]
    seconds: float
    said: tuple[str, ...] = ()


def usual_jobs(room: Room | None = None) -> int:
    """How many run side by side where nobody says: twice the cores, as most of a pull is waiting, and what memory holds.

    Args:
        room: what they may use; None for what this process may.
    """
    room = room or machine_room()
    return max(1, min(2 * room.cores, room.memory // (2 * _MEMORY_OF_A_JOB), 16))


def run_side_by_side(
    districts: Sequence[str],
    words: Sequence[str],
    jobs: int,
    tell: Callable[[str], None],
    run: Callable[[Sequence[str]], int],
    ended: Callable[[Done], None] = lambda done: None,
    waits: Mapping[str, float] | None = None,
) -> list[Done]:
    """Run `aeries-tui WORDS --district NAME --json` for each district.

    SIGINT, SIGTERM and SIGHUP reach every one that runs, and those that have not begun do not begin. Where the system
    has no room for one more, it waits until another has ended.

    Args:
        districts: their names, in the order in which they begin.
        words: the command.
        jobs: how many at a time.
        tell: gets a line for each that begins.
        run: the command line, which takes words and gives the exit status.
        ended: gets each that has ended, as it ends.
        waits: seconds from now before which a district does not begin.

    Returns:
        All, in the order of the districts; one that did not begin has status 130.
    """
    with JobProcesses(run) as processes:
        done = _SideBySide(words, jobs, tell, ended, processes).run(districts, waits or {})
    return [done[one] for one in districts]


@dataclass(frozen=True)
class _Running:
    """A district that is worked on: since when, by what, and the files of what it prints."""

    since: float
    job: Job
    out: IO[bytes]
    err: IO[bytes]


class _SideBySide:
    def __init__(
        self,
        words: Sequence[str],
        jobs: int,
        tell: Callable[[str], None],
        ended: Callable[[Done], None],
        processes: JobProcesses,
    ) -> None:
        self._words, self._jobs, self._tell, self._ended = words, jobs, tell, ended
        self._processes = processes
        self._running: dict[str, _Running] = {}
        self._done: dict[str, Done] = {}
        self._is_cancelled = False

    def run(self, districts: Sequence[str], waits: Mapping[str, float]) -> dict[str, Done]:
        """Work on all; what became of each, by its name."""
        now = time.monotonic()
        # Of those whose moment has come the first begins first.
        pending = sorted(((now + waits.get(one, 0.0), one) for one in districts), key=lambda two: two[0])
        try:
            self._work_on(pending)
        except BaseException:
            self._end_all()
            raise
        return self._done

    def _work_on(self, pending: list[tuple[float, str]]) -> None:
        while pending or self._running:
            while pending and len(self._running) < self._jobs and pending[0][0] <= time.monotonic():
                if self._begin(pending[0][1]):
                    pending.pop(0)
            is_next = bool(pending) and len(self._running) < self._jobs
            self._processes.wait(pending[0][0] - time.monotonic() if is_next else None)
            for number in self._processes.signals():
                self._cancel(number)
            if self._is_cancelled:
                while pending:
                    self._end(_unbegun(pending.pop(0)[1]))
            for district in list(self._running):
                self._look_at(district)

    def _end_all(self) -> None:
        """End those that run, cleanly, as who waits for them is about to end."""
        for running in self._running.values():
            running.job.send_signal(signal.SIGTERM)
        for running in self._running.values():
            with running.out, running.err:
                while running.job.poll() is None:
                    self._processes.wait(None)

    def _begin(self, district: str) -> bool:
        """Start its process; False where it has to wait until another has ended."""
        words = [*self._words, "--district", district, "--json"]
        try:
            with contextlib.ExitStack() as opened:
                # In files, not in pipes: whoever runs beside this one never waits for somebody to read.
                out, err = (opened.enter_context(tempfile.TemporaryFile()) for _ in range(2))
                job = self._processes.start(district, words, out, err)
                opened.pop_all()
        except OSError as error:
            refusal = refusal_of_system(error)
            if error.errno in _SHORT_OF and self._running:
                self._jobs = len(self._running)
                self._tell(f"From now on {in_number(self._jobs, 'district')} at a time: {refusal.what}.")
                return False
            problem = _problem(
                district, f"It could not be started: {refusal.what}.", "Nothing was changed.", refusal.remedy
            )
            self._end(Done(district, _FAILED, problem, 0.0))
            return True
        self._running[district] = _Running(time.monotonic(), job, out, err)
        self._tell(f"{district} begins")
        return True

    def _cancel(self, number: int) -> None:
        if not self._is_cancelled:
            self._tell("Cancelled: those that run end cleanly, the others do not begin.")
        self._is_cancelled = True
        for running in self._running.values():
            running.job.send_signal(number)

    def _look_at(self, district: str) -> None:
        """Whether it has ended, and as what."""
        running = self._running[district]
        status = running.job.poll()
        if status is None:
            return
        del self._running[district]
        if self._is_cancelled and (status < 0 or status > _BY_SIGNAL):
            status = _CANCELLED
        with running.out as out, running.err as err:
            document, said = _document(out), _last_lines(err)
            if not document:
                document, said = _undocumented(district, said, status), ()
        seconds = time.monotonic() - running.since
        if status < 0:
            status = _FAILED
        self._end(Done(district, status, {**document, "district": district}, seconds, said))

    def _end(self, done: Done) -> None:
        self._done[done.district] = done
        self._ended(done)


def _unbegun(district: str) -> Done:
    never = Cancelled("It did not begin: the command was cancelled.", meaning="Nothing was changed.")
    problem = _told(never, district)
    return Done(district, _CANCELLED, problem, 0.0)


def _document(out: IO[bytes]) -> dict[str, Any]:
    out.seek(0)
    try:
        read = json.loads(out.read() or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _last_lines(err: IO[bytes]) -> tuple[str, ...]:
    size = err.seek(0, os.SEEK_END)
    err.seek(max(0, size - _TOLD))
    return tuple(map(clean_text, err.read().decode("utf-8", "replace").strip().splitlines()))


def _undocumented(district: str, said: Sequence[str], status: int) -> dict[str, Any]:
    """What is told of one that printed no document."""
    remedy = f"See how it stands: aeries-tui status --district {shlex.quote(district)}"
    if status == _CANCELLED:
        return _told(Cancelled("It was cancelled.", meaning=_WHOLE, remedy=remedy), district)
    if status < 0:
        why = ", as where memory runs out" if -status == signal.SIGKILL else ""
        return _problem(district, f"It was ended by {_signal_name(-status)}{why}.", _WHOLE, remedy)
    if not said:
        return _problem(district, "It ended without a word.", _WHOLE, remedy)
    return _problem(district, *said[-_LAST_LINES:])


def _signal_name(number: int) -> str:
    return next((one.name for one in signal.Signals if one == number), f"signal {number}")


def _problem(district: str, message: str, meaning: str = "", remedy: str = "") -> dict[str, Any]:
    return _told(AeriesTuiError(message, meaning=meaning, remedy=remedy), district)


def _told(error: AeriesTuiError, district: str) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(refusal_of(error, district))
    return told
