"""Making an end-of-year archive and emptying the roster; and what brings a roster back.

The roster is emptied in the same transaction in which it is compared, record by record, with the
copy; so at every instant the roster is in the Master or in a verified archive.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from aeries_tui.errors import MasterError
from aeries_tui.master.archives.archives import (
    MAKING,
    Archive,
    archives,
    free_name,
    number_of,
    row_counts,
    sha256_of,
    unfinished,
    verify,
    write,
)
from aeries_tui.master.database import attached_file, copy_to, damage, immediate, now_text
from aeries_tui.master.identity.facts import remember_people
from aeries_tui.master.imports.erasures import drop_erasures
from aeries_tui.master.imports.superseded import supersede
from aeries_tui.master.roster.apply import next_generation
from aeries_tui.master.roster.gone import note_gone
from aeries_tui.master.roster.kinds import KINDS, Kind, columns_sql
from aeries_tui.master.schema import newest
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.master.subjects import SALT
from aeries_tui.master.tombstones import tombstones
from aeries_tui.outcome import COUNT_COLUMNS, Outcome

Progress = Callable[[str], None]
"""Hears of each step of making an archive as it begins; one of `STEPS`."""

STEPS = ("copy", "verify", "record", "compare", "empty", "commit", "done")
_KEEPS_IT = "The District Master was not emptied; its roster is as it was."


def make_copy(master: sqlite3.Connection, folder: Path, number: int, by: str, progress: Progress) -> Archive:
    """A verified copy of the Master with its side file; the Master is not changed.

    A copy of this very state that an earlier attempt finished is taken again, if it is still good.

    Args:
        master: the Master; the district's lock is held.
        folder: the district's `archives`.
        number: the import that archives, which is left out of the copy.
        by: who asked for it.
        progress: hears of the steps.

    Raises:
        MasterError: the disk, or the copy is not good.
    """
    generation = _generation(master)
    for archive in archives(folder):
        if archive.generation != generation or verify(archive):
            continue
        with suppress(MasterError):  # one of a newer program does not stand in the way of an archive
            if number_of(archive) == newest() and _holds_roster(master, archive):
                return archive
    for path in unfinished(folder):
        path.unlink()
    school_year = _meta(master, "school_year")
    name = free_name(folder, school_year)
    path, making = folder / f"{name}.sqlite3", folder / f"{name}{MAKING}"
    with clear_errors(path):
        progress("copy")
        copy_to(master, making)
        progress("verify")
        with closing(sqlite3.connect(making, isolation_level=None)) as copy:
            copy.execute("DELETE FROM import WHERE id = ?", (number,))
            copy.execute("DELETE FROM meta WHERE name = ?", (SALT,))
            drop_erasures(copy)
            wrong = damage(copy, full=True)
            counts, active = row_counts(copy), _active(copy)
        if wrong:
            making.unlink()
            raise MasterError(
                f"The copy {path} is damaged: {wrong[0]}.",
                meaning=_KEEPS_IT, remedy="Run aeries-tui doctor and check the disk; then try again.",
            )  # fmt: skip
        archive = Archive(
            name, path, school_year, now_text(), by, making.stat().st_size, sha256_of(making), generation, counts, active
        )  # fmt: skip
        progress("record")
        making.replace(path)
        write(archive)
    return archive


def empty_roster(master: sqlite3.Connection, archive: Archive, number: int, progress: Progress) -> None:
    """Empty the roster, if and only if the archive holds every record of it; one transaction.

    Schools, mapping, accounts, what was decided about who is who and the book of imports stay. Earlier versions go with the records, so no
    import before this one can be undone. The prerequisites must be acknowledged again.

    Raises:
        MasterError: the archive does not hold the roster as it is; nothing was changed.
    """
    with clear_errors(archive.path):
        with attached_archive(master, archive.path), immediate(master):
            progress("compare")
            _refuse_difference(master, archive)
            progress("empty")
            _empty(master)
            _close_book(master, archive, number)
            progress("commit")
        # Another program that reads keeps the file from shrinking; the room is used again all the same.
        with suppress(sqlite3.OperationalError):
            master.execute("VACUUM")
            master.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    progress("done")


def _refuse_difference(master: sqlite3.Connection, archive: Archive) -> None:
    kind = _first_difference(master)
    if kind is not None:
        raise MasterError(
            f"The archive {archive.name} does not hold the roster as it is now ({kind.plural} differ).",
            meaning=_KEEPS_IT,
            remedy="Make the archive again.",
        )


def _holds_roster(master: sqlite3.Connection, archive: Archive) -> bool:
    with attached_archive(master, archive.path):
        return _first_difference(master) is None


def _first_difference(master: sqlite3.Connection) -> Kind | None:
    """The first kind of which the attached archive does not hold exactly the Master's records."""
    for kind in KINDS:
        (there,) = master.execute(f"SELECT count(*) FROM main.{kind.name}").fetchone()
        (kept,) = master.execute(f"SELECT count(*) FROM kept.{kind.name}").fetchone()
        if there != kept or master.execute(f"SELECT 1 {different(kind, 'main', 'kept')} LIMIT 1").fetchone():
            return kind
    return None


def different(kind: Kind, left: str, right: str) -> str:
    """SQL, from FROM on: records of schema `left` (alias l) that schema `right` lacks or holds otherwise."""
    fields = (*kind.field_names, "active", "created_import")
    differs = " OR ".join(f"l.{name} IS NOT r.{name}" for name in fields)
    return (
        f"FROM {left}.{kind.name} l LEFT JOIN {right}.{kind.name} r ON {kind.joined('l', 'r')} "
        f"WHERE r.{kind.key_names[0]} IS NULL OR {differs}"
    )


def _empty(master: sqlite3.Connection) -> None:
    # The accounts stay, so the next roster must be asked whether an id still stands for the same person.
    remember_people(master)
    for kind in KINDS:
        master.execute(f"DELETE FROM main.{kind.name}")
        master.execute(f"DELETE FROM main.past_{kind.name}")
    note_gone(master)
    master.execute("DELETE FROM main.stale")
    # Nobody of last year is in any more, and nobody is left out.
    master.execute("DELETE FROM main.left_out")
    # All but these is about the roster: its school year, how far a quick pull may rely on it.
    master.execute(
        "DELETE FROM main.meta WHERE name NOT IN ('generation', 'acknowledged_before', 'salt', 'omit', 'retention')"
    )
    master.execute(
        # Without the WHERE, SQLite would take ON CONFLICT for the condition of a join.
        """
        INSERT INTO main.meta (name, value)
        SELECT 'acknowledged_before', coalesce(max(id), 0) FROM main.acknowledgement WHERE true
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """
    )
    next_generation(master)


def _close_book(master: sqlite3.Connection, archive: Archive, number: int) -> None:
    master.execute("UPDATE main.import SET undo_kept = 0")
    note = f"The roster was archived as {archive.name} and emptied."
    master.execute(
        "UPDATE main.import SET outcome = ?, applied = 1, files_written = 1, ended_at = ?, school_year = ?, notes = ? "
        "WHERE id = ?",
        (Outcome.COMPLETED, now_text(), archive.school_year, json.dumps([note]), number),
    )
    master.executemany(
        f"""
        INSERT INTO main.count (import_id, kind, {", ".join(COUNT_COLUMNS)})
        VALUES (?, ?, {", ".join("?" if name == "deactivated" else "0" for name in COUNT_COLUMNS)})
        """,
        [(number, kind.name, archive.active[kind.name]) for kind in KINDS],
    )
    supersede(master, number)


@contextmanager
def attached_archive(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """An archive's Master in today's layout, as `readable` gives it, attached to a connection as `kept`, read-only."""
    with attached_file(db, path, "kept"):
        yield


def plan_restore_kind(db: sqlite3.Connection, kind: Kind) -> None:
    """Fill a plan (the Master attached as `m`, the archive as `kept`) with what makes a kind's table equal again."""
    key = kind.key_list()
    db.execute(
        f"""
        INSERT INTO restore_{kind.name} ({columns_sql(kind.names)}, active, created_import)
        SELECT {columns_sql(kind.names, "l")}, l.active, l.created_import {different(kind, "kept", "m")}
        """
    )
    # An archive that comes back from elsewhere may hold people who were erased since.
    erased = tombstones(db, "m")
    for column, whose in (("student_id", "student"), ("staff_id", "staff")):
        if erased and column in kind.names:
            db.create_function("is_erased", 1, partial(erased.has, whose), deterministic=True)
            db.execute(f"DELETE FROM restore_{kind.name} WHERE is_erased({column})")
    db.execute(
        f"INSERT INTO plan_{kind.name} (action, {key}) SELECT 'restored', {key} FROM restore_{kind.name}"
    )
    db.execute(
        f"""
        INSERT INTO plan_{kind.name} (action, {key})
        SELECT 'removed', {kind.key_list("l")} FROM m.{kind.name} l
        WHERE NOT EXISTS (SELECT 1 FROM kept.{kind.name} r WHERE {kind.joined("r", "l")})
        """
    )


def _active(db: sqlite3.Connection) -> dict[str, int]:
    return {
        kind.name: int(db.execute(f"SELECT count(*) FROM {kind.name} WHERE active = 1").fetchone()[0])
        for kind in KINDS
    }


def _generation(master: sqlite3.Connection) -> int:
    return int(_meta(master, "generation") or 0)


def _meta(master: sqlite3.Connection, name: str) -> str | None:
    row = master.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])
