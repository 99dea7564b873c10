"""What the question who is behind an id costs of a check: `python -m benchmarks.identity [STUDENTS]`.

A district in memory is pulled, changes a little (1 % of the students corrected, some ids given to others), is pulled
again, and then comes with all names in capitals; of each check the time of the question is told beside that of all.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from aeries_tui.pull import run  # noqa: E402
from aeries_tui.pull.stages.check import IDENTITY, students, teaching  # noqa: E402
from engine import PaperAeries, Station  # noqa: E402

SCHOOL_SIZE = 1_000


def main() -> None:
    """Measure and print."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    spent: Counter[str] = Counter()
    station = Station(Path(tempfile.mkdtemp()))
    station.set("source", page_size=500)
    schools = range(1, size // SCHOOL_SIZE + 1)
    aeries = station.aeries = PaperAeries.usual(SCHOOL_SIZE, schools)
    people = [row for code in schools for row in aeries.lists[f"{code}/students"]]
    for number, row in enumerate(people):
        row.update(
            StateStudentID=str(10**9 + number), Birthdate=f"2012-{number % 12 + 1:02}-{number % 28 + 1:02}T00:00:00",
            Gender="FM"[number % 2],
        )  # fmt: skip
    station.map(*schools)
    with (
        _timed(spent, students, "leave_out_others"),
        _timed(spent, teaching, "leave_out_others"),
        _timed(spent, IDENTITY, "run"),
        _timed(spent, run, "run_checks", "all"),
    ):
        _pull(station, spent, "first pull")
        for row in people[::100]:
            row["LastName"] = "Corrected"
        for row in people[50::5_000]:
            row.update(StateStudentID="7", FirstName="Another", Birthdate="2014-04-04T00:00:00")
        _pull(station, spent, "1 % corrected, a few ids given to others")
        for row in people:
            row.update(FirstName=row["FirstName"].upper(), LastName=row["LastName"].upper())
        _pull(station, spent, "all capitals, state ids the same")
        for row in people:
            row.update(StateStudentID="", FirstName=row["FirstName"].title())
        _pull(station, spent, "mixed case, no state ids")


def _timed(spent: Counter[str], where: Any, name: str, what: str = "identity") -> Any:
    function: Callable[..., Any] = getattr(where, name)

    def timed(*arguments: Any, **options: Any) -> Any:
        begun = time.perf_counter()
        try:
            return function(*arguments, **options)
        finally:
            spent[what] += time.perf_counter() - begun  # type: ignore[assignment]

    if name == "run":  # of a step, which is frozen
        object.__setattr__(where, name, timed)
        return nullcontext()
    return patch.object(where, name, timed)


def _pull(station: Station, spent: Counter[str], title: str) -> None:
    spent.clear()
    begun = time.perf_counter()
    document = station.pull()
    whole = time.perf_counter() - begun
    print(
        f"{title}: {document['outcome']}; pull {whole:.1f} s, check {spent['all']:.2f} s, of it who is who "
        f"{spent['identity']:.3f} s ({100 * spent['identity'] / spent['all']:.1f} % of the check, "
        f"{100 * spent['identity'] / whole:.1f} % of the pull)"
    )


if __name__ == "__main__":
    main()
