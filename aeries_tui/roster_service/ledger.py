"""What was read, by consumer and count, until it is written down: no ids, no names, no filters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


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
        found = self._reads.setdefault((consumer, operation, status), _Sum())
        found.requests += 1
        found.records += records
        found.state = max(found.state, state)

    def take(self) -> list[tuple[str, str, int, int, int, int]]:
        """Consumer, operation, status, requests, records and state of each sum; then they begin anew."""
        taken = list(self._rows())
        self._reads.clear()
        return taken

    def _rows(self) -> Iterator[tuple[str, str, int, int, int, int]]:
        for (consumer, operation, status), found in self._reads.items():
            yield consumer, operation, status, found.requests, found.records, found.state

    def __bool__(self) -> bool:
        return bool(self._reads)
