"""What a pull does when it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterator


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

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        for number in numbers:
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                loop.add_signal_handler(number, stop, number)
    except (ValueError, RuntimeError):  # not in the main thread: a test, where nobody sends signals
        yield
        return
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
