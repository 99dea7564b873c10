"""The checks a bundle passes before it leaves (OneRoster, section 7), made on the finished ZIP.

They read what was written, not what was meant to be written. What must be remembered of
a file (its ids, what it refers to) stands in a temporary database on disk, so that a district
of any size is checked in bounded memory.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.exports.oneroster.cell_formats import wrong_cell
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.reference_index import Memory
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

MOST_FAULTS = 100
"""A check ends after so many faults; a bundle with one does not leave anyway."""


@dataclass(frozen=True)
class Fault:
    """A broken rule. Holds no cell's text, only where it stands.

    Attributes:
        rule: its number in OneRoster, section 7.
        file: as in the ZIP.
        line: counted from 1, the header included; 0 where the whole file is meant.
        column: blank where the whole row is meant.
        message: what is wrong.
    """

    rule: int
    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = self.file + (f", line {self.line}" if self.line else "")
        return f"{where}{', ' + self.column if self.column else ''}: {self.message} (rule {self.rule})"


class _Enough(Exception):
    """Enough faults were found."""


def check_bundle(path: Path, notices: Notices | None = None) -> list[Fault]:
    """What is wrong with a bulk bundle by the standard, at most `MOST_FAULTS`; an empty list is good.

    Args:
        path: the ZIP.
        notices: gets what products ask for beyond the standard.
    """
    faults: list[Fault] = []
    try:
        with zipfile.ZipFile(path) as bundle, Memory() as memory:
            _Check(bundle, memory, faults).run()
            if not faults and notices is not None:
                memory.write_notices(notices)
    except _Enough:
        pass
    except (zipfile.BadZipFile, EOFError, NotImplementedError):
        faults.append(Fault(1, path.name, 0, "", "It is not a ZIP file that can be read."))
    return faults


class _Check:
    """One check of one open bundle."""

    def __init__(self, bundle: zipfile.ZipFile, memory: Memory, faults: list[Fault]) -> None:
        self._bundle = bundle
        self._memory = memory
        self._faults = faults

    def run(self) -> None:
        """All rules, in an order in which each can rely on those before."""
        version, sent = self._manifest()
        if version is None:
            return
        for file, columns in WRITTEN[version].items():
            if file in sent:
                self._file(file, columns)
        for rule, file, line, column, message in self._memory.broken():
            self._fault(rule, f"{file}.csv", line, column, message)

    def _fault(self, rule: int, file: str, line: int, column: str, message: str) -> None:
        self._faults.append(Fault(rule, file, line, column, message))
        if len(self._faults) >= MOST_FAULTS:
            raise _Enough

    # Rule 1

    def _manifest(self) -> tuple[Version | None, set[str]]:
        """The version, and the files that are sent; the manifest must agree with the ZIP."""
        name = "manifest.csv"
        names = self._bundle.namelist()
        if name not in names:
            self._fault(1, name, 0, "", "It is not at the root of the ZIP.")
            return None, set()
        rows = [row for _, row in self._rows(name)]
        if not rows or tuple(rows[0]) != MANIFEST_HEADER:
            self._fault(1, name, 1, "", "The header is not propertyName,value.")
            return None, set()
        if any(len(row) != len(MANIFEST_HEADER) for row in rows):
            self._fault(1, name, 0, "", "A row has not two cells.")
            return None, set()
        properties = {row[0]: row[1] for row in rows[1:]}
        if len(properties) != len(rows) - 1:
            self._fault(1, name, 0, "", "A property stands twice.")
        version = next((known for known in VERSIONS if properties.get("oneroster.version") == known), None)
        if version is None or properties.get("manifest.version") != MANIFEST_VERSION:
            self._fault(
                1, name, 0, "", "The versions are not 1.0 of the manifest and 1.1 or 1.2 of OneRoster."
            )
            return None, set()
        return version, self._sent(version, properties, names)

    def _sent(self, version: Version, properties: dict[str, str], names: list[str]) -> set[str]:
        known = {f"file.{file}" for file in STANDARD_FILES[version]}
        heads = {"manifest.version", "oneroster.version", "source.systemName", "source.systemCode"}
        for unknown in sorted(properties.keys() - known - heads):
            self._fault(1, "manifest.csv", 0, "", f"{unknown} is not a property of the standard.")
        sent = set()
        for file in STANDARD_FILES[version]:
            state = properties.get(f"file.{file}")
            if state not in {"absent", "bulk"}:
                self._fault(1, "manifest.csv", 0, "", f"file.{file} is neither absent nor bulk.")
            if (state == "bulk") != (f"{file}.csv" in names):
                self._fault(
                    1, f"{file}.csv", 0, "", "The manifest and the ZIP do not agree on whether it is sent."
                )
            elif state == "bulk":
                sent.add(file)
        for extra in sorted(
            {*names} - {f"{file}.csv" for file in STANDARD_FILES[version]} - {"manifest.csv"}
        ):
            self._fault(1, extra, 0, "", "It does not belong in a bundle.")
        if len({*names}) != len(names):
            self._fault(1, "manifest.csv", 0, "", "A file stands twice in the ZIP.")
        for file in sorted(sent - WRITTEN[version].keys()):
            self._fault(1, f"{file}.csv", 0, "", "It is not one of the files that are written here.")
        return sent

    # Rules 2, 3, 4, 8, 9, 10

    def _file(self, file: str, columns: tuple[Column, ...]) -> None:
        name = f"{file}.csv"
        rows = self._rows(name)
        header = next(rows, None)
        if header is None or tuple(header[1]) != names_of(columns):
            self._fault(2, name, 1, "", "The header is not that of the standard, in its order.")
            return
        remember = self._memory.of(file, columns)
        line = 1
        for line, row in rows:
            if len(row) != len(columns):
                self._fault(2, name, line, "", "The row has not as many cells as the header.")
                continue
            for column, value in zip(columns, row, strict=True):
                wrong = wrong_cell(column, value) if value or column.required else None
                if wrong:
                    rule, message = wrong
                    self._fault(rule, name, line, column.name, message)
            remember(line, row)
        if line == 1:
            self._fault(9, name, 0, "", "It has a header and no row.")

    def _rows(self, name: str) -> Iterator[tuple[int, list[str]]]:
        """The lines of a file; text that is not UTF-8 or not CSV ends it with a fault."""
        number = 0
        with self._bundle.open(name) as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
            reader = csv.reader(text, strict=True)
            while True:
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile):
                    self._fault(4, name, number + 1, "", "The line is not UTF-8 or not CSV.")
                    return
                number += 1
                yield number, row
