"""Bringing a plan that waits from an older layout to today's, on a copy that takes its place once it is whole."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import get_ident

from aeries_tui.errors import MasterError
from aeries_tui.master.database import attached_file
from aeries_tui.master.layout import Layout, layout_of
from aeries_tui.master.roster.kinds import KINDS, Kind, columns_sql
from aeries_tui.master.roster.plan import ADDED_BOOKS, Plan, new_plan, plan_layout
from aeries_tui.master.sqlite_errors import clear_errors


def bring_plan_up(path: Path, master: Path) -> None:
    """See that a plan file is of today's layout.

    A field that the plan does not know yet stays, of each record, as the Master has it; nothing is done to a kind
    that it does not know yet.

    Args:
        path: the plan file.
        master: the Master, already in today's layout.

    Raises:
        MasterError: it is of a newer layout, or holds what today's has no place for; it is left as it is.
    """
    wanted = plan_layout()
    with clear_errors(path):
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as old:
            found = layout_of(old)
        if found == wanted:
            return
        if found.kind not in {0, wanted.kind} or _is_newer(found, wanted):
            raise _refusal(path, f"its layout is {found.number}, this program knows {wanted.number}")
        part = path.with_name(f"{path.name}.{os.getpid()}.{get_ident()}.part")
        try:
            with new_plan(part, master) as plan, _old(plan, path):
                _copy(plan, path)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _is_newer(found: Layout, wanted: Layout) -> bool:
    master, books = divmod(found.number, 1000)
    newest, newest_books = divmod(wanted.number, 1000)
    return master > newest or books > newest_books


@contextmanager
def _old(plan: Plan, path: Path) -> Iterator[None]:
    with attached_file(plan.connection, path, "old"):
        try:
            yield
        finally:
            # without a journal nothing is rolled back; the file is thrown away
            if plan.connection.in_transaction:
                plan.connection.execute("COMMIT")


def _copy(plan: Plan, path: Path) -> None:
    db = plan.connection
    db.execute("BEGIN")
    since = _kinds_since(plan)
    # What is retained matters only while a plan is made.
    tables = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'retain%'"
    for (table,) in db.execute(tables).fetchall():
        columns, theirs = _columns(plan, "main", table), _columns(plan, "old", table)
        if not theirs and (table in ADDED_BOOKS or table.partition("_")[2] in since):
            continue
        if not theirs:
            raise _refusal(path, f"it has no table {table}")
        unknown = [name for name in theirs if name not in columns]
        if unknown:
            raise _refusal(path, f"this program knows no {unknown[0]} in its table {table}")
        names = columns_sql(tuple(theirs))
        db.execute(f"DELETE FROM main.{table}")
        try:
            db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM old.{table}")
        except sqlite3.IntegrityError as error:
            raise _refusal(path, f"its table {table} lacks what must be there") from error
    for kind in KINDS:
        if kind.name in since:
            continue
        for table in (f"new_{kind.name}", f"restore_{kind.name}"):
            known = _columns(plan, "old", table)
            _keep_fields(plan, kind, table, [name for name in kind.field_names if name not in known])


def _kinds_since(plan: Plan) -> set[str]:
    """Kinds of which the plan has no table, and the Master no record yet."""
    return {
        kind.name
        for kind in KINDS
        if not any(_columns(plan, "old", f"{part}_{kind.name}") for part in ("new", "plan", "restore"))
        and plan.connection.execute(f"SELECT 1 FROM m.{kind.name} LIMIT 1").fetchone() is None
    }


def _columns(plan: Plan, schema: str, table: str) -> list[str]:
    rows = plan.connection.execute("SELECT name FROM pragma_table_info(?, ?) ORDER BY cid", (table, schema))
    return [str(row[0]) for row in rows]


def _keep_fields(plan: Plan, kind: Kind, table: str, fields: list[str]) -> None:
    for name in fields:
        plan.connection.execute(
            f"UPDATE main.{table} AS n SET {name} = "
            f"(SELECT g.{name} FROM m.{kind.name} g WHERE {kind.joined('g', 'n')})"
        )


def _refusal(path: Path, why: str) -> MasterError:
    number = path.parent.name
    return MasterError(
        f"The plan of import {number} was made by another version of aeries-tui: {why}.",
        meaning="Nothing was changed; the plan is left as it is.",
        remedy=f"Decide about it with the version that made it, or discard it (aeries-tui discard {number}) and "
        "pull again.",
    )
