"""Measures a pull beside the least that it could take and beside a script of the usual kind.

    python -m benchmarks.run [--sizes 1000,100000] [--latencies 0,20,100,realistic] [--repeats 3] [--json FILE]
        [--markdown FILE] [--only pull,gate,screens,commands,serve,many,feeds] [--script-seconds 60]
        [--many 100x1000,50x20000] [--tiny]

The simulated server runs in a process of its own and gives ready-made answers, so that it is not what is
measured. Floor, first pull, unchanged pull, pulls of a changed district and a quick pull of the same, and one
with a bad record in each hundredth page follow each other in turn, several times; medians and ratios are printed. The
realistic server is 20 ms away and makes an answer at 2 MB a second, four of them at once at full pace. Many districts of so many
students each, 100 ms away, are pulled one after the other (up to 100,000 students in all) and by eight jobs. The screens
are those of one district and the board of five hundred. On a machine
that does other things trust the ratios of one run, and CPU seconds more than wall clock. --tiny is a rehearsal of all parts in a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.board import DISTRICTS, measure_board
from benchmarks.commands import TIMES, measure_commands
from benchmarks.feeds import measure_feeds
from benchmarks.gates import FIXED, measure_gates
from benchmarks.many import measure_many
from benchmarks.measure import Run, run
from benchmarks.place import Place, counted
from benchmarks.report import figures, markdown
from benchmarks.screens import measure_screens
from benchmarks.serving import READERS, measure_serving
from simulator.served import ServedDistrict

CHANGED = (0.1, 1, 30)
"""Percent of the students to whom something happens in the day between two pulls."""
QUICK = 0.1
"""At that many a quick pull is measured as well: that is what a day at school is like."""
LARGEST_CHANGED = 100_000
"""Above this only the first and the unchanged pull are measured, and no script."""


BOARD_SIZE = 1_000
"""Students of a district on the board, whose Master it does not open."""

REALISTIC = "realistic"
"""Among the latencies: a server whose answers take the longer the more rows they have."""
_BYTES_PER_SECOND = 2_000_000
_REALISTIC_MS = 20


def _manners(latency: str) -> dict[str, Any]:
    if latency == REALISTIC:
        return {"latency_ms": _REALISTIC_MS, "bytes_per_second": _BYTES_PER_SECOND}
    return {"latency_ms": int(latency), "bytes_per_second": None}


class Turns:
    """All runs of one size, by latency and by what was run."""

    def __init__(
        self, folder: Path, size: int, script_seconds: float, percents: Sequence[float] = CHANGED
    ) -> None:
        self._folder, self._size, self._script_seconds, self._percents = (
            folder,
            size,
            script_seconds,
            percents,
        )
        self.runs: dict[str, dict[str, list[Run]]] = {}
        self.untouched: bool | None = None

    def measure(self, latencies: Sequence[str], repeats: int) -> None:
        """Run everything in turn."""
        small = self._size <= LARGEST_CHANGED
        with ExitStack() as stack:
            own = ["--ready-rosters"] if small and self._script_seconds else []
            server = stack.enter_context(ServedDistrict.as_process(self._size, 1, "--ready-made", *own))
            changed = {
                percent: stack.enter_context(
                    ServedDistrict.as_process(
                        self._size, 1, "--ready-made", "--day", "1", "--percent", str(percent)
                    )
                )
                for percent in self._percents
                if small
            }
            spoiled = (
                stack.enter_context(
                    ServedDistrict.as_process(self._size, 1, "--ready-made", "--spoil-every", "100")
                )
                if small
                else None
            )
            place = Place(self._folder / f"place-{self._size}", server)
            # On a day on which 30 % change, a single small school may lose more than the guard lets pass.
            place.settings("[guard]\nloss_percent = 50\n")
            place.keep()
            for latency in latencies:
                for one in (server, *changed.values(), *([spoiled] if spoiled else [])):
                    one.control("POST", "server", _manners(latency))
                for _ in range(repeats):
                    for what, done in self._turn(place, server, changed, spoiled):
                        self._took(latency, what, done)
                if small and self._script_seconds:
                    self._took(latency, "script", self._script(place, server))
                    self._took(latency, "script, one session", self._script(place, server, "--session"))

    def _turn(
        self,
        place: Place,
        server: ServedDistrict,
        changed: dict[float, ServedDistrict],
        spoiled: ServedDistrict | None,
    ) -> Iterator[tuple[str, Run]]:
        if spoiled is not None:
            place.restore()
            yield "first, bad records", place.pull(spoiled)
        place.restore()
        first = place.pull(server)
        yield "first", first
        yield from self._floor(place, server, first.at_once)
        before = place.roster()
        yield "unchanged", place.pull(server)
        self.untouched = place.roster() == before and self.untouched is not False
        copy = self._folder / "after-first"
        for percent, other in changed.items():
            yield f"{percent} % changed", self._from_copy(place, other, copy)
            if percent == QUICK:
                # Once unmeasured: single answers are not ready before they have been asked for.
                self._from_copy(place, other, copy, "--quick")
                yield f"{percent} % changed, quick", self._from_copy(place, other, copy, "--quick")

    def _from_copy(self, place: Place, server: ServedDistrict, copy: Path, *options: str) -> Run:
        """A pull of the changed district over the Master as it is now, which is then put back."""
        with sqlite3.connect(place.master) as db, sqlite3.connect(copy) as kept:
            db.backup(kept)
        done = place.pull(server, *options)
        with sqlite3.connect(copy) as kept, sqlite3.connect(place.master) as db:
            kept.backup(db)
        return done

    def _floor(self, place: Place, server: ServedDistrict, at_once: int) -> Iterator[tuple[str, Run]]:
        """As many requests at a time as a pull begins with, then as many as this one came to."""
        folder = self._folder / f"floor-{self._size}"
        words = [
            "-m", "benchmarks.floor", "--url", server.url, "--certificate", server.certificate, "--day", place.day(),
            "--schools", place.schools(), "--folder", str(folder),
        ]  # fmt: skip
        for what, at_a_time in (("floor, as many at a time", at_once), ("floor", 4), ("floor, unchanged", 4)):
            if what != "floor, unchanged":
                for old in folder.glob("*"):
                    old.unlink()
            server.forget_requests()
            yield what, counted(server, run([*words, "--at-a-time", str(at_a_time)]))

    def _script(self, place: Place, server: ServedDistrict, *options: str) -> Run:
        words = ["-m", "benchmarks.script", "--url", server.url, "--certificate", server.certificate]
        words += ["--schools", place.schools(), "--seconds", str(self._script_seconds), *options]
        server.forget_requests()
        return counted(server, run(words))

    def _took(self, latency: str, what: str, done: Run) -> None:
        self.runs.setdefault(latency, {}).setdefault(what, []).append(done)
        print(
            f"{self._size:>9,} {latency:>9}  {what:<18} wall {done.wall:7.2f}  cpu {done.cpu:7.2f}  "
            f"{done.peak_mb:5.0f} MB  {done.requests:>6,} requests  {done.wire_bytes / 1e6:7.1f} MB  "
            f"{_stages(done)}",
            flush=True,
        )


def _stages(done: Run) -> str:
    stages: dict[str, float] = done.document.get("stages", {})
    return " ".join(f"{name} {seconds:.2f}" for name, seconds in stages.items() if seconds >= 0.05)


def _pulled_place(folder: Path, size: int) -> Place:
    """A place whose district, of so many students, was pulled."""
    with ServedDistrict.as_process(size, 1, "--ready-made") as server:
        place = Place(folder, server)
        place.pull(server)
    return place


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _districts(text: str) -> list[tuple[int, int]]:
    """`100x1000`: so many districts of so many students."""
    pairs = [one.partition("x") for one in text.split(",")]
    return [(int(districts), int(students)) for districts, _, students in pairs]


def _latencies(text: str) -> list[str]:
    return [one if one == REALISTIC else str(int(one)) for one in text.split(",")]


def arguments_of(given: Sequence[str] | None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=_numbers, default=[1_000, 10_000, 100_000], metavar="N,N")
    parser.add_argument(
        "--latencies",
        type=_latencies,
        default=["0", "20", "100", REALISTIC],
        metavar="MS,MS",
        help="or realistic",
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--script-seconds", type=float, default=60, help="stop the script after this; 0 leaves it out"
    )
    parser.add_argument("--gate-size", type=int, default=20_000, help="students for the measures of the gate")
    parser.add_argument(
        "--screens-size", type=int, default=100_000, help="students pulled behind the screens"
    )
    parser.add_argument("--list-rows", type=int, default=1_000_000, help="rows of the list that is scrolled")
    parser.add_argument("--readers", type=int, default=READERS, help="of the roster service at a time")
    parser.add_argument("--many", type=_districts, default=[(100, 1_000)], metavar="DISTRICTSxSTUDENTS,…")
    parser.add_argument("--only", default="pull,gate,screens,commands,serve,many,feeds", help="parts to run")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    parser.add_argument("--tiny", action="store_true", help="all parts at a size that takes a minute")
    told = parser.parse_args(given)
    told.percents, told.command_times, told.board_districts = CHANGED, TIMES, DISTRICTS
    if told.tiny:
        told.percents, told.command_times = (QUICK,), 1
        told.sizes, told.latencies, told.repeats, told.script_seconds = [200], ["0"], 1, 0.2
        told.gate_size, told.screens_size, told.list_rows = 200, 200, 5_000
        told.readers, told.many, told.board_districts = 10, [(2, 20)], 3
    return told


def main(given: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    told = arguments_of(given)
    parts = told.only.split(",")
    document: dict[str, Any] = {
        "machine": {
            "cpus": os.cpu_count(), "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
            "load_at_start": os.getloadavg()[0],
        },
        "sizes": {},
    }  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="aeries-tui-bench-") as name:
        folder = Path(name)
        for size in told.sizes if "pull" in parts else ():
            turns = Turns(folder, size, told.script_seconds, told.percents)
            turns.measure(told.latencies, told.repeats)
            document["sizes"][str(size)] = figures(turns.runs, turns.untouched)
        if "gate" in parts:
            fixed = (4,) if told.tiny else FIXED
            document["gate"] = measure_gates(folder / "gate", told.gate_size, told.repeats, fixed)
        if "screens" in parts:
            document["screens"] = measure_screens(folder / "screens", told.screens_size, told.list_rows)
            county = folder / "county"
            document["screens"] |= measure_board(
                county, _pulled_place(county, min(told.screens_size, BOARD_SIZE)), told.board_districts
            )
        if {"commands", "feeds"} & {*parts}:
            place = _pulled_place(folder / "place", told.screens_size)
        if "commands" in parts:
            document["commands"] = measure_commands(place, told.command_times)
        if "serve" in parts:
            document["serve"] = measure_serving(
                folder / "serve", told.screens_size, told.repeats, told.readers
            )
        if "feeds" in parts:
            document["feeds"] = measure_feeds(place, folder / "feeds", told.repeats)
        for districts, students in told.many if "many" in parts else ():
            found = measure_many(folder / f"many-{districts}x{students}", districts, students)
            document[f"many {districts}x{students}"] = found
    table = markdown(document)
    print(table)
    if told.json:
        told.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if told.markdown:
        told.markdown.write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
