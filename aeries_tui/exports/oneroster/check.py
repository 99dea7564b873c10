"""The checks a bundle passes before it leaves (OneRoster, section 7), made on the finished ZIP.

They read what was written, not what was meant to be written, some rows at a time, and judge whole columns. What must be
remembered of a file (its ids, what it refers to) stands in a temporary database on disk, so that a district of any size is
checked in little memory: 16 bytes for each row of a file, and 32 for each user.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

from aeries_tui.exports.oneroster.cell_formats import FORMAT, wrong_cell
from aeries_tui.exports.oneroster.column_judge import ColumnJudge, written
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.reference_index import Block, Memory
from aeries_tui.exports.oneroster.repeats import Repeats
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

_AT_ONCE = 1_000


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
        rows = [row for _, block in self._blocks(name) for row in block]
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

    # Rules 2, 3, 4, 5, 8, 9, 10

    def _file(self, file: str, columns: tuple[Column, ...]) -> None:
        name = f"{file}.csv"
        blocks = self._blocks(name)
        header = next(blocks, None)
        if header is None or header[1] != [list(names_of(columns))]:
            self._fault(2, name, 1, "", "The header is not that of the standard, in its order.")
            return
        remember = self._memory.of(file, columns)
        judges = [written(column) for column in columns]
        once = [(unique, Repeats()) for unique in (_ID, *_UNIQUE.get(file, ()))]
        line = 1
        for first, rows in blocks:
            line = first + len(rows) - 1
            block = self._judged(name, columns, judges, first, rows)
            for unique, repeats in once:
                repeats.add(*unique.keys(block))
            for rule, _, at, column, message in remember(block):
                self._fault(rule, name, at, column, message)
        if line == 1:
            self._fault(9, name, 0, "", "It has a header and no row.")
        for unique, repeats in once:
            self._stand_twice(file, columns, unique, repeats.found())

    def _judged(
        self,
        name: str,
        columns: tuple[Column, ...],
        judges: Sequence[ColumnJudge],
        first: int,
        rows: list[list[str]],
    ) -> Block:
        """The rows that have all cells, as columns, each of which was judged."""
        lines: Sequence[int] = range(first, first + len(rows))
        if set(map(len, rows)) != {len(columns)}:
            whole = [(line, row) for line, row in zip(lines, rows, strict=True) if len(row) == len(columns)]
            for line, row in zip(lines, rows, strict=True):
                if len(row) != len(columns):
                    self._fault(2, name, line, "", "The row has not as many cells as the header.")
            lines, rows = [line for line, _ in whole], [row for _, row in whole]
        cells = list(zip(*rows, strict=True)) or [()] * len(columns)
        for column, judge, values in zip(columns, judges, cells, strict=True):
            for place in judge.bad(values):
                rule, message = wrong_cell(column, values[place]) or (FORMAT, "It is not right.")
                self._fault(rule, name, lines[place], column.name, message)
        return Block(lines, dict(zip(names_of(columns), cells, strict=True)))

    def _stand_twice(
        self, file: str, columns: tuple[Column, ...], unique: _Unique, found: list[list[int]]
    ) -> None:
        """Tell what stands twice in a file; reads it again, since all that is known are hashes."""
        if not found:
            return
        name = f"{file}.csv"
        wanted = {line for lines in found for line in lines}
        key_at: dict[int, tuple[str, ...]] = {}
        for first, rows in self._blocks(name):
            for line, row in enumerate(rows, first):
                if line in wanted:
                    cells = dict(zip(names_of(columns), row, strict=True))
                    key_at[line] = tuple(cells[column] for column in unique.columns)
        for lines in found:
            last = {key_at[line]: line for line in lines}
            for key, line in last.items():
                if sum(key_at[one] == key for one in lines) > 1:
                    self._fault(unique.rule, name, line, unique.named, unique.message)

    def _blocks(self, name: str) -> Iterator[tuple[int, list[list[str]]]]:
        """The rows of a file, some at a time, with the line of the first: the header alone, then the others.

        Text that is not UTF-8 or not CSV ends it with a fault.
        """
        line, size = 1, 1
        with self._bundle.open(name) as raw, io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
            reader = csv.reader(text, strict=True)
            while True:
                block: list[list[str]] = []
                try:
                    block.extend(islice(reader, size))  # those before the line that ends it stay
                except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile):
                    if block:
                        yield line, block
                    self._fault(4, name, line + len(block), "", "The line is not UTF-8 or not CSV.")
                    return
                if not block:
                    return
                yield line, block
                line, size = line + len(block), _AT_ONCE


class _Unique(NamedTuple):
    """A rule that something stands once in a file.

    Attributes:
        rule, named, message: as of `Fault`; `named` is its column.
        columns: what stands once.
        where: a column and what must stand in it for the rule to hold; None for all rows.
    """

    rule: int
    named: str
    message: str
    columns: tuple[str, ...]
    where: tuple[str, str] | None = None

    def keys(self, block: Block) -> tuple[Iterable[Hashable], Iterable[int]]:
        """What stands in the rows that the rule is about, and their lines."""
        columns = [block.cells[column] for column in self.columns]
        keys: Iterable[Hashable] = columns[0] if len(columns) == 1 else zip(*columns, strict=True)
        if self.where is None:
            return keys, block.lines
        column, word = self.where
        meant = [value == word for value in block.cells[column]]
        return compress(keys, meant), compress(block.lines, meant)


_ID = _Unique(5, "sourcedId", "It stands twice in the file.", ("sourcedId",))
_UNIQUE: dict[str, tuple[_Unique, ...]] = {
    "roles": (
        _Unique(
            8, "roleType", "The user has several primary roles in one org.", ("userSourcedId", "orgSourcedId"),
            ("roleType", "primary"),
        ),
    ),
    "enrollments": (
        _Unique(
            8, "primary", "The class has several primary teachers.", ("classSourcedId", "role"),
            ("primary", "true"),
        ),
    ),
}  # fmt: skip
