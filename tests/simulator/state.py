"""What a steered server knows besides, and how it behaves: permissions, faults, manners, log."""

from __future__ import annotations

import math
import secrets
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from aeries_tui.demo.district import SimulatedDistrict
from aeries_tui.demo.routes import AREA_OF
from aeries_tui.demo.state import State
from simulator.bodies import ReadyBodies
from simulator.district import EditedDistrict
from simulator.faults import Faults

AREAS = tuple(dict.fromkeys(AREA_OF.values()))
"""The areas a certificate is granted one by one."""

GRANTS = ("granted", "401", "403")

FULL_PACE = 4
"""Answers at once up to which none makes another one slower."""

_LOG_LENGTH = 100_000


@dataclass
class Manners:
    """How the server treats its clients.

    Attributes:
        latency_ms: waited before every answer.
        capacity: how many requests it works on at once; the others queue. None for no limit.
        shed_above: with more requests than this at once, 429. None for never.
        gzip: whether it packs answers for clients that take it.
        bytes_per_second: how fast it makes an answer, before it is packed: one of many rows takes longer. None for at
            once.
    """

    latency_ms: float = 0
    capacity: int | None = None
    shed_above: int | None = None
    gzip: bool = True
    bytes_per_second: float | None = None

    def making(self, size: int, at_once: int) -> float:
        """Seconds that an answer takes to make, as on a server that makes four at full pace.

        Beside more of them each gets its share, and all together get less than four alone would.

        Args:
            size: its bytes before it is packed.
            at_once: how many are being made, this one among them.
        """
        if self.bytes_per_second is None:
            return 0.0
        return size / self.bytes_per_second * math.pow(max(1.0, at_once / FULL_PACE), 1.25)


@dataclass
class Log:
    """The requests so far.

    Attributes:
        count: how many there were.
        now: how many are being answered.
        most: how many were answered at once at most.
        entries: the latest of them, oldest first.
    """

    count: int = 0
    now: int = 0
    most: int = 0
    entries: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_LOG_LENGTH))

    def begin(self, entry: dict[str, Any]) -> None:
        """A request came in."""
        self.count += 1
        self.now += 1
        self.most = max(self.most, self.now)
        entry["n"] = self.count
        self.entries.append(entry)

    def end(self) -> None:
        """A request was answered, or its client has gone."""
        self.now -= 1

    def clear(self) -> None:
        """Forget the requests so far."""
        self.count, self.most = 0, self.now
        self.entries.clear()


class SteeredState(State):
    """Everything about one simulated server that can change while it runs.

    Args:
        district: the district of the default school year.
        manners: how it treats its clients.
        options: those of `State`.

    Attributes:
        token: what the control end points ask for.
    """

    district: EditedDistrict

    def __init__(self, district: EditedDistrict, *, manners: Manners | None = None, **options: Any) -> None:
        super().__init__(district, **options)
        self.token = secrets.token_urlsafe(24)
        self._first = (self.certificate, district.setting)
        self.manners = manners or Manners()
        self._first_manners = replace(self.manners)
        self.grants: dict[str, str] = dict.fromkeys(AREAS, "granted")
        self.faults, self.log = Faults(), Log()
        self.percent = 1.0

    @property
    def keys(self) -> dict[str, str]:
        """The certificate, and the token of the control end points."""
        return {**super().keys, "token": self.token}

    def _bodies_of(self, district: SimulatedDistrict) -> ReadyBodies:
        return ReadyBodies(district, self.years, self._memory)

    def _forget_other_years(self) -> None:
        self._bodies.clear()

    def set_day(self, day: int, percent: float | None) -> None:
        """Let days go by in the district."""
        self.district.set_day(day, self.percent if percent is None else percent)
        self._forget_other_years()

    def set_clock(self, *, year: int | None = None, today: date | None = None) -> None:
        """Begin another school year, or give the server another date."""
        if year is not None:
            self.district.set_year(year)
        if today is not None:
            self.district.set_date(today)
        self._forget_other_years()

    def grant(self, told: Mapping[str, str]) -> None:
        """Grant or revoke permission areas.

        Raises:
            ValueError: an area or a state is unknown.
        """
        if set(told) - set(AREAS) or set(told.values()) - set(GRANTS):
            raise ValueError(f"Areas are {list(AREAS)}, states {list(GRANTS)}.")
        self.grants.update(told)

    def reset(self) -> None:
        """Make everything as it was when the server began; the log is begun anew."""
        self.certificate, setting = self._first
        self.manners = replace(self._first_manners)
        self.grants = dict.fromkeys(AREAS, "granted")
        self.faults.clear()
        self.log.clear()
        if self.district.setting != setting or len(self.district.edits):
            self.district.edits.clear()
            self.district.use(setting)
            self._forget_other_years()

    def make_ready(
        self, directory: Path, page_size: int, *, rosters: bool = False, spoil_every: int = 0
    ) -> int:
        """Write the bodies of a whole pull to disk; see `ReadyBodies.make_ready`."""
        bodies = self.bodies(None)
        assert isinstance(bodies, ReadyBodies)
        return bodies.make_ready(directory, page_size, rosters=rosters, spoil_every=spoil_every)
