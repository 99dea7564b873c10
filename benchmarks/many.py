"""Many small districts, each behind a distant server: one after the other, and side by side."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.measure import Run, run
from benchmarks.place import DISTRICT, Place
from simulator.served import ServedDistrict

SERVERS = 10
"""Servers of the districts; those that follow each other are on different ones, as those of a county are."""

JOBS = 8

LATENCY_MS = 100
"""Before every answer of theirs."""

LARGEST_SERIAL = 100_000
"""Of more students in all only the pulls side by side are measured."""


def measure_many(folder: Path, districts: int, students: int) -> dict[str, Any]:
    """First pulls of all, serial and by jobs: wall and cpu in seconds, peak_mb of the largest process, and their ratio.

    Args:
        folder: made by this.
        districts: how many.
        students: in each.
    """
    roots = [word for number in range(-(-districts // SERVERS)) for word in ("--root", f"/d{number}")]
    with contextlib.ExitStack() as stack:
        servers = [
            stack.enter_context(ServedDistrict.as_process(students, 1, "--ready-made", *roots))
            for _ in range(min(SERVERS, districts))
        ]
        place = Place(folder, servers[0])
        _make_districts(folder, servers, districts)
        place.keep()
        for server in servers:
            server.control("POST", "server", {"latency_ms": LATENCY_MS})
        found: dict[str, Any] = {"districts": districts, "students": students, "latency_ms": LATENCY_MS}
        is_small = districts * students <= LARGEST_SERIAL
        if is_small:
            serial = _pulled(place, districts)
            place.restore()
            found |= {f"serial {name}": value for name, value in _figures(serial).items()}
        side_by_side = _pulled(place, districts, "--jobs", str(JOBS))
        found |= {f"{JOBS} jobs {name}": value for name, value in _figures(side_by_side).items()}
        if is_small:
            found[f"{JOBS} jobs / serial"] = round(side_by_side.wall / serial.wall, 3)
            least = side_by_side.cpu / (os.cpu_count() or 1) / serial.wall
            found["of that at least, by the processor time of the jobs"] = round(least, 3)
    return found


def _make_districts(folder: Path, servers: list[ServedDistrict], districts: int) -> None:
    """Districts like the one that is there, each at an address of its own."""
    credentials = folder / "config" / "credentials.toml"
    master = folder / "data" / DISTRICT / "master.sqlite3"
    (known,) = tomllib.loads(credentials.read_text(encoding="utf-8"))["districts"].values()
    lines = []
    for number in range(districts):
        name = f"district-{number:03}"
        url = servers[number % len(servers)].url.removesuffix("/d0") + f"/d{number // len(servers)}"
        lines.append(f'[districts.{name}]\nurl = "{url}"\ncertificate = "{known["certificate"]}"\n')
        (folder / "data" / name).mkdir(mode=0o700)
        with contextlib.closing(sqlite3.connect(master)) as db:
            db.execute("VACUUM INTO ?", (str(folder / "data" / name / "master.sqlite3"),))
        (folder / "data" / name / "master.sqlite3").chmod(0o600)
    credentials.write_text("\n".join(lines), encoding="utf-8")
    shutil.rmtree(folder / "data" / DISTRICT)


def _pulled(place: Place, districts: int, *options: str) -> Run:
    done = run(
        ["-m", "aeries_tui", "pull", "--all", "--acknowledge", "--quiet", "--json", *options], place.env
    )
    good = [one for one in done.document["districts"] if one.get("counts")]
    if len(good) != districts:
        raise SystemExit(f"{len(good)} of {districts} districts were pulled.")
    return done


def _figures(done: Run) -> dict[str, float]:
    return {
        "wall s": round(done.wall, 1),
        "cpu s": round(done.cpu, 1),
        "peak MB of a process": round(done.peak_mb),
    }
