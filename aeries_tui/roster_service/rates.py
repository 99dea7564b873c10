"""How many requests somebody may send: a bucket that fills as time goes on, for each consumer, so that none starves others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_MOST = 1_000


class Rates:
    """Buckets by name.

    Args:
        per_minute: how many requests a minute go on for ever; so many may come at once.
        clock: seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._per_second, self._clock = float(per_minute), per_minute / 60, clock
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> int:
        """Take one; 0 where there was one, else the seconds after which there is."""
        now = self._clock()
        left, at = self._left.get(name, (self._most, now))
        left = min(self._most, left + (now - at) * self._per_second)
        if left < 1:
            return max(1, math.ceil((1 - left) / self._per_second))
        if len(self._left) > _MOST:
            self._left.clear()
        self._left[name] = (left - 1, now)
        return 0
