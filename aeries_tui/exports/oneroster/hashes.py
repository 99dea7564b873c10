"""What stands several times among many values, or not among others, found in 8 bytes for each value: its hash.

Two values may share a hash, so what stands several times has to be looked at; what stands once does so for certain. What is
not among others is not for certain; that one of them has its hash by chance no district lives to see.
"""

from __future__ import annotations

from array import array

_AT_ONCE = 500_000
"""Hashes that are compared in one pass; of more, a third as many in each of several."""


def hashes() -> array[int]:
    """None yet; `extend(map(hash, values))` adds those of values."""
    return array("q")


def repeated(some: array[int]) -> set[int]:
    """Those that stand several times."""
    again: set[int] = set()
    parts = _parts(some)
    for number in range(parts):
        part = _part(some, number, parts)
        if len(set(part)) == len(part):
            continue
        seen: set[int] = set()
        for one in part:
            (again if one in seen else seen).add(one)
    return again


def not_among(some: array[int], others: array[int]) -> set[int]:
    """Those that are none of the others."""
    parts = max(_parts(some), _parts(others))
    found: set[int] = set()
    for number in range(parts):
        found |= set(_part(some, number, parts)).difference(_part(others, number, parts))
    return found


def _parts(some: array[int]) -> int:
    return 1 if len(some) <= _AT_ONCE else 3 * len(some) // _AT_ONCE


def _part(some: array[int], number: int, parts: int) -> array[int]:
    return some if parts == 1 else array("q", [one for one in some if one % parts == number])
