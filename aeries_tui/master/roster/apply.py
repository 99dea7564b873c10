"""Applying a plan to the Master: one transaction, all or nothing (promise 1)."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.database import attached_file, immediate, now_text
from aeries_tui.master.identity.facts import remember_removed
from aeries_tui.master.identity.holders import carry_accounts, hand_over
from aeries_tui.master.identity.questions import ask_again, settle_questions, take_questions
from aeries_tui.master.imports.check_cache_key import take_cache_key
from aeries_tui.master.imports.outbox import enqueue_hook
from aeries_tui.master.imports.result import outcome_of
from aeries_tui.master.imports.superseded import brings_whole_lists, supersede
from aeries_tui.master.imports.watermark import forget_watermark, take_watermark
from aeries_tui.master.roster.gone import note_gone
from aeries_tui.master.roster.kinds import KINDS, Kind, columns_sql
from aeries_tui.master.roster.omitted import forget_omitted
from aeries_tui.master.roster.plan import LEFT_OUT_COLUMNS, SCHOOL_COLUMNS, TERM_COLUMNS, does
from aeries_tui.master.roster.plan_upgrade import bring_plan_up
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.outcome import COUNT_COLUMNS, Outcome

_COPIED = {
    "count": ("kind", *COUNT_COLUMNS),
    "scope": (
        "endpoint", "school", "state", "received", "requests", "retries", "bytes", "seconds", "code",
        "message", "reused",
    ),
    "description": (
        "code", "severity", "kind", "record", "school", "field", "message", "consequences",
        "consequence_code",
    ),
    "hold": ("position", "code", "kind", "school", "field", "message"),
    "left_out": LEFT_OUT_COLUMNS,
}  # fmt: skip
"""The books of a plan that the Master keeps with the import's number, and their columns."""


@dataclass(frozen=True)
class Decision:
    """Who let a held plan through, and why."""

    by: str
    reason: str


Look = Callable[[sqlite3.Connection], None]
"""Looks at the Master as a plan makes it, inside the transaction that does; it may write into the import's books."""


def apply_plan(
    master: sqlite3.Connection,
    plan_path: Path,
    import_id: int,
    *,
    decision: Decision | None = None,
    look: Look | None = None,
) -> Outcome:
    """Bring the Master to what the plan says, and close the import's books, in one transaction.

    Args:
        master: a writable connection to the Master.
        plan_path: the plan file.
        import_id: the import that is applied.
        decision: for a plan that was held, who approved it and why.
        look: called when the roster is in place; what it raises takes everything back.

    Returns:
        What the import ended as.

    Raises:
        NotAllowedNow: if the Master has changed since the plan was made.
        MasterError: if the disk or the database fails; then nothing has changed.
    """
    with attached(master, plan_path), immediate(master):
        _bring_about(master, import_id)
        if look is not None:
            look(master)
        settle_questions(master, import_id)
        ask_again(master, import_id)
        _note_stale(master, import_id)
        if any(master.execute(f"SELECT 1 FROM p.plan_{kind.name} LIMIT 1").fetchone() for kind in KINDS):
            next_generation(master)
            forget_watermark(master, import_id)
        _remember_year(master, import_id)
        take_watermark(master)
        take_cache_key(master)
        enqueue_hook(master, import_id)
        supersede(master, import_id, is_whole=brings_whole_lists(master, import_id))
        outcome = outcome_of(master, import_id)
        _finish(master, import_id, outcome, decision)
    return outcome


def rehearse_plan(master: sqlite3.Connection, plan_path: Path, import_id: int, look: Look) -> None:
    """Let somebody look at the Master as a plan would make it; then everything is taken back.

    Args:
        master, plan_path, import_id: as for `apply_plan`.
        look: what it writes is taken back too.

    Raises:
        NotAllowedNow, MasterError: as `apply_plan` does.
    """

    class Done(Exception):
        pass

    with contextlib.suppress(Done), attached(master, plan_path), immediate(master):
        _bring_about(master, import_id)
        look(master)
        raise Done


def _bring_about(master: sqlite3.Connection, import_id: int) -> None:
    """The roster as the plan says, with the books of the import."""
    _refuse_stale(master, import_id)
    remember_removed(master)
    hand_over(master, import_id)
    for kind in KINDS:
        _apply_kind(master, kind, import_id)
    carry_accounts(master)
    copy_books(master, import_id)
    _remember_lists(master)
    forget_omitted(master)
    note_gone(master)


@contextmanager
def attached(master: sqlite3.Connection, plan_path: Path) -> Iterator[None]:
    """The plan file attached to the Master's connection as `p`, read-only; an older one is brought up first.

    Raises:
        MasterError: the plan is of a layout that this program can't bring to its own; and as `clear_errors`.
    """
    (file,) = master.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    with clear_errors(plan_path, written=Path(file)):
        bring_plan_up(plan_path, Path(file))
        with attached_file(master, plan_path, "p"):
            yield


def next_generation(master: sqlite3.Connection) -> None:
    """Say that the roster or the mapping is another now: plans made before are stale.

    It also gets a name by chance. After a copy of the Master was put back the same number comes again for another
    roster, the same name never does.
    """
    master.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'generation'")
    master.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('roster', hex(randomblob(8)))")


def _refuse_stale(master: sqlite3.Connection, import_id: int) -> None:
    now = int(master.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()[0])
    row = master.execute("SELECT base_generation FROM import WHERE id = ?", (import_id,)).fetchone()
    if int(row[0]) != now:
        raise NotAllowedNow(
            f"The plan of import {import_id} was made against an earlier state of the District Master.",
            meaning="Nothing was changed.",
            remedy="Another import, a change of the mapping or a decision about who is who came in between. "
            "Discard this plan and pull again.",
        )


def _apply_kind(master: sqlite3.Connection, kind: Kind, import_id: int) -> None:
    _keep_versions(master, kind, import_id)
    _upsert(master, kind, import_id)
    _restore(master, kind)


def _keep_versions(master: sqlite3.Connection, kind: Kind, import_id: int) -> None:
    """Keep each record as it is before the plan changes it: an undo leads back to that."""
    names, key = columns_sql(kind.names), kind.key_list()
    # CROSS keeps the plan first: SQLite would rather look through all enrollments than through the few in the plan.
    master.execute(
        f"""
        INSERT INTO past_{kind.name} (import_id, {names}, active, created_import)
        SELECT ?, {columns_sql(kind.names, "t")}, t.active, t.created_import
        FROM p.plan_{kind.name} q
        CROSS JOIN {kind.name} t ON {kind.joined("q", "t")}
        WHERE q.action <> 'created'
        """,
        (import_id,),
    )
    # What is restored and is not there now was absent before.
    master.execute(
        f"""
        INSERT INTO past_{kind.name} (import_id, {key}, active, created_import, absent)
        SELECT ?, {kind.key_list("q")}, 0, 0, 1
        FROM p.plan_{kind.name} q
        WHERE {does("restored", alias="q")}
            AND NOT EXISTS (SELECT 1 FROM {kind.name} t WHERE {kind.joined("q", "t")})
        """,
        (import_id,),
    )


def _upsert(master: sqlite3.Connection, kind: Kind, import_id: int) -> None:
    """What a pull does: upsert what came, soft delete what is gone."""
    names, key = columns_sql(kind.names), kind.key_list()
    master.execute(
        f"""
        INSERT INTO {kind.name} ({names}, active, created_import)
        SELECT {columns_sql(kind.names, "n")}, 1, ?
        FROM p.plan_{kind.name} q
        JOIN p.new_{kind.name} n ON {kind.joined("q", "n")}
        WHERE q.action IN ('created', 'updated', 'reactivated')
        ON CONFLICT ({key}) DO UPDATE SET {_excluded(kind.field_names)}, active = 1
        """,
        (import_id,),
    )
    master.execute(
        f"""
        UPDATE {kind.name} SET active = 0
        WHERE ({key}) IN (SELECT {key} FROM p.plan_{kind.name} WHERE {does("deactivated")})
        """
    )


def _restore(master: sqlite3.Connection, kind: Kind) -> None:
    """What an undo and a restore do: put earlier versions back, and delete what was not there."""
    names, key = columns_sql(kind.names), kind.key_list()
    master.execute(
        f"""
        INSERT INTO {kind.name} ({names}, active, created_import)
        SELECT {columns_sql(kind.names, "r")}, r.active, r.created_import
        FROM p.plan_{kind.name} q
        JOIN p.restore_{kind.name} r ON {kind.joined("q", "r")}
        WHERE {does("restored", alias="q")}
        ON CONFLICT ({key}) DO UPDATE SET {_excluded((*kind.field_names, "active", "created_import"))}
        """
    )
    master.execute(
        f"""
        DELETE FROM {kind.name}
        WHERE ({key}) IN (SELECT {key} FROM p.plan_{kind.name} WHERE {does("removed")})
        """
    )


def _excluded(names: tuple[str, ...]) -> str:
    """The assignments of an upsert: each column becomes what the INSERT would have put there."""
    return ", ".join(f"{name} = excluded.{name}" for name in names)


def copy_books(master: sqlite3.Connection, import_id: int) -> None:
    """Copy counts, scopes, descriptions, holds, notes and who was left out of the attached plan; replaces what was there."""
    for table, columns in _COPIED.items():
        names = ", ".join(columns)
        order = "ORDER BY id" if table == "description" else ""
        master.execute(f"DELETE FROM {table} WHERE import_id = ?", (import_id,))
        master.execute(
            f"INSERT INTO {table} (import_id, {names}) SELECT ?, {names} FROM p.{table} {order}", (import_id,)
        )
    take_questions(master, import_id)
    master.execute(
        """
        UPDATE import
        SET notes = (
            SELECT coalesce(json_group_array(text), '[]')
            FROM (SELECT text FROM p.note ORDER BY position)
        )
        WHERE id = ?
        """,
        (import_id,),
    )


def _remember_lists(master: sqlite3.Connection) -> None:
    """Keep the schools and terms that the pull read; an undo brings none, and changes none."""
    if not master.execute("SELECT count(*) FROM p.aeries_school").fetchone()[0]:
        return
    names, terms = ", ".join(SCHOOL_COLUMNS), ", ".join(TERM_COLUMNS)
    master.execute("UPDATE aeries_school SET listed = 0")
    # Without the WHERE, SQLite would take ON CONFLICT for the condition of a join.
    master.execute(
        f"""
        INSERT INTO aeries_school ({names}, listed, seen_at)
        SELECT {names}, 1, ? FROM p.aeries_school WHERE true
        ON CONFLICT (code) DO UPDATE SET {_excluded((*SCHOOL_COLUMNS[1:], "listed", "seen_at"))}
        """,
        (now_text(),),
    )
    master.execute("DELETE FROM term WHERE school_code IN (SELECT code FROM p.aeries_school)")
    master.execute(f"INSERT INTO term ({terms}) SELECT {terms} FROM p.term")


def _note_stale(master: sqlite3.Connection, import_id: int) -> None:
    """Note what could not be read, or takes nobody away, as stale since its first miss; clear what was read well."""
    _note_missed(master, import_id)
    master.execute(
        """
        DELETE FROM stale
        WHERE EXISTS (
            SELECT 1 FROM p.scope s
            WHERE s.endpoint = stale.endpoint AND coalesce(s.school, -1) = stale.school
                AND s.state = 'complete' AND s.code IS NULL
        )
        """
    )
    # A school that is not mapped any more is not read either. An undo, which reads nothing, tells nothing.
    master.execute(
        """
        DELETE FROM stale
        WHERE school >= 0
            AND EXISTS (SELECT 1 FROM p.scope)
            AND NOT EXISTS (
                SELECT 1 FROM mapping g
                WHERE g.aeries_code = stale.school AND g.ali_id IS NOT NULL AND g.excluded = 0
            )
        """
    )


def _note_missed(master: sqlite3.Connection, import_id: int) -> None:
    missed = "(s.state IN ('failed', 'denied', 'skipped') OR s.code IS NOT NULL)"
    if not master.execute(f"SELECT 1 FROM p.scope s WHERE {missed} LIMIT 1").fetchone():
        return
    # When each list was read well is found of all at once: the books of a year have many lists.
    master.execute(
        f"""
        INSERT INTO stale (endpoint, school, since_import, since, last_good, code)
        SELECT s.endpoint, coalesce(s.school, -1), ?, ?, g.last_good, coalesce(s.code, '')
        FROM p.scope s
        LEFT JOIN (
            SELECT o.endpoint, coalesce(o.school, -1) AS school, max(i.ended_at) AS last_good
            FROM scope o JOIN import i ON i.id = o.import_id
            WHERE o.state = 'complete' AND o.code IS NULL AND i.applied = 1
            GROUP BY 1, 2
        ) g ON g.endpoint = s.endpoint AND g.school = coalesce(s.school, -1)
        WHERE {missed}
        ON CONFLICT (endpoint, school) DO UPDATE SET code = excluded.code
        """,
        (import_id, now_text()),
    )


def _remember_year(master: sqlite3.Connection, import_id: int) -> None:
    """Keep the year of the roster.

    A pull that was not told one leaves it; an undo or an archive may lead back to none.
    """
    master.execute(
        """
        DELETE FROM meta
        WHERE name = 'school_year'
            AND EXISTS (
                SELECT 1 FROM import WHERE id = ? AND kind IN ('undo', 'restore') AND school_year IS NULL
            )
        """,
        (import_id,),
    )
    master.execute(
        """
        INSERT INTO meta (name, value)
        SELECT 'school_year', school_year FROM import WHERE id = ? AND school_year IS NOT NULL
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        (import_id,),
    )


def _finish(master: sqlite3.Connection, import_id: int, outcome: Outcome, decision: Decision | None) -> None:
    now = now_text()
    master.execute(
        "UPDATE import SET outcome = ?, applied = 1, ended_at = ? WHERE id = ?", (outcome, now, import_id)
    )
    if decision is not None:
        master.execute(
            """
            UPDATE import
            SET decided = 'approved', decided_by = ?, decided_at = ?, decided_reason = ?
            WHERE id = ?
            """,
            (decision.by, now, decision.reason, import_id),
        )
    master.execute(
        "UPDATE import SET undone_by = ? WHERE id = (SELECT undoes FROM import WHERE id = ?)",
        (import_id, import_id),
    )
