"""Which deliveries a district has, and how each stands."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.errors import ConfigurationError, NotFound
from aeries_tui.master.imports.deliveries import DeliverySet, SetState, sets_of
from aeries_tui.operations.district import District
from aeries_tui.settings.deliveries import BrokenDelivery, Delivery, deliveries


@dataclass(frozen=True)
class Delivered:
    """What became of a delivery.

    Attributes:
        name: its name.
        found: the set that it came to; None where the delivery can't be used, or nothing was due.
        problem: what went wrong, in sentences; blank where nothing did.
    """

    name: str
    found: DeliverySet | None
    problem: str = ""

    @property
    def is_held(self) -> bool:
        """Whether a person must look at it."""
        return self.found is not None and self.found.state is SetState.HELD

    @property
    def look(self) -> str:
        """How it stands, in a word: `ok`, `held` or `failed`."""
        return "held" if self.is_held else "failed" if self.problem else "ok"

    @property
    def sentence(self) -> str:
        """What a person must know; blank where all is well."""
        if self.is_held and self.found is not None:
            return (
                f"The delivery {self.name} is held (set {self.found.id}): {' '.join(self.found.held_for)} "
                f"See aeries-tui deliveries show {self.name}."
            )
        return f"The delivery {self.name} failed: {self.problem}" if self.problem else ""


def known_deliveries(district: District) -> list[Delivery | BrokenDelivery]:
    """All deliveries of a district by name, those that can't be used too."""
    settings = district.settings
    if not settings.deliveries:
        return []
    alone = len(district.store.all()) <= 1
    return deliveries(settings.path, settings.deliveries, district.name, alone=alone)


def find_delivery(district: District, name: str) -> Delivery:
    """The delivery of that name.

    Raises:
        NotFound: there is none; the error names those there are.
        ConfigurationError: it can't be used.
    """
    known = {one.name: one for one in known_deliveries(district)}
    found = known.get(name)
    if found is None:
        there = f"There are {', '.join(known)}." if known else "config.toml has no [[deliveries]]."
        raise NotFound(f"There is no delivery {name}.", remedy=f"{there} See aeries-tui help deliveries.")
    if isinstance(found, BrokenDelivery):
        raise ConfigurationError(
            found.problem, meaning="Nothing was sent.", remedy="See aeries-tui help deliveries."
        )
    return found


def states_of(district: District) -> list[Delivered]:
    """How each delivery stands now, by name; raises MasterError, and NotFound where there is no Master."""
    known = known_deliveries(district)
    if not known:
        return []
    with district.reading() as db:
        return [_state_of(db, one) for one in known]


def _state_of(db: sqlite3.Connection, one: Delivery | BrokenDelivery) -> Delivered:
    newest = sets_of(db, one.name, 1)
    found = newest[0] if newest else None
    if isinstance(one, BrokenDelivery):
        return Delivered(one.name, found, one.problem)
    return Delivered(one.name, found, found.problem if found is not None and found.has_failed else "")
