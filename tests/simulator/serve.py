"""The steered server as a process of its own: `python -m simulator.serve`, with `tests` on the path.

Prints one line of JSON when it is ready, a `Ready` with a token, and nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from aeries_tui.demo.calendar import DEFAULT_YEAR
from aeries_tui.demo.running import Running
from aeries_tui.demo.serve import common_options, serve
from simulator.district import EditedDistrict
from simulator.faults import Fault
from simulator.lines import OpenProtocol
from simulator.server import application
from simulator.state import Manners, SteeredState


def parser() -> argparse.ArgumentParser:
    """The options of the steered server."""
    options = common_options("simulator.serve", (__doc__ or "").split("\n")[0])
    add = options.add_argument
    add("--day", type=int, default=0, help="how many days went by since day 0")
    add("--percent", type=float, default=1.0, help="how many percent of the students a day changes")
    add(
        "--default-year",
        type=int,
        default=DEFAULT_YEAR,
        metavar="YYYY",
        help="year the school year begins in",
    )
    add(
        "--now", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the server's date, instead of the day's"
    )
    add("--defects", choices=("auto", "yes", "no"), default="auto", help="auto: from 100 students on")
    add("--certificate", help="what clients must send; by default made from the seed")
    add("--root", action="append", metavar="PATH", help="where Aeries is mounted; may be repeated")
    add("--latency-ms", type=float, default=0, metavar="MS", help="waited before every answer")
    add("--capacity", type=int, metavar="N", help="requests worked on at once; others queue")
    add("--shed-above", type=int, metavar="M", help="429 when more requests than this are there at once")
    add(
        "--bytes-per-second",
        type=float,
        metavar="N",
        help="how fast an answer is made; four at once at full pace",
    )
    add("--no-gzip", action="store_true", help="never pack answers")
    add(
        "--fault", action="append", default=[], metavar="JSON", help="a fault from the start; may be repeated"
    )
    add("--ready-made", action="store_true", help="write all bodies of a pull to disk before being ready")
    add("--ready-rosters", action="store_true", help="with --ready-made: each section's roster as well")
    add(
        "--spoil-every", type=int, default=0, metavar="N",
        help="with --ready-made: one record that can't be used at each Nth school",
    )  # fmt: skip
    add("--page-size", type=int, default=500, help="students in a ready-made page")
    return options


def state_of(told: argparse.Namespace) -> SteeredState:
    """The server that the options describe.

    Raises:
        ValueError: an option is out of range.
    """
    district = EditedDistrict(
        told.students,
        told.seed,
        told.day,
        percent=told.percent,
        year=told.default_year,
        defects={"auto": None, "yes": True, "no": False}[told.defects],
    )
    if told.now:
        district.set_date(told.now)
    manners = Manners(
        told.latency_ms, told.capacity, told.shed_above, not told.no_gzip, told.bytes_per_second
    )
    roots = tuple(told.root or ["/aeries"])
    state = SteeredState(district, certificate=told.certificate, roots=roots, manners=manners)
    state.percent = told.percent
    for fault in told.fault:
        state.faults.add(Fault.read(json.loads(fault)))
    return state


def running_of(state: SteeredState, port: int = 0) -> Running:
    """The server, with its control end points, bound to its port; raises as `Running`."""
    return Running(state, port, application(state), OpenProtocol)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until asked to end; returns the exit status."""
    told = parser().parse_args(arguments)
    with contextlib.ExitStack() as kept:

        def make() -> Running:
            state = state_of(told)
            running = running_of(state, told.port)
            if told.ready_made:
                folder = kept.enter_context(tempfile.TemporaryDirectory(prefix="simulated-district-"))
                state.make_ready(
                    Path(folder), told.page_size, rosters=told.ready_rosters, spoil_every=told.spoil_every
                )
            return running

        return serve(told, make)


if __name__ == "__main__":
    sys.exit(main())
