"""What is erased is found by the columns of a table; whoever adds a table decides whether people stand in it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from aeries_tui.master.database import connect
from aeries_tui.master.erasing import erase_rows, traces_of
from aeries_tui.master.schema import STEPS

WITHOUT_PEOPLE = {
    "acknowledgement", "aeries_school", "ali_school", "count", "course", "delivery", "delivery_file", "district_check", "erased", "erasure", "file", "hold", "import",
    "mapping", "meta", "past_course", "past_section", "reader", "scope", "section", "stale", "term", "tombstone",
}  # fmt: skip
"""Tables with nobody of the roster in them, but for what people typed (`import`, `delivery`), and titles of homerooms."""
BY_NAME = {"description"}
"""Tables that `erase_rows` goes through by name."""
PEOPLE = {
    "account", "enrollment", "gone", "handover", "identity_decision", "identity_question", "left_out",
    "parked_account", "past_enrollment", "past_school_enrollment", "past_staff", "past_student", "past_teaching",
    "remembered_person", "school_enrollment", "staff", "student", "teaching",
}  # fmt: skip


def tables(db: sqlite3.Connection) -> set[str]:
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {str(name) for (name,) in rows}


def test_every_table_is_one_of_people_or_one_without(fast_path: Path) -> None:
    with contextlib.closing(connect(fast_path / "master.sqlite3")) as db:
        assert tables(db) == PEOPLE | WITHOUT_PEOPLE | BY_NAME, (
            "A table that was added: has it rows of people? Then it needs student_id, staff_id, or kind and person."
        )


def test_a_row_of_each_table_of_people_goes_and_the_others_stay(fast_path: Path) -> None:
    with contextlib.closing(connect(fast_path / "master.sqlite3")) as db:
        for table in sorted(PEOPLE):
            for person in (704, 705):
                _put(db, table, person)
        with contextlib.suppress(sqlite3.OperationalError):
            db.execute("BEGIN")
        erased = erase_rows(db, traces_of(db, [("student", 704), ("staff", 704)]))
        db.execute("COMMIT")
        assert erased.keys() == PEOPLE
        for table in PEOPLE:
            (left,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert left == 1, table


def _put(db: sqlite3.Connection, table: str, person: int) -> None:
    """A row of a person: its id where an id belongs, something unique elsewhere."""
    columns = db.execute("SELECT name, type FROM pragma_table_info(?)", (table,)).fetchall()
    values = []
    for name, kind in columns:
        if name in {"person", "student_id", "staff_id"}:
            values.append(person)
        elif name == "kind":
            values.append("student")
        elif name == "former":
            values.append(None)
        else:
            values.append(person * 7 if kind == "INTEGER" else f"{name} {person}")
    names = ", ".join(name for name, _ in columns)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(values))})", values)


def test_a_master_of_every_layout_can_be_erased_from() -> None:
    for number in range(1, len(STEPS) + 1):
        with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            for step in STEPS[:number]:
                step.run(db)
            db.execute(
                "INSERT INTO student (student_id, last_name, active, created_import) VALUES (704, 'x', 1, 1), (705, 'y', 1, 1)"
            )
            assert erase_rows(db, traces_of(db, [("student", 704)])) == {"student": 1}, number
            assert db.execute("SELECT student_id FROM student").fetchall() == [(705,)]
