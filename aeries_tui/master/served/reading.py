"""Reading states: the records of a list as numbers of versions, and versions by number or id."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgspec

_AT = "from_state <= :state AND to_state > :state"


class Version(NamedTuple):
    """A version of a record.

    Attributes:
        id: its number.
        sourced_id: of the record.
        from_state: the state that brought it.
        is_active: 0 for a tombstone.
        kind: its role or type; blank for none.
        schools: codes of those that it is of, blanks between; blank for one of the district.
        former: codes of those that it was of once.
        left_in: the state in which it left one of them last; 0 for none.
        body: JSON.
    """

    id: int
    sourced_id: str
    from_state: int
    is_active: int
    kind: str
    schools: str
    former: str
    left_in: int
    body: str


_FOUND = "r.id, r.sourced_id, r.from_state, r.is_active, r.kind, r.schools, r.former, r.left_in, r.body"
_VERSION = "id, sourced_id, from_state, is_active, kind, schools, former, left_in, body"


_INTEGERS = msgspec.json.Decoder(list[int])
_VERSIONS = msgspec.json.Decoder(list[Version])


@dataclass(frozen=True)
class Wanted:
    """Which records of a collection: what the index alone tells.

    Attributes:
        collection, state: of what, and when.
        kind: the role or type; blank for all.
        school: the code of one that they must be of; blank for any.
        seen: the codes of the schools that may be seen, None for all: a record of others alone is none, and one that
            left those that may be seen is gone.
        status: only those that are active, or gone; blank for both.
        since: only versions that this state or a later one brought.
    """

    collection: int
    state: int
    kind: str = ""
    school: str = ""
    seen: frozenset[str] | None = None
    status: Literal["active", "tobedeleted", ""] = "active"
    since: int = 0


def listed(db: sqlite3.Connection, wanted: Wanted) -> array[int]:
    """Numbers of versions, by rank."""
    where, values = _condition(wanted)
    return _numbers(db, f"SELECT id FROM record WHERE {where} ORDER BY rank", values)


def _numbers(db: sqlite3.Connection, query: str, values: Mapping[str, object]) -> array[int]:
    """The only column of a query, in one step: at each step of a query a thread may have to wait for the others."""
    text = db.execute(f"SELECT '[' || coalesce(group_concat(id), '') || ']' FROM ({query})", values)
    return array("I", _INTEGERS.decode(text.fetchone()[0]))


def all_of(db: sqlite3.Connection, wanted: Wanted) -> Iterator[Version]:
    """Versions, by rank."""
    where, values = _condition(wanted)
    rows = db.execute(f"SELECT {_VERSION} FROM record WHERE {where} ORDER BY rank", values)
    return map(Version._make, rows)


def _condition(wanted: Wanted) -> tuple[str, dict[str, object]]:
    """The condition of records that are wanted, and its values."""
    parts = ["collection = :collection", _AT]
    values: dict[str, object] = {"collection": wanted.collection, "state": wanted.state}
    values["since"] = wanted.since
    if wanted.kind:
        parts.append("kind = :kind")
        values["kind"] = wanted.kind
    if wanted.school:
        parts.append(_is_among("schools", "school"))
        values["school"] = json.dumps([wanted.school])
    if wanted.seen is None:
        parts.append("from_state >= :since")
        parts.append({"active": "is_active = 1", "tobedeleted": "is_active = 0", "": "true"}[wanted.status])
    else:
        values["seen"] = json.dumps(sorted(wanted.seen))
        is_seen = f"(schools = '' OR {_is_among('schools', 'seen')})"
        now = f"({is_seen} AND from_state >= :since)"
        # Whoever may not see where it is since is told that it left, and of nothing after.
        once = f"(NOT {is_seen} AND {_is_among('former', 'seen')} AND left_in >= :since)"
        parts.append(
            {
                "active": f"is_active = 1 AND {now}",
                "tobedeleted": f"((is_active = 0 AND {now}) OR {once})",
                "": f"({now} OR {once})",
            }[wanted.status]
        )
    return " AND ".join(parts), values


def _is_among(column: str, codes: str) -> str:
    """Whether one of a column's schools is among codes; most records have one school, which is looked up."""
    return f"""(
        {column} IN (SELECT value FROM json_each(:{codes}))
        OR instr({column}, ' ') AND EXISTS (
            SELECT 1
            FROM json_each(:{codes}) j
            WHERE instr(' ' || {column} || ' ', ' ' || j.value || ' ')
        )
    )"""


def in_order(db: sqlite3.Connection, keys: Iterable[tuple[int, str]], *, descending: bool) -> array[int]:
    """Numbers by their texts, those of the same text as they came; SQLite sorts, for they may be more than fit in memory."""
    db.execute("CREATE TEMP TABLE IF NOT EXISTS sorted (place INTEGER PRIMARY KEY, id INTEGER, key TEXT)")
    db.execute("DELETE FROM temp.sorted")
    db.execute("BEGIN")
    try:
        db.executemany("INSERT INTO temp.sorted (id, key) VALUES (?, ?)", keys)
        order = f"key {'DESC' if descending else 'ASC'}, place"
        return _numbers(db, f"SELECT id FROM temp.sorted ORDER BY {order}", {})
    finally:
        db.execute("ROLLBACK")


def versions(db: sqlite3.Connection, numbers: Sequence[int]) -> list[Version]:
    """Versions by their numbers, in that order."""
    if not numbers:
        return []
    least, most = min(numbers), max(numbers)
    values: tuple[object, ...] = (least, most)
    where = "id BETWEEN ? AND ?"
    if most - least >= 4 * len(numbers):
        where, values = "id IN (SELECT value FROM json_each(?))", (json.dumps(list(numbers)),)
    # In one step: at each step of a query a thread may have to wait for the others.
    rows = db.execute(f"SELECT json_group_array(json_array({_VERSION})) FROM record WHERE {where}", values)
    found = {version.id: version for version in _VERSIONS.decode(rows.fetchone()[0])}
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
