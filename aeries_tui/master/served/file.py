"""The file of the roster service: opened, made where it is missing, and refused where it is another program's."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

from aeries_tui.errors import MasterError
from aeries_tui.master.database import immediate, open_database
from aeries_tui.master.layout import SERVED, Layout, layout_of, write_layout
from aeries_tui.master.sqlite_errors import clear_errors

NEWEST = 3
_LOOK_SECONDS = 0.05


@contextmanager
def served(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the file at `path`, made where it is missing.

    Raises:
        MasterError: the disk or a lock; or it is no such file, or one of a newer program.
    """
    with clear_errors(path), closing(open_served(path)) as db:
        yield db


def open_served(path: Path) -> sqlite3.Connection:
    """The same connection for whoever closes it; raises MasterError and `sqlite3.Error`."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = open_database(path, read_only=False)
    try:
        layout = layout_of(db)
        if layout == Layout(0, 0):
            _make(db)
        elif layout != Layout(SERVED, NEWEST):
            raise MasterError(
                f"{path} is no file of the roster service that this program knows.",
                meaning="Nothing was read or changed.",
                remedy="Install the version that wrote it; or move it away: consumers are then to be added again, and "
                "every product reads everything again.",
            )
    except BaseException:
        db.close()
        raise
    return db


class Ended(Exception):
    """A state was to be made no further."""


@contextmanager
def only_writer(path: Path, ends: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Waits until nobody else writes a state; a killed process holds nothing.

    Args:
        path: the file of the service.
        ends: tells whether to wait no longer.

    Raises:
        Ended: it was not to wait.
    """
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        while not _locked(descriptor):
            if ends():
                raise Ended
            time.sleep(_LOOK_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _make(db: sqlite3.Connection) -> None:
    with immediate(db):
        if layout_of(db) != Layout(0, 0):  # another process was first
            return
        pending = ""
        for line in (files(__package__) / "schema.sql").read_text("utf-8").splitlines(keepends=True):
            pending += line
            if sqlite3.complete_statement(pending):
                db.execute(pending)
                pending = ""
        write_layout(db, Layout(SERVED, NEWEST))
