"""Erasing people out of archives: on a copy, which then takes the place of the archive.

An archive is two files. The copy is finished first, then the side file is written with its figures, then the copy
takes the archive's name; what a kill leaves of that is brought to its end by the next erasure, or when the archive is
looked for.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

from aeries_tui.errors import MasterError
from aeries_tui.master.archives.archives import Archive, archives, row_counts, sha256_of, verify, write
from aeries_tui.master.database import copy_to, damage, immediate, open_database
from aeries_tui.master.erasing import Traces, erase_rows, wipe
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.master.sqlite_errors import clear_errors

ERASING = ".erasing"
"""At the end of the name of a copy until it takes the place of the archive."""


def finish_erasing(folder: Path) -> None:
    """Bring to its end what a kill left between the figures of an archive and its copy."""
    for archive in archives(folder):
        made = _made(archive)
        if made.exists():
            if sha256_of(made) == archive.sha256:
                made.replace(archive.path)
            else:
                made.unlink()


def erase_from_archive(archive: Archive, traces: Traces) -> int:
    """Take people out of an archive; how many rows went.

    Raises:
        MasterError: the disk, or the archive is damaged; it is as it was.
    """
    made = _made(archive)
    was_right = not verify(archive)
    with clear_errors(archive.path):
        with closing(open_database(archive.path, read_only=True)) as db:
            copy_to(db, made)
        with closing(sqlite3.connect(made, isolation_level=None)) as copy:
            copy.execute("PRAGMA temp_store = MEMORY")
            with immediate(copy):
                erased = erase_rows(copy, traces)
            if not erased:
                made.unlink()
                return 0
            wipe(copy)
            wrong = damage(copy, full=True)
            counts = row_counts(copy)
            active = {
                kind.name: int(
                    copy.execute(f"SELECT count(*) FROM {kind.name} WHERE active = 1").fetchone()[0]
                )
                for kind in KINDS
                if kind.name in counts
            }
        if wrong:
            made.unlink()
            raise MasterError(
                f"The archive {archive.name} is damaged: {wrong[0]}.",
                meaning="Nobody was erased from it; it is as it was.",
                remedy="Bring it back from your backup, or delete it, then erase again.",
            )
        if was_right:  # one that somebody changed stays one that is not as it was made
            write(
                dataclasses.replace(
                    archive, bytes=made.stat().st_size, sha256=sha256_of(made), counts=counts,
                    active=archive.active | active,
                )
            )  # fmt: skip
        made.replace(archive.path)
    return sum(erased.values())


def _made(archive: Archive) -> Path:
    return archive.path.with_name(f"{archive.name}{ERASING}")


def erase_from_copy(path: Path, traces: Traces) -> int:
    """Take people out of a copy of a Master that nothing but its own file tells of; how many rows went."""
    with clear_errors(path), closing(open_database(path, read_only=False)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        with immediate(db):
            erased = erase_rows(db, traces)
        if erased:
            wipe(db)
    return sum(erased.values())
