"""Opening the Master: its layout, its migrations, its errors."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.master import schema
from aeries_tui.master.database import attached_file, connect, copy_to, damage, immediate
from aeries_tui.master.layout import MASTER, Layout, layout_of
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.schema import STEPS, Step, newest


def columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"PRAGMA table_info({table})")]


@pytest.fixture
def path(fast_path: Path) -> Path:
    with contextlib.closing(connect(fast_path / "master.sqlite3")):
        return fast_path / "master.sqlite3"


def test_a_new_master_is_for_its_owner_alone_and_in_wal_mode(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    with contextlib.closing(connect(path)) as db:
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert layout_of(db) == Layout(MASTER, len(STEPS))


def test_every_kind_has_a_roster_table_and_one_of_earlier_versions(path: Path) -> None:
    with contextlib.closing(connect(path)) as db:
        for kind in KINDS:
            its_own = {*kind.names, "active", "created_import"}
            assert set(columns(db, kind.name)) == its_own
            assert set(columns(db, f"past_{kind.name}")) == its_own | {"import_id", "absent"}


def test_the_views_for_other_tools_can_be_read(path: Path) -> None:
    with contextlib.closing(connect(path, read_only=True)) as db:
        for view in ("v_student", "v_staff", "v_section", "v_roster", "v_import"):
            assert db.execute(f"SELECT * FROM {view}").fetchall() == []


def test_a_reader_can_not_write(path: Path) -> None:
    with (
        contextlib.closing(connect(path, read_only=True)) as db,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        db.execute("DELETE FROM student")


def test_a_master_of_a_newer_program_is_left_alone(path: Path) -> None:
    with contextlib.closing(connect(path)) as db:
        db.execute(f"PRAGMA user_version = {newest() + 1}")
    with pytest.raises(MasterError, match="newer aeries-tui"):
        connect(path)
    with pytest.raises(MasterError, match="newer aeries-tui"):
        connect(path, read_only=True)


COLOUR = "ALTER TABLE student ADD COLUMN colour TEXT;\n"


def with_step(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.setattr(schema, "STEPS", (*STEPS, Step("colour", lambda connection: sql)))


def test_before_a_migration_a_copy_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with contextlib.closing(connect(path)) as db:
        db.execute("INSERT INTO meta VALUES ('school_year', '2026-2027')")
    with_step(monkeypatch, COLOUR)
    with contextlib.closing(connect(path)) as db:
        assert "colour" in columns(db, "student")
    copy = path.with_name(f"master.sqlite3.before-{len(STEPS)}")
    assert copy.stat().st_mode & 0o777 == 0o600
    with contextlib.closing(sqlite3.connect(copy)) as db:
        assert "colour" not in columns(db, "student")
        assert db.execute("SELECT value FROM meta WHERE name = 'school_year'").fetchone() == ("2026-2027",)


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        with_step(patch, COLOUR + "INSERT INTO meta (name, value) VALUES ('generation', '7');\n")
        with pytest.raises((MasterError, sqlite3.IntegrityError), match="UNIQUE"):
            connect(path)
    with contextlib.closing(connect(path)) as db:
        assert "colour" not in columns(db, "student")
        assert db.execute("PRAGMA user_version").fetchone()[0] == newest()


def test_a_transaction_is_all_or_nothing(path: Path) -> None:
    with contextlib.closing(connect(path)) as db:
        with pytest.raises(ValueError, match="stop"), immediate(db):
            db.execute("INSERT INTO meta VALUES ('a', '1')")
            raise ValueError("stop")
        assert db.execute("SELECT count(*) FROM meta WHERE name = 'a'").fetchone()[0] == 0
        with immediate(db):
            db.execute("INSERT INTO meta VALUES ('a', '1')")
        assert db.execute("SELECT value FROM meta WHERE name = 'a'").fetchone()[0] == "1"


def test_a_copy_is_whole_and_leaves_no_part_behind(path: Path) -> None:
    with contextlib.closing(connect(path)) as db:
        copy_to(db, path.with_name("copy.sqlite3"))
    assert not path.with_name("copy.sqlite3.part").exists()
    with contextlib.closing(sqlite3.connect(path.with_name("copy.sqlite3"))) as db:
        assert damage(db, full=True) == []


@pytest.mark.parametrize("full", [True, False])
def test_damage_is_found(path: Path, full: bool) -> None:
    with contextlib.closing(connect(path)) as db:
        db.executemany("INSERT INTO meta VALUES (?, ?)", [(f"n{n}", "x" * 200) for n in range(500)])
        assert damage(db, full=full) == []
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'meta'").fetchone()
    with path.open("r+b") as handle:
        handle.seek((root - 1) * 4096 + 8)
        handle.write(b"\xff" * 60)
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert damage(db, full=full)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MasterError, match=r"No such file|can't be"):
        connect(tmp_path / "gone" / "master.sqlite3")
    with pytest.raises(MasterError, match="No such file or directory"):
        connect(tmp_path / "gone.sqlite3", read_only=True)


def test_what_ended_the_work_is_told_not_that_a_file_can_not_be_detached_after(path: Path) -> None:
    other = path.with_name("other.sqlite3")
    connect(other).close()
    with (
        contextlib.closing(connect(path)) as db,
        pytest.raises(KeyError, match="what ended it"),
        attached_file(db, other, "o"),
    ):
        db.execute("BEGIN")
        db.execute("SELECT * FROM o.meta").fetchone()  # within a transaction nothing is detached
        raise KeyError("what ended it")
