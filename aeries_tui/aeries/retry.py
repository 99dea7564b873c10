"""When a failed request is tried again, and after how long. Knows no HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aeries_tui.aeries.errors import AeriesError, Unreachable
from aeries_tui.aeries.limits import Limits

_GIVEN_BACK = 0.125


class RetryPolicy:
    """The tries of all requests of one client, drawn from one budget.

    A list that fails alone is tried to the end. When nothing works the budget is soon used up, and
    after a run of failures everything ends (`is_hopeless`).

    Args:
        limits: the figures.
        random: numbers from 0 to 1.
    """

    def __init__(self, limits: Limits, random: Callable[[], float]) -> None:
        self._limits = limits
        self._random = random
        self._budget = float(limits.retry_budget)
        self._failures_in_a_row = 0
        self._ever_answered = False

    @property
    def failures_in_a_row(self) -> int:
        """Failed tries since the last good answer."""
        return self._failures_in_a_row

    @property
    def is_hopeless(self) -> bool:
        """The budget is used up and nothing has worked for a while."""
        return self._budget < 1 and self._failures_in_a_row >= self._limits.give_up_after

    def succeeded(self) -> None:
        """A good answer came: the budget fills up a little."""
        self._ever_answered = True
        self._failures_in_a_row = 0
        self._budget = min(float(self._limits.retry_budget), self._budget + _GIVEN_BACK)

    def wait_before_next(self, error: AeriesError, tries: int) -> float | None:
        """Seconds to wait after try number `tries` failed; None when there is no next try.

        A time the server asked for is honoured up to a limit and lengthened at random, so that not
        everybody comes back at once; otherwise the wait is random up to a bound that doubles.
        """
        if error.retry:
            self._failures_in_a_row += 1
        most = self._limits.tries
        if error.once_more or (isinstance(error, Unreachable) and not self._ever_answered):
            most = min(most, 2)
        if not error.retry or tries >= most or self._budget < 1:
            return None
        self._budget -= 1
        if error.retry_after is not None:
            return min(error.retry_after, self._limits.longest_pause) + self._random()
        bound = min(self._limits.longest_wait, self._limits.first_wait * 2.0 ** (tries - 1))
        return self._random() * bound


def parse_retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait, from a Retry-After header in seconds or as a date; None where it says nothing.

    Args:
        text: the header.
        now: the present, with its zone.
    """
    trimmed = (text or "").strip()
    if trimmed.isascii() and trimmed.isdigit():
        return float(trimmed[:9])
    try:
        when = parsedate_to_datetime(trimmed)
    except (ValueError, IndexError, OverflowError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())
