"""What a district's board shows of its imports: each day's outcome, and who is at each school now and was before."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.outcome import Outcome


@dataclass(frozen=True)
class PullOfBoard:
    """One pull: its number, when it began (UTC), its outcome, and how many records it changed."""

    number: int
    started_at: str
    outcome: Outcome
    changed: int


@dataclass(frozen=True)
class SchoolOfBoard:
    """One school: how many students are active there, and how many were; None where that is not known."""

    code: int
    name: str
    now: int
    before: int | None


def pulls_since(db: sqlite3.Connection, begin: str) -> list[PullOfBoard]:
    """The pulls that began at or after a moment (UTC, ISO 8601), oldest first; what was not applied changed nothing."""
    rows = db.execute(
        """
        SELECT
            i.id, i.started_at, i.outcome,
            iif(i.applied, (
                SELECT sum(c.created + c.updated + c.reactivated + c.deactivated) FROM count c WHERE c.import_id = i.id
            ), 0)
        FROM import i
        WHERE i.kind = 'pull' AND i.started_at >= ?
        ORDER BY i.id
        """,
        (begin,),
    )
    return [
        PullOfBoard(int(n), str(at), Outcome(outcome), int(changed or 0)) for n, at, outcome, changed in rows
    ]


def last_applied_by(db: sqlite3.Connection, moment: str) -> int | None:
    """The last import that was applied by a moment (UTC, ISO 8601); None where there was none, or another roster then."""
    (number,) = db.execute(
        """
        SELECT max(id)
        FROM import i
        WHERE applied = 1
            AND ended_at <= ?
            AND NOT EXISTS (
                SELECT 1 FROM import a WHERE a.kind IN ('archive', 'restore') AND a.applied = 1 AND a.id >= i.id
            )
        """,
        (moment,),
    ).fetchone()
    return None if number is None else int(number)


def students_by_school(db: sqlite3.Connection, then: int | None) -> list[SchoolOfBoard]:
    """The schools that have students or had some, those with the most first.

    Args:
        db: the Master.
        then: the import after which they were counted before; None for nothing to compare with.
    """
    names = {int(code): str(name) for code, name in db.execute("SELECT code, name FROM aeries_school")}
    now = _counted(
        db.execute("SELECT school_code, count(*) FROM school_enrollment WHERE active = 1 GROUP BY 1")
    )
    before: dict[int, int] = {}
    if then is not None:
        # A record was then what the first later import kept of it, else what it is now.
        before = _counted(
            db.execute(
                """
                SELECT school_code, sum(active)
                FROM (
                    SELECT school_code, student_id, iif(absent, 0, active) AS active, min(import_id)
                    FROM past_school_enrollment
                    WHERE import_id > :then
                    GROUP BY school_code, student_id
                )
                GROUP BY 1
                UNION ALL
                SELECT c.school_code, count(*)
                FROM school_enrollment c
                WHERE c.active = 1
                    AND c.created_import <= :then
                    AND NOT EXISTS (
                        SELECT 1
                        FROM past_school_enrollment p
                        WHERE p.school_code = c.school_code AND p.student_id = c.student_id AND p.import_id > :then
                    )
                GROUP BY 1
                """,
                {"then": then},
            )
        )
    schools = [
        SchoolOfBoard(
            code, names.get(code, f"School {code}"), now.get(code, 0), before.get(code, 0) if then else None
        )
        for code in {*now, *(code for code, count in before.items() if count)}
    ]
    return sorted(schools, key=lambda school: (-school.now, school.code))


def _counted(rows: sqlite3.Cursor) -> dict[int, int]:
    counts: dict[int, int] = {}
    for code, count in rows:
        counts[int(code)] = counts.get(int(code), 0) + int(count)
    return counts
