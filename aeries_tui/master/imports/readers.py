"""Who follows what imports did, and how far each has come."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.typed_rows import typed_rows


@dataclass(frozen=True)
class Reader:
    """One who follows.

    Attributes:
        name: chosen by whoever follows.
        position: the number of the import whose events were acknowledged last.
        at: when that was, in UTC.
    """

    name: str
    position: int
    at: str


def readers(db: sqlite3.Connection) -> list[Reader]:
    """All that ever acknowledged anything, by name."""
    return typed_rows(Reader, db.execute("SELECT name, position, at FROM reader ORDER BY name"))


def position_of(db: sqlite3.Connection, name: str) -> int:
    """How far a reader has come; 0 for one that is new."""
    row = db.execute("SELECT position FROM reader WHERE name = ?", (name,)).fetchone()
    return 0 if row is None else int(row[0])


def acknowledge(db: sqlite3.Connection, name: str, position: int, newest: int) -> None:
    """Say that a reader has all events up to a position.

    Raises:
        NotAllowedNow: there is nothing so new, or the reader has more already.
    """
    with immediate(db):
        before = position_of(db, name)
        if position > newest:
            raise NotAllowedNow(f"There is no import {position} yet; the newest is {newest}.", meaning="Nothing was changed.")  # fmt: skip
        if position < before:
            raise NotAllowedNow(
                f"The reader {name} has acknowledged import {before} already.",
                meaning="Nothing was changed.",
                remedy=f"To read earlier events again, use --since {position}.",
            )
        db.execute(
            """
            INSERT INTO reader (name, position, at) VALUES (?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET position = excluded.position, at = excluded.at
            """,
            (name, position, now_text()),
        )
