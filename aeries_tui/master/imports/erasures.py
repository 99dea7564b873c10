"""What followers of the roster are told of erasures: whom to forget, without saying who it was.

A follower has the ids that it was told of before. It finds those that were erased by a digest with a salt of that
import's own, which says nothing of anybody to who has no ids to try.
"""

from __future__ import annotations

import hmac
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from hashlib import sha256

from aeries_tui.master.tombstones import Erased


def put_erasure(db: sqlite3.Connection, number: int, people: Iterable[Erased]) -> None:
    """Note whom an import erases, before their rows go; inside the caller's transaction."""
    salt, everybody = secrets.token_hex(8), sorted(people)
    db.execute(
        "INSERT INTO erasure (import_id, salt) VALUES (?, ?)",
        (number, salt),
    )
    db.executemany(
        "INSERT INTO erased (import_id, kind, record) VALUES (?, ?, ?)",
        [(number, kind, erased_digest(salt, kind, person)) for kind, person in everybody],
    )
    # A homeroom is called by its teacher, so it loses its name.
    db.executemany(
        """
        INSERT OR IGNORE INTO erased (import_id, kind, record)
        SELECT :number, 'section', section_id
        FROM section
        WHERE homeroom
            AND active = 1
            AND title IS NOT NULL
            AND section_id IN (
                SELECT section_id FROM teaching WHERE staff_id = :staff
                UNION
                SELECT section_id FROM past_teaching WHERE staff_id = :staff
            )
        """,
        [{"number": number, "staff": person} for kind, person in everybody if kind == "staff"],
    )


def erased_by(db: sqlite3.Connection, number: int) -> Iterator[tuple[str, str]] | None:
    """Kind and record of whatever an import erased; None where nobody can tell any more.

    The record of a person is `hmac-sha256:SALT:DIGEST`, see `erased_digest`.
    """
    row = db.execute("SELECT salt FROM erasure WHERE import_id = ?", (number,)).fetchone()
    if row is None:
        return None
    found = db.execute("SELECT kind, record FROM erased WHERE import_id = ? ORDER BY kind, record", (number,))
    return (
        (str(kind), str(record) if kind == "section" else f"hmac-sha256:{row[0]}:{record}")
        for kind, record in found.fetchall()
    )


def erased_digest(salt: str, kind: str, person: int) -> str:
    """The digest of a person: HMAC-SHA-256 of `student:99400001` with the salt, in hexadecimal.

    Args:
        salt: that of the record, as text.
        kind: student or staff.
        person: the id.
    """
    return hmac.new(salt.encode(), f"{kind}:{person}".encode(), sha256).hexdigest()


def drop_erasures(db: sqlite3.Connection, before: str = "9") -> None:
    """Forget what imports erased that ended before a moment (UTC); of all where it is left out."""
    db.execute(
        "DELETE FROM erasure WHERE import_id IN (SELECT id FROM import WHERE ended_at < ?)",
        (before,),
    )
    db.execute("DELETE FROM erased WHERE import_id NOT IN (SELECT import_id FROM erasure)")
