"""The layouts of the Master: frozen steps, one number for one layout, every layout that ever was brought up."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from threading import Barrier, Thread

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.master import schema
from aeries_tui.master.archives.archives import row_counts
from aeries_tui.master.database import connect, copies_before
from aeries_tui.master.imports import result
from aeries_tui.master.layout import MASTER, Layout, layout_of, number_of
from aeries_tui.master.roster import plan
from aeries_tui.master.roster.kinds import KINDS, Column
from aeries_tui.master.schema import newest, strange
from aeries_tui.outcome import Outcome
from aeries_tui.pull import log
from engine.schema_change import add_pronouns
from master.stored import FOLDER, load

MASTERS = sorted(path.stem for path in FOLDER.glob("*.sql") if not path.stem.startswith("plan"))
NAMES = tuple(kind.name for kind in KINDS)

FROZEN = {
    "0001_first_tables.sql": "6e1cdcc9ef8a8ce3",
    "0002_active_indexes.sql": "9fb6d0ee707e8c36",
    "one_layout.py": "955847d27bfd6dec",
    "0004_schools_of_people.sql": "62de83fb4cc79113",
    "0005_file_outcomes.sql": "c78c4c8d098513ab",
    "0006_what_was_asked.sql": "29c6e3683c0a923c",
    "0007_who_is_who.sql": "51ca1cbc9d55a699",
    "0008_left_out.sql": "7689a2b31e8b5f6c",
    "0009_views.sql": "0467bfc65c0f251f",
    "0010_salt.sql": "32ca62d4f78eaf83",
    "0011_district_checks.sql": "c939d325f45447e5",
    "0012_omitted.sql": "45a9e40d7fd477d7",
    "0013_readers.sql": "553d4514deb213dc",
    "0014_erased.sql": "d65e3209ead58533",
    "0015_deliveries.sql": "d04f8ae103f5dc31",
    "0016_accounts_and_erasures.sql": "9cf6bf7a51a83812",
}
"""SHA-256 of each step that is on main; a step that is there is never edited, the next one is added."""

Object = tuple[object, ...]


def plain(sql: str | None) -> str:
    """DDL without comments and without the freedom of its spaces."""
    without = re.sub(r"--[^\n]*", "", sql or "").replace("IF NOT EXISTS ", "")
    return re.sub(r"\s*([(),])\s*", r"\1", " ".join(without.split()))


def everything(db: sqlite3.Connection) -> dict[str, Object]:
    """Each table, index and view with its text, its columns, and what SQLite says of its indexes."""
    found: dict[str, Object] = {}
    for kind, name, sql in db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall():
        columns = [tuple(row) for row in db.execute(f"PRAGMA table_xinfo({name})")]
        indexes = sorted(tuple(row)[1:] for row in db.execute(f"PRAGMA index_list({name})"))
        places = [tuple(row) for row in db.execute(f"PRAGMA index_xinfo({name})")]
        found[f"{kind} {name}"] = (plain(sql), columns, indexes, places)
    return found


def fresh(folder: Path) -> dict[str, Object]:
    with contextlib.closing(connect(folder / "fresh.sqlite3")) as db:
        return everything(db)


def test_there_is_a_stored_master_of_every_layout() -> None:
    assert {int(name.partition("-")[0]) for name in MASTERS} == set(range(1, newest() + 1))


def test_a_step_that_is_on_main_stays_as_it_is() -> None:
    package = files(schema)
    assert {name: sha256((package / name).read_bytes()).hexdigest()[:16] for name in FROZEN} == FROZEN
    assert len(FROZEN) == newest()


@pytest.mark.parametrize("name", MASTERS)
def test_a_master_that_was_migrated_is_as_a_fresh_one(fast_path: Path, name: str) -> None:
    master = load(name, fast_path / "master.sqlite3")
    with contextlib.closing(connect(master)) as db:
        migrated = everything(db)
        assert layout_of(db) == Layout(MASTER, newest())
    expected = fresh(fast_path)
    assert migrated.keys() == expected.keys()
    for part, said in expected.items():
        assert migrated[part] == said, part


@pytest.mark.parametrize("name", MASTERS)
def test_nobody_is_lost_by_a_migration_and_the_copy_before_it_is_as_it_was(
    fast_path: Path, name: str
) -> None:
    master = load(name, fast_path / "master.sqlite3")
    with contextlib.closing(sqlite3.connect(master)) as db:
        before, said = list(db.iterdump()), layout_of(db)
        rows = row_counts(db)
    assert rows["student"] == 6
    assert rows["past_student"] == 3
    number = int(name.partition("-")[0])
    with contextlib.closing(connect(master, read_only=True)) as db:
        # A table that a step added is empty; the salt is one row more.
        rows["meta"] += number < 10
        assert {table: n for table, n in row_counts(db).items() if n or table in rows} == rows
    copies = copies_before(master)
    assert [copy.name for copy in copies] == (
        [f"master.sqlite3.before-{number}"] if number < newest() else []
    )
    for copy in copies:
        with contextlib.closing(sqlite3.connect(copy)) as db:
            assert list(db.iterdump()) == before
            assert layout_of(db) == said


@pytest.mark.parametrize(
    ("name", "kinds"),
    [*((name, NAMES) for name in (*MASTERS, "none")), *((MASTERS[0], (kind,)) for kind in NAMES)],
    ids=lambda one: one if isinstance(one, str) else one[0] if len(one) == 1 else "all",
)
def test_a_column_added_to_kinds_is_in_every_master(
    fast_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kinds: tuple[str, ...]
) -> None:
    master = fast_path / "master.sqlite3" if name == "none" else load(name, fast_path / "master.sqlite3")
    add_pronouns(monkeypatch, *kinds)
    with contextlib.closing(connect(master)) as db:
        assert strange(db, newest()) is None
        for table in (table for kind in kinds for table in (kind, f"past_{kind}")):
            assert "pronouns" in [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        assert (row_counts(db)["student"] == 6) is (name != "none")
        migrated = everything(db)
    assert migrated == fresh(fast_path)


def opened_at_once(master: Path, programs: int) -> list[MasterError]:
    """What so many programs are told that open a Master at the same moment."""
    together, wrong = Barrier(programs), list[MasterError]()

    def open_it() -> None:
        together.wait()
        try:
            connect(master).close()
        except MasterError as error:
            wrong.append(error)

    threads = [Thread(target=open_it) for _ in range(programs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_two_programs_that_meet_an_old_master_at_once_migrate_it_once(fast_path: Path) -> None:
    master = load("1", fast_path / "master.sqlite3")
    with contextlib.closing(sqlite3.connect(master)) as db:
        before = list(db.iterdump())
    assert opened_at_once(master, 4) == []
    with contextlib.closing(sqlite3.connect(copies_before(master)[0])) as db:
        assert list(db.iterdump()) == before


def test_many_programs_may_make_a_new_master_at_once(fast_path: Path) -> None:
    for number in range(40):
        master = fast_path / f"master-{number}.sqlite3"
        assert opened_at_once(master, 8) == []
        with contextlib.closing(connect(master)) as db:
            assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.parametrize("name", [name for name in MASTERS if int(name.partition("-")[0]) < 4])
def test_what_became_of_a_file_is_an_outcome_and_no_label_any_more(fast_path: Path, name: str) -> None:
    master = load(name, fast_path / "master.sqlite3")
    with contextlib.closing(sqlite3.connect(master)) as db:
        db.execute("UPDATE file SET status = 'Completed with ERROR' WHERE kind = 'student'")
        db.commit()
    with contextlib.closing(connect(master)) as db:
        outcomes = {file.kind: file.outcome for file in result.files(db, 1)}
        assert outcomes == {"staff": Outcome.COMPLETED, "student": Outcome.COMPLETED_WITH_ERROR}


def harm_nothing(db: sqlite3.Connection) -> None:
    """A database with no word of its layout."""
    db.execute("PRAGMA user_version = 0")


def harm_table(db: sqlite3.Connection) -> None:
    db.execute("DROP TABLE course")


def harm_column(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE student ADD COLUMN shoe_size INTEGER")


def harm_purpose(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA application_id = 252006674")


@pytest.mark.parametrize("harm", [harm_nothing, harm_table, harm_column, harm_purpose])
@pytest.mark.parametrize("read_only", [True, False])
def test_what_is_no_master_of_any_layout_is_refused_by_name_and_left_alone(
    fast_path: Path, harm: object, read_only: bool
) -> None:
    master = load("2", fast_path / "master.sqlite3")
    with contextlib.closing(sqlite3.connect(master)) as db:
        harm(db)  # type: ignore[operator]
        db.commit()
        before = list(db.iterdump())
    with pytest.raises(MasterError, match=r"master\.sqlite3 is not a District Master of a layout") as refused:
        connect(master, read_only=read_only)
    assert refused.value.remedy
    with contextlib.closing(sqlite3.connect(master)) as db:
        assert list(db.iterdump()) == before
    assert copies_before(master) == []


def test_tables_and_views_of_ones_own_do_not_hinder_a_migration(fast_path: Path) -> None:
    master = load("2", fast_path / "master.sqlite3")
    with contextlib.closing(sqlite3.connect(master)) as db:
        db.executescript('CREATE TABLE "my notes" (text); CREATE VIEW v_mine AS SELECT * FROM student')
    with contextlib.closing(connect(master)) as db:
        assert db.execute("SELECT count(*) FROM v_mine").fetchone()[0] == 6


def test_other_files_have_a_number_for_each_layout_too() -> None:
    """Whoever changes one of these texts raises the number beside it, then writes the new figure down here."""
    kind = replace(KINDS[0], name="kind", key=(Column("key"),), fields=(Column("field"),))
    tables = ";".join([*plan._kind_tables(kind), plan._BOOKS])
    assert (plan._BOOKS_NUMBER, number_of(tables)) == (4, 955554074)
    assert (log.LAYOUT.number, number_of(log._TABLES)) == (1, 337594414)
