"""The plan that takes an applied import back: the inverse change set (promise 7)."""

from __future__ import annotations

import sqlite3

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.identity.holders import plan_back_handovers
from aeries_tui.master.imports import imports
from aeries_tui.master.roster.kinds import KINDS, Kind, columns_sql
from aeries_tui.master.roster.plan import Plan


def must_be_undoable(db: sqlite3.Connection, number: int) -> imports.Import:
    """The import, if it can be taken back.

    Raises:
        NotFound: there is none.
        NotAllowedNow: it changed nothing, was taken back before, or what that needs is no longer kept.
    """
    undone = imports.get(db, number)
    why = ""
    if undone.kind == "erase" and undone.applied:
        why = "erased people; that can't be taken back"
    elif not undone.applied or undone.kind == "archive":
        why = "changed nothing in the roster that could be taken back"
    elif undone.undone_by is not None:
        why = f"was already undone by import {undone.undone_by}"
    elif not undone.undo_kept:
        why = (
            "is from before an archive, or older than retention.undo_days; "
            "what undoing it needs is no longer kept"
        )
    if why:
        raise NotAllowedNow(f"Import {number} {why}.", meaning="Nothing was changed.")
    return undone


def year_without(db: sqlite3.Connection, number: int) -> str | None:
    """The school year of the roster once import `number` is taken back; None where there is or was told none.

    It is that of the last import that then stands. An archive leaves an empty roster, which is of no year.
    """
    taken_back = {*imports.taken_back(db, without=number), number}
    rows = db.execute(
        """
        SELECT id, iif(kind = 'archive', NULL, school_year)
        FROM import
        WHERE applied = 1 AND kind <> 'undo' AND (kind = 'archive' OR school_year IS NOT NULL)
        ORDER BY id DESC
        """
    )
    years = (year for import_id, year in rows if import_id not in taken_back)
    year = next(years, None)
    return None if year is None else str(year)


def plan_undo(plan: Plan, number: int) -> None:
    """Fill a fresh plan with what brings the roster back to before import `number`.

    Records that a later import has changed again are left as they are; a note says how many.
    A later import that was itself taken back does not count, nor does what took it back.
    """
    annulled = {n for pair in imports.taken_back(plan.connection, "m.").items() for n in pair if n > number}
    plan.connection.execute("CREATE TEMP TABLE annulled (import_id INTEGER PRIMARY KEY)")
    plan.connection.executemany("INSERT INTO annulled (import_id) VALUES (?)", [(n,) for n in annulled])
    later_total = sum(_plan_kind(plan, kind, number) for kind in KINDS)
    plan_back_handovers(plan.connection, number)
    if later_total:
        plan.connection.execute(
            "INSERT INTO note (text) VALUES (?)",
            (f"{later_total:,} records were changed again by later imports and stay as they are.",),
        )


def _plan_kind(plan: Plan, kind: Kind, number: int) -> int:
    """Plan one kind; returns how many of its records a later import has changed again."""
    db, table, past, key = plan.connection, f"m.{kind.name}", f"m.past_{kind.name}", kind.key_list()
    stands = "NOT IN (SELECT import_id FROM annulled)"
    untouched = f"""
        NOT EXISTS (
            SELECT 1 FROM {past} z
            WHERE {kind.joined("z", "p")} AND z.import_id > :number AND z.import_id {stands}
        )
    """
    bound = {"number": number}
    # A version of before is put back, but not where the record was removed since and made anew.
    db.execute(
        f"""
        INSERT INTO restore_{kind.name} ({columns_sql(kind.names)}, active, created_import)
        SELECT {columns_sql(kind.names, "p")}, p.active, p.created_import
        FROM {past} p
        WHERE p.import_id = :number
            AND NOT p.absent
            AND {untouched}
            AND NOT EXISTS (
                SELECT 1 FROM {table} t
                WHERE {kind.joined("t", "p")} AND t.created_import > :number AND t.created_import {stands}
            )
        """,
        bound,
    )
    db.execute(
        f"INSERT INTO plan_{kind.name} (action, {key}) SELECT 'restored', {key} FROM restore_{kind.name}"
    )
    db.execute(
        f"""
        INSERT INTO plan_{kind.name} (action, {key})
        SELECT 'removed', {kind.key_list("p")}
        FROM {past} p
        WHERE p.import_id = :number AND p.absent AND {untouched}
        """,
        bound,
    )
    # What the import created has no version of before; it may stand in both statements.
    db.execute(
        f"""
        INSERT OR IGNORE INTO plan_{kind.name} (action, {key})
        SELECT 'removed', {kind.key_list("p")}
        FROM {table} p
        WHERE p.created_import = :number
            AND NOT EXISTS (
                SELECT 1 FROM {past} y
                WHERE {kind.joined("y", "p")} AND y.import_id >= :number AND y.import_id {stands}
            )
        """,
        bound,
    )
    count_taken_back(plan, kind)
    (changed,) = db.execute(
        f"""
        SELECT count(*) FROM (
            SELECT {key} FROM {past} WHERE import_id = :number
            UNION
            SELECT {key} FROM {table} WHERE created_import = :number
        )
        """,
        bound,
    ).fetchone()
    (planned,) = db.execute(f"SELECT count(*) FROM plan_{kind.name}").fetchone()
    return int(changed) - int(planned)


def count_taken_back(plan: Plan, kind: Kind) -> None:
    """Counts of a plan of restored and removed records in the words of any import; all count as received."""
    is_out = "(r.active = 0 OR q.action = 'removed')"
    sums = plan.connection.execute(
        f"""
        SELECT
            sum(c.{kind.key_names[0]} IS NULL),
            sum(c.active = 1 AND r.active = 1),
            sum(c.active = 0 AND r.active = 1),
            sum(c.active = 1 AND {is_out}),
            sum(c.active = 0 AND {is_out})
        FROM plan_{kind.name} q
        LEFT JOIN m.{kind.name} c ON {kind.joined("c", "q")}
        LEFT JOIN restore_{kind.name} r ON {kind.joined("r", "q")}
        """
    ).fetchone()
    created, updated, reactivated, deactivated, still_out = (int(value or 0) for value in sums)
    (before,) = plan.connection.execute(f"SELECT count(*) FROM active_{kind.name}").fetchone()
    (active_created,) = plan.connection.execute(
        f"""
        SELECT count(*)
        FROM restore_{kind.name} r
        WHERE r.active = 1
            AND NOT EXISTS (SELECT 1 FROM m.{kind.name} c WHERE {kind.joined("c", "r")})
        """
    ).fetchone()
    updated += still_out
    plan.connection.execute(
        """
        UPDATE count
        SET received = ?, created = ?, updated = ?, reactivated = ?, deactivated = ?, active = ?
        WHERE kind = ?
        """,
        (created + updated + reactivated, created, updated, reactivated, deactivated,
         before + active_created + reactivated - deactivated, kind.name),
    )  # fmt: skip
