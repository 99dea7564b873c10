"""What became of an id, for its history."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.codes import Code
from aeries_tui.master.identity.facts import PersonKind


@dataclass(frozen=True)
class Step:
    """One thing that became of an id, for its history.

    Attributes:
        import_id: the import, or the newest one when it was decided.
        at: when, UTC.
        action: in words.
        follows: it came after what the import changed, not before.
    """

    import_id: int
    at: str
    action: str
    follows: bool


def story_of(db: sqlite3.Connection, kind: PersonKind, person: int) -> list[Step]:
    """What became of an id: decisions about it, and each time it passed to another person."""
    return sorted(
        [*_decisions(db, kind, person), *_passed(db, kind, person)], key=lambda s: (s.import_id, s.at)
    )


def _decisions(db: sqlite3.Connection, kind: PersonKind, person: int) -> Iterator[Step]:
    rows = db.execute(
        f"""
        SELECT after_import, at, code, verdict, person, former, by, reason
        FROM identity_decision
        WHERE kind = ? AND (person = ? OR (former = ? AND code = '{Code.REC_RENUMBERED}'))
        """,
        (kind, person, person),
    )
    for after, at, code, verdict, new, former, by, reason in rows:
        if code == Code.REC_RENUMBERED:
            what = (
                f"{new} {'is the same person as' if verdict == 'same' else 'is another person than'} {former}"
            )
        else:
            what = f"{'still the same person' if verdict == 'same' else 'now another person'}"
        yield Step(after, at, f"decided by {by}: {what} ({reason})", True)


def _passed(db: sqlite3.Connection, kind: PersonKind, person: int) -> Iterator[Step]:
    rows = db.execute(
        """
        SELECT h.import_id, coalesce(i.ended_at, i.started_at, ''), i.kind
        FROM handover h
        LEFT JOIN import i ON i.id = h.import_id
        WHERE h.kind = ? AND h.person = ?
        """,
        (kind, person),
    )
    for number, at, what in rows:
        back = (
            "the id went back to who had it before"
            if what != "pull"
            else "from here on the id is another person's"
        )
        yield Step(number, at, back, False)
