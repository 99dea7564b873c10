"""The outbox of a district: one process works in it, and nothing lies there that no set of the books needs."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from aeries_tui.errors import Busy, NotFound
from aeries_tui.master.imports.deliveries import DeliverySet, pending_numbers
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.operations.district import District
from aeries_tui.pull.lock import locked
from aeries_tui.settings import DistrictPlaces, private_dir
from aeries_tui.settings.deliveries import Delivery


@contextlib.contextmanager
def working(district: District) -> Iterator[sqlite3.Connection]:
    """The Master, with the deliveries of the district to oneself."""
    files = district.files
    if not files.master.exists():
        raise NotFound(f"There is no District Master of {district.name} yet.", remedy="Run aeries-tui pull.")
    with delivering(files), clear_errors(files.outbox), district.writing() as db:
        private_dir(files.outbox)
        _tidy(files, db)
        yield db
        _tidy(files, db)


def _tidy(files: DistrictPlaces, db: sqlite3.Connection) -> None:
    """Take away what no set of the books needs: of a kill, of sets that were delivered, discarded or superseded."""
    pending = {str(number) for number in pending_numbers(db)}
    for path in files.outbox.iterdir():
        if path.name not in pending:
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def delivering(files: DistrictPlaces) -> Iterator[None]:
    """Hold the lock that lets one process deliver for a district; raises Busy, MasterError."""
    try:
        with locked(files.lock.with_name("deliveries.lock"), "deliveries"):
            yield
    except Busy as busy:
        raise Busy(
            "Deliveries of the district are under way.",
            meaning=busy.meaning,
            remedy="Wait until they are done: aeries-tui deliveries list",
        ) from None


def is_lost(district: District, wanted: Delivery, pending: DeliverySet) -> bool:
    """Whether a set is for another receiver than the delivery has now, or its files are not there."""
    folder = district.files.outbox / str(pending.id)
    return pending.target != wanted.to.in_words or not folder.is_dir()


def keep(folder: Path, to: Path) -> None:
    """Put the files of a set, which lie in the folder they were made in, into the outbox."""
    if to.exists():
        shutil.rmtree(to)
    folder.rename(to)
    folder.mkdir(mode=0o700)  # whoever made it takes it away
