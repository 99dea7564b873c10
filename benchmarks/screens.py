"""The UI in a real pseudo-terminal while a pull runs, and with many people stored."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import ROOT
from benchmarks.place import Place
from simulator.served import ServedDistrict

sys.path.append(str(ROOT / "tests"))
from tui.pty_app import PtyApp

DOWN, UP, END = "\x1b[B", "\x1b[A", "\x1b[F"
PLACES = "1234567"
WIDE, NARROW = (200, 50), (80, 24)
_KEYS, _KEYS_A_PLACE = 40, 6
_NOTHING = 1.0
"""Seconds after which a key may be one that brings nothing; then the next one tells."""
_AT_ONCE = 0.25
"""Seconds in which a program that is not at work shows what a key brings."""
_LONGEST = 10.0


def measure_screens(folder: Path, size: int, rows: int) -> dict[str, Any]:
    """Key to paint while `size` students are pulled; then opening and scrolling a list of `rows` people."""
    found: dict[str, Any] = {}
    with ServedDistrict.as_process(size, 1, "--ready-made") as server:
        place = Place(folder, server)
        place.pull(server)
        with opened(place, WIDE) as app:
            app.read_quiet(1.0)
            found["memory after the start, MB"] = _memory(app.pid)
            _round(app, lambda: True)
            returns, keys = _round(app, lambda: True)
            found["first screen, s"] = app.first_screen
            found["return to a screen, 200x50, median ms"] = _ms(returns)
            found["return to a screen, 200x50, worst ms"] = _worst(returns)
            found["key to paint, 200x50, nothing running, median ms"] = _ms(keys)
            with _pulling(place) as is_running:
                keys = []
                while is_running():
                    keys += _round(app, is_running)[1]
            found[f"key to paint, 200x50, while {size:,} students are pulled, median ms"] = _ms(keys)
            found["of 100 such keys, painted within 50 ms"] = round(
                100 * sum(one <= 0.05 for one in keys) / max(1, len(keys))
            )
            found["the worst of them, ms"] = _worst(keys)
        _fill(place.master, rows)
        with opened(place, NARROW) as app:
            found[f"first screen with {rows:,} people stored, s"] = app.first_screen
            begun = time.perf_counter()
            _open_people(app)
            found[f"a list of {rows:,} rows opened, s"] = round(time.perf_counter() - begun, 2)
            app.read_quiet(0.5)
            found["memory of the UI then, MB"] = _memory(app.pid)
            app.send(DOWN * 30)
            app.read_quiet(0.5)
            app.send(DOWN)
            found["bytes for a scrolled line, 80x24"] = len(app.read_quiet())
            found[f"key to paint in {rows:,} rows, median ms"] = _ms(_keys(app, lambda: True))
            app.send(END + UP)
            app.read_quiet(0.5)
            found["key to paint at its end, median ms"] = _ms(_keys(app, lambda: True))
            found["bytes written in 3 s of idleness"] = len(app.read_quiet(3.0, 3.0))
    return found


class App(PtyApp):
    """The UI, its home screen painted."""

    first_screen = 0.0
    """Seconds from the start to it."""


@contextlib.contextmanager
def opened(place: Place, size: tuple[int, int]) -> Iterator[App]:
    env = {
        "PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8",
        "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **place.env,
    }  # fmt: skip
    begun = time.perf_counter()
    with App([sys.executable, "-m", "aeries_tui"], *size, env) as app:
        app.read_until(lambda text: "bench" in text, 60)
        app.first_screen = round(time.perf_counter() - begun, 2)
        app.read_quiet(0.5)
        yield app


@contextlib.contextmanager
def _pulling(place: Place) -> Iterator[Callable[[], bool]]:
    """A pull in another process; gives whether it still runs."""
    with subprocess.Popen(
        [sys.executable, "-m", "aeries_tui", "pull", "--acknowledge"], cwd=ROOT, env={**os.environ, **place.env},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        yield lambda: process.poll() is None
        process.wait()


def _open_people(app: PtyApp) -> None:
    """The list of students, its first rows painted."""
    since = len(app.output)
    app.send("6")
    app.read_until(lambda text: "row 1 of" in text or "@" in text, 60, since=since)


def _round(app: PtyApp, goes_on: Callable[[], bool]) -> tuple[list[float], list[float]]:
    """Seconds to the first bytes: of going to each place, and of keys there."""
    returns: list[float] = []
    keys: list[float] = []
    for place in PLACES:
        if returns and not goes_on():
            break
        returns += _painted(app, place)
        keys += _keys(app, goes_on, _KEYS_A_PLACE)
    return returns, keys


def _keys(app: PtyApp, goes_on: Callable[[], bool], most: int = _KEYS) -> list[float]:
    """Seconds from each key to the first bytes that it brings, the cursor going down and up again."""
    times: list[float] = []
    for number in range(most):
        if times and not goes_on():
            break
        times += _painted(app, DOWN if number % 2 == 0 else UP)
    return times


def _painted(app: PtyApp, key: str) -> list[float]:
    """Seconds from a key to the first bytes; none where it brings none, as on a list of nothing."""
    app.read_quiet(0.05, 0.5)
    begun = time.perf_counter()
    if _brings(app, key, _NOTHING):
        return [time.perf_counter() - begun]
    again = time.perf_counter()
    _brings(app, UP if key == DOWN else DOWN, _LONGEST)
    # What answers the next key at once had nothing to show for this one; what does not was at work all the time.
    is_at_once = time.perf_counter() - again < _AT_ONCE
    return [] if is_at_once else [time.perf_counter() - begun]


def _brings(app: PtyApp, key: str, seconds: float) -> bool:
    """Whether bytes come within so many seconds after a key."""
    since = len(app.output)
    app.send(key)
    with contextlib.suppress(AssertionError):
        app.read_until(lambda text: text.strip(), seconds, since=since)
    return bool(app.text(since).strip())


def _ms(times: list[float]) -> float:
    return round(1000 * median(times), 1)


def _worst(times: list[float]) -> float:
    return round(1000 * max(times), 1)


def _memory(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) // 1024


def _fill(master: Path, rows: int) -> None:
    """As many active students as that."""
    with contextlib.closing(sqlite3.connect(master)) as db, db:
        db.execute("DELETE FROM student")
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO student "
            "(student_id, last_name, first_name, email, grade, primary_school, active, created_import) "
            "SELECT 99000000 + i, 'Last' || (i % 997), 'Student' || i, 'p' || i || '@example.org', i % 13, 100, 1, 1 FROM n",
            (rows,),
        )
