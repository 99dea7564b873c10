"""The plan of an import: what the Master would become, worked out in a file of its own.

A plan file holds, for each kind, the records that are in (`new_KIND`), what would be
done to the Master (`plan_KIND`), and the books of the import (counts, descriptions,
scopes, holds). The Master is attached read-only: making a plan can't change it. A plan
that waits for a person is simply this file, kept.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.master.kept_facts import know_digests
from aeries_tui.master.layout import PLAN, Layout, write_layout
from aeries_tui.master.roster.kinds import KINDS, Kind, columns_sql
from aeries_tui.master.schema import newest
from aeries_tui.master.sqlite_errors import clear_errors

_PAGE = 16_384
"""Bytes of a page of a plan: a check of 100,000 students takes a tenth less time than with SQLite's 4,096."""
_CACHE = 5_000
"""Kilobytes of a plan that are kept in memory; each table that is sorted takes as much for itself."""

ACTIONS = ("created", "updated", "reactivated", "deactivated", "removed", "restored")
"""What a plan does to a record; the last two stand only in the plan of an undo."""


def does(*actions: str, alias: str = "") -> str:
    """SQL: what a plan does to a record is one of these, any but `created`.

    A first pull's plan is nothing but that. The index `plan_KIND_action` leaves it out, and the first condition lets SQLite
    use the index.
    """
    assert "created" not in actions
    action = f"{alias}.action" if alias else "action"
    listed = ", ".join(f"'{one}'" for one in actions)
    return f"({action} <> 'created' AND {action} IN ({listed}))"


SCHOOL_COLUMNS = (
    "code", "name", "status", "do_not_report", "state_code", "nces_code", "low_grade", "high_grade",
    "schedule_type",
)  # fmt: skip
"""What is kept of a row of Aeries' school list."""

TERM_COLUMNS = ("school_code", "term_code", "description", "start_date", "end_date")
"""What is kept of a school's term."""

LEFT_OUT_COLUMNS = ("kind", "person", "last_name", "first_name", "school", "rule", "status", "code")
"""What is kept of a person who was read and left out."""

DEPARTURE_COLUMNS = ("kind", "person", "school", "reason", "status", "day", "stays_at")
"""What is kept of a person, or of their record at a school, that the plan deactivates; school 0 is none."""

_BOOKS_NUMBER = 4
"""The layout of what follows; it goes up by one with each change of it."""

ADDED_BOOKS = frozenset({"identity_question", "handover", "left_out", "departure"})
"""Tables that plans of layouts 1 to 3 do not have: their makers asked nobody who is who, named nobody who was left
out, and did not say why somebody goes."""

_BOOKS = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE count (
    kind TEXT PRIMARY KEY, received INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
    reactivated INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,
    duplicate INTEGER NOT NULL DEFAULT 0, out_of_scope INTEGER NOT NULL DEFAULT 0,
    deactivated INTEGER NOT NULL DEFAULT 0, active INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE description (
    id INTEGER PRIMARY KEY, code TEXT NOT NULL, severity TEXT NOT NULL, kind TEXT NOT NULL,
    record TEXT NOT NULL, school INTEGER, field TEXT, message TEXT NOT NULL,
    consequences INTEGER NOT NULL DEFAULT 0, consequence_code TEXT
);
CREATE INDEX description_record ON description (kind, record);
CREATE TABLE hold (
    position INTEGER PRIMARY KEY, code TEXT NOT NULL, kind TEXT, school INTEGER, field TEXT,
    message TEXT NOT NULL
);
CREATE TABLE note (position INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE scope (
    endpoint TEXT NOT NULL, school INTEGER, state TEXT NOT NULL, received INTEGER NOT NULL,
    requests INTEGER NOT NULL, retries INTEGER NOT NULL, bytes INTEGER NOT NULL, seconds REAL NOT NULL,
    code TEXT, message TEXT, reused INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE seen_student (record INTEGER PRIMARY KEY, outcome TEXT NOT NULL);
CREATE TABLE seen_staff (record INTEGER PRIMARY KEY, outcome TEXT NOT NULL);
CREATE TABLE left_out (
    kind TEXT NOT NULL, person INTEGER NOT NULL, last_name TEXT, first_name TEXT, school INTEGER,
    rule TEXT NOT NULL, status TEXT, code TEXT, PRIMARY KEY (kind, person)
) WITHOUT ROWID;
CREATE TABLE departure (
    kind TEXT NOT NULL, person INTEGER NOT NULL, school INTEGER NOT NULL, reason TEXT NOT NULL, status TEXT,
    day TEXT, stays_at INTEGER, PRIMARY KEY (kind, person, school)
) WITHOUT ROWID;
CREATE TABLE identity_question (
    kind TEXT NOT NULL, person INTEGER NOT NULL, code TEXT NOT NULL, digest TEXT NOT NULL, former INTEGER,
    school INTEGER, before TEXT NOT NULL, after TEXT NOT NULL, since_import INTEGER, PRIMARY KEY (kind, person)
) WITHOUT ROWID;
CREATE TABLE handover (
    kind TEXT NOT NULL, person INTEGER NOT NULL, holder INTEGER NOT NULL, PRIMARY KEY (kind, person)
) WITHOUT ROWID;
CREATE TABLE aeries_school (
    code INTEGER PRIMARY KEY, name TEXT NOT NULL, short_name TEXT, status TEXT,
    do_not_report INTEGER NOT NULL DEFAULT 0, state_code TEXT, nces_code TEXT,
    low_grade INTEGER, high_grade INTEGER, schedule_type TEXT, session_type TEXT
);
CREATE TABLE term (
    school_code INTEGER NOT NULL, term_code TEXT NOT NULL, description TEXT,
    start_date TEXT, end_date TEXT, PRIMARY KEY (school_code, term_code)
) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Plan:
    """An open plan file with the Master attached read-only as `m`.

    Attributes:
        path: the plan file.
        connection: its connection; `active_KIND` are views of the Master's active records,
            `active_mapping` of what is mapped.
    """

    path: Path
    connection: sqlite3.Connection

    def about(self, name: str) -> str | None:
        """A fact written about this plan (`import_id`, `base_generation`, `day`, ...), or None."""
        row = self.connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def write_about(self, name: str, value: object) -> None:
        """Write a fact about this plan."""
        self.connection.execute(
            """
            INSERT INTO about (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            (name, str(value)),
        )

    def school_year(self) -> str | None:
        """The school year of the roster in the Master; None before the first import."""
        row = self.connection.execute("SELECT value FROM m.meta WHERE name = 'school_year'").fetchone()
        return None if row is None else row[0]


def _kind_tables(kind: Kind) -> Iterator[str]:
    key = ", ".join(column.ddl + " NOT NULL" for column in kind.key)
    fields = ", ".join(column.ddl for column in kind.fields)
    primary = f"PRIMARY KEY ({kind.key_list()})"
    yield f"CREATE TABLE new_{kind.name} ({key}, {fields}, {primary}) WITHOUT ROWID"
    yield f"CREATE TABLE plan_{kind.name} (action TEXT NOT NULL, {key}, {primary}) WITHOUT ROWID"
    yield f"CREATE TABLE retain_{kind.name} ({key}, {primary}) WITHOUT ROWID"
    yield (
        f"CREATE TABLE restore_{kind.name} ({key}, {fields}, active INTEGER NOT NULL, "
        f"created_import INTEGER NOT NULL, {primary}) WITHOUT ROWID"
    )


_INDEXES = [
    f"CREATE INDEX plan_{kind.name}_action ON plan_{kind.name} (action) WHERE action <> 'created'"
    for kind in KINDS
]
"""For `does`; no part of the layout, for a plan without them says the same."""


def plan_layout() -> Layout:
    """What a plan file says of itself: tables of kinds go with the Master's layout; books have a number."""
    return Layout(PLAN, newest() * 1000 + _BOOKS_NUMBER)


def plan_tables() -> list[str]:
    """The DDL of a plan file."""
    kinds = [statement for kind in KINDS for statement in _kind_tables(kind)]
    return [*kinds, *(part.strip() for part in _BOOKS.split(";\n") if part.strip())]


@contextmanager
def new_plan(path: Path, master: Path) -> Iterator[Plan]:
    """A fresh plan file at `path`; whatever stood there is replaced.

    It is written without a journal: half a plan is worthless and is made again.

    Raises:
        MasterError: if the disk or the Master can't be used.
    """
    with clear_errors(path):
        path.unlink(missing_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with _opened(path, master) as plan:
            plan.connection.execute(f"PRAGMA main.page_size = {_PAGE}")
            plan.connection.execute("PRAGMA main.journal_mode = OFF")
            plan.connection.execute("PRAGMA main.synchronous = OFF")
            write_layout(plan.connection, plan_layout())
            for statement in (*plan_tables(), *_INDEXES):
                plan.connection.execute(statement)
            plan.connection.executemany("INSERT INTO count (kind) VALUES (?)", [(k.name,) for k in KINDS])
            yield plan
        with path.open("rb") as handle:
            os.fsync(handle.fileno())


@contextmanager
def _opened(path: Path, master: Path) -> Iterator[Plan]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE}")
        connection.execute("PRAGMA temp_store = FILE")
        connection.execute("ATTACH ? AS m", (f"{master.absolute().as_uri()}?mode=ro",))
        know_digests(connection, "m")
        for kind in KINDS:
            _view_active(connection, kind)
        connection.execute(
            """
            CREATE TEMP VIEW active_mapping AS
            SELECT aeries_code, ali_id, excluded, by_person FROM m.mapping
            """
        )
        yield Plan(path, connection)
    finally:
        connection.close()


def _view_active(connection: sqlite3.Connection, kind: Kind, only: str = "") -> None:
    connection.execute(
        f"""
        CREATE TEMP VIEW active_{kind.name} AS
        SELECT {columns_sql(kind.names)}
        FROM m.{kind.name}
        WHERE active = 1 {only and f"AND ({only})"}
        """
    )


def narrow(plan: Plan, only: Mapping[Kind, str]) -> None:
    """Let a plan know but a part of the Master; it says nothing of the rest.

    Args:
        plan: fresh.
        only: for a kind, an SQL condition on its columns; of a kind that is not named nothing is known.
    """
    for kind in KINDS:
        plan.connection.execute(f"DROP VIEW temp.active_{kind.name}")
        _view_active(plan.connection, kind, only.get(kind, "0"))


def compare(plan: Plan, kind: Kind, *, is_partial: bool) -> None:
    """Hold `new_KIND`, which is whole, against the Master; by set, in SQL.

    It fills `plan_KIND` with what an upsert creates, updates and reactivates, and makes `not_in_KIND`: the Master's active
    records that `new_KIND` does not hold, for whichever reason: gone, rejected, or not even read.

    Args:
        plan: the plan.
        kind: the kind of record.
        is_partial: only single records were read. `not_in_KIND` is a view then, and no table: it holds nearly all of the
            Master.
    """
    # The first column of the key is NULL where the Master has no such record.
    is_new = f"m.{kind.key_names[0]} IS NULL"
    differs = " OR ".join(f"m.{name} IS NOT n.{name}" for name in kind.field_names)
    plan.connection.execute(
        f"""
        INSERT INTO plan_{kind.name} (action, {kind.key_list()})
        SELECT
            CASE
                WHEN {is_new} THEN 'created'
                WHEN m.active = 0 THEN 'reactivated'
                ELSE 'updated'
            END,
            {kind.key_list("n")}
        FROM new_{kind.name} n
        LEFT JOIN m.{kind.name} m ON {kind.joined("n", "m")}
        WHERE {is_new} OR m.active = 0 OR {differs}
        """
    )
    if is_partial:
        _view_without(plan, kind, "not_in", "active", "new")
    else:
        _find_not_in(plan, kind)


def _view_without(plan: Plan, kind: Kind, view: str, source: str, others: str) -> None:
    """Make the view `VIEW_KIND`: the records of `SOURCE_KIND` that `OTHERS_KIND` does not hold."""
    plan.connection.execute(
        f"""
        CREATE TEMP VIEW {view}_{kind.name} AS
        SELECT {columns_sql(kind.names, "g")}
        FROM {source}_{kind.name} g
        WHERE NOT EXISTS (SELECT 1 FROM {others}_{kind.name} o WHERE {kind.joined("o", "g")})
        """
    )


def _find_not_in(plan: Plan, kind: Kind) -> None:
    # Both have their records in the order of the key. Asked for in that order, they are gone through side by side, in a
    # third of the time that looking for each takes. Without the LIMIT SQLite takes the order of a subquery for idle.
    plan.connection.execute(
        f"""
        CREATE TEMP TABLE not_in_{kind.name} AS
        SELECT {columns_sql(kind.names, "g")}
        FROM (
            SELECT {kind.key_list()} FROM active_{kind.name}
            EXCEPT
            SELECT {kind.key_list()} FROM new_{kind.name}
            ORDER BY {kind.key_list()}
            LIMIT -1
        ) k
        CROSS JOIN m.{kind.name} g ON {kind.joined("g", "k")}
        """
    )


def deactivate(plan: Plan, kind: Kind, allowed: str) -> None:
    """Plan the soft delete of active records that are neither in nor to be retained.

    Args:
        plan: the plan, with `not_in_KIND`.
        kind: the kind of record.
        allowed: an SQL condition over alias `g` (the Master's record) that holds only where
            every list that could contain the record was read completely (promise 2).
    """
    plan.connection.execute(
        f"""
        INSERT INTO plan_{kind.name} (action, {kind.key_list()})
        SELECT 'deactivated', {kind.key_list("g")}
        FROM not_in_{kind.name} g
        WHERE NOT EXISTS (SELECT 1 FROM retain_{kind.name} k WHERE {kind.joined("k", "g")})
            AND ({allowed})
        """
    )


def view_after(plan: Plan, kind: Kind) -> None:
    """Make two views of what is active once the plan is applied.

    `last_good_KIND`: the Master's records that are not in and stay active nevertheless, as they are. `after_KIND`: the
    keys of these and of those that are in.
    """
    # All that the plan can do to a record that is not in is to deactivate it.
    _view_without(plan, kind, "last_good", "not_in", "plan")
    plan.connection.execute(
        f"""
        CREATE TEMP VIEW after_{kind.name} AS
        SELECT {kind.key_list()} FROM new_{kind.name}
        UNION ALL
        SELECT {kind.key_list()} FROM last_good_{kind.name}
        """
    )


def count_actions(plan: Plan, kind: Kind) -> None:
    """Write into `count` what the plan does to a kind; what came and was left out is counted by the check."""
    others = dict(
        plan.connection.execute(
            f"SELECT action, count(*) FROM plan_{kind.name} WHERE action <> 'created' GROUP BY action"
        ).fetchall()
    )
    (planned,) = plan.connection.execute(f"SELECT count(*) FROM plan_{kind.name}").fetchone()
    updated, reactivated, deactivated = (
        others.get(action, 0) for action in ("updated", "reactivated", "deactivated")
    )
    created = planned - sum(others.values())
    (included,) = plan.connection.execute(f"SELECT count(*) FROM new_{kind.name}").fetchone()
    (before,) = plan.connection.execute(f"SELECT count(*) FROM active_{kind.name}").fetchone()
    plan.connection.execute(
        """
        UPDATE count
        SET created = ?, updated = ?, reactivated = ?, unchanged = ?, deactivated = ?, active = ?
        WHERE kind = ?
        """,
        (created, updated, reactivated, included - created - updated - reactivated, deactivated,
         before + created + reactivated - deactivated, kind.name),
    )  # fmt: skip
