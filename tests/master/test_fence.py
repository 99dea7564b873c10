"""The fence round people's own SQL: it reads the views, and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aeries_tui.master.database import connect
from aeries_tui.master.fence import Fence, QueryRefused, fenced
from aeries_tui.master.views import views


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.sqlite3"
    with closing(connect(path)) as db:
        db.execute(
            """
            INSERT INTO student (student_id, last_name, first_name, grade, active, created_import)
            VALUES (1, 'Soto', 'Ana', 9, 1, 1), (2, 'Lee', 'Bo', 10, 1, 1), (3, 'Cruz', 'Eva', 9, 0, 1)
            """
        )
        db.execute(
            """
            INSERT INTO account (kind, person, user_name, password_hash, made_at)
            VALUES ('student', 1, 'ana', 'a hash', '2026-11-28')
            """
        )
    return path


@pytest.fixture
def fence(master: Path) -> Iterator[Fence]:
    with fenced(master, seconds=5) as made:
        yield made


def test_a_query_gives_columns_and_rows(fence: Fence) -> None:
    answer = fence.query(
        "SELECT grade, count(*) AS n FROM v_student WHERE active = :active GROUP BY 1", {"active": 1}
    )
    assert answer.columns == ("grade", "n")
    assert list(answer.rows) == [(9, 1), (10, 1)]


@pytest.mark.parametrize(
    "sql",
    [
        "WITH young AS (SELECT student_id AS id FROM v_student WHERE grade < 10) SELECT count(*) FROM young",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n, v_student",
        "SELECT s.last_name FROM v_student s JOIN json_each('[1, 2]') j ON j.value = s.student_id",
        "SELECT (SELECT max(grade) FROM v_student) - grade, row_number() OVER (ORDER BY last_name) FROM v_student",
        "SELECT a.user_name FROM v_account a LEFT JOIN v_student s ON s.student_id = a.person",
        *(f"SELECT {', '.join(view.columns)} FROM {view.name}" for view in views()),
    ],
)
def test_every_select_over_the_views_goes_through(fence: Fence, sql: str) -> None:
    list(fence.query(sql).rows)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT password_hash FROM account",
        "SELECT count(password_hash) FROM account, v_student",
        "SELECT (SELECT password_hash FROM account) FROM v_student",
        "WITH v_account AS (SELECT password_hash FROM account) SELECT * FROM v_account",
        "SELECT * FROM v_student WHERE EXISTS (SELECT 1 FROM account WHERE password_hash LIKE 'a%')",
        "SELECT rowid FROM import",
        "SELECT count(*) FROM meta",
        "SELECT sql FROM sqlite_master",
        "SELECT * FROM pragma_table_info('student')",
        "PRAGMA user_version",
        "PRAGMA query_only = OFF",
        "DELETE FROM student",
        "UPDATE v_student SET last_name = 'x'",
        "CREATE TEMP TABLE t AS SELECT * FROM v_student",
        "CREATE TEMP VIEW v_student AS SELECT password_hash FROM account",
        "INSERT INTO student (student_id) VALUES (9) RETURNING student_id",
        "ATTACH '/etc/passwd' AS other",
        "DETACH main",
        "VACUUM INTO '/tmp/copy'",
        "COMMIT",
        "ROLLBACK",
        "SAVEPOINT here",
        "SELECT load_extension('x')",
        "SELECT 1; DELETE FROM student",
        "SELECT nothing FROM v_student",
        "SELECT * FROM v_nothing",
        "SELECT :missing",
        "not SQL",
        "-- a comment",
        "",
        "SELECT '\0' FROM v_student",
    ],
)
def test_whatever_else_is_refused_in_a_sentence(fence: Fence, master: Path, sql: str) -> None:
    before = master.read_bytes()
    with pytest.raises(QueryRefused) as refused:
        list(fence.query(sql).rows)
    assert refused.value.exit_status == 2
    assert "a hash" not in str(refused.value)
    assert master.read_bytes() == before
    assert list(fence.query("SELECT count(*) FROM v_student").rows) == [(3,)]


def test_a_query_that_would_never_end_is_ended(master: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with fenced(master, seconds=0.2) as fence, pytest.raises(QueryRefused, match="more than 0\\.2 s"):
        list(fence.query(endless).rows)


def test_the_clock_stands_while_nobody_asks_for_rows(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("aeries_tui.master.fence.time.monotonic", lambda: now)
    many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n"
    with fenced(master, seconds=1) as fence:
        rows = fence.query(many).rows
        next(rows)
        now = 3600.0
        assert sum(1 for _ in rows) == 199_999


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT hex(zeroblob(900000)), 1",
        "SELECT replace(hex(zeroblob(400000)), '0', 'longer')",
    ],
)
def test_a_text_has_a_limit(fence: Fence, sql: str) -> None:
    with pytest.raises(QueryRefused, match="larger than 1,000,000 bytes"):
        list(fence.query(sql).rows)


def test_queries_of_one_fence_see_one_state(master: Path) -> None:
    with fenced(master) as fence:
        assert list(fence.query("SELECT count(*) FROM v_student").rows) == [(3,)]
        with closing(sqlite3.connect(master, isolation_level=None)) as writer:
            writer.execute("DELETE FROM student WHERE student_id = 3")
        assert list(fence.query("SELECT count(*) FROM v_student").rows) == [(3,)]


def test_every_view_of_the_schema_is_documented_and_none_shows_a_password(master: Path) -> None:
    with closing(connect(master, read_only=True)) as db:
        made = {
            row[0]
            for row in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'v!_%' ESCAPE '!'"
            )
        }
    assert made == {view.name for view in views()}
    assert not any("password" in column for view in views() for column in view.columns)
