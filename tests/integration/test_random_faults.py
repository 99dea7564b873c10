"""Random faults of transport, headers, encodings, sizes and JSON: each pull ends in time, in words, in 1 GB, and takes nobody.

The suite runs a few dozen pulls; `AERIES_TUI_TESTS=long pytest tests/integration/test_random_faults.py -s` five thousand.
`AERIES_TUI_SEED` has others than the usual ones.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sys
import time
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.aeries import ClientOptions
from engine import PaperAeries, Station, adds_up, fast_directory
from engine.forms import LONG
from engine.hostile import Hostile, listening

PULLS = 5_000 if LONG else 20
SEED = int(os.environ.get("AERIES_TUI_SEED", "1"))
DEADLINE = 4.0
MEMORY = 1_000_000_000


async def _hardly_wait(seconds: float) -> None:
    """Waits of the client between tries cost the test nothing."""
    await asyncio.sleep(0)


def forget_pauses(station: Station) -> None:
    """Let the server ask anew for a pause: what it asked one pull for, the next one keeps as well."""
    shutil.rmtree(station.places.host_slots)


def forget_peak() -> None:
    """Count the most memory that this process has held from now on (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """The most memory that this process held since, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is measured by /proc")
def test_whatever_the_line_brings_a_pull_ends_in_time_in_words_and_takes_nobody(tmp_path: Path) -> None:
    choose = random.Random(SEED)
    hostile = Hostile(PaperAeries.usual(students=5), SEED)
    ends: dict[str, int] = {}
    with (
        fast_directory(tmp_path) as folder,
        listening(hostile) as address,
        patch("aeries_tui.pull.client.ClientOptions", partial(ClientOptions, sleep=_hardly_wait)),
    ):
        station = Station(folder, address)
        station.aeries = hostile.aeries
        station.map(7, 8, 9)
        station.set(
            "source",
            tries=3,
            connect_timeout=1.0,
            silence_timeout=0.2,
            request_deadline=1.0,
            pull_deadline=DEADLINE,
        )
        assert station.pull_over_http()["outcome"] == "completed"
        everybody = station.all_active()
        worst_time, worst_memory = 0.0, 0
        for number in range(PULLS):
            hostile.share = choose.choice([0.01, 0.05, 0.15, 0.4, 1.0])
            before = hostile.done.copy()
            forget_peak()
            forget_pauses(station)
            begun = time.monotonic()
            document = station.pull_over_http(resume=choose.random() < 0.2)
            took, held = time.monotonic() - begun, peak()
            what = (number, document["outcome"], dict(hostile.done - before))
            assert took < DEADLINE + 2, (took, what)
            assert held < MEMORY, (held, what)
            assert document["outcome"] in {"completed", "completed_with_error", "held", "error"}, what
            assert document["outcome"] == "error" or adds_up(document), what
            gone = {kind: keys - station.active(kind) for kind, keys in everybody.items()}
            assert not any(gone.values()), (gone, what)
            ends[document["outcome"]] = ends.get(document["outcome"], 0) + 1
            worst_time, worst_memory = max(worst_time, took), max(worst_memory, held)
        hostile.share = 0.0
        forget_pauses(station)
        station.set(
            "source", tries=3, silence_timeout=10.0, pull_deadline=DEADLINE
        )  # a slow machine is no fault
        document = station.pull_over_http()
        assert document["outcome"] in {"completed", "held"}, (document["descriptions"], document["scopes"])
    print(
        f"\n{PULLS} pulls, {hostile.done.total()} faults: {ends}; {worst_time:.1f} s and {worst_memory / 1e6:.0f} MB at most"
    )
    assert len(ends) > 1
    assert len(hostile.done) == len(hostile.ways)
