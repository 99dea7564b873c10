"""Pulls in processes of their own, to be killed: by the clock from outside, or at a step from inside."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing import forkserver
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

from engine.station import Station

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["engine.killing"])
KILLED = -signal.SIGKILL


class _KillAt:
    """A profile function that kills its own process at a given step (a call, or the return of one)."""

    def __init__(self, step: int) -> None:
        self._left = step

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class _Count(_KillAt):
    """Counts the steps and kills nobody."""

    def __init__(self) -> None:
        super().__init__(0)

    @property
    def steps(self) -> int:
        return -self._left


def station_at(root: Path, lists: Path) -> Station:
    """The station in `root`, whose Aeries has the lists in that file; students come five to a page."""
    station = Station(root)
    station.aeries.lists = json.loads(lists.read_text())
    station.set("source", page_size=5)
    return station


def _pull(root: Path, lists: Path, step: int, resume: bool) -> None:
    if step:
        kill = _KillAt(step)
        threading.setprofile(kill)
        sys.setprofile(kill)
    station_at(root, lists).pull(resume=resume)


def steps_of_a_pull(root: Path, lists: Path) -> int:
    """How many steps an undisturbed pull takes."""
    station, count = station_at(root, lists), _Count()
    threading.setprofile(count)
    sys.setprofile(count)
    try:
        station.pull()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
    return count.steps


def _warm_up() -> None:
    """Start the server that forks the processes; it finds what it loads ahead only by PYTHONPATH."""
    with patch.dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)):
        forkserver.ensure_running()


def start(root: Path, lists: Path, *, step: int = 0, resume: bool = False) -> ForkServerProcess:
    """Start a pull in a process of its own, which kills itself at a step where one is given."""
    _warm_up()
    process = _CONTEXT.Process(target=_pull, args=(root, lists, step, resume))
    process.start()
    return process


def pull_killed_after(seconds: float, root: Path, lists: Path, *, resume: bool = False) -> bool:
    """Kill a pull so long after its process began; returns whether it was in time to be killed."""
    process = start(root, lists, resume=resume)
    process.join(seconds)
    process.kill()
    process.join()
    return process.exitcode == KILLED


def pull_killed_at(step: int, root: Path, lists: Path, *, resume: bool = False) -> bool:
    """Let a pull kill itself at a step; returns whether it came so far."""
    process = start(root, lists, step=step, resume=resume)
    process.join(60)
    return process.exitcode == KILLED
