"""States of the roster as it is given: which there are, since when, and how long they are kept."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass

from aeries_tui.master.database import immediate, now_text

FOREVER = 2**62
"""`to_state` of the newest version of a record."""

KEPT_SECONDS = 3600.0
"""How long a state can still be read after the next one is shown: a walk that began with it goes on."""

_AHEAD = 0.2
"""Seconds that a stamp lies ahead of the commit that writes it."""

_LONGEST_AHEAD = 10.0
"""The same where commits take long."""

_SET_BACK = int(_LONGEST_AHEAD * 1000) + 1_000
"""Milliseconds ahead of the clock from which a stamp says that the clock was set back: none is made so far ahead.

For so long before such a stamp comes the state is hidden once more, and readers are given the one before.
"""

_IS_SHOWN = f"(stamp <= :now OR stamp > :now + {_SET_BACK})"


@dataclass(frozen=True)
class State:
    """One state.

    Attributes:
        number: counts up.
        stamp: milliseconds since 1970 in UTC; the state is shown from then on.
        import_id: the newest applied import in it.
        mark: which state of the Master it was made of.
    """

    number: int
    stamp: int
    import_id: int
    mark: str


def shown(db: sqlite3.Connection) -> State | None:
    """The state that is given now; None before the first."""
    row = db.execute(
        f"""
        SELECT number, stamp, import_id, mark
        FROM state
        WHERE {_IS_SHOWN}
        ORDER BY number DESC
        LIMIT 1
        """,
        {"now": now_ms()},
    ).fetchone()
    return None if row is None else State(*row)


def can_be_read(db: sqlite3.Connection, number: int) -> bool:
    """Whether a state is the one that is shown, or was within the hour."""
    row = db.execute(
        f"""
        SELECT (SELECT min(n.stamp) FROM state n WHERE n.number > s.number AND {_IS_SHOWN.replace("stamp", "n.stamp")})
        FROM state s
        WHERE s.number = :number AND {_IS_SHOWN}
        """,
        {"now": now_ms(), "number": number},
    ).fetchone()
    return row is not None and (row[0] is None or row[0] > now_ms() - KEPT_SECONDS * 1000)


def stamps(db: sqlite3.Connection) -> dict[int, int]:
    """The stamp of each state by its number."""
    return {
        int(number): int(stamp)
        for number, stamp in db.execute("SELECT number, stamp FROM state WHERE stamp IS NOT NULL")
    }


def left_out(db: sqlite3.Connection, number: int) -> list[str]:
    """Ids of records that the standard does not allow and that a state lacks."""
    row = db.execute("SELECT left_out FROM state WHERE number = ?", (number,)).fetchone()
    return [] if row is None else list(json.loads(row[0]))


def stamp(db: sqlite3.Connection, number: int, ahead: float | None = None) -> int:
    """Stamp a state that is written whole, in the transaction of the caller, who waits until it is shown (`show`).

    Args:
        db: the file of the service.
        number: of the state.
        ahead: seconds that the stamp lies ahead.

    Returns:
        The stamp.
    """
    found = now_ms() + int((_AHEAD if ahead is None else ahead) * 1000)
    before = db.execute("SELECT coalesce(max(stamp), 0) FROM state WHERE number < ?", (number,))
    found = max(found, int(before.fetchone()[0]) + 1)
    db.execute("UPDATE state SET stamp = ? WHERE number = ?", (found, number))
    return found


def show(db: sqlite3.Connection, number: int, stamped: int | None = None) -> None:
    """Stamp a state that is written whole, so that it is shown; returns when it is.

    Whoever asked before the commit of the stamp, and asks next for what changed since, must be told of it: so the
    stamp lies ahead of its own commit, the state is shown once that moment has come, and a commit that took longer is stamped anew.

    Args:
        db: the file of the service.
        number: of the state.
        stamped: its stamp, where that was committed just now.
    """
    ahead = _AHEAD
    while True:
        if stamped is None:
            with immediate(db):
                stamped = stamp(db, number, ahead)
        left = stamped - now_ms()
        if left > 0:
            # Stamps only grow: after the clock was set back this one is far ahead, and is shown as it is.
            time.sleep(left / 1000 if left <= _SET_BACK else 0)
            return
        stamped, ahead = None, min(ahead * 4, _LONGEST_AHEAD)


def take_back(db: sqlite3.Connection) -> None:
    """Take back a state that a killed process left half written."""
    row = db.execute("SELECT min(number) FROM state WHERE stamp IS NULL").fetchone()
    if row[0] is None:
        return
    with immediate(db):
        db.execute("DELETE FROM record WHERE from_state >= ?", (row[0],))
        db.execute(
            "UPDATE record SET to_state = ? WHERE to_state >= ? AND to_state < ?", (FOREVER, row[0], FOREVER)
        )
        db.execute("DELETE FROM state WHERE number >= ?", (row[0],))


def drop_old(db: sqlite3.Connection, tombstone_days: int) -> None:
    """Let go of versions that no walk can still need, and of tombstones that are old enough.

    Args:
        db: the file of the service.
        tombstone_days: how many days a record that is gone is still told as gone.
    """
    since = now_ms() - int(KEPT_SECONDS * 1000)
    (oldest,) = db.execute(
        """
        SELECT coalesce(max(s.number), 0)
        FROM state s
        WHERE s.stamp <= ?
        """,
        (since,),
    ).fetchone()
    (old,) = db.execute(
        "SELECT coalesce(max(number), 0) FROM state WHERE stamp <= ?",
        (now_ms() - tombstone_days * 86_400_000,),
    ).fetchone()
    with immediate(db):
        db.execute("DELETE FROM record WHERE to_state <= ?", (oldest,))
        db.execute(
            "DELETE FROM record WHERE is_active = 0 AND from_state <= ? AND to_state = ?", (old, FOREVER)
        )
        db.execute("DELETE FROM token WHERE expires_at <= ?", (now_text(),))


def now_ms() -> int:
    """This moment in milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
