"""The outbox: imports whose files are still to be handed to the district's own command.

An import stands in it from the transaction in which it is applied until its command has ended: a full disk
or a kill in between only puts it off.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from aeries_tui.master.database import immediate

_NAME = "owed"


def enqueue_hook(db: sqlite3.Connection, number: int) -> None:
    """Note that the files of an import are to be handed on; part of the transaction that applies it."""
    _write(db, {*pending_hooks(db), number})


def pending_hooks(db: sqlite3.Connection) -> list[int]:
    """Numbers of the imports that stand in the outbox, oldest first."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_NAME,)).fetchone()
    return [] if row is None else [int(number) for number in json.loads(row[0])]


def hook_done(db: sqlite3.Connection, number: int) -> None:
    """Take an import out of the outbox."""
    with immediate(db):
        _write(db, {*pending_hooks(db)} - {number})


def _write(db: sqlite3.Connection, numbers: Iterable[int]) -> None:
    db.execute(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (_NAME, json.dumps(sorted(numbers)))
    )
