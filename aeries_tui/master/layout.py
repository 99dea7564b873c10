"""What a file of the program says of itself in its header: whose it is, of which kind, in which layout.

SQLite keeps two numbers for that, `application_id` and `user_version`. Whoever reads a file back looks at both
first: another layout is brought up, done without, or refused by name; never read as if it were today's.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True)
class Layout:
    """The layout of a file.

    Attributes:
        kind: `application_id`; which of the program's files it is. 0 where nothing is said.
        number: `user_version`; another number is another layout. 0 where nothing is said.
    """

    kind: int
    number: int


MASTER, PLAN, STAGING, CHECK_CACHE, LOG, COMPARISON, SERVED = (
    int.from_bytes(word) for word in (b"AeDM", b"AePl", b"AeSt", b"AeCC", b"AeLg", b"AeCo", b"AeRS")
)


def number_of(ddl: str) -> int:
    """A number for a layout that is only ever equal or not: it follows from the text that makes the tables."""
    return crc32(ddl.encode()) >> 1


def layout_of(connection: sqlite3.Connection, schema: str = "main") -> Layout:
    """What an open database says of itself."""
    (kind,) = connection.execute(f"PRAGMA {schema}.application_id").fetchone()
    (number,) = connection.execute(f"PRAGMA {schema}.user_version").fetchone()
    return Layout(int(kind), int(number))


def write_layout(connection: sqlite3.Connection, layout: Layout, schema: str = "main") -> None:
    """Say of a database what it is; part of the transaction that is open, where one is."""
    connection.execute(f"PRAGMA {schema}.application_id = {layout.kind}")
    connection.execute(f"PRAGMA {schema}.user_version = {layout.number}")
