"""Writing a new state: what changed against the newest versions, and nothing else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from aeries_tui.master.served.file import Ended
from aeries_tui.master.served.states import FOREVER

_BATCH = 500
_TRANSACTION = 20_000
"""Records after which others may write as well: tokens are given out meanwhile."""


@dataclass(frozen=True)
class Made:
    """A record as the new state has it.

    Attributes:
        sourced_id: unique in its collection.
        body: JSON.
        kind: its role or type; blank for none.
        schools: codes of those that it is of, blanks between; blank for one of the district.
        link: of an enrollment the user.
    """

    sourced_id: str
    body: str
    kind: str
    schools: str
    link: str | None = None


class _Before(NamedTuple):
    """The newest version of a record."""

    id: int
    rank: int
    is_active: int
    schools: str
    former: str
    left_in: int
    body: str


_COLUMNS = (
    "collection, sourced_id, from_state, to_state, is_active, kind, schools, former, left_in, link, body"
)


class StateWriter:
    """Writes one state, in several transactions: nobody reads it before it is shown.

    Whoever has one is the only one (`only_writer`), and `close` comes last; what was left half written `take_back` takes.

    Args:
        db: the file of the service.
        import_id, mark: as of `State`.
        ends: tells whether to end before it is whole.

    Attributes:
        number: of the state.
        changes: versions that it brings.
    """

    def __init__(self, db: sqlite3.Connection, import_id: int, mark: str, ends: Callable[[], bool]) -> None:
        self._db, self._ends = db, ends
        (last,) = db.execute("SELECT coalesce(max(number), 0) FROM state").fetchone()
        self.number = int(last) + 1
        self.changes = 0
        self._about = (import_id, mark)
        self._is_first = not last
        self._pending = 0
        db.execute("CREATE TEMP TABLE seen (id INTEGER PRIMARY KEY)")
        db.execute("BEGIN IMMEDIATE")
        db.execute(
            "INSERT INTO state (number, import_id, mark, left_out) VALUES (?, ?, ?, '[]')",
            (self.number, import_id, mark),
        )

    def close(self, left_out: Sequence[str]) -> bool:
        """End the state; False where it is the one before, which then is of this state of the Master as well.

        Args:
            left_out: ids of records that the standard does not allow.
        """
        if not self.changes and not self._is_first:
            self._db.execute("DELETE FROM state WHERE number = ?", (self.number,))
            self._db.execute(
                "UPDATE state SET import_id = ?, mark = ? WHERE number = ?", (*self._about, self.number - 1)
            )
        else:
            self._db.execute(
                "UPDATE state SET left_out = ? WHERE number = ?", (json.dumps(list(left_out)), self.number)
            )
        self._db.execute("COMMIT")
        self._db.execute("DROP TABLE temp.seen")
        return bool(self.changes) or self._is_first

    def put(self, collection: int, records: Generator[Made, None, None]) -> None:
        """All records of a collection as they are now; those of before that are not among them are gone; raises Ended."""
        # Ended before its end, it has to let go of its database while that is open.
        with closing(records):
            while batch := list(islice(records, _BATCH)):
                self._put_batch(collection, batch)
        self._bury(collection)

    def _put_batch(self, collection: int, batch: Sequence[Made]) -> None:
        if self._ends():
            raise Ended
        self._pending += len(batch)
        if self._pending > _TRANSACTION:
            self._pending = 0
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")
        known = {} if self._is_first else self._known(collection, [one.sourced_id for one in batch])
        new: list[tuple[object, ...]] = []
        versions: list[tuple[object, ...]] = []
        replaced: list[tuple[int, int]] = []
        for one in batch:
            before = known.get(one.sourced_id)
            if before is None:
                new.append(
                    (
                        collection,
                        one.sourced_id,
                        self.number,
                        one.kind,
                        one.schools,
                        "",
                        0,
                        one.link,
                        one.body,
                    )
                )
            elif not (before.is_active and before.body == one.body and before.schools == one.schools):
                replaced.append((self.number, before.id))
                known_as, left = before.former.split(), {*before.schools.split()} - {*one.schools.split()}
                former = {*known_as, *left}.difference(one.schools.split())
                left_in = self.number if left else before.left_in
                versions.append(
                    (before.rank, collection, one.sourced_id, self.number, one.kind, one.schools,
                     " ".join(sorted(former)), left_in, one.link, one.body)
                )  # fmt: skip
        if known:
            self._db.executemany("INSERT INTO temp.seen (id) VALUES (?)", [(n.id,) for n in known.values()])
        self._db.executemany("UPDATE record SET to_state = ? WHERE id = ?", replaced)
        self._db.executemany(
            f"INSERT INTO record (rank, {_COLUMNS}) VALUES (?, ?, ?, ?, {FOREVER}, 1, ?, ?, ?, ?, ?, ?)",
            versions,
        )
        self._insert_new(new)
        self.changes += len(new) + len(versions)

    def _insert_new(self, new: Sequence[tuple[object, ...]]) -> None:
        """Records that were never there: each takes the place behind all others."""
        (last,) = self._db.execute("SELECT coalesce(max(id), 0) FROM record").fetchone()
        self._db.executemany(
            f"INSERT INTO record (id, rank, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, {FOREVER}, 1, ?, ?, ?, ?, ?, ?)",
            [(number, number, *row) for number, row in enumerate(new, last + 1)],
        )

    def _known(self, collection: int, names: Sequence[str]) -> dict[str, _Before]:
        rows = self._db.execute(
            """
            SELECT r.sourced_id, r.id, r.rank, r.is_active, r.schools, r.former, r.left_in, r.body
            FROM json_each(?) j
            CROSS JOIN record r ON r.collection = ? AND r.sourced_id = j.value AND r.to_state = ?
            """,
            (json.dumps(list(names)), collection, FOREVER),
        )
        return {row[0]: _Before._make(row[1:]) for row in rows}

    def _bury(self, collection: int) -> None:
        """A tombstone with its last body for each active record that was not put."""
        if self._is_first:
            return
        gone = self._db.execute(
            """
            SELECT id, rank, sourced_id, kind, schools, former, left_in, link, body
            FROM record
            WHERE collection = ? AND to_state = ? AND is_active = 1 AND from_state < ?
                AND id NOT IN (SELECT id FROM temp.seen)
            """,
            (collection, FOREVER, self.number),
        ).fetchall()
        self._db.executemany(
            "UPDATE record SET to_state = ? WHERE id = ?", [(self.number, row[0]) for row in gone]
        )
        self._db.executemany(
            f"INSERT INTO record (rank, {_COLUMNS}) VALUES (?, ?, ?, ?, {FOREVER}, 0, ?, ?, ?, ?, ?, ?)",
            [(row[1], collection, row[2], self.number, *row[3:]) for row in gone],
        )
        self.changes += len(gone)
