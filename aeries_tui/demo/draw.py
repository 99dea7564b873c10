"""Repeatable numbers: what a district draws for somebody depends on the names given, on nothing else."""

from __future__ import annotations

import hashlib
import math
import struct
from functools import cache

Draws = tuple[int, ...]
"""Numbers of 0 to 65535."""

STUDENT = "pupil"
"""The name that students draw under: it is part of the numbers, another one would make every district another."""


@cache
def _unpacker(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}H")


def draws(count: int, *name: object) -> Draws:
    """`count` numbers of 0 to 65535, the same for the same name on every machine and Python."""
    key = "/".join(map(str, name)).encode()
    return _unpacker(count).unpack(hashlib.shake_128(key).digest(2 * count))


def within(draw: int, percent: float) -> bool:
    """Whether a draw falls into the first `percent` of all."""
    return draw < percent * 655.36


def pick(draw: int, size: int) -> int:
    """A position of 0 to `size` - 1."""
    return draw * size >> 16


def chosen(size: int, share: float, *name: object) -> list[int]:
    """About `share` (0 to 1) of the positions 0 to `size` - 1, each at most once."""
    if size < 1 or share <= 0:
        return []
    rounding, first, step = draws(3, *name)
    count = min(size, int(size * share + rounding / 65536))
    stride = 1 + step % size
    while math.gcd(stride, size) != 1:
        stride += 1
    return [(first + place * stride) % size for place in range(count)]
