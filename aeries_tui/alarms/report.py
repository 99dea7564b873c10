"""What an alarm is about: one finished pull in counts and codes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aeries_tui.outcome import Outcome

_CODE = re.compile(r"[A-Z]+(?:-[A-Z]+)+")


@dataclass(frozen=True)
class PullReport:
    """One finished pull, without a single name of a person.

    Attributes:
        district: the district's name.
        number: the import's number; None when the pull ended before it had one.
        outcome: what became of it.
        previous: what became of the pull before it; None when it was the first.
        started, ended: when, aware.
        last_good_at: when the last good import ended, this one included; None for never.
        counts: kind of record to what happened to how many ({"student": {"created": 3}}).
        codes: code to the number of its descriptions; anything that is no code is left out.
        held: the codes for which the plan is held.
        deliveries: name of each delivery to how it stands: `ok`, `held` or `failed`.
    """

    district: str
    number: int | None
    outcome: Outcome
    previous: Outcome | None
    started: dt.datetime
    ended: dt.datetime
    last_good_at: dt.datetime | None
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    deliveries: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "codes", {code: n for code, n in self.codes.items() if _CODE.fullmatch(code)}
        )
        object.__setattr__(self, "held", tuple(code for code in self.held if _CODE.fullmatch(code)))

    @property
    def undelivered(self) -> Mapping[str, str]:
        """The deliveries that are held or failed."""
        return {name: state for name, state in self.deliveries.items() if state != "ok"}

    @property
    def hours_since_good(self) -> float | None:
        """Hours between the last good import and the end of this one; None for never."""
        if self.last_good_at is None:
            return None
        return max(0.0, (self.ended - self.last_good_at).total_seconds() / 3600)

    @property
    def seconds(self) -> float:
        """How long the pull took."""
        return max(0.0, (self.ended - self.started).total_seconds())
