"""Long lists out of an SQLite file."""

from __future__ import annotations

import contextlib
import random
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.listing import Column, Interrupted, Row
from aeries_tui.master.lists.sql_source import SqlRowSource
from aeries_tui.text import fold, holds, words_of

COUNT = 20_000
NAMES = ("García", "Smith", "Nguyễn", "ÁNGELES", "angela", "O'Brien", "100%_sure", "Łódź")
SELECT = """SELECT p.id, p.name, s.name AS school, p.age
            FROM person AS p LEFT JOIN school AS s ON s.code = p.school WHERE p.age >= :age"""
COLUMNS = (Column("id", "ID"), Column("name", "Name"), Column("school", "School"), Column("age", "Age"))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("rows") / "master ?#%.sqlite3"
    draw = random.Random(7)
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, school INTEGER, age INTEGER)")
        db.execute("CREATE TABLE school (code INTEGER PRIMARY KEY, name TEXT)")
        db.executemany("INSERT INTO school VALUES (?, ?)", [(n, f"School {n}") for n in range(50)])
        db.executemany(
            "INSERT INTO person VALUES (?, ?, ?, ?)",
            (
                (n * 3, f"{draw.choice(NAMES)} {n}", draw.choice([*range(50), None]), n % 90)
                for n in range(COUNT)
            ),
        )
    db.close()
    return file


@pytest.fixture
def source(path: Path) -> Iterator[SqlRowSource]:
    made = SqlRowSource(
        path, SELECT, key="id", columns=COLUMNS, search=("name", "school"), parameters={"age": 0}
    )
    yield made
    made.close()


def keys(rows: object) -> list[object]:
    return [row.key for row in rows]  # type: ignore[attr-defined]


def test_in_the_order_of_the_key_any_page_is_read_without_preparation(source: SqlRowSource) -> None:
    assert source.count() == COUNT
    with source._reader.asking() as db:
        steps: list[None] = []
        db.set_progress_handler(lambda: steps.append(None), 1_000)
        assert keys(source.rows(0, 3)) == [0, 3, 6]
        db.set_progress_handler(None, 0)
        assert len(steps) <= 1  # thousands of steps of SQLite's
        assert db.execute("SELECT count(*) FROM sqlite_temp_master").fetchone() == (0,)
    for offset in (19_997, 10_000, 10_200, 15_000, 9_800, 5):
        assert keys(source.rows(offset, 3)) == [offset * 3, offset * 3 + 3, offset * 3 + 6]
    assert source.rows(COUNT, 10) == []
    assert len(source.rows(COUNT - 1, 10)) == 1


def test_a_row_holds_its_texts_and_nothing_for_null(source: SqlRowSource) -> None:
    rows = source.rows(0, 500)
    assert all(isinstance(cell, str) for row in rows for cell in row.cells)
    assert "" in {row.cells[2] for row in rows}


def test_the_cells_can_be_made_by_the_caller(path: Path) -> None:
    made = SqlRowSource(
        path, SELECT, key="id", columns=COLUMNS, parameters={"age": 89},
        present=lambda row: (str(row["id"]), (str(row["name"]), "error"), "", ""),
    )  # fmt: skip
    assert made.rows(0, 1)[0].cells[1][1] == "error"
    assert not made.filterable
    made.close()


@pytest.mark.parametrize("descending", [False, True])
def test_sorting_leaves_case_and_accents_aside(source: SqlRowSource, descending: bool) -> None:
    view = source.with_sort("name", descending)
    rows = view.rows(0, COUNT)
    texts = [fold(str(row.cells[1])) for row in rows]
    assert len(texts) == view.count() == COUNT
    assert texts == sorted(texts, reverse=descending)
    assert view.rows(12_345, 5) == rows[12_345:12_350]
    view.close()


def test_numbers_are_sorted_by_size(source: SqlRowSource) -> None:
    view = source.with_sort("age")
    ages = [int(str(row.cells[3])) for row in view.rows(0, COUNT)]
    assert ages == sorted(ages)


def test_a_filter_wants_every_word_in_some_column_without_case_and_accents(source: SqlRowSource) -> None:
    view = source.with_filter("GARCIA  school 7")
    rows = view.rows(0, COUNT)
    assert rows
    assert len(rows) == view.count()
    for row in rows:
        name, school = str(row.cells[1]), str(row.cells[2])
        assert "García" in name
        assert "School" in school
        assert "7" in name + school
    assert keys(rows) == sorted(keys(rows))
    both = view.with_sort("name", True)
    assert both.count() == len(rows)
    assert both.with_filter("").count() == COUNT


def test_signs_of_patterns_are_only_signs(source: SqlRowSource) -> None:
    count = source.with_filter("100%_s").count()
    assert 0 < count < COUNT / 4
    assert source.with_filter("10_%").count() == 0
    assert source.with_filter("o'brien").count() > 0


@pytest.mark.parametrize("column", [None, "name"])
def test_search_goes_both_ways_in_every_order(source: SqlRowSource, column: str | None) -> None:
    view = source.with_sort(column)
    found = view.find("nguyen 777", 0)
    assert found is not None
    first = view.rows(found, 1)[0]
    assert holds(str(first.cells[1]), words_of("nguyen 777"))
    later = view.find("nguyen 777", found + 1)
    assert later is not None
    assert later > found
    assert view.find("nguyen 777", later - 1, backwards=True) == found
    assert view.find("nobody at all", 0) is None
    assert view.find("smith", COUNT) is None


@pytest.mark.parametrize("column", [None, "name"])
def test_a_row_is_found_again_by_its_key(source: SqlRowSource, column: str | None) -> None:
    view = source.with_sort(column)
    place = view.index_of(3 * 777)
    assert place is not None
    assert view.rows(place, 1)[0].key == 3 * 777
    assert view.index_of(1) is None


def test_what_is_written_meanwhile_is_seen_by_the_next_view(tmp_path: Path) -> None:
    file = tmp_path / "m.sqlite3"
    db = sqlite3.connect(file)
    db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
    db.executemany("INSERT INTO t VALUES (?, ?)", [(n, f"row {n}") for n in range(10)])
    db.commit()
    made = SqlRowSource(file, "SELECT id, a FROM t", key="id", columns=(Column("a", "A"),), search=("a",))
    sorted_view = made.with_sort("a", True)
    assert sorted_view.count() == 10
    db.execute("DELETE FROM t WHERE id = 9")
    db.execute("INSERT INTO t VALUES (10, 'row 10')")
    db.commit()
    db.close()
    assert sorted_view.rows(0, 1) == [Row(9, (("gone since the list was read", "muted"),))]
    assert keys(made.with_sort("a", True).rows(0, 2)) == [8, 7]
    assert made.with_sort(None).count() == 10
    made.close()


def test_a_long_query_is_interrupted_and_the_source_goes_on(path: Path) -> None:
    plain = "SELECT id, name FROM person AS p"
    beside_all = f"{plain} WHERE (SELECT count(q.name || p.name) FROM person AS q) > 0"
    source = SqlRowSource(path, plain, wider=beside_all, key="id", columns=COLUMNS[:2], search=("name",))
    view = source.with_filter("a b c d e f g h")
    started, ended = threading.Event(), []

    def read() -> None:
        started.set()
        try:
            view.count()
        except Interrupted as stop:
            ended.append(stop)

    thread = threading.Thread(target=read)
    thread.start()
    started.wait()
    while thread.is_alive():
        view.interrupt()
        thread.join(0.001)
    assert ended
    assert keys(source.rows(0, 3)) == [0, 3, 6]
    source.close()


def test_what_is_prepared_is_prepared_once_and_again_after_an_interrupt(path: Path) -> None:
    prepared: list[str] = []

    def prepare(db: sqlite3.Connection) -> None:
        many = "person, person AS other" if not prepared else "person"
        prepared.append("begun")
        db.execute("CREATE TEMP TABLE chosen (id INTEGER PRIMARY KEY)")
        db.execute(
            f"INSERT INTO chosen SELECT DISTINCT person.id FROM {many} WHERE folded(person.name) LIKE '%garcia%'"
        )
        prepared.append("done")

    made = SqlRowSource(path, "SELECT id FROM temp.chosen", key="id", columns=COLUMNS[:1], prepare=prepare)
    ended = []

    def read() -> None:
        try:
            made.count()
        except Interrupted as stop:
            ended.append(stop)

    thread = threading.Thread(target=read)
    thread.start()
    while thread.is_alive():
        made.interrupt()
        thread.join(0.001)
    assert ended
    assert "done" not in prepared
    count = made.count()
    assert count > 0
    assert made.with_filter("").count() == count
    assert prepared.count("done") == 1
    made.close()


def test_another_file_can_be_read_beside_the_first(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other ?#%.sqlite3"
    with contextlib.closing(sqlite3.connect(other)) as db:
        db.executescript("CREATE TABLE wanted (id INTEGER); INSERT INTO wanted VALUES (3), (6);")
    made = SqlRowSource(
        path, "SELECT p.id, p.name FROM person p JOIN o.wanted w ON w.id = p.id", key="id",
        columns=COLUMNS[:2], attach={"o": other},
    )  # fmt: skip
    assert keys(made.rows(0, 10)) == [3, 6]
    made.close()
    with pytest.raises(MasterError):
        SqlRowSource(path, "SELECT 1 AS id", key="id", columns=(), attach={"o": tmp_path / "none.sqlite3"})


def test_the_file_is_never_written_and_a_missing_one_is_said_so(source: SqlRowSource, tmp_path: Path) -> None:
    with pytest.raises(MasterError, match="could not be read") as refused:
        SqlRowSource(tmp_path / "none.sqlite3", "SELECT 1 AS id", key="id", columns=()).count()
    assert refused.value.meaning == "Nothing was changed."
    with source._reader.asking() as db, pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM person")


def test_only_columns_that_may_be_sorted_by_are_sorted_by(source: SqlRowSource) -> None:
    with pytest.raises(ValueError, match="not a column"):
        source.with_sort("age; DROP TABLE person")
