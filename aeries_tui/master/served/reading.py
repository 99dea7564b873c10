"""Reading states: the records of a list as numbers of versions, and versions by number or id."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_AT = "from_state <= :state AND to_state > :state"


class Version(NamedTuple):
    """A version of a record.

    Attributes:
        id: its number.
        sourced_id: of the record.
        from_state: the state that brought it.
        is_active: 0 for a tombstone.
        schools: codes of those that it is of, blanks between; blank for one of the district.
        former: codes of those that it was of once.
        body: JSON.
    """

    id: int
    sourced_id: str
    from_state: int
    is_active: int
    schools: str
    former: str
    body: str


_FOUND = "r.id, r.sourced_id, r.from_state, r.is_active, r.schools, r.former, r.body"
_VERSION = "id, sourced_id, from_state, is_active, schools, former, body"


def listed(
    db: sqlite3.Connection, collection: int, state: int, *, tombstones: bool, since: int = 0
) -> array[int]:
    """Numbers of the versions that a collection has in a state, by rank.

    Args:
        db: the file of the service.
        collection: which.
        state: its number.
        tombstones: those of records that are gone as well.
        since: only versions that this state or a later one brought.
    """
    rows = db.execute(
        f"""
        SELECT id
        FROM record
        WHERE collection = :collection AND {_AT} AND is_active >= :least AND from_state >= :since
        ORDER BY rank
        """,
        {"collection": collection, "state": state, "least": 0 if tombstones else 1, "since": since},
    )
    return array("I", [row[0] for row in rows])


def all_of(db: sqlite3.Connection, collection: int, state: int, since: int = 0) -> Iterator[Version]:
    """Every version that a collection has in a state, tombstones too, by rank; `since` as of `listed`."""
    rows = db.execute(
        f"""
        SELECT {_VERSION}
        FROM record
        WHERE collection = :collection AND {_AT} AND from_state >= :since
        ORDER BY rank
        """,
        {"collection": collection, "state": state, "since": since},
    )
    return map(Version._make, rows)


def versions(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Version]:
    """Versions by their numbers, in that order."""
    if not numbers:
        return []
    least, most = min(numbers), max(numbers)
    if most - least < 4 * len(numbers):
        rows = db.execute(f"SELECT {_VERSION} FROM record WHERE id BETWEEN ? AND ?", (least, most))
    else:
        rows = db.execute(
            f"SELECT {_VERSION} FROM record WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
    found = {row[0]: Version._make(row) for row in rows}
    return [found[number] for number in numbers if number in found]


def by_id(db: sqlite3.Connection, collection: int, state: int, sourced_id: str) -> Version | None:
    """The version that a record has in a state."""
    row = db.execute(
        f"""
        SELECT {_VERSION}
        FROM record
        WHERE collection = :collection AND sourced_id = :name AND {_AT}
        """,
        {"collection": collection, "name": sourced_id, "state": state},
    ).fetchone()
    return None if row is None else Version._make(row)


def by_ids(db: sqlite3.Connection, collection: int, state: int, names: Iterable[str]) -> list[Version]:
    """The versions that records have in a state, by rank."""
    rows = db.execute(
        f"""
        SELECT {_FOUND}
        FROM json_each(:names) j
        CROSS JOIN record r ON r.collection = :collection AND r.sourced_id = j.value AND {_AT}
        ORDER BY r.rank
        """,
        {"collection": collection, "names": json.dumps(sorted(set(names))), "state": state},
    )
    return [Version._make(row) for row in rows]


def with_prefix(db: sqlite3.Connection, collection: int, state: int, prefix: str) -> list[Version]:
    """Versions of records whose id begins so, by rank; tombstones too."""
    rows = db.execute(
        f"""
        SELECT {_VERSION}
        FROM record
        WHERE collection = :collection AND sourced_id >= :first AND sourced_id < :after AND {_AT}
        ORDER BY rank
        """,
        {"collection": collection, "first": prefix, "after": prefix + "\U0010ffff", "state": state},
    )
    return [Version._make(row) for row in rows]


def linked(db: sqlite3.Connection, state: int, link: str) -> list[Version]:
    """Versions of records that belong to another one, such as the enrollments of a user, by rank; tombstones too."""
    rows = db.execute(
        f"SELECT {_VERSION} FROM record WHERE link = :link AND {_AT} ORDER BY rank",
        {"link": link, "state": state},
    )
    return [Version._make(row) for row in rows]
