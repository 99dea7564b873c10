"""What stands several times among many values, found without keeping them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable

_AT_ONCE = 500_000
"""Values that are compared at a time."""


class Repeats:
    """Finds values that stand several times, in 16 bytes for each: its hash and its line.

    Two values may share a hash, so what is found has to be looked at; what is not found stands once for certain.
    """

    def __init__(self) -> None:
        self._hashes = array("q")
        self._lines = array("q")

    def add(self, values: Iterable[Hashable], lines: Iterable[int]) -> None:
        """More values, and the line of each."""
        self._hashes.extend(map(hash, values))
        self._lines.extend(lines)

    def found(self) -> list[list[int]]:
        """The lines of each value that may stand several times, in the order in which they were added."""
        parts = len(self._hashes) // _AT_ONCE + 1
        again: set[int] = set()
        for part in range(parts):
            some = [one for one in self._hashes if one % parts == part] if parts > 1 else self._hashes
            if len(set(some)) < len(some):
                again |= _several(some)
        if not again:
            return []
        lines = defaultdict[int, list[int]](list)
        for one, line in zip(self._hashes, self._lines, strict=True):
            if one in again:
                lines[one].append(line)
        return list(lines.values())


def _several(hashes: Iterable[int]) -> set[int]:
    seen: set[int] = set()
    again: set[int] = set()
    for one in hashes:
        (again if one in seen else seen).add(one)
    return again
