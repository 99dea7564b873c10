"""The program's words for states and outcomes, each with its sign; see `Outcome`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Look:
    """How a state is shown: a label, a sign, the sign in plain ASCII, and a style name."""

    label: str
    sign: str
    ascii_sign: str
    style: str


class Outcome(StrEnum):
    """What became of an import."""

    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_ERROR = "completed_with_error"
    ERROR = "error"
    HELD = "held"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"

    @property
    def look(self) -> Look:
        """Label, sign and style of this outcome."""
        return LOOKS[self]

    @property
    def exit_status(self) -> int:
        """The exit status of `pull` for this outcome."""
        return EXIT_STATUS[self]


GOOD: frozenset[Outcome] = frozenset({Outcome.COMPLETED, Outcome.COMPLETED_WITH_ERROR})
"""Outcomes after which the District Master holds what Aeries said."""

LOOKS: dict[Outcome, Look] = {
    Outcome.RUNNING: Look("Running", "▶", ">", "running"),
    Outcome.COMPLETED: Look("Completed", "✔", "+", "completed"),
    Outcome.COMPLETED_WITH_ERROR: Look("Completed with ERROR", "▲", "!", "completed_with_error"),
    Outcome.ERROR: Look("ERROR", "✖", "x", "error"),
    Outcome.HELD: Look("Held for review", "‖", "=", "held"),
    Outcome.CANCELLED: Look("Cancelled", "■", "#", "cancelled"),
    Outcome.INTERRUPTED: Look("Interrupted", "■", "#", "cancelled"),
    Outcome.DISCARDED: Look("Discarded", "□", "-", "cancelled"),
    Outcome.SUPERSEDED: Look("Superseded", "□", "-", "cancelled"),
}

EXIT_STATUS: dict[Outcome, int] = {
    Outcome.RUNNING: 0,
    Outcome.COMPLETED: 0,
    Outcome.COMPLETED_WITH_ERROR: 4,
    Outcome.ERROR: 5,
    Outcome.HELD: 3,
    Outcome.CANCELLED: 130,
    Outcome.INTERRUPTED: 130,
    Outcome.DISCARDED: 0,
    Outcome.SUPERSEDED: 0,
}

RECORD_OUTCOMES = ("created", "updated", "unchanged", "reactivated", "rejected", "duplicate", "out_of_scope")
"""Every record received ends as exactly one of these (design, section 4, promise 5)."""

COUNT_COLUMNS = ("received", *RECORD_OUTCOMES, "deactivated", "active")
"""What an import counts of each kind: what came, what became of it, what was not there any more, what is in now."""
