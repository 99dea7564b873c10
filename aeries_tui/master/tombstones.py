"""Who was erased and is kept out of pulls: digests of ids, and nothing else of the person."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from aeries_tui.master.database import now_text
from aeries_tui.master.subjects import salt_of, subject

Erased = tuple[str, int]
"""Somebody: student or staff, and the id."""


@dataclass(frozen=True)
class Tombstone:
    """What is left of somebody who was erased.

    Attributes:
        import_id: by which import.
        at: when, UTC.
    """

    import_id: int
    at: str


class Tombstones:
    """All of a Master, to be asked about many ids.

    Args:
        salt: the Master's.
        digests: kind and digest of each.
    """

    def __init__(self, salt: str = "", digests: Iterable[tuple[str, str]] = ()) -> None:
        self._salt = salt
        self._digests = frozenset(digests)
        self._asked: dict[Erased, bool] = {}

    def __bool__(self) -> bool:
        return bool(self._digests)

    @property
    def digests(self) -> list[tuple[str, str]]:
        """Kind and digest of each, in one order."""
        return sorted(self._digests)

    def has(self, kind: str, person: object) -> bool:
        """Whether somebody was erased."""
        if not self._digests or not isinstance(person, int):
            return False
        known = self._asked.get((kind, person))
        if known is None:
            known = (kind, subject(self._salt, kind, person)) in self._digests
            self._asked[(kind, person)] = known
        return known


def tombstones(db: sqlite3.Connection, schema: str = "main") -> Tombstones:
    """Those of a Master."""
    rows = db.execute(f"SELECT kind, digest FROM {schema}.tombstone").fetchall()
    return Tombstones(salt_of(db, schema), [(str(kind), str(digest)) for kind, digest in rows])


def tombstone_of(db: sqlite3.Connection, kind: str, person: int) -> Tombstone | None:
    """What is left of somebody; None where nobody of that id was erased, or somebody lifted it."""
    row = db.execute(
        "SELECT import_id, at FROM tombstone WHERE kind = ? AND digest = ?",
        (kind, subject(salt_of(db), kind, person)),
    ).fetchone()
    return None if row is None else Tombstone(int(row[0]), str(row[1]))


def put_tombstones(master: sqlite3.Connection, people: Iterable[Erased], import_id: int) -> None:
    """Keep people out of pulls from now on; inside the caller's transaction."""
    salt, now = salt_of(master), now_text()
    master.executemany(
        "INSERT OR REPLACE INTO tombstone (kind, digest, import_id, at) VALUES (?, ?, ?, ?)",
        [(kind, subject(salt, kind, person), import_id, now) for kind, person in people],
    )


def lift_tombstone(master: sqlite3.Connection, kind: str, person: int) -> bool:
    """Let somebody in again; whether they were kept out. Inside the caller's transaction."""
    digest = subject(salt_of(master), kind, person)
    return master.execute("DELETE FROM tombstone WHERE kind = ? AND digest = ?", (kind, digest)).rowcount > 0
