"""What a pull does when it is told to stop: by SIGINT, SIGTERM or SIGHUP, at whatever moment."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HEARD: ContextVar[list[int] | None] = ContextVar("heard", default=None)


@contextlib.contextmanager
def noting_signals() -> Iterator[list[int]]:
    """What is heard inside by those below, for whoever would go on with something else afterwards."""
    heard: list[int] = []
    before = _HEARD.set(heard)
    try:
        yield heard
    finally:
        _HEARD.reset(before)


def _note(number: int) -> None:
    heard = _HEARD.get()
    if heard is not None:
        heard.append(number)


@contextlib.contextmanager
def signals_held_back() -> Iterator[None]:
    """Signals of this thread wait until one of those below listens; what came too late for any is noted at the end.

    Where the block ends by an exception, they do then what they usually do.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _NUMBERS)
    try:
        yield
        # Whoever holds them further out takes them.
        late = [] if before.issuperset(_NUMBERS) else _taken()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    for number in late:
        _note(number)


def _taken() -> list[int]:
    """The signals that wait, which do nothing any more."""
    found = []
    while waiting := signal.sigpending() & set(_NUMBERS):
        signal.sigwait(waiting)
        found += [int(one) for one in waiting]
    return found


@contextlib.contextmanager
def stop_signals(task: asyncio.Task[None] | None, before: Callable[[], None]) -> Iterator[None]:
    """Signals cancel the pull; a second one ends the process at once, which is safe."""
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if heard:
            os._exit(128 + number)
        heard.append(number)
        _note(number)
        before()
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    with _handled_by(stop):
        yield


@contextlib.contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Signals raise KeyboardInterrupt inside."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        _note(number)
        raise KeyboardInterrupt

    with _handled_by(interrupt):
        yield


@contextlib.contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Signals, also those that were held back, are handled so inside; where this is not the main thread nobody sends any."""
    usual = {}
    try:
        for number in _NUMBERS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                usual[number] = signal.signal(number, handler)
    except ValueError:
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_UNBLOCK, _NUMBERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, known in usual.items():
            signal.signal(number, known)
