"""What is done at the start of a pull about pulls before it that were stopped or killed."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from pathlib import Path

from aeries_tui.errors import Busy, MasterError, NotFound
from aeries_tui.master.database import connect, immediate
from aeries_tui.master.imports import imports, result
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.outcome import Outcome
from aeries_tui.pull.folder import pages_file
from aeries_tui.pull.lock import holder, locked
from aeries_tui.pull.set_aside import begin_folder
from aeries_tui.pull.stages.files import drop_staging, finish_import
from aeries_tui.pull.staging import is_of_today, is_whole, open_staging
from aeries_tui.settings import Accounts, DistrictPlaces


def recover(district: DistrictPlaces, master: sqlite3.Connection, accounts: Accounts) -> list[int]:
    """Mark killed imports as interrupted and finish those that a kill left unfinished; the lock is held.

    Returns:
        The numbers of the imports that were found interrupted.
    """
    found = imports.interrupt_running(master)
    for number in imports.without_files(master):
        if (district.pulls / str(number) / "plan.sqlite3").exists():
            # What stops the files now must not stop everything else; the next start tries again.
            with contextlib.suppress(MasterError):
                finish_import(district, master, number, accounts)
                result.nothing_missing(master, number)
    _drop_leftovers(district, master)
    return found


def put_right(district: DistrictPlaces, accounts: Accounts) -> None:
    """Do now what the next pull would do first about one that was killed.

    Where somebody works on the district, or its disk can't be used, that is left to the next pull.
    """
    if holder(district.lock) is not None:
        return
    with (
        contextlib.suppress(Busy, MasterError),
        locked(district.lock, "recover"),
        clear_errors(district.master),
        contextlib.closing(connect(district.master)) as master,
    ):
        recover(district, master, accounts)


def _drop_leftovers(district: DistrictPlaces, master: sqlite3.Connection) -> None:
    """Remove staging that a kill kept from being removed: of what is finished or decided, or an undo that stopped."""
    staged = {path.parent for path in district.pulls.glob("*/p*.sqlite3*") if path.parent.name.isdigit()}
    for folder in sorted(staged):
        # A Master that was brought back may not know the import; then nobody knows what its staging is for.
        with contextlib.suppress(NotFound):
            if imports.needs_no_staging(imports.get(master, int(folder.name))):
                drop_staging(district, int(folder.name))


def stopped_pull(district: DistrictPlaces, master: sqlite3.Connection) -> imports.Import | None:
    """The newest pull, if it was stopped; what it had read may be gone or too old."""
    # One that could not even begin has no folder, and stands in nobody's way.
    pulls = (
        found
        for found in imports.every(master)
        if found.kind == "pull" and found.outcome is not Outcome.RUNNING
    )
    last = next((found for found in pulls if (district.pulls / str(found.id)).exists()), None)
    stopped = {Outcome.CANCELLED, Outcome.INTERRUPTED, Outcome.ERROR}
    return last if last is not None and last.outcome in stopped else None


def _stopped(district: DistrictPlaces, master: sqlite3.Connection, max_age_hours: float) -> int | None:
    """The newest stopped pull with staged pages that are not too old, if nothing was applied since."""
    last = stopped_pull(district, master)
    if last is None:
        return None
    path = district.pulls / str(last.id) / "pages.sqlite3"
    try:
        age = time.time() - max(p.stat().st_mtime for p in path.parent.glob("pages.sqlite3*"))
    except ValueError:
        return None
    return last.id if path.exists() and age <= max_age_hours * 3600 else None


def resumable(district: DistrictPlaces, master: sqlite3.Connection, max_age_hours: float) -> int | None:
    """The stopped pull that can be gone on from; the layout of what it staged is today's."""
    number = _stopped(district, master, max_age_hours)
    return number if number is not None and _is_of_today(pages_file(district, number)) else None


def why_not_resumable(district: DistrictPlaces, master: sqlite3.Connection, max_age_hours: float) -> str:
    """Why what a stopped pull had read is not gone on from, though it is there; blank where its file is fit for that."""
    number = _stopped(district, master, max_age_hours)
    if number is None:
        return ""
    path = pages_file(district, number)
    if not is_whole(path):
        return f"What import {number} had read can't be read: {path} is damaged. It is not used."
    if _is_of_today(path):
        return ""
    return f"What import {number} had read was staged by another version of aeries-tui, in another layout; it is not used."


def _is_of_today(path: Path) -> bool:
    try:
        return is_of_today(path)
    except MasterError:  # damaged, or gone meanwhile
        return False


def adopt_staging(
    district: DistrictPlaces, master: sqlite3.Connection, max_age_hours: float, address: str
) -> int | None:
    """Make the staged pages of the last stopped pull ready to go on from; returns its number, or None.

    Lists that failed are read again, and so are those read longer ago than the limit. Pages of another
    address than `address` are not gone on from, nor those of a file that is damaged.
    """
    number = resumable(district, master, max_age_hours)
    if number is None or not is_whole(pages_file(district, number)):
        return None
    path = pages_file(district, number)
    limit = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - max_age_hours * 3600))
    with open_staging(path) as pages, clear_errors(path):
        if pages.about("address") != address:
            return None
        rows = pages.connection.execute(
            "SELECT id, endpoint FROM list WHERE state IN ('failed', 'denied', 'skipped') OR read_at < ?",
            (limit,),
        ).fetchall()
        for row in rows:
            pages.restart(row["id"], row["endpoint"])
        with immediate(pages.connection):
            pages.connection.execute(
                "UPDATE list SET requests = 0, retries = 0, bytes = 0, seconds = 0, code = NULL, message = NULL"
            )
    return number


def clear_old_pulls(
    district: DistrictPlaces, master: sqlite3.Connection, number: int, adopted: int | None
) -> tuple[Path, list[str]]:
    """Make the folder of pull `number`, moving adopted pages there, and drop the staging of stopped ones.

    Returns:
        The folder, and a sentence about each thing that was set aside for it.
    """
    folder, told = begin_folder(district, number)
    # Where a copy of the Master was brought back, its numbers are given out again.
    drop_staging(district, number)
    if adopted is not None:
        for path in (district.pulls / str(adopted)).glob("pages.sqlite3*"):
            path.replace(folder / path.name)
    for old in imports.stopped_pulls(master):
        if old != number:
            drop_staging(district, old)
    return folder, told
