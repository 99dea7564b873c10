"""The checks a bundle passes before it leaves (OneRoster, section 7).

A finished ZIP is judged by what stands in it. One that is being written is judged as its rows are handed to it, and of the ZIP
is checked that it holds these very bytes. Either way some rows at a time, by whole columns: a district of any size is
checked in little memory.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from aeries_tui.exports.oneroster.between_rows import BetweenRows, Block, Broken, block_of
from aeries_tui.exports.oneroster.cell_formats import FORMAT, wrong_cell
from aeries_tui.exports.oneroster.column_judge import ColumnJudge, written
from aeries_tui.exports.oneroster.notices import Notices
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
_BYTES_AT_ONCE = 1 << 18


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


class WrittenBytes(NamedTuple):
    """What was handed to the ZIP as one of its files.

    Attributes:
        size, crc: of the bytes, before they were compressed.
    """

    size: int = 0
    crc: int = 0

    def and_then(self, more: bytes) -> WrittenBytes:
        """The same with more bytes after them."""
        return WrittenBytes(self.size + len(more), zlib.crc32(more, self.crc))


def check_bundle(path: Path, notices: Notices | None = None) -> list[Fault]:
    """What is wrong with a bulk bundle by the standard, at most `MOST_FAULTS`; an empty list is good.

    Args:
        path: the ZIP.
        notices: gets what products ask for beyond the standard.
    """
    check = _Check(path, BetweenRows())
    return check.run(check.judge_file, notices)


def check_written(
    path: Path,
    written: Mapping[str, WrittenBytes],
    between: BetweenRows,
    broken: Iterable[Broken],
    notices: Notices,
) -> list[Fault]:
    """The same of a bundle whose rows were judged as they were written, each cell by the sieve.

    Args:
        path: the ZIP.
        written: what must stand in it, by the name of the file.
        between: has judged all rows.
        broken: what it found in single ones.
        notices: gets what products ask for beyond the standard.
    """
    check = _Check(path, between)
    return check.run(lambda file, columns: check.compare_file(file, written), notices, broken)


class _Enough(Exception):
    """Enough faults were found."""


class _Check:
    """One check of one bundle."""

    def __init__(self, path: Path, between: BetweenRows) -> None:
        self._path = path
        self._between = between
        self._faults: list[Fault] = []

    def run(
        self,
        look: Callable[[str, tuple[Column, ...]], None],
        notices: Notices | None,
        broken: Iterable[Broken] = (),
    ) -> list[Fault]:
        """All rules, in an order in which each can rely on those before; `look` is at each file that is sent."""
        try:
            with suppress(_Enough), zipfile.ZipFile(self._path) as self._bundle:
                self._tell(broken)
                version, sent = self._manifest()
                if version is None:
                    return self._faults
                for file, columns in WRITTEN[version].items():
                    if file in sent:
                        look(file, columns)
                self._tell(self._between.broken(lambda file: self._again(file, WRITTEN[version][file])))
                if not self._faults and notices is not None:
                    self._between.tell(notices)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, zlib.error):
            self._faults.append(Fault(1, self._path.name, 0, "", "It is not a ZIP file that can be read."))
        return self._faults

    def _tell(self, broken: Iterable[Broken]) -> None:
        for rule, file, line, column, message in broken:
            self._fault(rule, f"{file}.csv", line, column, message)

    def _fault(self, rule: int, file: str, line: int, column: str, message: str) -> None:
        fault = Fault(rule, file, line, column, message)
        if fault in self._faults:  # its file is read again
            return
        self._faults.append(fault)
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

    def judge_file(self, file: str, columns: tuple[Column, ...]) -> None:
        """Judge what stands in a file: its header, and each row by itself and with the others."""
        name = f"{file}.csv"
        blocks = self._blocks(name)
        header = next(blocks, None)
        if header is None or header[1] != [list(names_of(columns))]:
            self._fault(2, name, 1, "", "The header is not that of the standard, in its order.")
            return
        self._between.begin(file, columns)
        judges = [written(column) for column in columns]
        line = 1
        for first, rows in blocks:
            line = first + len(rows) - 1
            block = self._whole(name, columns, first, rows)
            self._judge_cells(name, columns, judges, block)
            self._tell(self._between.judge(block))
        if line == 1:
            self._fault(9, name, 0, "", "It has a header and no row.")
        self._between.end()

    def _judge_cells(
        self, name: str, columns: tuple[Column, ...], judges: Sequence[ColumnJudge], block: Block
    ) -> None:
        for column, judge, values in zip(columns, judges, block.cells.values(), strict=True):
            for place in judge.bad(values):
                rule, message = wrong_cell(column, values[place]) or (FORMAT, "It is not right.")
                self._fault(rule, name, block.lines[place], column.name, message)

    def compare_file(self, file: str, written: Mapping[str, WrittenBytes]) -> None:
        """Read a file and compare it with what was handed to the ZIP."""
        found = WrittenBytes()
        with self._bundle.open(f"{file}.csv") as raw:
            while some := raw.read(_BYTES_AT_ONCE):
                found = found.and_then(some)
        if written.get(file) != found:
            self._fault(1, f"{file}.csv", 0, "", "It does not hold what was written.")

    # Reading

    def _again(self, file: str, columns: tuple[Column, ...]) -> Iterator[Block]:
        """The rows of a file that was judged."""
        for first, rows in islice(self._blocks(f"{file}.csv"), 1, None):
            yield self._whole(f"{file}.csv", columns, first, rows)

    def _whole(self, name: str, columns: tuple[Column, ...], first: int, rows: list[list[str]]) -> Block:
        """The rows that have all cells."""
        lines: Sequence[int] = range(first, first + len(rows))
        if set(map(len, rows)) != {len(columns)}:
            for line, row in zip(lines, rows, strict=True):
                if len(row) != len(columns):
                    self._fault(2, name, line, "", "The row has not as many cells as the header.")
            lines = [line for line, row in zip(lines, rows, strict=True) if len(row) == len(columns)]
            rows = [row for row in rows if len(row) == len(columns)]
        return block_of(columns, lines, rows)

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
                except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile, zlib.error):
                    if block:
                        yield line, block
                    self._fault(4, name, line + len(block), "", "The line is not UTF-8 or not CSV.")
                    return
                if not block:
                    return
                yield line, block
                line, size = line + len(block), _AT_ONCE
