"""Opening the District Master: settings of the connection, migrations with a copy."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

from aeries_tui.errors import MasterError
from aeries_tui.master import schema
from aeries_tui.master.layout import MASTER, Layout, layout_of, write_layout
from aeries_tui.master.sqlite_errors import UNCHANGED, WAITS, can_lock, clear_errors, refused
from aeries_tui.os_errors import NO_FILE
from aeries_tui.settings import private_part

BUSY_SECONDS = 20.0
"""How long a statement waits for another process's short transaction before it says so."""

BEFORE = ".before-"
"""Between a Master's name and the number of the layout it had, in the name of the copy from before a migration."""


def connect(path: Path, *, read_only: bool = False, wait: float | None = None) -> sqlite3.Connection:
    """Open the Master at `path` in today's layout, creating or migrating it where that is needed.

    Before a migration of an existing Master a copy is kept beside it (`master.sqlite3.before-N`), so that the
    steps can be taken back. A reader of an older Master has it migrated first, as a writer has.

    Args:
        path: the Master.
        read_only: for reading.
        wait: seconds for which a statement waits for others' locks; None for `BUSY_SECONDS`.

    Raises:
        MasterError: if it can't be opened, is damaged, was written by a newer program, or is no Master.
    """
    with clear_errors(path):
        if read_only:
            connection = open_database(path, read_only=True, wait=wait)
            if _number_of(path, connection) == schema.newest():
                return connection
            connection.close()
            connect(path).close()
            return open_database(path, read_only=True, wait=wait)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = open_database(path, read_only=False, wait=wait)
        try:
            if known_number(path, connection) < schema.newest():
                _migrate(path, connection)
        except BaseException:
            connection.close()
            raise
        return connection


def glance(path: Path) -> sqlite3.Connection:
    """A connection for looks that wait for nobody and change nothing, not even an older layout.

    Raises:
        sqlite3.Error: it can't be opened, or is locked at the moment.
        MasterError: it is not of today's layout.
    """
    _refuse_what_is_no_file(path)
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None
    )
    connection.row_factory = sqlite3.Row
    refuse_other(path, connection)
    return connection


def data_version(connection: sqlite3.Connection) -> int:
    """A number that is another one whenever somebody else has changed the database."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def bring_up_to_date(path: Path) -> None:
    """See that a Master that others open by its path is in today's layout; raises as `connect`."""
    connect(path, read_only=True).close()


def refuse_other(path: Path, connection: sqlite3.Connection) -> None:
    """Close a connection to a Master that is not of today's layout, and say so.

    Raises:
        MasterError: it was written by a newer program, is no Master, or is still to be migrated.
    """
    if _number_of(path, connection) != schema.newest():
        connection.close()
        raise MasterError(
            f"{path} was written by an earlier aeries-tui and was not brought up to date yet.",
            meaning=UNCHANGED,
            remedy="Run aeries-tui doctor as the user who owns it.",
        )


def open_database(path: Path, *, read_only: bool, wait: float | None = None) -> sqlite3.Connection:
    """A connection with the settings of a Master's, whatever the layout of the file; `connect` looks at that too."""
    _refuse_what_is_no_file(path)
    if read_only:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None)
    else:
        connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        _wait_where_that_helps(path, connection, wait)
        if not read_only:
            _keep_a_write_ahead_log(connection, wait)
            connection.execute("PRAGMA cache_size = -16000")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_what_is_no_file(path: Path) -> None:
    """Say so of a folder, and of a pipe, which SQLite would wait for without end."""
    if path.is_dir():
        raise refused(path, IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR)))
    if path.exists() and not path.is_file():
        raise MasterError(f"{path}: {NO_FILE.what}.", meaning=UNCHANGED, remedy=NO_FILE.remedy)


def _wait_where_that_helps(path: Path, connection: sqlite3.Connection, seconds: float | None) -> None:
    """Let every statement from now on wait so long for others' locks; where there are no locks that is said at once."""
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        if not error.sqlite_errorname.startswith(WAITS) or not can_lock(path.parent):
            raise
    wait = BUSY_SECONDS if seconds is None else seconds
    connection.execute(f"PRAGMA busy_timeout = {int(wait * 1000)}")


def _keep_a_write_ahead_log(connection: sqlite3.Connection, seconds: float | None) -> None:
    """Let readers and one writer work beside each other.

    Of two programs that change a file over at once SQLite refuses one without letting it wait, since each holds
    what the other waits for; so whoever is refused lets go and asks again.
    """
    refused_until = monotonic() + (BUSY_SECONDS if seconds is None else seconds)
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith(WAITS) or monotonic() >= refused_until:
                raise
        sleep(0.01)


def _number_of(path: Path, connection: sqlite3.Connection) -> int:
    """The layout of a Master; one that this program can't bring up to date is closed and refused."""
    try:
        return known_number(path, connection)
    except BaseException:
        connection.close()
        raise


def known_number(path: Path, connection: sqlite3.Connection, *, thorough: bool = False) -> int:
    """The number of a Master's layout, by which today's is reached; 0 for a file with nothing in it.

    Args:
        path: as it is to be called.
        connection: any connection to it.
        thorough: look at the tables of one that says to be of today's layout as well.

    Raises:
        MasterError: it was written by a newer program, or is no Master of any layout that there ever was.
    """
    layout, newest = layout_of(connection), schema.newest()
    if layout.kind not in {0, MASTER}:
        raise _no_master(path, "its header says that it belongs to another program or purpose")
    if layout.number > newest:
        raise MasterError(
            f"{path} was written by a newer aeries-tui (its layout is {layout.number}, this program knows {newest}).",
            meaning="Nothing was changed.",
            remedy="Install the newer version again, or restore the copy made before it was upgraded.",
        )
    if thorough or layout.number < newest:
        why = schema.strange(connection, layout.number)
        if why is not None:
            raise _no_master(path, why)
    return layout.number


def _no_master(path: Path, why: str) -> MasterError:
    return MasterError(
        f"{path} is not a District Master of a layout that this program knows: {why}.",
        meaning="Nothing was changed.",
        remedy="Put the District Master back in its place from your backup, or from a copy that "
        "aeries-tui doctor names; a file of another purpose belongs elsewhere.",
    )


def _migrate(path: Path, connection: sqlite3.Connection) -> None:
    # The copy is made by a second connection while this one keeps every other writer out: of two programs
    # that come upon an old Master at once, the second finds it brought up, and does not copy it over the first's.
    with immediate(connection):
        number = known_number(path, connection)
        if number == schema.newest():
            return
        if number:
            with closing(open_database(path, read_only=True)) as unchanged:
                copy_to(unchanged, path.with_name(f"{path.name}{BEFORE}{number}"))
        bring_up(connection, number)


def bring_up(connection: sqlite3.Connection, number: int) -> None:
    """Bring a Master of a known layout to today's, inside the caller's transaction."""
    schema.bring_up(connection, number)
    write_layout(connection, Layout(MASTER, schema.newest()))


def copies_before(path: Path) -> list[Path]:
    """The copies of a Master that were made before migrations, the one of the oldest layout first."""
    found = {
        int(copy.name.removeprefix(f"{path.name}{BEFORE}")): copy
        for copy in path.parent.glob(f"{path.name}{BEFORE}*")
        if copy.name.removeprefix(f"{path.name}{BEFORE}").isdigit()
    }
    return [found[number] for number in sorted(found)]


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
    try:
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def attached_file(connection: sqlite3.Connection, path: Path, name: str, mode: str = "ro") -> Iterator[None]:
    """A database attached to a connection under a name.

    What ended the block is what is told: after a disk was full, newer SQLites call detaching damage.
    """
    connection.execute(f"ATTACH ? AS {name}", (f"{path.absolute().as_uri()}?mode={mode}",))
    try:
        yield
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute(f"DETACH {name}")
        raise
    connection.execute(f"DETACH {name}")


def copy_to(connection: sqlite3.Connection, target: Path) -> None:
    """A whole copy of an open database, 0600, appearing under its name only when complete."""
    with private_part(target) as part, closing(sqlite3.connect(part)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")


def damage(connection: sqlite3.Connection, *, full: bool) -> list[str]:
    """What is wrong with the database's inner structure; an empty list is good.

    Args:
        full: read everything, indexes included; otherwise the quick check of pages.
    """
    pragma = "integrity_check" if full else "quick_check"
    try:
        found = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}(20)")]
    except sqlite3.DatabaseError as error:
        # Where the list of free pages or the schema itself is damaged, the look ends in the damage.
        if not str(getattr(error, "sqlite_errorname", "")).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise
        return [str(error)]
    return [] if found == ["ok"] else found


def now_text() -> str:
    """This moment as stored everywhere: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
