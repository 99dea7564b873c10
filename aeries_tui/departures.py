"""Why somebody who is in the roster goes with a plan that waits, in words."""

from __future__ import annotations

from enum import StrEnum


class Departure(StrEnum):
    """The reason for which a person, or their record at a school, goes; the values stand in the plan.

    `STATUS`: the record in Aeries has an inactive status. `UNLISTED`: a list that was read whole holds them no more.
    """

    STATUS = "status"
    PRE_ENROLLED = "pre_enrolled"
    UNLISTED = "unlisted"
    UNMAPPED = "unmapped"
    NO_CLASS = "no_class"


def reason_of(departure: Departure, status: str | None) -> str:
    """The reason that several share: `left: status I`."""
    match departure:
        case Departure.STATUS:
            return f"left: status {status}"
        case Departure.PRE_ENROLLED:
            return f"enrolled for next year only: status {status}"
        case Departure.UNLISTED:
            return "no longer listed by Aeries"
        case Departure.UNMAPPED:
            return "the school is mapped no more"
        case Departure.NO_CLASS:
            return "no class in a mapped school any more"


def sentence_of(
    departure: Departure, school: int | None, status: str | None, day: str | None, stays_at: int | None
) -> str:
    """Why one person goes, and from where: `left 884 on 2026-11-20, status I`.

    Args:
        departure: the reason.
        school: from which school; None where none is known.
        status: Aeries' status, where that is the reason.
        day: when they left as Aeries has it, ISO 8601; None where it does not say.
        stays_at: a school at which they are in still; None where there is none.
    """
    where = f"school {school}" if school is not None else "Aeries' list of staff"
    match departure:
        case Departure.STATUS:
            left = f"left {school}" if school is not None else "left"
            said = f"{left}{f' on {day}' if day else ''}, status {status}"
        case Departure.PRE_ENROLLED:
            said = f"enrolled at {where} for next year only, status {status}"
        case Departure.UNLISTED:
            said = f"no longer listed at {school}" if school is not None else f"no longer in {where}"
        case Departure.UNMAPPED:
            said = f"{where} is mapped no more"
        case Departure.NO_CLASS:
            said = "no class in a mapped school any more"
    return f"{said}; stays at {stays_at}" if stays_at is not None else said
