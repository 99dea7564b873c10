"""Writing a OneRoster bundle: streamed into a ZIP, checked, and only then under its name."""

from __future__ import annotations

import csv
import io
import sqlite3
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from aeries_tui.errors import AeriesTuiError, NotAllowedNow, WrongUse
from aeries_tui.exports.oneroster.check import Fault, check_bundle
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
from aeries_tui.master.database import clear_errors
from aeries_tui.master.roster import roster_rows as master
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
            rows = _write(part, BundleRows(db, version, notices), version, demographics, notices)
        if "users" not in rows:
            raise _nobody(
                "Nobody in the District Master can be written by the standard.",
                "Correct the names in Aeries and pull again.",
            )
        faults = check_bundle(part, notices)
        if faults:
            raise BundleRefused(version, faults)
    return BundleReport(path, version, rows, notices.all())


def _nobody(message: str, remedy: str) -> NotAllowedNow:
    meaning = "No bundle was written; products read an empty one as everybody gone."
    return NotAllowedNow(message, meaning=meaning, remedy=remedy)


def _write(
    part: Path, source: BundleRows, version: Version, demographics: bool, notices: Notices
) -> dict[str, int]:
    written: dict[str, int] = {}
    sieve = Sieve(notices)
    with (
        open(part, "r+b", opener=no_link) as raw,
        zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle,
    ):
        for file, columns in WRITTEN[version].items():
            if file == "demographics" and not demographics:
                continue
            count = _write_file(bundle, file, columns, sieve.blocks(file, columns, source.of(file)))
            if count:
                written[file] = count
            else:
                notices.add("file-left-out", f"{file}.csv")
        _write_blocks(bundle, "manifest", [[MANIFEST_HEADER, *_manifest(version, written)]])
    return written


def _write_file(
    bundle: zipfile.ZipFile, file: str, columns: tuple[Column, ...], blocks: Iterable[list[Row]]
) -> int:
    """Write one file as its rows come; a file without any row is not allowed and not begun."""
    filled = filter(None, blocks)
    first = next(filled, None)
    if first is None:
        return 0
    return _write_blocks(bundle, file, chain(([names_of(columns)], first), filled)) - 1


def _write_blocks(bundle: zipfile.ZipFile, file: str, blocks: Iterable[list[Row]]) -> int:
    entry = zipfile.ZipInfo(f"{file}.csv", time.localtime()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    count = 0
    with bundle.open(entry, "w", force_zip64=True) as raw:
        for block in blocks:
            text = io.StringIO(newline="")
            csv.writer(text).writerows(block)
            raw.write(text.getvalue().encode())
            count += len(block)
    return count


def _manifest(version: Version, written: dict[str, int]) -> Iterable[tuple[str, str]]:
    """The rows of manifest.csv: one for every file of the standard (OneRoster, section 2)."""
    yield "manifest.version", MANIFEST_VERSION
    yield "oneroster.version", version
    for file in STANDARD_FILES[version]:
        yield f"file.{file}", "bulk" if file in written else "absent"
    yield "source.systemName", "Aeries"
