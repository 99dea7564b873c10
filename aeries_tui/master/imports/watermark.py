"""The mark: up to which moment of the server's clock the Master holds everything that Aeries had.

A full pull that read every list well sets it, a quick pull moves it on. What it rests on
(mapping, settings, school year) is kept beside it: where that has changed, a quick pull
has nothing to go on from.
"""

from __future__ import annotations

import json
import sqlite3

import msgspec

from aeries_tui.master.roster.plan import Plan

_NAME, _CARRIED = "mark", "carried"

Carried = tuple[str, int, int | str]
"""A need of a quick pull: its kind, the school's code, the id."""


class Watermark(msgspec.Struct, frozen=True):
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
        schedules: the ScheduleType of each mapped school, in small letters, by code: it decides about homerooms.
        unread_teachers: some teacher record could not be read: whom it names nobody knows.
        full_requests, full_bytes: what the last full pull cost.
        layout: of the Master that was pulled into; another may hold fields that no feed names as changed.
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
    schedules: tuple[tuple[int, str], ...]
    unread_teachers: bool
    full_requests: int
    full_bytes: int
    layout: int = 0


def read_watermark(db: sqlite3.Connection) -> Watermark | None:
    """The Master's mark; None where no full pull has read every list well.

    Whatever else has changed the roster since (an undo, an archive, a restore) leaves nothing to go on from.
    """
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_NAME,)).fetchone()
    if row is None:
        return None
    try:
        mark = msgspec.json.decode(row[0], type=Watermark)
    except msgspec.DecodeError:  # of another version of the program
        return None
    since = db.execute(
        "SELECT 1 FROM import WHERE id > ? AND kind <> 'pull' AND (applied = 1 OR kind = 'archive') LIMIT 1",
        (mark.import_id,),
    ).fetchone()
    return mark if since is None else None


def write_watermark(plan: Plan, mark: Watermark) -> None:
    """Write the mark that applying the plan sets."""
    plan.write_about(_NAME, msgspec.json.encode(mark).decode())


def write_carried(plan: Plan, needs: list[Carried]) -> None:
    """Write what a quick pull had only a part of: the next one asks for it again."""
    plan.write_about(_CARRIED, json.dumps(needs))


def carried_of(db: sqlite3.Connection) -> list[Carried]:
    """What the quick pulls since the mark had only a part of; the Master is attached as `m`."""
    row = db.execute("SELECT value FROM m.meta WHERE name = ?", (_CARRIED,)).fetchone()
    return [] if row is None else [(kind, school, key) for kind, school, key in json.loads(row[0])]


def forget_watermark(master: sqlite3.Connection, import_id: int) -> None:
    """Leave nothing to go on from where the plan that is applied, attached as `p`, changes what the mark rests on.

    What a quick pull asks for is worked out from the Master: it must be as the mark says, but for what is carried.
    So it is not after an undo or a restore, a pull of which a list was missing, a day of additions only, or a plan
    that waited and is older than the mark.
    """
    master.execute(
        "DELETE FROM meta WHERE name = ?1 AND (json_extract(value, '$.import_id') > ?2 "
        "OR EXISTS (SELECT 1 FROM import WHERE id = ?2 AND kind <> 'pull') "
        "OR NOT EXISTS (SELECT 1 FROM p.about WHERE name IN (?1, ?3)))",
        (_NAME, import_id, _CARRIED),
    )


def take_watermark(master: sqlite3.Connection) -> None:
    """Set the mark of the plan attached as `p`, or what it carries; without either the Master's stays."""
    master.execute(
        "DELETE FROM meta WHERE name = ? AND EXISTS (SELECT 1 FROM p.about WHERE name = ?)", (_CARRIED, _NAME)
    )
    master.execute(
        "INSERT INTO meta SELECT name, value FROM p.about WHERE name IN (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_NAME, _CARRIED),
    )
