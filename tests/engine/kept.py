"""What a station holds after its first pulls, kept for the stations of this process that begin as it did."""

from __future__ import annotations

import contextlib
import copy
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.station import Station

_FRESH = 1800.0
"""Seconds after which it is made anew: tests that ask how long ago something was mean a while, no hours."""


@dataclass(frozen=True)
class _Kept:
    at: float
    root: Path
    folders: list[tuple[Path, int]]
    files: list[tuple[Path, int, int, bytes]]
    said: list[Any]


_KEPT: dict[str, _Kept] = {}


def begun(station: Station, told: str, begin: Callable[[], object]) -> None:
    """Bring a new station to where `begin` brings it, which is done once for all that are told alike.

    Args:
        told: all that the outcome hangs on, besides the program.
        begin: pulls; not called where a station was begun so a short while ago.
    """
    assert not station.district.master.exists(), "only a new station begins"
    kept = _KEPT.get(told)
    if kept is not None and 0 <= time.time() - kept.at < _FRESH:
        _give(station, kept)
        return
    begin()
    data = station.places.data_dir
    found = [(path, path.stat()) for path in sorted(data.rglob("*"))]
    _KEPT[told] = _Kept(
        time.time(),
        data,
        [(path.relative_to(data), info.st_mode & 0o777) for path, info in found if path.is_dir()],
        [
            (path.relative_to(data), info.st_mode & 0o777, info.st_mtime_ns, path.read_bytes())
            for path, info in found
            if path.is_file()
        ],
        copy.deepcopy([getattr(of, name) for of, name in _said_of(station)]),
    )


def _said_of(station: Station) -> list[tuple[object, str]]:
    """What a pull leaves in memory, beside what it leaves on the disk."""
    return [(station.aeries, "asked"), (station.aeries, "years_named"), (station, "echoed")]


def _give(station: Station, kept: _Kept) -> None:
    data = station.places.data_dir
    for path, mode in kept.folders:
        (data / path).mkdir(mode=mode, exist_ok=True)
    for path, mode, written, content in kept.files:
        (data / path).write_bytes(content)
        (data / path).chmod(mode)
        os.utime(data / path, ns=(written, written))
    for (of, name), said in zip(_said_of(station), copy.deepcopy(kept.said), strict=True):
        setattr(of, name, said)
    info = station.district.master.stat()
    with contextlib.closing(sqlite3.connect(station.district.master)) as db, db:
        # A Master says where its files are.
        db.execute("UPDATE file SET path = replace(path, ?, ?)", (f"{kept.root}/", f"{data}/"))
    os.utime(station.district.master, ns=(info.st_mtime_ns, info.st_mtime_ns))
