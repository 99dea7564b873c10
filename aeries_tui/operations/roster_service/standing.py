"""How the roster service of a district stands: what it gives, since when, and who reads it."""

from __future__ import annotations

from dataclasses import dataclass

from aeries_tui.alarms.verdict import RosterService, ServiceReader
from aeries_tui.master.served import consumers, states
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.master.served.file import served
from aeries_tui.master.served.master_mark import mark_of
from aeries_tui.operations.district import District
from aeries_tui.roster_service.times import stamp_text
from aeries_tui.text import in_number


@dataclass(frozen=True)
class ServiceStanding:
    """How the roster service of a district stands.

    Attributes:
        state: the number of the state that is given; None before the first.
        import_id: the newest import in it.
        since: when it could first be read, in UTC.
        is_held: the roster was emptied for a new year, so the last state is given until its first import.
        left_out: ids of records that the standard does not allow.
        consumers: who may read.
    """

    state: int | None
    import_id: int | None
    since: str | None
    is_held: bool
    left_out: tuple[str, ...]
    consumers: tuple[Consumer, ...]

    @property
    def sentence(self) -> str:
        """The same in words."""
        given = f"gives import {self.import_id} since {self.since}" if self.state else "was not asked yet"
        held = ", held until the new year's first import" if self.is_held else ""
        seen = max((one.last_seen for one in self.consumers if one.last_seen), default="never")
        left = f"; {in_number(len(self.left_out), 'record')} left out" if self.left_out else ""
        return f"{given}{held}; {in_number(len(self.consumers), 'consumer')}, last seen {seen}{left}"

    def document(self) -> RosterService:
        """The same as JSON documents give it."""
        readers = [
            ServiceReader(one.name, one.last_seen, one.requests, one.records, one.state)
            for one in self.consumers
        ]
        return RosterService(self.state, self.import_id, self.since, self.is_held, self.left_out, readers)


def service_standing(district: District) -> ServiceStanding | None:
    """How the service stands; None where no consumer was ever added. Raises MasterError."""
    if not district.files.served.exists():
        return None
    with served(district.files.served) as db:
        now = states.shown(db)
        left_out = tuple(states.left_out(db, now.number)) if now else ()
        allowed = tuple(one for one in consumers.consumers(db) if one.is_allowed)
    is_held = False
    if now is not None and district.files.master.exists():
        with district.reading() as master:
            is_held = not mark_of(master).is_roster
    return ServiceStanding(
        now.number if now else None, now.import_id if now else None, stamp_text(now.stamp) if now else None, is_held,
        left_out, allowed,
    )  # fmt: skip
