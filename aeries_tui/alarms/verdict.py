"""How a district stands, for monitors: one state, one sentence, one exit status; pure.

Exit statuses of `aeries-tui status`: 0 the last import is good and young enough, 4 it is but had
errors, 3 a plan waits for a person, 5 the last pull failed, 6 the last good import is too old or
there never was one. For several districts it is the gravest: 5, 6, 3, 4, 0.
"""

from __future__ import annotations

import datetime as dt
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aeries_tui.documents import Document
from aeries_tui.errors import Problem, WrongUse
from aeries_tui.outcome import Outcome
from aeries_tui.text import in_age


class State(StrEnum):
    """How a district stands."""

    OK = "ok"
    WITH_ERRORS = "with_errors"
    HELD = "held"
    LATE = "late"
    NEVER = "never"
    FAILED = "failed"


EXIT_STATUS: dict[State, int] = {
    State.OK: 0,
    State.WITH_ERRORS: 4,
    State.HELD: 3,
    State.LATE: 6,
    State.NEVER: 6,
    State.FAILED: 5,
}

GRAVITY = [State.OK, State.WITH_ERRORS, State.HELD, State.LATE, State.NEVER, State.FAILED]
"""The states, mildest first."""


@dataclass(frozen=True)
class ServiceReader:
    """A consumer of the roster service.

    Attributes:
        name: its name.
        last_seen: when it asked last, in UTC; null for never.
        requests: how many it made.
        records: how many records it was given.
        state: the number of the newest state that it read; null for none.
    """

    name: str
    last_seen: str | None
    requests: int
    records: int
    state: int | None


@dataclass(frozen=True)
class RosterService:
    """What the roster service of a district gives.

    Attributes:
        state: the number of the state that is given; null before the first.
        import_id: the newest import in it.
        since: when it could first be read, in UTC.
        held: nobody is in the roster, as after the archive at a year's end, so the last state is given until an import fills it.
        left_out: ids of records that the standard does not allow.
        consumers: who may read.
        answers: whether anything answers: `runs`, `listens` (systemd does, and starts it), `differs` (the same, otherwise
            than the settings say), `stopped` or `absent`.
        listening: the address and port on this machine; null for none.
        late: it runs, and can't give the newest import.
        problem: why the file of the service can't be used; null where it can. The rest is then not known.
    """

    state: int | None
    import_id: int | None
    since: str | None
    held: bool
    left_out: Sequence[str]
    consumers: Sequence[ServiceReader]
    answers: str
    listening: str | None
    late: bool
    problem: Problem | None


@dataclass(frozen=True)
class Running:
    """What works on a district now.

    Attributes:
        what: it does, such as `pull` or `approve`.
        since: when it began, UTC.
    """

    what: str
    since: str


class Standing(Document, frozen=True):
    """How a district stands, for monitors: by what has ended, whatever works on it now.

    Attributes:
        district: its name.
        state: the state.
        sentence: the state for a person, with what to do.
        hours_since_good: how old the last good import is; null where there was none.
        exit_status: of `aeries-tui status` for this district alone.
        deliveries: by name, how each delivery stands: `ok`, `held` or `failed`.
        roster_service: what the roster service gives; null where no consumer was ever added, and of all districts at once.
        running: what works on it now; null for nothing.
    """

    district: str
    state: State
    sentence: str
    hours_since_good: float | None
    exit_status: int
    deliveries: Mapping[str, str]
    roster_service: RosterService | None
    running: Running | None


@dataclass(frozen=True)
class Verdict:
    """How one district stands.

    Attributes:
        district: its name.
        state: the state.
        sentence: the state for a person, with what to do.
        age: how old the last good import is; None when there was none.
    """

    district: str
    state: State
    sentence: str
    age: dt.timedelta | None

    @property
    def exit_status(self) -> int:
        """The exit status of `aeries-tui status`."""
        return EXIT_STATUS[self.state]

    def standing(
        self,
        deliveries: Mapping[str, str],
        service: RosterService | None = None,
        running: Running | None = None,
    ) -> Standing:
        """The verdict as `status --json` prints it, with how deliveries and the roster service stand, and what runs."""
        hours = None if self.age is None else round(self.age.total_seconds() / 3600, 2)
        return Standing(
            self.district, self.state, self.sentence, hours, self.exit_status, deliveries, service, running
        )


_SEE = {
    State.FAILED: "results",
    State.HELD: "results",
    State.WITH_ERRORS: "results",
    State.LATE: "schedule show",
}
"""The command that says more of a state."""


def verdict(
    district: str,
    *,
    latest: Outcome | None,
    last_good: Outcome | None,
    last_good_at: dt.datetime | None,
    now: dt.datetime,
    max_age: dt.timedelta,
) -> Verdict:
    """How a district stands.

    Args:
        district: its name.
        latest: the outcome of the newest import that says how it stands (`imports.latest_verdict`); None when there is none.
            One that runs, or was ended by a wish, is not asked: nothing is mended because somebody tries again.
        last_good: whether the last good import was completed or completed with error; None for never.
        last_good_at: when that one ended.
        now: the instant of asking.
        max_age: how old it may be.
    """
    age = now - last_good_at if last_good_at is not None else None
    state, sentence = _state(latest, last_good, age, max_age)
    if state in _SEE:
        sentence += f" See: aeries-tui {_SEE[state]} --district {shlex.quote(district)}"
    return Verdict(district, state, sentence, age)


def worst(verdicts: Iterable[Verdict]) -> int:
    """The exit status for several districts: that of the gravest; 0 for none."""
    gravest = max((GRAVITY.index(verdict.state) for verdict in verdicts), default=0)
    return EXIT_STATUS[GRAVITY[gravest]]


def parse_age(value: str) -> dt.timedelta:
    """An age as a person types it: `26h`, `90m`, `2d`, or a bare number of hours; WrongUse otherwise."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([hmd]?)", value.strip().lower())
    if not match:
        raise WrongUse(f"{value!r} is no age.", remedy="Write hours, minutes or days: 26h, 90m, 2d.")
    number = float(match[1])
    match match[2]:
        case "m":
            return dt.timedelta(minutes=number)
        case "d":
            return dt.timedelta(days=number)
        case _:
            return dt.timedelta(hours=number)


def _state(
    latest: Outcome | None, last_good: Outcome | None, age: dt.timedelta | None, max_age: dt.timedelta
) -> tuple[State, str]:
    since = (
        f"the last good import is {in_age(age.total_seconds())} old"
        if age is not None
        else "there is no good import yet"
    )
    if latest is Outcome.ERROR:
        return State.FAILED, f"The last pull failed; {since}."
    if latest is Outcome.INTERRUPTED:
        return State.FAILED, f"The last pull was interrupted; {since}."
    if latest is Outcome.HELD:
        return State.HELD, f"A plan waits for a person; {since}."
    if last_good is None or age is None:
        return State.NEVER, "There is no good import yet."
    if age > max_age:
        return (
            State.LATE,
            f"Too old: {since}, more than {in_age(max_age.total_seconds())}.",
        )
    if last_good is Outcome.COMPLETED_WITH_ERROR:
        return State.WITH_ERRORS, f"Completed with ERROR; {since}."
    return State.OK, f"Completed; {since}."
