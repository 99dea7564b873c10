"""How a pull adapts: an unlimited, a queueing and a shedding server, beside fixed settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Run
from benchmarks.place import Place
from simulator.served import ServedDistrict

SERVERS: dict[str, list[str]] = {
    "unlimited": [],
    "works on 8 at once, queues": ["--capacity", "8"],
    "works on 8 at once, 429 above 16": ["--capacity", "8", "--shed-above", "16"],
}
LATENCY = "40"
FIXED = (1, 2, 4, 8, 16, 32)
"""Requests at a time, begun with and never more."""
ADAPTING: dict[str, tuple[int, int]] = {"adapting, 4 to 8 (default)": (4, 8), "adapting, 4 to 32": (4, 32)}


def measure_gates(folder: Path, size: int, repeats: int, fixed: Sequence[int] = FIXED) -> dict[str, Any]:
    """First pulls from each server with each setting.

    Returns:
        By server and setting: wall (median seconds), requests, throttled (answers 429), lost (lists not read).
    """
    settings = {f"fixed at {n}": (n, n) for n in fixed} | ADAPTING
    found: dict[str, Any] = {}
    for name, options in SERVERS.items():
        with ServedDistrict.as_process(size, 1, "--ready-made", "--latency-ms", LATENCY, *options) as server:
            place = Place(folder / str(len(found)), server)
            place.keep()
            runs: dict[str, list[tuple[Run, int]]] = {label: [] for label in settings}
            for _ in range(repeats):
                for label, limits in settings.items():
                    runs[label].append(_pull(place, server, limits))
        found[name] = {label: _figures(several) for label, several in runs.items()}
        for label, one in found[name].items():
            print(f"{name:<34} {label:<28} {one}", flush=True)
    return found


def _pull(place: Place, server: ServedDistrict, limits: tuple[int, int]) -> tuple[Run, int]:
    place.restore()
    place.settings(f"[source]\nrequests_at_a_time = {limits[0]}\nrequests_ceiling = {limits[1]}\n")
    done = place.pull(server)
    answers = server.control("GET", "requests")["requests"]
    return done, sum(entry["status"] == 429 for entry in answers)


def _figures(several: list[tuple[Run, int]]) -> dict[str, Any]:
    return {
        "wall": round(median(done.wall for done, _ in several), 2),
        "fetch": round(median(done.document["stages"]["fetch"] for done, _ in several), 2),
        "requests": several[-1][0].requests,
        "throttled": max(throttled for _, throttled in several),
        "lost": max(
            sum(scope["state"] != "complete" for scope in done.document["scopes"]) for done, _ in several
        ),
    }
