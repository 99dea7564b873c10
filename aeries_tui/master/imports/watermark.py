"""The watermark: up to which moment of the server's clock the Master holds everything that Aeries had.

A full pull that read every list well sets it, a quick pull moves it on. What it rests on
(mapping, settings, school year) is kept beside it: where that has changed, a quick pull
has nothing to go on from.
"""

from __future__ import annotations

import json
import sqlite3

import msgspec

from aeries_tui.master.roster.plan import Plan

# As they stand in `meta` of every Master.
_NAME, _UNFINISHED = "mark", "carried"

UnfinishedNeed = tuple[str, int, int | str]
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
        next_change: the first day on which, by the calendar alone, something begins or ends that the Master
            does not hold; None where there is none.
        schedules: the ScheduleType of each mapped school, in small letters: it decides about homerooms.
        unread_teachers: some teacher record could not be read: whom it names nobody knows.
        full_requests, full_bytes: what the last full pull cost.
        layout: of the Master that was pulled into; another may hold fields that no feed names as changed.
        omit: fields that were not kept; None of a time when all were.
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
    omit: tuple[str, ...] | None = None


def read_watermark(db: sqlite3.Connection) -> Watermark | None:
    """The Master's watermark; None where no full pull has read every list well.

    Whatever else has changed the roster since (an undo, an archive, a restore) leaves nothing to go on from.
    """
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_NAME,)).fetchone()
    if row is None:
        return None
    watermark = _decoded(row[0])
    if watermark is None:
        return None
    since = db.execute(
        "SELECT 1 FROM import WHERE id > ? AND kind <> 'pull' AND (applied = 1 OR kind = 'archive') LIMIT 1",
        (watermark.import_id,),
    ).fetchone()
    return watermark if since is None else None


def watermark_trouble(db: sqlite3.Connection) -> str:
    """That the Master's watermark can't be read, in a sentence; blank where it can, or where there is none."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_NAME,)).fetchone()
    if row is None or _decoded(row[0]) is not None:
        return ""
    return "What the last complete pull left for quick pulls to go on from can't be read: it is damaged, or of another version."


def _decoded(value: object) -> Watermark | None:
    try:
        return msgspec.json.decode(value, type=Watermark) if isinstance(value, str | bytes) else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def write_watermark(plan: Plan, watermark: Watermark) -> None:
    """Write the watermark that applying the plan sets."""
    plan.write_about(_NAME, msgspec.json.encode(watermark).decode())


def write_unfinished(plan: Plan, needs: list[UnfinishedNeed]) -> None:
    """Write what a quick pull had only a part of: the next one asks for it again."""
    plan.write_about(_UNFINISHED, json.dumps(needs))


def unfinished_needs(db: sqlite3.Connection) -> list[UnfinishedNeed]:
    """What the quick pulls since the watermark had only a part of; the Master is attached as `m`.

    Raises:
        msgspec.DecodeError: it is damaged.
    """
    row = db.execute("SELECT value FROM m.meta WHERE name = ?", (_UNFINISHED,)).fetchone()
    if row is None:
        return []
    if not isinstance(row[0], str):
        raise msgspec.DecodeError("no text")
    return msgspec.json.decode(row[0], type=list[UnfinishedNeed])


def forget_watermark(master: sqlite3.Connection, import_id: int) -> None:
    """Leave nothing to go on from where the plan attached as `p` changes what the watermark rests on.

    What a quick pull asks for is worked out from the Master: it must be as the watermark says, but for what
    is unfinished. So it is not after an undo or a restore, a pull of which a list was missing, a day of
    additions only, or a plan that waited and is older than the watermark.
    """
    master.execute(
        """
        DELETE FROM meta
        WHERE name = :watermark
            AND (
                -- One that is damaged is no JSON, of which nothing could be asked.
                iif(json_valid(value), json_extract(value, '$.import_id') > :import_id, 1)
                OR EXISTS (SELECT 1 FROM import WHERE id = :import_id AND kind <> 'pull')
                OR NOT EXISTS (SELECT 1 FROM p.about WHERE name IN (:watermark, :unfinished))
            )
        """,
        {"watermark": _NAME, "unfinished": _UNFINISHED, "import_id": import_id},
    )


def take_watermark(master: sqlite3.Connection) -> None:
    """Set what the plan attached as `p` says of the watermark or of unfinished needs; else nothing is set."""
    master.execute(
        "DELETE FROM meta WHERE name = ? AND EXISTS (SELECT 1 FROM p.about WHERE name = ?)",
        (_UNFINISHED, _NAME),
    )
    master.execute(
        """
        INSERT INTO meta (name, value)
        SELECT name, value FROM p.about WHERE name IN (?, ?)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        (_NAME, _UNFINISHED),
    )
