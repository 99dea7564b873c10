"""Whom a plan that waits lets go, and why."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.departures import Departure, reason_of, sentence_of
from aeries_tui.master.roster.kinds import SCHOOL_ENROLLMENT, Kind

OF_KINDS = ("student", "school_enrollment", "staff")
"""Kinds of whose records a plan says why they go."""


@dataclass(frozen=True)
class DepartureTally:
    """How many records of one kind, at one school, go for one reason.

    Attributes:
        kind: student, school_enrollment or staff.
        school: from which school; None where none is known.
        reason: why.
        status: Aeries' status, where that is why.
        count: how many.
    """

    kind: str
    school: int | None
    reason: Departure
    status: str | None
    count: int

    @property
    def words(self) -> str:
        """Why, in a few words."""
        return reason_of(self.reason, self.status)


def departure_tallies(db: sqlite3.Connection) -> list[DepartureTally]:
    """By kind and school, the most frequent reason first; the plan is attached as `p`."""
    rows = db.execute(
        """
        SELECT kind, nullif(school, 0), reason, status, count(*)
        FROM p.departure
        GROUP BY 1, 2, 3, 4
        ORDER BY 1, 2, 5 DESC, 3, 4
        """
    )
    return [
        DepartureTally(kind, school, Departure(reason), status, n) for kind, school, reason, status, n in rows
    ]


def why_it_goes(db: sqlite3.Connection, kind: Kind, key: tuple[int | str, ...]) -> str:
    """Why a record goes, in a sentence; blank where the plan does not say. The plan is attached as `p`."""
    school, person = (key[0], key[1]) if kind is SCHOOL_ENROLLMENT else (None, key[0])
    row = db.execute(
        """
        SELECT reason, school, status, day, stays_at
        FROM p.departure
        WHERE kind = ? AND person = ? AND (? IS NULL OR school = ?)
        """,
        (kind.name, person, school, school),
    ).fetchone()
    return tell_departure(*row) if row is not None else ""


def tell_departure(
    reason: str, school: int, status: str | None, day: str | None, stays_at: int | None
) -> str:
    """A row of `departure` as a sentence."""
    return sentence_of(Departure(reason), school or None, status, day, stays_at)
