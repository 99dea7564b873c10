"""Writing a OneRoster bundle: judged and streamed into a ZIP, the ZIP compared, and only then under its name."""

from __future__ import annotations

import sqlite3
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from aeries_tui.errors import AeriesTuiError, NotAllowedNow, WrongUse
from aeries_tui.exports.csv_text import csv_text
from aeries_tui.exports.oneroster.between_rows import BetweenRows, Broken, block_of
from aeries_tui.exports.oneroster.check import Fault, WrittenBytes, check_written
from aeries_tui.exports.oneroster.notices import Notice, Notices
from aeries_tui.exports.oneroster.rows import BundleRows, Row
from aeries_tui.exports.oneroster.sieve import Sieve
from aeries_tui.exports.oneroster.tables import (
    MANIFEST_HEADER,
    MANIFEST_VERSION,
    STANDARD_FILES,
    VERSIONS,
    WRITTEN,
    Column,
    Version,
    names_of,
)
from aeries_tui.master.roster import roster_rows as master
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.settings import no_link, private_dir, private_part


@dataclass(frozen=True)
class BundleReport:
    """A bundle that left.

    Attributes:
        path: the ZIP.
        version: of the standard.
        rows: records by file; a file without any is left out of the bundle and not named here.
        warnings: what products ask for beyond the standard.
    """

    path: Path
    version: Version
    rows: dict[str, int]
    warnings: tuple[Notice, ...]


class BundleRefused(AeriesTuiError):
    """A bundle broke a rule of the standard and did not leave.

    Attributes:
        faults: the first of them.
    """

    def __init__(self, version: str, faults: list[Fault]) -> None:
        first = faults[0]
        super().__init__(
            f"The OneRoster {version} bundle breaks the standard: {first}",
            meaning="It was not written; an earlier bundle of the same name is as it was.",
            remedy="Report this line: records that break the standard should have been left out by themselves.",
        )
        self.faults = faults


def version_of(text: str) -> Version:
    """The version a person named; raises WrongUse for any other than 1.1 and 1.2."""
    for version in VERSIONS:
        if text == version:
            return version
    raise WrongUse(
        f"{text!r} is not a version of OneRoster that is written here.", remedy="Use 1.1 or 1.2."
    )  # fmt: skip


def write_bundle(
    db: sqlite3.Connection, version: Version, to: Path, *, demographics: bool = False
) -> BundleReport:
    """Write the whole roster as a bulk bundle.

    Args:
        db: a connection to the Master, read-only or not, outside a transaction.
        version: of the standard.
        to: the ZIP's path; any path that does not end in `.zip` is a directory, made if it is
            not there, in which the bundle is called `oneroster-VERSION.zip`.
        demographics: also send dates of birth and sex, the most sensitive file.

    Raises:
        NotAllowedNow: there is nobody to send; a product would read an empty bundle as all gone.
        BundleRefused: the bundle breaks a rule of the standard, although what breaks one by itself is left out.
        MasterError: the Master or the disk can't be used.
    """
    path = to if to.suffix.lower() == ".zip" else to / f"oneroster-{version}.zip"
    private_dir(path.parent)
    notices = Notices()
    with clear_errors(path), private_part(path) as part:
        with master.one_state(db):
            if not master.people(db):
                raise _nobody("There is nobody in the District Master at a mapped school.", "Pull first.")
            source = BundleRows(db, version, notices)
            files = [file for file in WRITTEN[version] if demographics or file != "demographics"]
            writing = _write(part, source, version, files, notices)
        if "users" not in writing.rows:
            raise _nobody(
                "Nobody in the District Master can be written by the standard.",
                "Correct the names in Aeries and pull again.",
            )
        faults = check_written(part, writing.bytes, writing.between, writing.broken, notices)
        if faults:
            raise BundleRefused(version, faults)
    return BundleReport(path, version, writing.rows, notices.all())


def _nobody(message: str, remedy: str) -> NotAllowedNow:
    meaning = "No bundle was written; products read an empty one as everybody gone."
    return NotAllowedNow(message, meaning=meaning, remedy=remedy)


def _write(
    part: Path, source: BundleRows, version: Version, files: Iterable[str], notices: Notices
) -> _Writing:
    sieve = Sieve(notices)
    with (
        open(part, "r+b", opener=no_link) as raw,
        zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle,
    ):
        writing = _Writing(bundle)
        for file in files:
            columns = WRITTEN[version][file]
            if not writing.write(file, columns, sieve.blocks(file, columns, source.of(file))):
                notices.add("file-left-out", f"{file}.csv")
        writing.put("manifest", [[MANIFEST_HEADER, *_manifest(version, writing.rows)]])
    return writing


class _Writing:
    """Puts rows into a ZIP, and has them judged.

    Attributes:
        rows: how many, by file.
        bytes: what was put into the ZIP, by file.
        between: has judged the rows.
        broken: what it found in single ones.
    """

    def __init__(self, bundle: zipfile.ZipFile) -> None:
        self.rows: dict[str, int] = {}
        self.bytes: dict[str, WrittenBytes] = {}
        self.between = BetweenRows()
        self.broken: list[Broken] = []
        self._bundle = bundle

    def write(self, file: str, columns: tuple[Column, ...], blocks: Iterable[list[Row]]) -> bool:
        """Write one file as its rows come; one without any row is not allowed and not begun, and False comes back."""
        filled = filter(None, blocks)
        first = next(filled, None)
        if first is None:
            return False
        self.between.begin(file, columns)
        judged = self._judged(columns, chain([first], filled))
        self.rows[file] = self.put(file, chain([[names_of(columns)]], judged)) - 1
        self.between.end()
        return True

    def _judged(self, columns: tuple[Column, ...], blocks: Iterable[list[Row]]) -> Iterator[list[Row]]:
        line = 2
        for block in blocks:
            lines = range(line, line + len(block))
            self.broken += self.between.judge(block_of(columns, lines, block))
            yield block
            line += len(block)

    def put(self, file: str, blocks: Iterable[list[Row]]) -> int:
        """Put rows into the ZIP; returns how many."""
        entry = zipfile.ZipInfo(f"{file}.csv", time.localtime()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        count, written = 0, WrittenBytes()
        with self._bundle.open(entry, "w", force_zip64=True) as raw:
            for block in blocks:
                some = csv_text(block).encode()
                raw.write(some)
                count, written = count + len(block), written.and_then(some)
        self.bytes[file] = written
        return count


def _manifest(version: Version, written: dict[str, int]) -> Iterable[tuple[str, str]]:
    """The rows of manifest.csv: one for every file of the standard (OneRoster, section 2)."""
    yield "manifest.version", MANIFEST_VERSION
    yield "oneroster.version", version
    for file in STANDARD_FILES[version]:
        yield f"file.{file}", "bulk" if file in written else "absent"
    yield "source.systemName", "Aeries"
