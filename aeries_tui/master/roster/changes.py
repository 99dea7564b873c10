"""What an import changed, or would change, record by record and field by field."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from aeries_tui.master.roster.apply import attached
from aeries_tui.master.roster.kinds import KINDS, Kind, columns_sql, is_digest

Value = str | int | None


@dataclass(frozen=True)
class Change:
    """One change of one record.

    Attributes:
        kind: the kind of record.
        record: its key as text; parts joined by a colon.
        action: created, updated, reactivated, deactivated or removed.
        fields: name to value before and after, only those that differ.
    """

    kind: str
    record: str
    action: str
    fields: Mapping[str, tuple[Value, Value]]


def record_text(key: tuple[object, ...]) -> str:
    """A record's key as one text: `99400001`, `994_1001`, `994_1001:99400001`."""
    return ":".join(str(part) for part in key)


def applied_changes(db: sqlite3.Connection, number: int, kind: Kind) -> Iterator[Change]:
    """What applied import `number` did to a kind, by key."""
    yield from _created(db, number, kind)
    rows = db.execute(
        f"""
        SELECT
            {columns_sql(kind.names, "p")}, p.active, p.absent,
            {_after(kind)},
            CASE WHEN x.import_id IS NULL THEN c.active WHEN x.created_import <= :number THEN x.active ELSE 0 END,
            CASE WHEN x.import_id IS NULL THEN c.active IS NULL WHEN x.created_import <= :number THEN x.absent ELSE 1 END
        FROM past_{kind.name} p
        LEFT JOIN past_{kind.name} x ON {kind.joined("x", "p")} AND x.import_id = {_next_version(kind, "p")}
        LEFT JOIN {kind.name} c ON {kind.joined("c", "p")} AND c.created_import <= :number
        WHERE p.import_id = :number
        ORDER BY {kind.key_list("p")}
        """,
        {"number": number},
    )
    for row in rows:
        yield _change(kind, tuple(row))


def _next_version(kind: Kind, alias: str) -> str:
    """SQL: the import that next kept a version of the record, after import `:number`; NULL where none has."""
    return f"""(
            SELECT min(z.import_id) FROM past_{kind.name} z
            WHERE {kind.joined("z", alias)} AND z.import_id > :number
        )"""


def _after(kind: Kind) -> str:
    """SQL: the fields as the import left them: of the next version (`x`), else of the record now (`c`).

    What was made by a later import is another record, of the same key: the one before it was taken away.
    """
    return ", ".join(
        f"CASE WHEN x.import_id IS NULL THEN c.{name} WHEN x.created_import <= :number THEN x.{name} END"
        for name in kind.field_names
    )


def _created(db: sqlite3.Connection, number: int, kind: Kind) -> Iterator[Change]:
    """Records this import made; their values then are those of the first version kept after it.

    One that an undo took away since, or that was made anew after that, is known by that version alone.
    """
    rows = db.execute(
        f"""
        SELECT {kind.key_list("c")}, {_after(kind)}
        FROM {kind.name} c
        LEFT JOIN past_{kind.name} x ON {kind.joined("x", "c")} AND x.import_id = {_next_version(kind, "c")}
        WHERE c.created_import = :number
            AND NOT EXISTS (
                SELECT 1 FROM past_{kind.name} y WHERE {kind.joined("y", "c")} AND y.import_id = :number
            )
        UNION ALL
        SELECT {kind.key_list("x")}, {columns_sql(kind.field_names, "x")}
        FROM past_{kind.name} x
        WHERE x.created_import = :number
            AND x.absent = 0
            AND x.import_id = {_next_version(kind, "x")}
            AND NOT EXISTS (
                SELECT 1 FROM {kind.name} c WHERE {kind.joined("c", "x")} AND c.created_import = :number
            )
            AND NOT EXISTS (
                SELECT 1 FROM past_{kind.name} y WHERE {kind.joined("y", "x")} AND y.import_id = :number
            )
        ORDER BY {", ".join(str(place) for place in range(1, len(kind.key) + 1))}
        """,
        {"number": number},
    )
    width = len(kind.key)
    for row in rows:
        values = tuple(row)
        fields = {
            name: (None, v) for name, v in zip(kind.field_names, values[width:], strict=True) if v is not None
        }
        yield Change(kind.name, record_text(values[:width]), "created", fields)


def _change(kind: Kind, row: tuple[object, ...]) -> Change:
    keys, fields = len(kind.key), len(kind.fields)
    key, before = row[:keys], row[keys : keys + fields]
    was_active, was_absent = row[keys + fields], row[keys + fields + 1]
    after = row[keys + fields + 2 : keys + 2 * fields + 2]
    is_active, is_absent = row[-2], row[-1]
    action = _action(bool(was_active), bool(was_absent), bool(is_active), bool(is_absent))
    return Change(kind.name, record_text(key), action, _differences(kind, before, after))


def _differences(
    kind: Kind, before: tuple[object, ...], after: tuple[object, ...]
) -> dict[str, tuple[Value, Value]]:
    pairs = zip(kind.field_names, before, after, strict=True)
    return {
        name: (cast(Value, old), cast(Value, new))
        for name, old, new in pairs
        if old != new and not is_digest(name)
    }


def _action(was_active: bool, was_absent: bool, is_active: bool, is_absent: bool) -> str:
    if was_absent:
        return "created"
    if is_absent:
        return "removed"
    if was_active != is_active:
        return "reactivated" if is_active else "deactivated"
    return "updated"


def planned_changes(
    db: sqlite3.Connection, plan: Path, kind: Kind, key: tuple[object, ...] = ()
) -> Iterator[Change]:
    """What a plan that waits would do to a kind, by key; only to one record where its key is given."""
    only = " AND ".join(f"q.{name} = ?" for name in kind.key_names) if key else "1"
    with attached(db, plan):
        after = ", ".join(f"iif(q.action = 'restored', r.{n}, w.{n})" for n in kind.field_names)
        rows = db.execute(
            f"""
            SELECT
                q.action, {kind.key_list("q")}, {columns_sql(kind.field_names, "c")}, {after},
                c.active, r.active
            FROM p.plan_{kind.name} q
            LEFT JOIN {kind.name} c ON {kind.joined("c", "q")}
            LEFT JOIN p.new_{kind.name} w ON {kind.joined("w", "q")}
            LEFT JOIN p.restore_{kind.name} r ON {kind.joined("r", "q")}
            WHERE {only}
            ORDER BY {kind.key_list("q")}
            """,
            key,
        )
        for row in rows:
            yield _planned(kind, tuple(row))


def _planned(kind: Kind, row: tuple[object, ...]) -> Change:
    keys, fields = len(kind.key), len(kind.fields)
    action, key = str(row[0]), row[1 : 1 + keys]
    before, after = row[1 + keys : 1 + keys + fields], row[1 + keys + fields : 1 + keys + 2 * fields]
    now, then = row[-2], row[-1]
    if action == "restored":
        action = _action(bool(now), now is None, bool(then), False)
    if action in {"deactivated", "removed"} and then is None:
        return Change(kind.name, record_text(key), action, {})
    return Change(kind.name, record_text(key), action, _differences(kind, before, after))


def all_changes(
    db: sqlite3.Connection, number: int, plan: Path | None, only: str | None = None
) -> Iterator[Change]:
    """Every change of an import, kind by kind.

    Args:
        db: the Master.
        number: the import.
        plan: its plan file when it was not applied; None when it was.
        only: a kind's name, or None for all.
    """
    for kind in KINDS:
        if only in {None, kind.name}:
            yield from applied_changes(db, number, kind) if plan is None else planned_changes(db, plan, kind)


def history(db: sqlite3.Connection, kind: Kind, key: tuple[object, ...]) -> list[tuple[int, Change]]:
    """How one record came to be what it is: import and change, oldest first."""
    match = " AND ".join(f"{name} = ?" for name in kind.key_names)
    names = columns_sql(kind.field_names)
    versions = db.execute(
        f"""
        SELECT import_id, {names}, active, absent
        FROM past_{kind.name}
        WHERE {match}
        ORDER BY import_id
        """,
        key,
    ).fetchall()
    current = db.execute(
        f"SELECT created_import, {names}, active, 0 FROM {kind.name} WHERE {match}", key
    ).fetchone()
    gone: tuple[object, ...] = (*([None] * len(kind.fields)), 0, 1)
    states = [tuple(row)[1:] for row in versions] + [tuple(current)[1:] if current else gone]
    changes = []
    created = None if current is None else int(current[0])
    if created is not None and (not versions or int(versions[0][0]) != created):
        fields = {
            n: (None, v)
            for n, v in zip(kind.field_names, states[0], strict=False)
            if v is not None and not is_digest(n)
        }
        changes.append((created, Change(kind.name, record_text(key), "created", fields)))
    for row, before, after in zip(versions, states, states[1:], strict=False):
        width = len(kind.fields)
        action = _action(bool(before[width]), bool(before[-1]), bool(after[width]), bool(after[-1]))
        change = Change(
            kind.name, record_text(key), action, _differences(kind, before[:width], after[:width])
        )
        changes.append((int(row[0]), change))
    return sorted(changes, key=lambda item: item[0])
