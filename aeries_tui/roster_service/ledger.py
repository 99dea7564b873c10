"""What was read, by consumer and count, until it is written down: no ids, no names, no filters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Read(NamedTuple):
    """What a consumer read.

    Attributes:
        consumer: its name.
        operation: the path with `{id}` for ids.
        status: of the answers.
        requests, records: how many.
        state: the newest of which they were.
    """

    consumer: str
    operation: str
    status: int
    requests: int
    records: int
    state: int


@dataclass
class _Sum:
    requests: int = 0
    records: int = 0
    state: int = 0


@dataclass
class Ledger:
    """Sums since the last time they were taken."""

    _reads: dict[tuple[str, str, int], _Sum] = field(default_factory=dict)

    def note(self, consumer: str, operation: str, status: int, records: int, state: int) -> None:
        """Note one answer.

        Args:
            consumer: its name.
            operation: the path with `{id}` for ids.
            status: of the answer.
            records: how many it holds.
            state: of which state.
        """
        self._add(Read(consumer, operation, status, 1, records, state))

    def take(self) -> list[Read]:
        """The sums; then they begin anew."""
        taken = [
            Read(consumer, operation, status, found.requests, found.records, found.state)
            for (consumer, operation, status), found in self._reads.items()
        ]
        self._reads.clear()
        return taken

    def give_back(self, reads: Iterable[Read]) -> None:
        """Count again what could not be written down."""
        for one in reads:
            self._add(one)

    def _add(self, read: Read) -> None:
        found = self._reads.setdefault((read.consumer, read.operation, read.status), _Sum())
        found.requests += read.requests
        found.records += read.records
        found.state = max(found.state, read.state)

    def __bool__(self) -> bool:
        return bool(self._reads)
