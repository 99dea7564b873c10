"""The plan that takes an applied import back: the inverse change set (promise 7)."""

from __future__ import annotations

import sqlite3

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.identity import plan_back_handovers
from aeries_tui.master.imports import imports
from aeries_tui.master.roster.kinds import KINDS, Kind, columns_sql
from aeries_tui.master.roster.plan import Plan


def must_be_undoable(db: sqlite3.Connection, number: int) -> imports.Import:
    """The import, if it can be taken back.

    Raises:
        NotFound: there is none.
        NotAllowedNow: it changed nothing, was taken back before, or what that needs is no longer kept.
    """
    found = imports.get(db, number)
    why = ""
    if not found.applied or found.kind == "archive":
        why = "changed nothing in the roster that could be taken back"
    elif found.undone_by is not None:
        why = f"was already undone by import {found.undone_by}"
    elif not found.undo_kept:
        why = "is from before an archive, or older than retention.undo_days; what undoing it needs is no longer kept"
    if why:
        raise NotAllowedNow(f"Import {number} {why}.", meaning="Nothing was changed.")
    return found


def year_without(db: sqlite3.Connection, number: int) -> str | None:
    """The school year of the roster once import `number` is taken back; None where there is none, or it is not known.

    It is that of the last import that then stands. An archive leaves an empty roster, which is of no year.
    """
    gone = {*imports.taken_back(db, without=number), number}
    rows = db.execute(
        "SELECT id, iif(kind = 'archive', NULL, school_year) FROM import WHERE applied = 1 AND kind <> 'undo' "
        "AND (kind = 'archive' OR school_year IS NOT NULL) ORDER BY id DESC"
    )
    return next((None if year is None else str(year) for one, year in rows if one not in gone), None)


def plan_undo(plan: Plan, number: int) -> None:
    """Fill a fresh plan with what brings the roster back to before import `number`.

    Records that a later import has changed again are left as they are; a note says how many.
    A later import that was itself taken back does not count, nor does what took it back.
    """
    plan.connection.execute("CREATE TEMP TABLE annulled (import_id INTEGER PRIMARY KEY)")
    plan.connection.executemany(
        "INSERT OR IGNORE INTO annulled VALUES (?)",
        [
            (one,)
            for pair in imports.taken_back(plan.connection, "m.").items()
            for one in pair
            if one > number
        ],
    )
    later_total = 0
    for kind in KINDS:
        later_total += _plan_kind(plan, kind, number)
    plan_back_handovers(plan.connection, number)
    if later_total:
        plan.connection.execute(
            "INSERT INTO note (text) VALUES (?)",
            (f"{later_total:,} records were changed again by later imports and stay as they are.",),
        )


def _plan_kind(plan: Plan, kind: Kind, number: int) -> int:
    db, table, past = plan.connection, f"m.{kind.name}", f"m.past_{kind.name}"
    names, key = columns_sql(kind.names, "p"), kind.key_list("p")
    untouched = (
        f"NOT EXISTS (SELECT 1 FROM {past} z WHERE {kind.joined('z', 'p')} AND z.import_id > ? "
        "AND z.import_id NOT IN (SELECT import_id FROM annulled))"
    )
    db.execute(
        f"INSERT INTO restore_{kind.name} SELECT {names}, p.active, p.created_import FROM {past} p "
        f"WHERE p.import_id = ? AND NOT p.absent AND {untouched} AND NOT EXISTS (SELECT 1 FROM {table} t "
        f"WHERE {kind.joined('t', 'p')} AND t.created_import > ? "
        "AND t.created_import NOT IN (SELECT import_id FROM annulled))",
        (number, number, number),
    )
    db.execute(f"INSERT INTO plan_{kind.name} SELECT 'restored', {kind.key_list()} FROM restore_{kind.name}")
    db.execute(
        f"INSERT INTO plan_{kind.name} SELECT 'removed', {key} FROM {past} p "
        f"WHERE p.import_id = ? AND p.absent AND {untouched}",
        (number, number),
    )
    db.execute(
        f"INSERT OR IGNORE INTO plan_{kind.name} SELECT 'removed', {key} FROM {table} p WHERE p.created_import = ? "
        f"AND NOT EXISTS (SELECT 1 FROM {past} y WHERE {kind.joined('y', 'p')} AND y.import_id >= ? "
        "AND y.import_id NOT IN (SELECT import_id FROM annulled))",
        (number, number),
    )
    count_taken_back(plan, kind)
    (later,) = db.execute(
        f"SELECT count(*) FROM (SELECT {kind.key_list()} FROM {past} WHERE import_id = ? UNION "
        f"SELECT {kind.key_list()} FROM {table} WHERE created_import = ?)",
        (number, number),
    ).fetchone()
    (planned,) = db.execute(f"SELECT count(*) FROM plan_{kind.name}").fetchone()
    return int(later) - int(planned)


def count_taken_back(plan: Plan, kind: Kind) -> None:
    """Counts of a plan of restored and removed records, in the words of any other import; all count as received."""
    cell = plan.connection.execute(
        f"SELECT sum(c.{kind.key_names[0]} IS NULL), sum(c.active = 1 AND r.active = 1), "
        f"sum(c.active = 0 AND r.active = 1), sum(c.active = 1 AND (r.active = 0 OR q.action = 'removed')), "
        f"sum(c.active = 0 AND (r.active = 0 OR q.action = 'removed')) FROM plan_{kind.name} q "
        f"LEFT JOIN m.{kind.name} c ON {kind.joined('c', 'q')} "
        f"LEFT JOIN restore_{kind.name} r ON {kind.joined('r', 'q')}"
    ).fetchone()
    created, updated, reactivated, deactivated, still = (int(value or 0) for value in cell)
    (before,) = plan.connection.execute(f"SELECT count(*) FROM active_{kind.name}").fetchone()
    (active_created,) = plan.connection.execute(
        f"SELECT count(*) FROM restore_{kind.name} r WHERE r.active = 1 AND NOT EXISTS "
        f"(SELECT 1 FROM m.{kind.name} c WHERE {kind.joined('c', 'r')})"
    ).fetchone()
    updated += still
    plan.connection.execute(
        "UPDATE count SET received = ?, created = ?, updated = ?, reactivated = ?, deactivated = ?, active = ? "
        "WHERE kind = ?",
        (created + updated + reactivated, created, updated, reactivated, deactivated,
         before + active_created + reactivated - deactivated, kind.name),
    )  # fmt: skip
