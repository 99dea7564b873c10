"""One command for many districts, side by side: a process for each, so that none touches another.

Each has its lock, its log and its outcome as if it had been started alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

import msgspec

from aeries_tui.documents import refusal_of
from aeries_tui.errors import AeriesTuiError
from aeries_tui.text import clean_text

_MEMORY_OF_A_JOB = 200_000_000
_TOLD = 2_000
_CANCELLED = 130


@dataclass(frozen=True)
class Done:
    """What became of the command for one district.

    Attributes:
        district: its name.
        status: the exit status.
        document: what it printed; with a problem where it printed none.
        seconds: how long it took.
    """

    district: str
    status: int
    document: Mapping[str, Any]
    seconds: float


def usual_jobs() -> int:
    """How many run side by side where nobody says: twice the cores, as most of a pull is waiting, and what memory holds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(2 * (os.cpu_count() or 1), memory // (2 * _MEMORY_OF_A_JOB), 16))


def run_side_by_side(
    districts: Sequence[str],
    words: Sequence[str],
    jobs: int,
    tell: Callable[[str], None],
    ended: Callable[[Done], None] = lambda done: None,
    waits: Mapping[str, float] | None = None,
) -> list[Done]:
    """Run `aeries-tui WORDS --district NAME --json` for each district.

    SIGINT, SIGTERM and SIGHUP reach every one that runs, once, and those that have not begun do not begin.

    Args:
        districts: their names, in the order in which they begin.
        words: the command.
        jobs: how many at a time.
        tell: gets a line for each that begins.
        ended: gets each that has ended, as it ends.
        waits: seconds from now before which a district does not begin.

    Returns:
        All, in the order of the districts; one that did not begin has status 130.
    """
    return asyncio.run(_Crew(words, jobs, tell, ended, waits or {}).run(districts))


class _Crew:
    def __init__(
        self,
        words: Sequence[str],
        jobs: int,
        tell: Callable[[str], None],
        ended: Callable[[Done], None],
        waits: Mapping[str, float],
    ) -> None:
        self._words, self._tell, self._ended, self._waits = words, tell, ended, waits
        self._turn = asyncio.Semaphore(jobs)
        self._running: set[asyncio.subprocess.Process] = set()
        self._cancelled = asyncio.Event()

    async def run(self, districts: Sequence[str]) -> list[Done]:
        with self._signals():
            return list(await asyncio.gather(*(self._one(district) for district in districts)))

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        with contextlib.suppress(ValueError, RuntimeError):  # not in the main thread: a test
            for number in numbers:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    loop.add_signal_handler(number, self._cancel, number)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _cancel(self, number: int) -> None:
        if not self._cancelled.is_set():
            self._tell("Cancelled: those that run end cleanly, the others do not begin.")
        self._cancelled.set()
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)

    async def _one(self, district: str) -> Done:
        if wait := self._waits.get(district):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._cancelled.wait(), wait)
        async with self._turn:
            if self._cancelled.is_set():
                done = Done(
                    district,
                    _CANCELLED,
                    _problem(district, "It did not begin: the command was cancelled."),
                    0.0,
                )
            else:
                self._tell(f"{district} begins")
                done = await self._process(district)
        self._ended(done)
        return done

    async def _process(self, district: str) -> Done:
        began = asyncio.get_running_loop().time()
        # In files, not in pipes: whoever runs beside this one never waits for somebody to read.
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "aeries_tui", *self._words, "--district", district, "--json",
                stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
            )  # fmt: skip
            self._running.add(process)
            try:
                if self._cancelled.is_set():
                    process.send_signal(signal.SIGTERM)
                status = await process.wait()
            finally:
                self._running.discard(process)
            document = _document(out) or _problem(district, _last_words(err))
        seconds = asyncio.get_running_loop().time() - began
        return Done(
            district, status if status >= 0 else 128 - status, {**document, "district": district}, seconds
        )


def _document(out: IO[bytes]) -> dict[str, Any]:
    out.seek(0)
    try:
        read = json.loads(out.read() or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _last_words(err: IO[bytes]) -> str:
    size = err.seek(0, os.SEEK_END)
    err.seek(max(0, size - _TOLD))
    lines = err.read().decode("utf-8", "replace").strip().splitlines()
    return clean_text(lines[-1]) if lines else "It ended without a word."


def _problem(district: str, message: str) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(refusal_of(AeriesTuiError(message), district))
    return told
