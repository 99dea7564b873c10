"""How long the commands take that a script or a monitor runs, and whether they import the UI."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from statistics import median
from typing import Any

from benchmarks.measure import ROOT, run
from benchmarks.place import Place

COMMANDS = (("--help",), ("status", "--json"), ("results", "--json"))
TIMES = 15


def measure_commands(place: Place, times: int = TIMES) -> dict[str, Any]:
    """Medians of each command, run so many times at a place that was pulled: wall_ms, cpu_ms, textual (imported)."""
    found = {}
    for words in COMMANDS:
        runs = [run(["-m", "aeries_tui", *words], place.env) for _ in range(times)]
        found[" ".join(words)] = {
            "wall_ms": round(1000 * median(one.wall for one in runs)),
            "cpu_ms": round(1000 * median(one.cpu for one in runs)),
            "textual": _imports_textual(words, place.env),
        }
    return found


def _imports_textual(words: tuple[str, ...], env: Mapping[str, str]) -> bool:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "aeries_tui", *words], cwd=ROOT, env={**os.environ, **env},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    return " textual" in done.stderr
