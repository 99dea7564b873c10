"""What SQLite and the disk said, in sentences for a person: what it means for the data, and what to do."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aeries_tui.errors import MasterError
from aeries_tui.os_errors import (
    FULL,
    NO_LOCKS,
    NO_SHARED_MEMORY,
    leads_nowhere,
    no_folder,
    refusal_of,
    shortage_of,
)

UNCHANGED = "Nothing was changed; the last good state is kept."

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

WAITS = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")
"""How the names of errors begin that another program's lock gives, and a file system without locks as well."""

_OF_WRITING = (*WAITS, "SQLITE_READONLY", "SQLITE_FULL")
"""How the names of errors begin that only a database can give that is written."""

_NO_LOCKS = frozenset(
    {
        "SQLITE_IOERR_LOCK",
        "SQLITE_IOERR_RDLOCK",
        "SQLITE_IOERR_CHECKRESERVEDLOCK",
        "SQLITE_IOERR_SHMLOCK",
    }
)

_OF_ANOTHER_KIND = (errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY)
"""Something else stands in a file's place: of all files that a block works on, it is the one to look at."""

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
def clear_errors(path: Path, written: Path | None = None) -> Iterator[None]:
    """Turn SQLite's and the disk's errors into sentences for a person; defects of the program go through.

    Args:
        path: the file that the block works on.
        written: the only database that it writes, where that is another one.

    Raises:
        MasterError: for an `OSError` inside the block, where memory or processes run out, and as `database_errors`.
        sqlite3.Error: for one that is a defect (`is_defect`).
    """
    try:
        with database_errors(path, written):
            yield
    except OSError as error:
        raise refused(path, error) from error
    except (MemoryError, RuntimeError) as error:
        shortage = shortage_of(error)
        if shortage is None:
            raise
        raise MasterError(
            f"The work was ended: {shortage.what}.", meaning=UNCHANGED, remedy=shortage.remedy
        ) from error


@contextmanager
def database_errors(path: Path, written: Path | None = None) -> Iterator[None]:
    """Turn SQLite's errors alone into sentences, where a block has other files than the database at `path`.

    Raises:
        MasterError: for any `sqlite3.Error` of the disk, a lock or damage.
        sqlite3.Error: for one that is a defect (`is_defect`).
    """
    try:
        yield
    except sqlite3.Error as error:
        if is_defect(error):
            raise
        of_writing = written is not None and error.sqlite_errorname.startswith(_OF_WRITING)
        raise in_words(written if written and of_writing else path, error) from error


def can_lock(folder: Path) -> bool:
    """Whether the file system of a folder has locks, tried on a file of its own; where none can be made, it may."""
    try:
        # Never on the database itself: closing it would give back the locks that this process holds there.
        with tempfile.TemporaryFile(dir=folder) as probe:
            fcntl.lockf(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return refusal_of(error) is not NO_LOCKS
    return True


def in_words(path: Path, error: sqlite3.Error) -> MasterError:
    """What SQLite said of the database at `path`, which is no defect (`is_defect`), for a person."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")):
        what, remedy = FULL.what, FULL.remedy
    elif name in _NO_LOCKS or (name.startswith(WAITS) and not can_lock(path.parent)):
        what, remedy = NO_LOCKS.what, NO_LOCKS.remedy
    elif name == "SQLITE_IOERR_SHMMAP":
        what, remedy = NO_SHARED_MEMORY.what, NO_SHARED_MEMORY.remedy
    elif name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        why = _why_not_writable(path)
        if why is not None:
            return refused(path, why)
        what, remedy = (
            "the file or its folder can't be written or opened",
            "Check owner, permissions and disk.",
        )
    elif name.startswith(WAITS):
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
    return MasterError(f"{path}: {what}.", meaning=UNCHANGED, remedy=remedy)


def refused(path: Path, error: OSError) -> MasterError:
    """What the system said of the file at `path`, for a person; a read-only disk is so for the whole folder."""
    refusal = no_folder(path.parent) or leads_nowhere(path) or refusal_of(error)
    place = path.parent if error.errno == errno.EROFS else path
    if error.errno in _OF_ANOTHER_KIND and isinstance(error.filename, str):
        place = Path(error.filename2 if isinstance(error.filename2, str) else error.filename)
    return MasterError(f"{place}: {refusal.what}.", meaning=UNCHANGED, remedy=refusal.remedy)


def _why_not_writable(path: Path) -> OSError | None:
    """Why the system keeps SQLite, which does not say, from writing the database at `path`; None where it would not."""
    try:
        if os.statvfs(path.parent).f_flag & os.ST_RDONLY:
            return OSError(errno.EROFS, os.strerror(errno.EROFS))
        # The log of its latest writes is made beside the database, and removed again.
        with tempfile.TemporaryFile(dir=path.parent):
            os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC))
    except OSError as error:
        return error
    return None
