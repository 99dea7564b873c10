"""Erasing people from what the roster service gives: of each a tombstone with ids alone stays, of no version its data."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable

from aeries_tui.master.database import immediate
from aeries_tui.master.served.states import FOREVER, show, stamp


def erase_records(
    db: sqlite3.Connection,
    records: Iterable[tuple[int, str]],
    links: Iterable[str],
    emptied: Callable[[int, str, str], str],
) -> int:
    """Put a tombstone in the place of all versions of records, in a state of its own; returns of how many.

    Whoever asks what changed is told that they are gone. The caller is the only writer, and wipes what becomes free.

    Args:
        db: the file of the service.
        records: collection and id of each.
        links: ids of records whose belongings go with them.
        emptied: makes of collection, id and body a body that holds ids alone.
    """
    found = _known(db, records, links)
    if not found:
        return 0
    with immediate(db):
        (last,) = db.execute("SELECT max(number) FROM state").fetchone()
        number = int(last) + 1
        db.execute(
            """
            INSERT INTO state (number, import_id, mark, left_out)
            SELECT ?, import_id, '', left_out FROM state WHERE number = ?
            """,
            (number, last),
        )
        for collection, name in sorted(found):
            _erase(db, collection, name, number, emptied)
        # With what it erases: a state that is not stamped is taken back, and of these records nothing else is left.
        stamped = stamp(db, number)
    show(db, number, stamped)
    return len(found)


def _known(
    db: sqlite3.Connection, records: Iterable[tuple[int, str]], links: Iterable[str]
) -> set[tuple[int, str]]:
    """Those of the records that there are, and all that belong to the links."""
    asked: list[tuple[str, tuple[object, ...]]] = [
        *(("collection = ? AND sourced_id = ?", record) for record in records),
        *(("link = ?", (link,)) for link in links),
    ]
    return {
        (int(row[0]), str(row[1]))
        for where, values in asked
        for row in db.execute(f"SELECT collection, sourced_id FROM record WHERE {where}", values)
    }


def _erase(
    db: sqlite3.Connection, collection: int, name: str, number: int, emptied: Callable[[int, str, str], str]
) -> None:
    *_, newest = db.execute(
        """
        SELECT rank, kind, schools, former, left_in, link, body
        FROM record
        WHERE collection = ? AND sourced_id = ?
        ORDER BY from_state
        """,
        (collection, name),
    ).fetchall()
    rank, kind, schools, former, left_in, link, body = newest
    db.execute(
        f"""
        INSERT INTO record (
            rank, collection, sourced_id, from_state, to_state, is_active, kind, schools, former, left_in, link, body
        )
        VALUES (?, ?, ?, ?, {FOREVER}, 0, ?, ?, ?, ?, ?, ?)
        """,
        (
            rank,
            collection,
            name,
            number,
            kind,
            schools,
            former,
            left_in,
            link,
            emptied(collection, name, body),
        ),
    )
    # Last, so that the id of none of them is given again: walks of states of before still ask by it.
    db.execute(
        "DELETE FROM record WHERE collection = ? AND sourced_id = ? AND from_state < ?",
        (collection, name, number),
    )


def change_bodies(db: sqlite3.Connection, collection: int, changed: Callable[[str], str | None]) -> int:
    """Change bodies of every version where they stand; returns how many.

    Args:
        db: the file of the service.
        collection: whose.
        changed: makes of a body the new one; None where it stays.
    """
    with immediate(db):
        rows = db.execute("SELECT id, body FROM record WHERE collection = ?", (collection,)).fetchall()
        new = [(body, number) for number, old in rows if (body := changed(old)) is not None]
        db.executemany("UPDATE record SET body = ? WHERE id = ?", new)
    return len(new)
