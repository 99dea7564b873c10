"""Making a set: all files of a delivery's feeds, of one state of the Master, and whether a person must see it first."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.errors import Busy, ConfigurationError, NotAllowedNow
from aeries_tui.exports.deliveries import content_of, held_for
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.deliveries import SetFile, delivered_last, files_of
from aeries_tui.operations.district import District
from aeries_tui.operations.feeds import find_feed, write_files
from aeries_tui.settings import DistrictPlaces, private_dir
from aeries_tui.settings.deliveries import Delivery

MAKING = ".making-"
_TIMES = 3
"""How often a set is made anew because an import was applied meanwhile."""


@dataclass(frozen=True)
class Made:
    """A set that was made and is not yet in the books.

    Attributes:
        folder: where its files lie.
        import_id: the newest import in it.
        files: what they are.
        left_out: by feed, rows that were left out and rows that were written.
    """

    folder: Path
    import_id: int
    files: tuple[SetFile, ...]
    left_out: dict[str, tuple[int, int]]

    @property
    def contents(self) -> dict[str, str]:
        """What is in each file."""
        return contents(self.files)


@contextlib.contextmanager
def making(files: DistrictPlaces) -> Iterator[Path]:
    """A folder in which a set is made, gone when the block ends."""
    private_dir(files.outbox)
    with tempfile.TemporaryDirectory(prefix=MAKING, dir=files.outbox) as folder:
        yield Path(folder)


def make(district: District, db: sqlite3.Connection, wanted: Delivery, folder: Path) -> Made:
    """All files of a set, of one state of the Master."""
    for _ in range(_TIMES):
        before = imports.latest_applied(db)
        if before is None:
            raise NotAllowedNow(
                "Nothing was imported yet.", meaning="Nothing was sent.", remedy="Run aeries-tui pull."
            )
        made = _write_all(district, wanted, folder, before.id)
        after = imports.latest_applied(db)
        if after is not None and after.id == before.id:
            return made
        for path in folder.iterdir():
            path.unlink()
    raise Busy(
        "Imports are applied faster than the files are written.",
        meaning="Nothing was sent.",
        remedy="Try again when they are done.",
    )


def _write_all(district: District, wanted: Delivery, folder: Path, import_id: int) -> Made:
    day = dt.date.today()
    files: dict[str, SetFile] = {}
    left_out: dict[str, tuple[int, int]] = {}
    for name in wanted.feeds:
        report = write_files(district, find_feed(district, name), folder, day)
        for one in report.files:
            file = one.path.name
            if file in files or file == wanted.mark:
                raise ConfigurationError(
                    f"Two files of the delivery {wanted.name} are called {file}.",
                    meaning="Nothing was sent.",
                    remedy="Give one of them another name, or make two deliveries of it.",
                )
            label = file.replace(day.isoformat(), "{date}")
            files[file] = SetFile(
                file, label, one.rows, one.bytes, one.sha256, content_of(one.path, one.sha256)
            )
        left_out[name] = (sum(one.rows for one in report.breaches), sum(one.rows for one in report.files))
    return Made(folder, import_id, tuple(files.values()), left_out)


def why_held(db: sqlite3.Connection, wanted: Delivery, made: Made) -> list[str]:
    """Why a person must see a set first, in sentences; empty where it may go."""
    last = delivered_last(db, wanted.name)
    return list(
        held_for(
            files_of(db, last.id) if last else [], made.files, made.left_out,
            shrink_percent=wanted.shrink_percent, left_out_percent=wanted.left_out_percent,
        )
    )  # fmt: skip


def contents(files: list[SetFile] | tuple[SetFile, ...]) -> dict[str, str]:
    """What is in each file, by its label."""
    return {one.label: one.content for one in files}
