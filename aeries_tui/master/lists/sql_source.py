"""Rows of a query for the lists of the screens: a million of them, page by page.

A query in the order of its key is read by key range and needs no preparation. Any other order,
and any filter, is written down once as a list of keys with their places, in a temporary table of
the reading connection, so that page k is a range again. The file itself is opened read-only.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count as counter
from pathlib import Path
from threading import RLock

from aeries_tui.errors import MasterError
from aeries_tui.listing import Cell, Column, Interrupted, Row, RowKey
from aeries_tui.master.sqlite_errors import is_defect
from aeries_tui.text import APOSTROPHES, fold, words_of

Value = str | int | float | bytes | None
"""What SQLite hands back."""

Present = Callable[[Mapping[str, Value]], tuple[Cell, ...]]
"""Makes the cells of a row from the columns of the query, by name."""

Prepare = Callable[[sqlite3.Connection], None]
"""Fills temporary tables that the select of a source reads; done once, before the first question."""

_ANCHORS = 4_096


def _text(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


class _Reader:
    """One read-only connection, for one thread at a time, with the temporary tables of its sources."""

    def __init__(self, path: Path, attach: Mapping[str, Path], prepare: Prepare | None) -> None:
        self._numbers = counter(1)
        self._lock = RLock()
        self._prepare = prepare
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False, isolation_level=None
            )
            try:
                know_folding(self._connection)
                self._connection.execute("PRAGMA temp_store = FILE")
                for name, other in attach.items():
                    self._connection.execute(f"ATTACH ? AS {name}", (f"{other.absolute().as_uri()}?mode=ro",))
            except BaseException:
                self._connection.close()
                raise
        except sqlite3.Error as problem:
            if is_defect(problem):
                raise
            raise _unreadable(problem) from problem

    @contextmanager
    def asking(self) -> Iterator[sqlite3.Connection]:
        """The connection, alone; errors of the disk and of the file in the program's own words."""
        with self._lock:
            try:
                self._prepare_once()
                yield self._connection
            except sqlite3.Error as problem:
                if getattr(problem, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                    raise Interrupted from problem
                if is_defect(problem):
                    raise
                raise _unreadable(problem) from problem

    def _prepare_once(self) -> None:
        if self._prepare is None:
            return
        if self._connection.in_transaction:  # an interrupt may have hit the ROLLBACK itself
            self._connection.execute("ROLLBACK")
        self._connection.execute("BEGIN")
        try:
            self._prepare(self._connection)
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")
        self._prepare = None

    def new_table(self) -> str:
        """A name for a temporary table."""
        return f"temp.listed_{next(self._numbers)}"

    def interrupt(self) -> None:
        """End the query that runs; safe from any thread, and without the lock."""
        self._connection.interrupt()

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()


@lru_cache(maxsize=32_768)
def _folded(value: Value) -> str:
    return fold(_text(value))


def _unreadable(problem: sqlite3.Error) -> MasterError:
    # Python quotes the text that it could not decode, which is a person's.
    code = getattr(problem, "sqlite_errorname", None)
    why = problem if code is not None else "it holds text that is not UTF-8"
    return MasterError(
        f"The list could not be read from the District Master ({why}).",
        meaning="Nothing was changed.",
        remedy="Press F5 to read it again; if it stays, run aeries-tui doctor.",
    )


class SqlRowSource:
    """A `RowSource` (aeries_tui.listing) over a query.

    Args:
        path: the SQLite file; opened read-only, by the first source of a family.
        select: a SELECT of one row for each key, without ORDER BY; fixed text of the program, never input.
        wider: a SELECT of the same columns that takes the place of `select` while there is a filter; its further
            rows are found, not listed. None where there are none.
        key: the column of the select that tells the rows apart. An integer primary key, or an indexed
            column, makes reading in its order immediate.
        columns: what is shown; `Column.key` names a column of the select, whose `sortable` ones can be
            sorted by.
        search: columns of the select that filter and search look into; none makes it unfilterable.
        parameters: named parameters of the select.
        present: makes the cells of a row; without it each column's text is shown as it is.
        attach: further files by the name the select gives them; opened read-only.
        prepare: fills temporary tables that the select reads, once, in the thread that asks first.

    Raises:
        MasterError: the file can't be opened.
    """

    def __init__(
        self,
        path: Path,
        select: str,
        *,
        wider: str | None = None,
        key: str,
        columns: Sequence[Column],
        search: Sequence[str] = (),
        parameters: Mapping[str, str | int | None] | None = None,
        present: Present | None = None,
        attach: Mapping[str, Path] | None = None,
        prepare: Prepare | None = None,
    ) -> None:
        self._reader = _Reader(path, attach or {}, prepare)
        self._owns_reader = True
        self.columns: Sequence[Column] = tuple(columns)
        self._select = select
        self._listed, self._found = select, wider or select
        self._key = key
        self._search = tuple(search)
        self._parameters = dict(parameters or {})
        self._present = present
        self._filter: tuple[str, ...] = ()
        self._sort: tuple[str | None, bool] = (None, False)
        self._table: str | None = None
        self._count: int | None = None
        self._anchors: list[tuple[int, RowKey]] = []

    @property
    def filterable(self) -> bool:
        """Whether there are columns to look into."""
        return bool(self._search)

    def with_filter(self, text: str) -> SqlRowSource:
        """The rows of which some searched column holds each word of the text; case, accents and apostrophes don't count."""
        return self._derived(tuple(words_of(text)), self._sort)

    def with_sort(self, column: str | None, descending: bool = False) -> SqlRowSource:
        """The rows in the order of a column; case and accents don't count, equal ones stand by key."""
        if column is not None and column not in {known.key for known in self.columns if known.sortable}:
            raise ValueError(f"{column} is not a column to sort by")
        return self._derived(self._filter, (column, descending))

    def _derived(self, words: tuple[str, ...], sort: tuple[str | None, bool]) -> SqlRowSource:
        view = object.__new__(SqlRowSource)
        view.__dict__.update(self.__dict__)
        view._owns_reader = False
        view._filter, view._sort = words, sort
        view._select = self._found if words else self._listed
        view._table, view._count, view._anchors = None, None, []
        return view

    # Reading

    def count(self) -> int:
        """How many rows there are; the first call writes the list of keys where one is needed."""
        with self._reader.asking() as db:
            if self._count is None:
                if self._filter or self._sort[0] is not None:
                    self._write_list(db)
                else:
                    query = f"SELECT count(*) FROM ({self._select})"
                    self._count = int(db.execute(query, self._parameters).fetchone()[0])
            assert self._count is not None
            return self._count

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        """The rows from `offset`, at most `limit`."""
        total = self.count()
        if offset >= total or limit <= 0:
            return []
        with self._reader.asking() as db:
            if self._table is None:
                return self._by_key(db, offset, min(limit, total - offset), total)
            keys = [
                key
                for (key,) in db.execute(
                    f"SELECT key FROM {self._table} WHERE place > ? AND place <= ? ORDER BY place",
                    (offset, offset + limit),
                )
            ]
            return self._of_keys(db, keys)

    def find(self, text: str, start: int, backwards: bool = False) -> int | None:
        """The offset of the next row of which some searched column holds each word of the text."""
        words = words_of(text)
        total = self.count()
        if not words or not self._search or not 0 <= start < total:
            return None
        with self._reader.asking() as db:
            if self._table is None:
                return self._find_by_key(db, words, start, backwards, total)
            return self._find_in_list(db, words, start, backwards)

    def matches(self, text: str, at: int) -> tuple[int, int]:
        """How many rows hold each word of the text in some searched column: those up to the offset `at`, and all."""
        words = words_of(text)
        total = self.count()
        if not words or not self._search or not total:
            return 0, 0
        condition, parameters = self._condition(words)
        with self._reader.asking() as db:
            if self._table is None:
                last = self._by_key(db, min(max(at, 0), total - 1), 1, total)
                source, place = f"({self._select})", self._key
                border: RowKey | None = last[0].key if last and at >= 0 else None
            else:
                source = f"{self._table} AS listed JOIN ({self._select}) ON {self._key} = listed.key"
                place, border = "listed.place", at + 1
            found = db.execute(
                f"SELECT count(*) FILTER (WHERE {place} <= :_at), count(*) FROM {source} WHERE {condition}",
                {**self._parameters, **parameters, "_at": border},
            ).fetchone()
        return int(found[0]), int(found[1])

    def index_of(self, key: RowKey) -> int | None:
        """The offset of the row with this key."""
        self.count()
        parameters = {**self._parameters, "_key": key}
        with self._reader.asking() as db:
            if self._table is not None:
                found = db.execute(
                    f"SELECT place - 1 FROM {self._table} WHERE key = ?",
                    (key,),
                ).fetchone()
                return None if found is None else int(found[0])
            here = f"SELECT 1 FROM ({self._select}) WHERE {self._key} = :_key"
            if db.execute(here, parameters).fetchone() is None:
                return None
            return self._place_of(db, key)

    def interrupt(self) -> None:
        """End the query that runs in another thread."""
        self._reader.interrupt()

    def close(self) -> None:
        """Drop the list of keys; the source that opened the file closes it as well."""
        if self._table is not None:
            with self._reader.asking() as db:
                db.execute(f"DROP TABLE IF EXISTS {self._table}")
            self._table = None
        if self._owns_reader:
            self._reader.close()

    # In the order of the key

    def _by_key(self, db: sqlite3.Connection, offset: int, limit: int, total: int) -> list[Row]:
        place, key = self._anchor(offset)
        if total - offset - limit < offset - place:
            query = f"SELECT * FROM ({self._select}) ORDER BY {self._key} DESC LIMIT :_limit OFFSET :_skip"
            bounds: dict[str, RowKey | None] = {"_limit": limit, "_skip": total - offset - limit}
            rows = self._made(db.execute(query, {**self._parameters, **bounds}))[::-1]
        else:
            where = "" if key is None else f"WHERE {self._key} >= :_from"
            query = f"SELECT * FROM ({self._select}) {where} ORDER BY {self._key} LIMIT :_limit OFFSET :_skip"
            bounds = {"_limit": limit, "_skip": offset - place, "_from": key}
            rows = self._made(db.execute(query, {**self._parameters, **bounds}))
        if rows:
            self._remember(offset, rows[0].key)
        return rows

    def _anchor(self, offset: int) -> tuple[int, RowKey | None]:
        """The nearest place at or before `offset` whose key is known."""
        at = bisect_right(self._anchors, offset, key=lambda anchor: anchor[0])
        return self._anchors[at - 1] if at else (0, None)

    def _remember(self, place: int, key: RowKey) -> None:
        at = bisect_right(self._anchors, place, key=lambda anchor: anchor[0])
        if len(self._anchors) < _ANCHORS and (at == 0 or self._anchors[at - 1][0] != place):
            self._anchors.insert(at, (place, key))

    def _place_of(self, db: sqlite3.Connection, key: RowKey) -> int:
        query = f"SELECT count(*) FROM ({self._select}) WHERE {self._key} < :_key"
        return int(db.execute(query, {**self._parameters, "_key": key}).fetchone()[0])

    def _find_by_key(
        self, db: sqlite3.Connection, words: Sequence[str], start: int, backwards: bool, total: int
    ) -> int | None:
        here = self._by_key(db, start, 1, total)
        if not here:
            return None
        condition, parameters = self._condition(words)
        way, order = ("<=", "DESC") if backwards else (">=", "ASC")
        query = (
            f"SELECT {self._key} FROM ({self._select}) WHERE {self._key} {way} :_from AND {condition} "
            f"ORDER BY {self._key} {order} LIMIT 1"
        )
        found = db.execute(query, {**self._parameters, **parameters, "_from": here[0].key}).fetchone()
        return None if found is None else self._place_of(db, found[0])

    # In the order of a list of keys

    def _write_list(self, db: sqlite3.Connection) -> None:
        table = self._reader.new_table()
        condition, parameters = self._condition(self._filter)
        column, descending = self._sort
        order = f"{self._key}"
        if column is not None:
            order = f"{_sort_term(column)} {'DESC' if descending else 'ASC'}, {order}"
        db.execute(f"CREATE TEMP TABLE {table.removeprefix('temp.')} (place INTEGER PRIMARY KEY, key)")
        try:
            written = db.execute(
                f"INSERT INTO {table} (key) SELECT {self._key} FROM ({self._select}) "
                f"WHERE {condition} ORDER BY {order}",
                {**self._parameters, **parameters},
            )
        except sqlite3.Error:
            db.execute(f"DROP TABLE {table}")
            raise
        self._table, self._count = table, written.rowcount

    def _of_keys(self, db: sqlite3.Connection, keys: Sequence[RowKey]) -> list[Row]:
        query = f"SELECT * FROM ({self._select}) WHERE {self._key} IN (SELECT value FROM json_each(:_keys))"
        made = self._made(db.execute(query, {**self._parameters, "_keys": json.dumps(keys)}))
        rows = {row.key: row for row in made}
        # A row that is gone since the list was written keeps its place, and is empty.
        gone: tuple[Cell, ...] = (("gone since the list was read", "muted"),)
        return [rows.get(key) or Row(key, gone) for key in keys]

    def _find_in_list(
        self, db: sqlite3.Connection, words: Sequence[str], start: int, backwards: bool
    ) -> int | None:
        condition, parameters = self._condition(words)
        way, order = ("<=", "DESC") if backwards else (">=", "ASC")
        query = (
            f"SELECT place - 1 FROM {self._table} AS listed WHERE place {way} :_from AND EXISTS "
            f"(SELECT 1 FROM ({self._select}) WHERE {self._key} = listed.key AND {condition}) "
            f"ORDER BY place {order} LIMIT 1"
        )
        found = db.execute(query, {**self._parameters, **parameters, "_from": start + 1}).fetchone()
        return None if found is None else int(found[0])

    # Words, rows

    def _condition(self, words: Sequence[str]) -> tuple[str, dict[str, str]]:
        """A condition that some searched column holds each word, and its parameters."""
        return holding_words(self._search, words)

    def _made(self, cursor: sqlite3.Cursor) -> list[Row]:
        names = [description[0] for description in cursor.description]
        key_place = names.index(self._key)
        if self._present is not None:
            present = self._present
            return [Row(row[key_place], present(dict(zip(names, row, strict=True)))) for row in cursor]
        places = [names.index(column.key) for column in self.columns]
        return [Row(row[key_place], tuple(_text(row[place]) for place in places)) for row in cursor]


def know_folding(db: sqlite3.Connection) -> None:
    """Let the SQL of a connection use the conditions of `holding_words`."""
    db.create_function("folded", 1, _folded, deterministic=True)


def holding_words(columns: Sequence[str], words: Sequence[str]) -> tuple[str, dict[str, str]]:
    """SQL of the condition that some of the columns holds each of the folded words, and its parameters."""
    parameters = {
        f"_w{place}": "%" + "".join("\\" + c if c in "%_\\" else c for c in word) + "%"
        for place, word in enumerate(words)
    }
    each = ["(" + " OR ".join(_holding(column, name) for column in columns) + ")" for name in parameters]
    return " AND ".join(each) or "1", parameters


def _must_be_folded(column: str) -> str:
    """SQL: the text is another one when it is folded, apart from its case."""
    marks = " OR ".join(f"instr({column}, char({ord(mark)})) > 0" for mark in APOSTROPHES)
    return f"(length({column}) <> length(CAST({column} AS BLOB)) OR {marks})"


def _holding(column: str, parameter: str) -> str:
    # LIKE leaves the case of ASCII aside by itself; only the rest needs the slower folding.
    return (
        f"({column} LIKE :{parameter} ESCAPE '\\' OR "
        f"({_must_be_folded(column)} AND folded({column}) LIKE :{parameter} ESCAPE '\\'))"
    )


def _sort_term(column: str) -> str:
    return (
        f"CASE WHEN typeof({column}) <> 'text' THEN {column} "
        f"WHEN {_must_be_folded(column)} THEN folded({column}) ELSE lower({column}) END"
    )
