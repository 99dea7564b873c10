"""What a pull does when it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def signals_held_back() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP of this thread wait until `stop_signals` listens, or until the block ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _NUMBERS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def stop_signals(task: asyncio.Task[None] | None, before: Callable[[], None]) -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP cancel the pull; a second one ends the process at once, which is safe."""
    loop = asyncio.get_running_loop()
    heard: list[int] = []

    def stop(number: int) -> None:
        if heard:
            os._exit(128 + number)
        heard.append(number)
        before()
        if task is not None:
            task.cancel()

    try:
        for number in _NUMBERS:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                loop.add_signal_handler(number, stop, number)
    except (ValueError, RuntimeError):  # not in the main thread: a test, where nobody sends signals
        yield
        return
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _NUMBERS)
    try:
        yield
    finally:
        for number in _NUMBERS:
            loop.remove_signal_handler(number)
