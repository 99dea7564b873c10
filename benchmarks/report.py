"""Medians, ratios, and the table for the README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.measure import Run


def figures(runs: Mapping[str, Mapping[str, Sequence[Run]]], untouched: bool | None) -> dict[str, Any]:
    """Medians of every kind of run, and the ratios that are asked for, by latency.

    Args:
        runs: by latency (milliseconds, or the name of a server) and by what was run.
        untouched: whether the unchanged pulls left the roster tables as they were.
    """
    return {
        latency: {
            "runs": {what: _medians(several) for what, several in kinds.items()},
            "ratios": _ratios(kinds),
            "roster_untouched_by_unchanged": untouched,
        }
        for latency, kinds in runs.items()
    }


def _medians(several: Sequence[Run]) -> dict[str, Any]:
    stages: dict[str, list[float]] = {}
    for one in several:
        for name, seconds in one.document.get("stages", {}).items():
            stages.setdefault(name, []).append(seconds)
    return {
        "times": len(several),
        "wall": round(median(one.wall for one in several), 2),
        "cpu": round(median(one.cpu for one in several), 2),
        "peak_mb": round(max(one.peak_mb for one in several)),
        "requests": several[-1].requests,
        "wire_bytes": several[-1].wire_bytes,
        "stages": {name: round(median(seconds), 2) for name, seconds in stages.items()},
        **(
            {"extrapolated": several[-1].document["seconds"]}
            if "measured_seconds" in several[-1].document
            else {}
        ),
    }


def _ratios(kinds: Mapping[str, Sequence[Run]]) -> dict[str, float]:
    """Medians of the ratios of runs that followed each other."""
    found: dict[str, float] = {}
    pairs = [
        ("first", "floor"),
        ("first", "floor, as many at a time"),
        ("unchanged", "first"),
        ("unchanged", "floor, unchanged"),
    ]
    pairs += [("first, bad records", "first")]
    pairs += [(what, "first") for what in kinds if what[0].isdigit()]
    for one, other in pairs:
        both = list(zip(kinds.get(one, ()), kinds.get(other, ()), strict=False))
        if both:
            found[f"{one} / {other}, wall"] = round(median(a.wall / b.wall for a, b in both), 2)
            found[f"{one} / {other}, cpu"] = round(median(a.cpu / b.cpu for a, b in both), 2)
    for script in ("script", "script, one session"):
        if script in kinds and "first" in kinds:
            whole = kinds[script][-1].document["seconds"]
            found[f"first / {script}, wall"] = round(median(a.wall for a in kinds["first"]) / whole, 4)
    return found


def markdown(document: Mapping[str, Any]) -> str:
    """The tables."""
    parts = _pulls(document["sizes"]) if document["sizes"] else []
    if "gate" in document:
        parts.append(_gate(document["gate"]))
    several = [(part, f"{part.partition(' ')[2]} students") for part in document if part.startswith("many ")]
    for part, head in (("screens", "the UI"), ("serve", "the roster service"), ("feeds", "feeds"), *several):
        if part in document:
            rows = [f"| {name} | {value} |" for name, value in document[part].items()]
            parts.append("\n".join([f"| {head} | figure |", "|---|---:|", *rows]))
    if "commands" in document:
        rows = [
            f"| `{name}` | {one['wall_ms']} | {one['cpu_ms']} | {'yes' if one['textual'] else 'no'} |"
            for name, one in document["commands"].items()
        ]
        head = ["| command | wall ms | CPU ms | Textual imported |", "|---|---:|---:|---|"]
        parts.append("\n".join([*head, *rows]))
    return "\n\n".join(parts) + "\n"


def _pulls(sizes: Mapping[str, Any]) -> list[str]:
    """What pulls of districts of these sizes took, and the ratios."""
    lines = [
        "| students | latency | what | wall s | CPU s | peak MB | requests | MB on the wire |",
        "|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    ratios = ["| students | latency | ratio | figure |", "|---:|---:|---|---:|"]
    for size, latencies in sizes.items():
        for latency, found in latencies.items():
            for what, one in found["runs"].items():
                wall = f"{one['wall']}" if "extrapolated" not in one else f"{one['extrapolated']} (scaled up)"
                lines.append(
                    f"| {int(size):,} | {_line(latency)} | {what} | {wall} | {one['cpu']} | {one['peak_mb']} | "
                    f"{one['requests']:,} | {one['wire_bytes'] / 1e6:.1f} |"
                )
            ratios += [
                f"| {int(size):,} | {_line(latency)} | {name} | {value} |"
                for name, value in found["ratios"].items()
            ]
            if found["roster_untouched_by_unchanged"] is not None:
                told = "nothing" if found["roster_untouched_by_unchanged"] else "SOMETHING"
                ratios.append(
                    f"| {int(size):,} | {_line(latency)} | written to the roster by an unchanged pull | {told} |"
                )
    return ["\n".join(lines), "\n".join(ratios)]


def _line(latency: str) -> str:
    return f"{latency} ms" if latency.isdigit() else latency


def _gate(gate: Mapping[str, Any]) -> str:
    lines = [
        "| server | requests at a time | wall s | requests | answered 429 | lists not read |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for server, settings in gate.items():
        for name, one in settings.items():
            lines.append(
                f"| {server} | {name} | {one['wall']} | {one['requests']} | {one['throttled']} | {one['lost']} |"
            )
    return "\n".join(lines)
