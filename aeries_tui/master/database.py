"""Opening the District Master: settings of the connection, migrations with a copy, clear errors."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aeries_tui.errors import MasterError
from aeries_tui.master.schema import STEPS, VERSION

BUSY_SECONDS = 20.0
"""How long a statement waits for another process's short transaction before it says so."""

_UNCHANGED = "Nothing was changed; the last good state is kept."


_DEFECTS = frozenset(
    {
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_INTERNAL,
        sqlite3.SQLITE_MISUSE,
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_RANGE,
    }
)
"""What SQLite answers to a statement that is wrong, and not to a disk, a lock or a file that is."""

_DAMAGE_BY_TEXT = ("unsupported file format", "malformed database schema", "Could not decode to UTF-8")
"""How messages about a damaged file begin for which SQLite or Python has no code of its own."""


def is_defect(error: sqlite3.Error) -> bool:
    """Whether the program is to blame: a misspelt column, a wrong parameter, a row that breaks its own constraints."""
    if str(error).startswith(_DAMAGE_BY_TEXT):
        return False
    code: int | None = getattr(error, "sqlite_errorcode", None)
    if code is None:  # Python's own checks: bindings, closed connections, several statements at once
        return isinstance(
            error, (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.NotSupportedError)
        )
    return code & 0xFF in _DEFECTS


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's and the disk's errors into sentences for a person; defects of the program go through.

    Raises:
        MasterError: for an `OSError` inside the block, and for any `sqlite3.Error` of the disk, a lock or damage.
        sqlite3.Error: for one that is a defect (`is_defect`).
    """
    try:
        yield
    except sqlite3.Error as error:
        if is_defect(error):
            raise
        raise _in_words(path, error) from error
    except OSError as error:
        raise MasterError(
            f"{path}: {error.strerror or error}.",
            meaning=_UNCHANGED,
            remedy="Check the disk, the folder's owner and its permissions; then try again.",
        ) from error


def _in_words(path: Path, error: sqlite3.Error) -> MasterError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith("SQLITE_FULL"):
        what, remedy = "the disk is full", "Free some space, then try again."
    elif name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        what, remedy = (
            "the file or its folder can't be written or opened",
            "Check owner, permissions and disk.",
        )
    elif name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")):
        what, remedy = (
            "another program kept the database locked",
            "End the program that holds it (a sqlite3 shell, a backup), then try again.",
        )
    elif name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or str(error).startswith(_DAMAGE_BY_TEXT):
        what, remedy = (
            "the database is damaged",
            "Run aeries-tui doctor; restore the newest copy beside it or from your backup.",
        )
    elif name.startswith("SQLITE_IOERR"):
        what, remedy = "the disk gave a read or write error", "Check the disk, then try again."
    elif name.startswith("SQLITE_NOMEM"):
        what, remedy = "there was not enough memory", "End what else runs on this machine, then try again."
    elif name.startswith("SQLITE_INTERRUPT"):
        what, remedy = "the work was interrupted", "Try again."
    else:
        what, remedy = f"the database said: {error}", "Run aeries-tui doctor and report what it says."
    return MasterError(f"{path}: {what}.", meaning=_UNCHANGED, remedy=remedy)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open the Master at `path`, creating and migrating it when it may be written.

    Before a migration of an existing Master a copy is kept beside it
    (`master.sqlite3.before-N`), so that the step can be taken back.

    Raises:
        MasterError: if it can't be opened, is damaged, or was written by a newer program.
    """
    with clear_errors(path):
        if read_only:
            connection = _open(path, read_only=True)
            _refuse_newer(path, connection)
            return connection
        fresh = not path.exists()
        if fresh:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = _open(path, read_only=False)
        try:
            version = _refuse_newer(path, connection)
            if version < VERSION:
                _migrate(path, connection, version)
        except BaseException:
            connection.close()
            raise
        return connection


def _open(path: Path, *, read_only: bool) -> sqlite3.Connection:
    if read_only:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    else:
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cache_size = -16000")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_newer(path: Path, connection: sqlite3.Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        connection.close()
        raise MasterError(
            f"{path} was written by a newer aeries-tui (its layout is {version}, this program knows {VERSION}).",
            meaning="Nothing was changed.",
            remedy="Install the newer version again, or restore the copy made before it was upgraded.",
        )
    return version


def _migrate(path: Path, connection: sqlite3.Connection, version: int) -> None:
    if version:
        copy_to(connection, path.with_name(f"{path.name}.before-{version}"))
    with immediate(connection):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for step in STEPS[version:]:
            step.run(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")


@contextmanager
def immediate(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction: all of it or, on any exception, nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """A whole copy of an open database, 0600, appearing under its name only when complete."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_RDWR, 0o600))
    copy = sqlite3.connect(part)
    try:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    finally:
        copy.close()
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.replace(target)


def damage(connection: sqlite3.Connection, *, full: bool) -> list[str]:
    """What is wrong with the database's inner structure; an empty list is good.

    Args:
        full: read everything, indexes included; otherwise the quick check of pages.
    """
    pragma = "integrity_check" if full else "quick_check"
    found = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}(20)")]
    return [] if found == ["ok"] else found


def now_text() -> str:
    """This moment as stored everywhere: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
