"""Which of SQLite's errors are told as a matter of the disk, and which are defects of the program."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.listing import Column
from aeries_tui.master.lists.sql_source import SqlRowSource
from aeries_tui.master.sqlite_errors import clear_errors


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "some.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
        db.execute("INSERT INTO person (id, name) VALUES (1, 'Wren')")
    return path


def told(path: Path, work: Callable[[sqlite3.Connection], object]) -> str:
    """What a person reads of work that fails."""
    with (
        pytest.raises(MasterError) as raised,
        clear_errors(path),
        contextlib.closing(sqlite3.connect(path)) as db,
    ):
        work(db)
    return " ".join(raised.value.lines())


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT gendr FROM person", ()),
        ("SELECT * FROM persn", ()),
        ("SELEC 1", ()),
        ("INSERT INTO person (id, name) VALUES (2, NULL)", ()),
        ("INSERT INTO person (id, name) VALUES (1, 'Lark')", ()),
        ("INSERT INTO person (id, name) VALUES ('one', 'Lark')", ()),
        ("SELECT ?", ()),
        ("SELECT :name", {"nam": 1}),
        ("SELECT ?", (object(),)),
        ("SELECT 1; SELECT 2", ()),
        ("COMMIT", ()),
    ],
)
def test_a_wrong_statement_is_a_defect_of_the_program(path: Path, sql: str, parameters: object) -> None:
    with (
        pytest.raises(sqlite3.Error),
        clear_errors(path),
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db,
    ):
        db.execute(sql, parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (MemoryError(), "there is not enough memory"),
        (RuntimeError("can't start new thread"), "no more processes or threads can be started"),
    ],
)
def test_a_machine_that_is_full_is_no_defect(path: Path, error: Exception, what: str) -> None:
    def work(_: sqlite3.Connection) -> None:
        raise error

    assert what in told(path, work)


def test_a_defect_stays_one(path: Path) -> None:
    with pytest.raises(RuntimeError, match="changed size"), clear_errors(path):
        raise RuntimeError("dictionary changed size during iteration")


def test_a_connection_that_was_closed_too_early_is_a_defect(path: Path) -> None:
    db = sqlite3.connect(path)
    db.close()
    with pytest.raises(sqlite3.ProgrammingError), clear_errors(path):
        db.execute("SELECT 1")


@pytest.mark.parametrize(
    ("offset", "damage"),
    [
        (0, b"no database"),
        (44, b"\0\0\0\x09"),  # a file format that there is not: SQLite has no code for it
        (100, b"\xff" * 40),
    ],
)
def test_a_damaged_file_is_damaged_whatever_code_sqlite_gives(path: Path, offset: int, damage: bytes) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:offset] + damage + content[offset + len(damage) :])
    text = told(path, lambda db: db.execute("SELECT * FROM person").fetchall())
    assert "the database is damaged" in text and "doctor" in text


def test_a_schema_that_can_not_be_parsed_is_damage(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE person", b"CREATE TXBLE person"))
    assert "the database is damaged" in told(path, lambda db: db.execute("SELECT * FROM person").fetchall())


def test_text_that_is_not_utf_8_is_damage_and_is_not_quoted(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Wren", b"Wr\xffn"))
    text = told(path, lambda db: db.execute("SELECT name FROM person").fetchall())
    assert "the database is damaged" in text and "Wr" not in text


def test_a_lock_and_a_file_that_is_gone_keep_their_sentences(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        text = told(
            path, lambda db: db.execute("PRAGMA busy_timeout = 0") and db.execute("DELETE FROM person")
        )
    assert "another program kept the database locked" in text
    gone = f"{path.with_name('gone').as_uri()}?mode=ro"
    with pytest.raises(MasterError, match="can't be written or opened"), clear_errors(path):
        sqlite3.connect(gone, uri=True)


def test_an_interrupted_statement_is_no_defect(path: Path) -> None:
    def work(db: sqlite3.Connection) -> None:
        db.set_progress_handler(lambda: 1, 10)
        db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")

    assert "interrupted" in told(path, work)


def test_a_list_with_a_misspelt_column_fails_by_a_defect(path: Path) -> None:
    with (
        contextlib.closing(
            SqlRowSource(path, "SELECT id, nam FROM person", key="id", columns=[Column("nam", "Name")])
        ) as source,
        pytest.raises(sqlite3.OperationalError, match="no such column"),
    ):
        source.count()


def test_a_list_of_a_damaged_file_says_so_without_quoting_a_name(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Wren", b"Wr\xffn"))
    with (
        contextlib.closing(
            SqlRowSource(path, "SELECT id, name FROM person", key="id", columns=[Column("name", "Name")])
        ) as source,
        pytest.raises(MasterError, match="could not be read") as raised,
    ):
        source.rows(0, 1)
    assert "Wr" not in " ".join(raised.value.lines())
