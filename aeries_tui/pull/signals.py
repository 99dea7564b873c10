"""What a pull does when it is told to stop: by SIGINT, SIGTERM or SIGHUP, at whatever moment."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from types import FrameType

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HEARD: ContextVar[list[int] | None] = ContextVar("heard", default=None)
_HELD: ContextVar[list[int] | None] = ContextVar("held", default=None)

_MOMENT = 0.5
"""Seconds within which several signals are one wish."""

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
    outer = _HELD.get()
    held: list[int] = [] if outer is None else outer
    before = _HELD.set(held)
    try:
        with _handlers(lambda number, frame: held.append(number)):
            yield
    except BaseException:
        if outer is None:
            for number in held:
                os.kill(os.getpid(), number)
        raise
    finally:
        _HELD.reset(before)
    if outer is None:
        for number in held:
            _note(number)


@contextlib.contextmanager
def stop_signals(task: asyncio.Task[None] | None, before: Callable[[], None]) -> Iterator[None]:
    """Signals cancel the pull; a second one ends the process at once: the import is then an interrupted one.

    What comes within a moment of the first is the same wish: systemd tells every process of a service, and each process
    those that it started.
    """
    loop = asyncio.get_running_loop()
    heard: list[float] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if heard and now - heard[0] < _MOMENT:
            return
        if heard:
            os._exit(128 + number)
        heard.append(now)
        _note(number)
        before()
        if task is not None:
            loop.call_soon_threadsafe(task.cancel)

    with _handlers(stop):
        if _was_held():
            stop(_NUMBERS[0], None)
        yield


@contextlib.contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Signals raise KeyboardInterrupt inside."""
    is_inside = False
    late: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if not is_inside:  # while handlers are changed nothing may be raised
            late.append(number)
            return
        _note(number)
        raise KeyboardInterrupt

    try:
        with _handlers(interrupt):
            try:
                is_inside = True
                if _was_held():
                    interrupt(_NUMBERS[0], None)
                yield
            finally:
                is_inside = False
    finally:
        for number in late:
            os.kill(os.getpid(), number)


def _was_held() -> bool:
    """Whether a signal was held back; all of them are one wish."""
    held = _HELD.get()
    was = bool(held)
    if held:
        held.clear()
    return was


@contextlib.contextmanager
def _handlers(handler: Handler) -> Iterator[None]:
    """The handler of the three signals inside; where this is not the main thread nobody sends any."""
    usual = {number: signal.getsignal(number) for number in _NUMBERS}
    usual = {
        number: known for number, known in usual.items() if known is not signal.SIG_IGN
    }  # nohup means it
    if threading.current_thread() is not threading.main_thread():
        usual = {}
    try:
        for number in usual:
            signal.signal(number, handler)
        yield
    finally:
        for number, known in usual.items():
            signal.signal(number, known)
