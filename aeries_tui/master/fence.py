"""People's own SQL behind a fence: it reads the documented views of a District Master, and nothing else.

A query can't write, attach a file, read a table beneath the views (password hashes, say), run for longer than it
may, or take much memory: a text or a row has a limit, and what has to be sorted goes to disk. It has a connection of
its own, so nobody waits for it, a pull least of all.
"""

from __future__ import annotations

import contextlib
import marshal
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

from aeries_tui.errors import AeriesTuiError, WrongUse
from aeries_tui.master.database import connect
from aeries_tui.master.sqlite_errors import in_words
from aeries_tui.master.views import ROWS_OF
from aeries_tui.text import clean_text

Value = str | int | float | bytes | None
"""What SQLite hands back."""

SECONDS = 60.0
"""How long a query may run where its owner does not say."""

_LONGEST = 1_000_000
"""Bytes of one text and of one row."""
_AT_ONCE = 50
"""Rows that are read at a time: with the longest, 50 MB."""
_BLOCK_ROWS = 1_000
_BLOCK_BYTES = 1_000_000
"""What is handed on together: small rows are more quickly worked on many at a time, and large ones are not gathered."""
_LOOKED_AT = 20_000
"""Steps of SQLite's machine between two looks at the clock: some 2 ms."""

_QUOTED = re.compile("'.*'", re.DOTALL)

_ALWAYS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE})
_TABLES_OF_FUNCTIONS = ("json_each", "json_tree")

_Read = tuple[str, str, str | None]
"""A table, a column of it, and the view through which it is read."""


class QueryRefused(WrongUse):
    """A query that the fence does not let through, or that SQLite does not understand."""


@dataclass(frozen=True)
class Answer:
    """What a query gives.

    Attributes:
        columns: their names, in order.
        blocks: its rows, some at a time; read from the database as they are taken, while the fence is open.
    """

    columns: tuple[str, ...]
    blocks: Iterator[list[tuple[Value, ...]]]

    @cached_property
    def rows(self) -> Iterator[tuple[Value, ...]]:
        """The same rows, one at a time."""
        return chain.from_iterable(self.blocks)


class Fence:
    """A connection behind the fence; `fenced` and `fencing` make it.

    Args:
        connection: of a Master; nobody else uses it meanwhile.
        seconds: how long SQLite may work on one query, its rows included.
    """

    def __init__(self, connection: sqlite3.Connection, seconds: float) -> None:
        self._connection = connection
        self._path = Path(str(connection.execute("PRAGMA database_list").fetchone()[2]))
        self._seconds = seconds
        self._ends = 0.0
        self._refused = ""
        self._reads = _reads_of_views(connection)
        beneath = {table for table, _, _ in self._reads}
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        self._hidden = frozenset({"sqlite_master", "sqlite_schema", *(name for (name,) in tables)} - beneath)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.set_authorizer(self._authorize)
        connection.set_progress_handler(self._is_late, _LOOKED_AT)

    def query(
        self, sql: str, parameters: Mapping[str, Value] | None = None, *, seconds: float | None = None
    ) -> Answer:
        """One SELECT.

        Args:
            sql: the statement; it may use `parameters` as `:name`.
            parameters: values by name; those that the statement does not use are passed over.
            seconds: how long SQLite may work on it; the fence's own where left out.

        Raises:
            QueryRefused: it does more than read the views, or is no SQL; while its rows are read also where it
                runs for too long, or a row is too large.
            MasterError: the database can't be read.
        """
        self._refused = ""
        seconds = self._seconds if seconds is None else seconds
        self._ends = time.monotonic() + seconds
        with self._clear(seconds):
            cursor = self._connection.execute(sql, dict(parameters or {}))
        if cursor.description is None:
            raise QueryRefused("The query gives no rows.", remedy="Write one SELECT.")
        left = self._ends - time.monotonic()
        return Answer(
            tuple(str(column[0]) for column in cursor.description), self._blocks(cursor, left, seconds)
        )

    def _blocks(
        self, cursor: sqlite3.Cursor, left: float, seconds: float
    ) -> Iterator[list[tuple[Value, ...]]]:
        # Some Pythons (3.12.1) leave a query running whose text can't be read, and what it reads can't be detached then.
        with contextlib.closing(cursor):
            while True:
                began = time.monotonic()
                self._ends = began + left
                with self._clear(seconds):
                    block = _block(cursor)
                # Whoever takes the rows may take their time; that is not the query's.
                left -= time.monotonic() - began
                if not block:
                    return
                yield block

    def _is_late(self) -> bool:
        return time.monotonic() > self._ends

    def _authorize(
        self, action: int, what: str | None, column: str | None, database: str | None, within: str | None
    ) -> int:
        if action in _ALWAYS or (action == sqlite3.SQLITE_FUNCTION and column != "load_extension"):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and self._may_read(what or "", column or "", within):
            return sqlite3.SQLITE_OK
        if not self._refused:
            self._refused = f"it reads {what}" if action == sqlite3.SQLITE_READ else "it does more than read"
        return sqlite3.SQLITE_DENY

    def _may_read(self, table: str, column: str, within: str | None) -> bool:
        if table in ROWS_OF or table in _TABLES_OF_FUNCTIONS:
            return True
        # A part of the query can be named like a view, so its columns are looked at too. Counting reads no column,
        # of a table or of a part of the query.
        return (table, column, within) in self._reads or (column == "" and table not in self._hidden)

    @contextlib.contextmanager
    def _clear(self, seconds: float) -> Iterator[None]:
        """SQLite's errors in sentences: of the query, of its limits, or of the database."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._in_words(error, seconds) from error

    def _in_words(self, error: sqlite3.Error, seconds: float) -> AeriesTuiError:
        name = getattr(error, "sqlite_errorname", "") or ""
        # What stands between single quotes comes from the rows: a value that is no text, or no path of JSON. The
        # sentence goes into results and logs, where nobody's name may stand.
        said = clean_text(_QUOTED.sub("(not shown)", str(error))).removesuffix(".")
        if self._refused or name.startswith("SQLITE_AUTH"):
            return QueryRefused(
                f"The query is refused: {self._refused or said}.",
                remedy=f"It may read {', '.join(ROWS_OF)}, and write nothing.",
            )
        if name == "SQLITE_INTERRUPT":
            return QueryRefused(
                f"The query took more than {seconds:g} s and was ended.",
                remedy="Let it read less, or join by the ids.",
            )
        if name == "SQLITE_TOOBIG":
            return QueryRefused(f"A text or a row of the query is larger than {_LONGEST:,} bytes.")
        if name in {"", "SQLITE_ERROR", "SQLITE_MISMATCH", "SQLITE_RANGE"}:
            return QueryRefused(
                f"SQLite says of the query: {said}.",
                remedy="Correct it; aeries-tui help sql lists the views and their columns.",
            )
        return in_words(self._path, error)


def _block(cursor: sqlite3.Cursor) -> list[tuple[Value, ...]]:
    block: list[tuple[Value, ...]] = []
    size = 0
    while len(block) < _BLOCK_ROWS and size < _BLOCK_BYTES:
        some = cursor.fetchmany(_AT_ONCE)
        if not some:
            break
        size += len(marshal.dumps(some))  # the quickest way to learn how much text they hold
        block += some
    return block


def _reads_of_views(connection: sqlite3.Connection) -> frozenset[_Read]:
    """What SQLite reads of the tables when it reads the views."""
    reads: set[_Read] = set()

    def note(
        action: int, what: str | None, column: str | None, database: str | None, within: str | None
    ) -> int:
        if action == sqlite3.SQLITE_READ and within in ROWS_OF:
            reads.add((what or "", column or "", within))
        return sqlite3.SQLITE_OK

    for function in _TABLES_OF_FUNCTIONS:  # declares its columns, which the fence would not let it do
        connection.execute(f"SELECT 1 FROM {function}('[]')")
    connection.set_authorizer(note)
    for view in ROWS_OF:
        connection.execute(f"SELECT * FROM {view} LIMIT 0")
    return frozenset(reads)


@contextlib.contextmanager
def fencing(connection: sqlite3.Connection, seconds: float = SECONDS) -> Iterator[Fence]:
    """A fence round a connection of somebody else's, for as long as the block runs.

    Args:
        connection: of a Master; within a transaction a query sees what was written in it.
        seconds: how long SQLite may work on one query.
    """
    factory, longest = connection.row_factory, connection.getlimit(sqlite3.SQLITE_LIMIT_LENGTH)
    connection.row_factory = None
    try:
        yield Fence(connection, seconds)
    finally:
        connection.set_authorizer(None)
        connection.set_progress_handler(None, 0)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)
        connection.row_factory = factory


@contextlib.contextmanager
def sorting_on_disk(connection: sqlite3.Connection) -> Iterator[None]:
    """Let what has to be sorted go to a file without a name, so that the memory of a query is bounded.

    Args:
        connection: outside of a transaction; its temporary tables are dropped.
    """
    connection.execute("PRAGMA temp_store = FILE")
    try:
        yield
    finally:
        connection.execute("PRAGMA temp_store = MEMORY")


@contextlib.contextmanager
def fenced(path: Path, *, seconds: float = SECONDS) -> Iterator[Fence]:
    """A fence round the Master at `path`; all queries within see one state of it.

    Args:
        path: the Master.
        seconds: how long one query may run.

    Raises:
        MasterError: the Master can't be opened.
    """
    with contextlib.closing(connect(path, read_only=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        with sorting_on_disk(connection):
            connection.execute("BEGIN")
            with fencing(connection, seconds) as fence:
                yield fence
            connection.execute("ROLLBACK")
