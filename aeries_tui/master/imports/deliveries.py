"""The outbox of sets of files for others, and the receipts of those that were delivered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aeries_tui.errors import NotFound
from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.typed_rows import typed_rows


class SetState(StrEnum):
    """What became of a set of files."""

    WAITING = "waiting"
    """It is to be sent."""
    PLACING = "placing"
    """It is to be sent, and some files may stand under their names already: it goes before any newer set."""
    HELD = "held"
    DELIVERED = "delivered"
    UNCHANGED = "unchanged"
    """It was as the set that was delivered last, and was not sent."""
    FAILED = "failed"
    """It could not be made."""
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"


PENDING = (SetState.WAITING, SetState.PLACING, SetState.HELD)
"""States of sets whose files lie in the outbox."""


@dataclass(frozen=True)
class SetFile:
    """One file of a set.

    Attributes:
        file: its name.
        label: the name with {date} for the day, by which it is found in another set.
        rows: without the header.
        bytes: its size.
        sha256: of its bytes.
        content: SHA-256 of what is in it, which is the same for two ZIPs of the same files.
    """

    file: str
    label: str
    rows: int
    bytes: int
    sha256: str
    content: str


@dataclass(frozen=True)
class DeliverySet:
    """A set of files, as the Master keeps it.

    Attributes:
        id: its number.
        name: of the delivery.
        target: where it goes, in words.
        import_id: the newest import in it.
        state: what became of it.
        made_at, ended_at: when, UTC.
        tries: how often it was tried to send it.
        problem: what the last try said; blank where it said nothing.
        held_for: why it is or was held, in sentences.
        left_out: rows that its feeds left out.
        decided_by, decided_at, reason: of an approval or a discard.
    """

    id: int
    name: str
    target: str
    import_id: int
    state: SetState
    made_at: str
    ended_at: str | None
    tries: int
    problem: str
    held_for: tuple[str, ...]
    left_out: int
    decided_by: str | None
    decided_at: str | None
    reason: str | None

    @property
    def is_pending(self) -> bool:
        """Whether its files lie in the outbox."""
        return self.state in PENDING

    @property
    def has_failed(self) -> bool:
        """Whether it could not be made, or the last try to send it failed."""
        return self.state is SetState.FAILED or bool(
            self.problem and self.is_pending and self.state is not SetState.HELD
        )


_COLUMNS = (
    "id, name, target, import_id, state, made_at, ended_at, tries, problem, held_for, left_out, "
    "decided_by, decided_at, reason"
)


def _sets(db: sqlite3.Connection, rest: str, *values: object) -> list[DeliverySet]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM delivery {rest}", values).fetchall()
    made = [{**dict(row), "held_for": tuple(json.loads(row["held_for"]))} for row in rows]
    return typed_rows(DeliverySet, made)  # type: ignore[arg-type]


def get_set(db: sqlite3.Connection, number: int) -> DeliverySet:
    """One set; raises NotFound."""
    for found in _sets(db, "WHERE id = ?", number):
        return found
    raise NotFound(f"There is no set {number}.", remedy="aeries-tui deliveries list names those that wait.")


def sets_of(db: sqlite3.Connection, name: str, limit: int = 20) -> list[DeliverySet]:
    """The newest sets of a delivery, newest first."""
    return _sets(db, "WHERE name = ? ORDER BY id DESC LIMIT ?", name, limit)


def pending_set(db: sqlite3.Connection, name: str) -> DeliverySet | None:
    """The set of a delivery that lies in the outbox; there is never more than one."""
    marks = ", ".join("?" * len(PENDING))
    found = _sets(db, f"WHERE name = ? AND state IN ({marks}) ORDER BY id DESC LIMIT 1", name, *PENDING)
    return found[0] if found else None


def pending_numbers(db: sqlite3.Connection) -> set[int]:
    """The numbers of all sets in the outbox."""
    marks = ", ".join("?" * len(PENDING))
    return {int(row[0]) for row in db.execute(f"SELECT id FROM delivery WHERE state IN ({marks})", PENDING)}


def delivered_last(db: sqlite3.Connection, name: str) -> DeliverySet | None:
    """The set that the receiver has."""
    found = _sets(db, "WHERE name = ? AND state = ? ORDER BY id DESC LIMIT 1", name, SetState.DELIVERED)
    return found[0] if found else None


def receiver_is_known(db: sqlite3.Connection, name: str) -> bool:
    """Whether the receiver has the set that was delivered last, and nothing of one that was broken off after it."""
    row = db.execute(
        "SELECT state FROM delivery WHERE name = ? AND placed = 1 ORDER BY id DESC LIMIT 1", (name,)
    ).fetchone()
    return row is not None and row[0] == SetState.DELIVERED


def newest_import_made(db: sqlite3.Connection, name: str) -> int:
    """The newest import from which a set of a delivery was made; 0 for none."""
    row = db.execute(
        "SELECT max(import_id) FROM delivery WHERE name = ? AND state <> ?", (name, SetState.FAILED)
    ).fetchone()
    return int(row[0] or 0)


def files_of(db: sqlite3.Connection, number: int) -> list[SetFile]:
    """The files of a set, in the order of their names."""
    return typed_rows(
        SetFile,
        db.execute(
            """
            SELECT file, label, line_count AS rows, bytes, sha256, content
            FROM delivery_file
            WHERE delivery_id = ?
            ORDER BY file
            """,
            (number,),
        ),
    )


def add_set(
    db: sqlite3.Connection,
    name: str,
    target: str,
    import_id: int,
    state: SetState,
    *,
    files: Sequence[SetFile] = (),
    held_for: Sequence[str] = (),
    left_out: int = 0,
    problem: str = "",
    keep: Callable[[int], None] = lambda number: None,
) -> DeliverySet:
    """Put a set into the books; whatever of the delivery is in the outbox is superseded.

    Args:
        db: the Master.
        name, target, import_id, state, held_for, left_out, problem: as in `DeliverySet`.
        files: its files.
        keep: puts the files into the outbox under the set's number, before the set is in the books.
    """
    now = now_text()
    with immediate(db):
        _supersede(db, "name = ? AND", now, name)
        number = db.execute(
            """
            INSERT INTO delivery (name, target, import_id, state, made_at, problem, held_for, left_out)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            (name, target, import_id, state, now, problem, json.dumps(list(held_for)), left_out),
        ).lastrowid
        assert number is not None
        db.executemany(
            """
            INSERT INTO delivery_file (delivery_id, file, label, line_count, bytes, sha256, content)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [(number, one.file, one.label, one.rows, one.bytes, one.sha256, one.content) for one in files],
        )
        keep(number)
    return get_set(db, number)


def supersede_sets(db: sqlite3.Connection) -> None:
    """Take all sets out of the outbox, inside the caller's transaction: their files are about to go."""
    _supersede(db, "", now_text())


def _supersede(db: sqlite3.Connection, condition: str, now: str, *values: object) -> None:
    marks = ", ".join("?" * len(PENDING))
    db.execute(
        f"UPDATE delivery SET state = ?, ended_at = ? WHERE {condition} state IN ({marks})",
        (SetState.SUPERSEDED, now, *values, *PENDING),
    )


def begin_try(db: sqlite3.Connection, number: int) -> None:
    """Note that a set is about to be sent."""
    with immediate(db):
        db.execute("UPDATE delivery SET tries = tries + 1 WHERE id = ?", (number,))


def begin_placing(db: sqlite3.Connection, number: int) -> None:
    """Note that from now on files of a set may stand under their names."""
    with immediate(db):
        db.execute("UPDATE delivery SET state = ?, placed = 1 WHERE id = ?", (SetState.PLACING, number))


def note_problem(db: sqlite3.Connection, number: int, problem: str) -> None:
    """Note why a set could not be sent; it stays in the outbox."""
    with immediate(db):
        db.execute("UPDATE delivery SET problem = ? WHERE id = ?", (problem, number))


def end_set(db: sqlite3.Connection, number: int) -> None:
    """Note that a set was delivered."""
    with immediate(db):
        db.execute(
            "UPDATE delivery SET state = ?, ended_at = ?, problem = '' WHERE id = ?",
            (SetState.DELIVERED, now_text(), number),
        )


def decide_set(db: sqlite3.Connection, number: int, state: SetState, by: str, reason: str) -> None:
    """Note what somebody decided on a held set: WAITING or DISCARDED."""
    now = now_text()
    ended = now if state is SetState.DISCARDED else None
    with immediate(db):
        db.execute(
            """
            UPDATE delivery SET state = ?, ended_at = ?, decided_by = ?, decided_at = ?, reason = ?
            WHERE id = ?
            """,
            (state, ended, by, now, reason, number),
        )
