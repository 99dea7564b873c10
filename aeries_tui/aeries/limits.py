"""How hard Aeries may be asked, and how long it may take."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """The limits of one client. Times are seconds.

    Attributes:
        at_a_time: requests at a time to begin with.
        most_at_a_time: never more than this.
        tries: of one request, the first included.
        retry_budget: further tries in store for the whole client; good answers fill it up again slowly.
        give_up_after: failed requests in a row, with the budget used up, that end everything.
        first_wait: the wait before a second try is random up to this; it doubles with each try.
        longest_wait: what that doubling ends at.
        longest_pause: the most of a Retry-After that is honoured.
        connect: until the connection stands.
        silence: without a byte.
        request: for one whole answer.
        turn: until a request may go, where others on this machine ask the same server; a pull ends by its own deadline.
        answer_bytes: the largest answer taken, unpacked; all that come at a time are less than twice that together.
        answer_rows: the longest list taken in one answer.
        answer_bad_rows: rows of one answer that may be unusable; with more the list is not read.
    """

    at_a_time: int = 4
    most_at_a_time: int = 8
    tries: int = 5
    retry_budget: int = 20
    give_up_after: int = 10
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_pause: float = 120.0
    connect: float = 5.0
    silence: float = 60.0
    request: float = 600.0
    turn: float = math.inf
    answer_bytes: int = 128 * 1024 * 1024
    answer_rows: int = 500_000
    answer_bad_rows: int = 5_000

    def __post_init__(self) -> None:
        if not 1 <= self.at_a_time <= self.most_at_a_time or self.tries < 1:
            raise ValueError("at_a_time is at least 1 and at most most_at_a_time; tries at least 1")
