"""Simulated districts that are served over real HTTP, and stations set up to pull from them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from aeries_tui.aeries import School, decode_list
from aeries_tui.master.schools.schools_table import AeriesSchool
from aeries_tui.pull.school_rows import school_row
from engine.kept import begun
from engine.station import Station
from simulator.served import ServedDistrict


@dataclass
class Roster:
    """A simulated district that is being served."""

    served: ServedDistrict

    def school_rows(self) -> list[AeriesSchool]:
        """The school list as the program keeps it."""
        answer = httpx.get(
            f"{self.served.url}/api/v5/schools", headers={"AERIES-CERT": self.served.certificate}, timeout=30
        )
        return [school_row(school) for school in decode_list(answer.content, School).records]

    def codes(self) -> list[int]:
        """The schools that have students."""
        return [int(school["code"]) for school in self.served.schools()]

    def station(self, root: Path, codes: list[int] | None = None) -> Station:
        """A machine set up to the point where the user would press Pull."""
        station = Station(root, self.served.url, self.served.certificate)
        station.map(*(self.codes() if codes is None else codes), rows=self.school_rows())
        return station

    def pulled(self, root: Path, times: int = 1) -> Station:
        """A machine that pulled so often while all was well here; what the first one got is given to the others."""
        station = Station(root, self.served.url, self.served.certificate)

        def begin() -> None:
            station.map(*self.codes(), rows=self.school_rows())
            for _ in range(times):
                station.pull_over_http()

        begun(station, f"{self.served.url} {times}", begin)
        return station

    def reset(self) -> None:
        """As on its first day, all well."""
        self.served.heal()
        self.served.clear_edits()
        self.served.set_day(0)
        for area in ("student", "classes", "teacher", "staff", "sections", "courses"):
            with contextlib.suppress(ValueError):
                self.served.grant(area)


@contextlib.contextmanager
def serve(students: int, seed: int = 1, **options: Any) -> Iterator[Roster]:
    """Serve a district in this process."""
    with ServedDistrict.in_this_process(students, seed, **options) as served:
        yield Roster(served)


@contextlib.contextmanager
def small_rosters() -> Iterator[dict[str, Roster]]:
    """Districts by name, started when first asked for."""
    with contextlib.ExitStack() as stack:
        yield _Started(stack)


class _Started(dict[str, Roster]):
    """Districts named by their number of students, each started when first asked for."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        super().__init__()
        self._stack = stack

    def __missing__(self, name: str) -> Roster:
        roster = self[name] = self._stack.enter_context(serve(int(name)))
        return roster
