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
_HELD: ContextVar[list[int] | None] = ContextVar("held", default=None)

Handler = Callable[[int, FrameType | None], None]


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
    """Signals wait until one of those below listens; what came too late for any is noted at the end.

    Where the block ends by an exception, they do then what they usually do. They are not blocked but kept: another
    thread of the process would take what is blocked in this one.
    """
    outer, held = _HELD.get(), list[int]()
    before = _HELD.set(held)
    try:
        with _handlers(lambda number, frame: held.append(number)):
            yield
    except BaseException:
        for number in held:
            os.kill(os.getpid(), number)
        raise
    finally:
        _HELD.reset(before)
    if outer is not None:
        outer += held
        return
    for number in held:
        _note(number)


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
def _handled_by(handler: Handler) -> Iterator[None]:
    """Signals are handled so inside, also those that were held back."""
    with _handlers(handler):
        held = _HELD.get()
        while held:
            handler(held.pop(0), None)
        yield


@contextlib.contextmanager
def _handlers(handler: Handler) -> Iterator[None]:
    """The handler of the three signals inside; where this is not the main thread nobody sends any."""
    usual = {}
    with contextlib.suppress(ValueError):
        for number in _NUMBERS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                usual[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, known in usual.items():
            signal.signal(number, known)
