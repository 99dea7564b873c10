"""What the client tells whoever listens, for the log: counts, codes and times, nothing of what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class RequestDone:
    """A request has its answer, or its last try failed.

    Attributes:
        endpoint: the kind of list, such as `students`.
        school: its school code; None for the whole district.
        status: of the last answer; None when none came.
        bytes: of it, unpacked.
        seconds: the last try took.
        tries: it needed.
        code: of what was wrong in the end; blank when all went well.
    """

    endpoint: str
    school: int | None
    status: int | None
    bytes: int
    seconds: float
    tries: int
    code: str = ""


@dataclass(frozen=True)
class Waiting:
    """A try failed; the request waits before the next.

    Attributes:
        endpoint: the kind of list.
        school: its school code; None for the whole district.
        reason: the code of what was wrong.
        seconds: it waits.
        everybody: all requests wait, because the server asked for it.
    """

    endpoint: str
    school: int | None
    reason: str
    seconds: float
    everybody: bool = False


@dataclass(frozen=True)
class Slowed:
    """Fewer requests at a time from now on."""

    limit: int
    reason: str


@dataclass(frozen=True)
class Widened:
    """One more request at a time from now on."""

    limit: int


@dataclass(frozen=True)
class Queued:
    """A request has waited long for its turn at a server that others ask from here as well.

    Attributes:
        seconds: so far.
        processes: the numbers of those that have the turns, as far as they are known.
        is_pause: the server asked for a pause.
    """

    seconds: float
    processes: tuple[int, ...]
    is_pause: bool = False

    @property
    def whom(self) -> str:
        """For whom it waits; a process that was stopped keeps its turn."""
        if self.is_pause:
            return "the server's own pause"
        if not self.processes:
            return "another process"
        return f"process {', '.join(map(str, self.processes))}"


@dataclass(frozen=True)
class Unshared:
    """What others ask of the server from here can't be counted; `reason` in the system's words."""

    reason: str


@dataclass(frozen=True)
class ReadAgain:
    """The rows of a list moved while it was read page by page; it is read again from the first."""

    endpoint: str
    school: int | None
    attempt: int


Event: TypeAlias = RequestDone | Waiting | Slowed | Widened | Queued | Unshared | ReadAgain


@dataclass
class Traffic:
    """What reading cost.

    Attributes:
        requests: tries that were made, good and bad.
        retries: those that were second and later tries.
        bytes: received, unpacked.
        seconds: from asking to having, waits included; of several requests the sum.
    """

    requests: int = 0
    retries: int = 0
    bytes: int = 0
    seconds: float = 0.0

    def add(self, other: Traffic) -> None:
        """Count `other` in."""
        self.requests += other.requests
        self.retries += other.retries
        self.bytes += other.bytes
        self.seconds += other.seconds
