"""The mark: up to which moment of the server's clock the Master holds everything that Aeries had.

A full pull that read every list well sets it, a quick pull moves it on. What it rests on
(mapping, settings, school year) is kept beside it: where that has changed, a quick pull
has nothing to go on from.
"""

from __future__ import annotations

import sqlite3

import msgspec

from aeries_tui.master.plan import Plan

_NAME = "mark"


class Mark(msgspec.Struct, frozen=True):
    """What the next quick pull goes on from.

    Attributes:
        import_id: the import that set it.
        address: of the API that was read.
        at: when the reading began, by the server's clock, ISO 8601, with its offset where it told one.
        zone: the server's zone as it names it, or blank.
        school_year: the server's.
        mapped: codes of the mapped schools, in order.
        staff_rule, lead_days: the settings that decide who is in.
        next_change: the first day on which, by the calendar alone, something begins or ends that the Master does
            not hold; None where there is none.
        unread_teachers: some teacher record could not be read: whom it names nobody knows.
        full_requests, full_bytes: what the last full pull cost.
    """

    import_id: int
    address: str
    at: str
    zone: str
    school_year: str | None
    mapped: tuple[int, ...]
    staff_rule: str
    lead_days: int
    next_change: str | None
    unread_teachers: bool
    full_requests: int
    full_bytes: int


def mark_of(db: sqlite3.Connection) -> Mark | None:
    """The Master's mark; None where no full pull has read every list well.

    Whatever else has changed the roster since (an undo, an archive, a restore) leaves nothing to go on from.
    """
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_NAME,)).fetchone()
    if row is None:
        return None
    try:
        mark = msgspec.json.decode(row[0], type=Mark)
    except msgspec.DecodeError:  # of another version of the program
        return None
    since = db.execute(
        "SELECT 1 FROM import WHERE id > ? AND kind <> 'pull' AND (applied = 1 OR kind = 'archive') LIMIT 1",
        (mark.import_id,),
    ).fetchone()
    return mark if since is None else None


def write_mark(plan: Plan, mark: Mark) -> None:
    """Write the mark that applying the plan sets."""
    plan.write_about(_NAME, msgspec.json.encode(mark).decode())


def forget_mark(master: sqlite3.Connection, import_id: int) -> None:
    """Leave nothing to go on from where the import that is applied is older than the mark, or no pull.

    A plan may wait: what it brings then is older than what the mark says, and no feed names it again.
    """
    master.execute(
        "DELETE FROM meta WHERE name = ? AND (json_extract(value, '$.import_id') > ? "
        "OR EXISTS (SELECT 1 FROM import WHERE id = ? AND kind <> 'pull'))",
        (_NAME, import_id, import_id),
    )


def take_mark(master: sqlite3.Connection) -> None:
    """Set the mark of the plan attached as `p`; without one the Master's stays, for what it says still holds."""
    master.execute(
        "INSERT INTO meta SELECT name, value FROM p.about WHERE name = ? "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_NAME,),
    )
