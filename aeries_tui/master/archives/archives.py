"""Archives as they lie in the district's `archives` directory: list, find, verify.

An archive is two files: `NAME.sqlite3`, a whole District Master, and `NAME.json`, which says what it
holds and its SHA-256. A copy gets its name when it was verified, and then the second is written.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from aeries_tui.errors import MasterError, NotFound
from aeries_tui.master.database import bring_up, copy_to, damage, immediate, known_number, open_database
from aeries_tui.master.schema import newest
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.settings import private_writer

UNKNOWN_YEAR = "unknown-year"
MAKING = ".making"
"""At the end of a copy's name until it was verified."""

BROUGHT_UP = ".brought-up"
"""At the end of the name of a copy in today's layout, made of an older archive to look into it."""

_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Archive:
    """One archive, as its side file tells.

    Attributes:
        name: the school year; a second one of the same year has `-2` behind it.
        path: the copy, a whole Master.
        school_year: of the roster in it, None where it was not known.
        made_at, made_by: UTC, and the user.
        bytes, sha256: of the copy.
        generation: the state of the Master that was copied.
        counts: rows of each table.
        active: active records of each kind.
    """

    name: str
    path: Path
    school_year: str | None
    made_at: str
    made_by: str
    bytes: int
    sha256: str
    generation: int
    counts: dict[str, int]
    active: dict[str, int]

    @property
    def side_file(self) -> Path:
        """What is written last, and says what the archive holds."""
        return self.path.with_suffix(".json")

    @property
    def encrypted(self) -> Path:
        """The copy where it is encrypted."""
        return self.path.with_name(f"{self.path.name}.age")

    @property
    def is_encrypted(self) -> bool:
        """It can't be read without a private key."""
        return self.encrypted.exists() and not self.path.exists()


def archives(folder: Path) -> list[Archive]:
    """The finished archives, newest first; a side file that can't be read is passed over."""
    read = []
    for side in folder.glob("*.json"):
        with suppress(OSError, ValueError, TypeError, KeyError):
            read.append(_read(side))
    return sorted(read, key=lambda archive: (archive.made_at, archive.name), reverse=True)


def unfinished(folder: Path) -> list[Path]:
    """Copies that were never finished: a kill or a full disk left them; the next archive drops them."""
    return sorted(folder.glob(f"*{MAKING}*"))


def alone(folder: Path) -> list[Path]:
    """Copies whose side file is gone or can't be read: they may hold the only copy of a year, so they are kept."""
    finished = {archive.path for archive in archives(folder)}
    return sorted(path for path in folder.glob("*.sqlite3") if path not in finished)


def get(folder: Path, name: str) -> Archive:
    """The archive of that name; raises NotFound."""
    for archive in archives(folder):
        if archive.name == name:
            return archive
    raise NotFound(f"There is no archive {name!r}.", remedy="See aeries-tui archive list.")


def verify(archive: Archive) -> list[str]:
    """What is wrong with an archive; an empty list is good. Reads all of it: size, SHA-256, structure, counts."""
    if archive.is_encrypted:
        return [
            f"It is encrypted; to look into it, bring it back or verify it: aeries-tui archive decrypt {archive.name}."
        ]
    if not archive.path.exists():
        return [f"{archive.path} is gone."]
    with clear_errors(archive.path):
        wrong = []
        if archive.path.stat().st_size != archive.bytes:
            wrong.append("Its size is another than when it was made.")
        elif sha256_of(archive.path) != archive.sha256:
            wrong.append("Its SHA-256 is another than when it was made.")
        try:
            with closing(open_database(archive.path, read_only=True)) as db:
                wrong += [f"SQLite says: {line}" for line in damage(db, full=True)]
                counts = row_counts(db)
        except (MasterError, sqlite3.Error):
            return [*wrong, "It can't be opened as a database."]
    for table in sorted(archive.counts.keys() | counts.keys()):
        there, right = counts.get(table, 0), archive.counts.get(table, 0)
        if there != right:
            wrong.append(f"{table} holds {there:,} rows; it held {right:,}.")
    return wrong


def number_of(archive: Archive) -> int:
    """The layout of the Master in an archive, which this program can read, if need be on a copy.

    Raises:
        MasterError: it was made by a newer program, or holds no Master; says what to do.
    """
    with clear_errors(archive.path), closing(open_database(archive.path, read_only=True)) as db:
        try:
            return known_number(archive.path, db, thorough=True)
        except MasterError as error:
            raise MasterError(
                error.message,
                meaning=f"Nothing was changed; the archive {archive.name} is kept as it is.",
                remedy="Look at it and restore it with the version of aeries-tui that made it or a newer one.",
            ) from error


@contextmanager
def readable(archive: Archive) -> Iterator[Path]:
    """An archive's Master in today's layout for as long as the block runs; the archive itself is never changed.

    That is the archive's own file, or of one of an older layout a copy beside it, brought up and then removed.

    Raises:
        MasterError: no copy can be brought up, as `number_of` says, or the disk is full.
    """
    if number_of(archive) == newest():
        yield archive.path
        return
    _drop_left_copies(archive.path.parent)
    copy = archive.path.with_name(f"{archive.name}.{os.getpid()}.{next(_NUMBERS)}{BROUGHT_UP}")
    try:
        with clear_errors(copy):
            with closing(open_database(archive.path, read_only=True)) as db:
                copy_to(db, copy)
            with closing(sqlite3.connect(copy, isolation_level=None)) as db, immediate(db):
                bring_up(db, known_number(archive.path, db))
        yield copy
    finally:
        for path in copy.parent.glob(f"{copy.name}*"):
            path.unlink(missing_ok=True)


def _drop_left_copies(folder: Path) -> None:
    """Remove the copies of programs that were killed while they looked into an archive."""
    for path in folder.glob(f"*{BROUGHT_UP}*"):
        made_by = re.search(rf"\.(\d+)\.\d+{re.escape(BROUGHT_UP)}", path.name)
        if made_by is None:
            continue
        try:
            os.kill(int(made_by[1]), 0)
        except ProcessLookupError:
            path.unlink(missing_ok=True)
        except PermissionError:
            continue  # another user's process that is still at it


def free_name(folder: Path, school_year: str | None) -> str:
    """The name for an archive of a school year that no other has."""
    year = re.sub(r"[^A-Za-z0-9-]+", "-", school_year or "").strip("-") or UNKNOWN_YEAR
    name, number = year, 2
    while (folder / f"{name}.json").exists() or (folder / f"{name}.sqlite3").exists():
        name, number = f"{year}-{number}", number + 1
    return name


def write(archive: Archive) -> None:
    """Write the side file: from now on the archive is one."""
    told = asdict(archive)
    del told["path"]
    with private_writer(archive.side_file) as file:
        file.write(json.dumps(told, indent=1).encode() + b"\n")


def _read(side: Path) -> Archive:
    told: dict[str, Any] = json.loads(side.read_bytes())
    # A newer program may tell more; the copy itself says of which layout it is.
    known = {field.name: told[field.name] for field in fields(Archive) if field.name != "path"}
    return Archive(path=side.with_suffix(".sqlite3"), **known)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def row_counts(db: sqlite3.Connection) -> dict[str, int]:
    """Rows of each table of a Master."""
    tables = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {name: int(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for (name,) in tables}
