"""Who came, left, moved or changed: what applied imports did, as events that others can follow.

The position of a reader is the number of an import. All events of an import are read together, so a reader that was
stopped anywhere reads those of the imports behind its position again, and none is lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from aeries_tui.documents import Document
from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.imports.erasures import erased_by
from aeries_tui.master.roster.changes import Change, Value, applied_changes
from aeries_tui.master.roster.kinds import ENROLLMENT, SECTION, STAFF, STUDENT, TEACHING, Kind

Happened = Literal["joined", "left", "returned", "moved", "changed", "enrolled", "dropped", "erased"]

TOLD = (SECTION, STAFF, STUDENT, TEACHING, ENROLLMENT)
"""The kinds of which events are told, what others rest on first."""

_OF_MEMBERS: Mapping[str, Happened] = {
    "created": "enrolled", "reactivated": "enrolled", "updated": "changed", "deactivated": "dropped", "removed": "dropped",
}  # fmt: skip
_OF_RECORDS: Mapping[str, Happened] = {
    "created": "joined", "reactivated": "returned", "updated": "changed", "deactivated": "left", "removed": "left",
}  # fmt: skip
_MOVES = ("primary_school", "school_code")


class Event(Document, frozen=True):
    """One thing that happened to one record.

    Attributes:
        number: of the import.
        event: what happened.
        kind: of the record.
        record: its key: `99400001`, `994_1001`, `994_1001:99400001`; of somebody who was erased
            `hmac-sha256:SALT:DIGEST`, by which whoever has the id can tell it (`erased_digest`).
        school: its school by code, after what happened; None for none.
        fields: by name the value before and after, only those that differ.
    """

    number: int = msgspec.field(name="import")
    event: Happened
    kind: str
    record: str
    school: int | None
    fields: Mapping[str, tuple[Value, Value]]


def newest_position(db: sqlite3.Connection) -> int:
    """The position behind all events that there are."""
    row = db.execute("SELECT coalesce(max(id), 0) FROM import WHERE applied = 1").fetchone()
    return int(row[0])


def events_since(db: sqlite3.Connection, position: int) -> Iterator[Event]:
    """The events of all applied imports behind a position, in their order.

    Args:
        db: the Master; within a transaction where it matters that nothing comes between.
        position: the number of the import that was read last; 0 for none.

    Raises:
        NotAllowedNow: what one of them changed is not kept any more.
    """
    for number, kind, is_kept in db.execute(
        "SELECT id, kind, undo_kept FROM import WHERE applied = 1 AND id > ? ORDER BY id", (position,)
    ).fetchall():
        erased = erased_by(db, number) if kind == "erase" else None
        if erased is not None:
            yield from _of_erasure(number, erased)
            continue
        if not is_kept or kind == "archive":
            raise _gone(db, number, kind)
        for one in TOLD:
            yield from _events(db, number, one)


def _of_erasure(number: int, erased: Iterator[tuple[str, str]]) -> Iterator[Event]:
    """Whom to forget, with all that is kept of them; and the homerooms that were called by them."""
    for kind, record in erased:
        if kind == "section":
            yield Event(number, "changed", kind, record, None, {"title": (None, None)})
        else:
            yield Event(number, "erased", kind, record, None, {})


def _gone(db: sqlite3.Connection, number: int, kind: str) -> NotAllowedNow:
    newest = newest_position(db)
    what = (
        "emptied the roster for a new year" if kind == "archive" else "is older than what is kept of changes"
    )
    return NotAllowedNow(
        f"Import {number} {what}: nobody can tell its events.",
        meaning="No event of it, or of a later import, was given.",
        remedy=f"Read the whole roster (aeries-tui feeds, aeries-tui sql), then go on from {newest}: --since {newest}, "
        f"or of a reader --acknowledge {newest}.",
    )


def _events(db: sqlite3.Connection, number: int, kind: Kind) -> Iterator[Event]:
    words = _OF_MEMBERS if kind in {ENROLLMENT, TEACHING} else _OF_RECORDS
    for change in applied_changes(db, number, kind):
        school = _school(db, kind, change)
        moved = {name: pair for name, pair in change.fields.items() if name in _MOVES}
        if change.action == "updated" and moved:
            yield Event(number, "moved", kind.name, change.record, school, moved)
            rest = {name: pair for name, pair in change.fields.items() if name not in _MOVES}
            if rest:
                yield Event(number, "changed", kind.name, change.record, school, rest)
            continue
        yield Event(number, words[change.action], kind.name, change.record, school, change.fields)


def _school(db: sqlite3.Connection, kind: Kind, change: Change) -> int | None:
    """The school of a record: as the change says, else as the Master has it, or last had it."""
    column = "primary_school" if kind in {STUDENT, STAFF} else "school_code"
    before, after = change.fields.get(column, (None, None))
    if after is not None or before is not None:
        return int(str(after if after is not None else before))
    key = tuple(change.record.split(":"))
    match = " AND ".join(f"{name} = ?" for name in kind.key_names)
    row = db.execute(
        f"""
        SELECT {column} FROM {kind.name} WHERE {match}
        UNION ALL
        SELECT {column} FROM past_{kind.name} WHERE {match} AND absent = 0
        LIMIT 1
        """,
        (*key, *key),
    ).fetchone()
    return None if row is None or row[0] is None else int(row[0])
