"""The simulated server as a process of its own: `python -m aeries_tui.demo.serve`.

Prints one line of JSON when it is ready, a `Ready`, and nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence

import msgspec

from aeries_tui.demo.district import SimulatedDistrict
from aeries_tui.demo.running import Running
from aeries_tui.demo.served import Ready
from aeries_tui.demo.state import State


def common_options(prog: str, description: str) -> argparse.ArgumentParser:
    """The options that every way to serve a simulated district has."""
    options = argparse.ArgumentParser(prog=prog, description=description)
    add = options.add_argument
    add("--students", type=int, default=1000, metavar="N", help="students on day 0, 1 to 2,000,000")
    add("--seed", type=int, default=1, help="another one gives another district")
    add("--port", type=int, default=0, help="on the loopback; 0 is any free one")
    add("--until-input-ends", action="store_true", help="end when standard input does")
    return options


def _end_with_input(running: Running) -> None:
    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        running.stop()

    threading.Thread(target=watch, daemon=True).start()


def serve(told: argparse.Namespace, make: Callable[[], Running]) -> int:
    """Serve until asked to end.

    Args:
        told: the options, `common_options` among them.
        make: makes the server, ready to answer.

    Returns:
        The exit status.
    """
    # The server library ends cleanly on these and then raises them again; that would end us dirtily.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    try:
        running = make()
    except (ValueError, OSError) as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if told.until_input_ends:
        _end_with_input(running)
    ready = Ready(running.url, running.port, **running.state.keys)
    print(msgspec.json.encode(ready).decode(), flush=True)
    running.until_stopped()
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a simulated district as it is on its first day; returns the exit status."""
    told = common_options("aeries_tui.demo.serve", (__doc__ or "").split("\n")[0]).parse_args(arguments)
    return serve(told, lambda: Running(State(SimulatedDistrict(told.students, told.seed)), told.port))


if __name__ == "__main__":
    sys.exit(main())
