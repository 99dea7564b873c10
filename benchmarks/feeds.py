"""Writing the feeds of other products, beside the floor of writing the same bytes from the same rows."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measure import Run, run
from benchmarks.place import Place


def measure_feeds(place: Place, written: Path, repeats: int) -> dict[str, Any]:
    """OneRoster 1.2, Clever and SDS of a place that was pulled, written into a folder together in one process.

    Returns:
        The figures by what they are: CPU and wall in seconds (medians), peak memory, bytes, and the ratios to the floor
        (medians over runs that followed each other).
    """
    both: list[tuple[Run, Run]] = []
    for _ in range(repeats):
        ours = run(["-m", "benchmarks.feed_floor", str(written)], place.env)
        floor = run(["-m", "benchmarks.feed_floor", str(written), "--floor"], place.env)
        if not floor.document["same"]:
            raise SystemExit("The floor did not write what the program writes.")
        both.append((ours, floor))
    figures = {
        f"{name}, {unit} s": round(median(getattr(pair[place_of], unit) for pair in both), 2)
        for place_of, name in enumerate(("all three", "the floor"))
        for unit in ("cpu", "wall")
    }
    return {
        **figures,
        **{f"ratio, {unit}": _ratio(both, unit) for unit in ("cpu", "wall")},
        "peak MB": round(max(ours.peak_mb for ours, _ in both)),
        **{f"{name}, cpu s": seconds for name, seconds in both[-1][0].document["cpu"].items()},
        **{f"{name} of the floor, cpu s": seconds for name, seconds in both[-1][1].document["cpu"].items()},
    }


def _ratio(both: list[tuple[Run, Run]], unit: str) -> float:
    return round(median(getattr(ours, unit) / getattr(floor, unit) for ours, floor in both), 2)
