"""The files of a feed: made in a directory of their own, and put under their names when all are there."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from aeries_tui.errors import MasterError, NotAllowedNow
from aeries_tui.exports.cells import columns_of_texts
from aeries_tui.exports.csv_text import csv_text
from aeries_tui.exports.feeds.rules import Breach, Row, Rules
from aeries_tui.master.fence import Fence, Value
from aeries_tui.os_errors import refusal_of
from aeries_tui.settings import private_dir
from aeries_tui.settings.feeds import Feed, FeedFile, Look

_MAKING = ".feed-"
_DEAD = 86_400
"""Seconds after which a directory of files in the making belongs to nobody."""
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_FILES_AT_ONCE = 200
"""Files for schools that are open at a time; a district has fewer."""


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written.

    Attributes:
        path: where it lies.
        rows: without the header.
        bytes: its size.
        sha256: of its bytes.
    """

    path: Path
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class FeedReport:
    """What became of a feed.

    Attributes:
        feed: its name.
        files: what was written.
        breaches: the rules that rows broke, which were left out.
    """

    feed: str
    files: tuple[WrittenFile, ...]
    breaches: tuple[Breach, ...]


def write_feed(
    fence: Fence, feed: Feed, to: Path, facts: Mapping[str, Value], *, day: dt.date | None = None
) -> FeedReport:
    """Write a feed's files into a directory.

    Args:
        fence: round the Master.
        feed: the feed.
        to: the directory; made if it is not there. Files of the same names are replaced when all new ones are there.
        facts: what a query may ask for by `:name`; `district` also stands in names of files.
        day: for `{date}`; today where left out.

    Raises:
        QueryRefused: a query is refused, or a rule names no column.
        NotAllowedNow: a file can't be written in the encoding, or would be without a single row.
        MasterError: the Master or the disk can't be used.
    """
    private_dir(to)
    try:
        _clear_what_was_killed(to)
        with tempfile.TemporaryDirectory(prefix=_MAKING, dir=to) as making:
            rules = Rules(feed)
            made: list[_Made] = []
            for one in feed.files:
                made += _write(fence, feed, one, rules, Path(making), facts, day or dt.date.today())
            if feed.look.zip:
                made = [_zipped(Path(making), feed, made)]
            written = tuple(_put(one, to) for one in made)
    except OSError as error:
        refusal = refusal_of(error)
        raise MasterError(
            f"The feed {feed.name} could not be written to {to}: {refusal.what}.",
            meaning="Files that were there before are as they were, unless this command named them as written.",
            remedy=refusal.remedy,
        ) from error
    return FeedReport(feed.name, written, tuple(rules.breaches()))


def _clear_what_was_killed(to: Path) -> None:
    """Take away what a run that was killed had made; one that still runs is younger."""
    for folder in to.glob(f"{_MAKING}*"):
        if time.time() - folder.stat().st_mtime > _DEAD:
            shutil.rmtree(folder)


@dataclass(frozen=True)
class _Made:
    path: Path
    rows: int


def _write(
    fence: Fence,
    feed: Feed,
    one: FeedFile,
    rules: Rules,
    folder: Path,
    facts: Mapping[str, Value],
    day: dt.date,
) -> list[_Made]:
    answer = fence.query(one.sql, facts)
    of_file = rules.of(one, answer.columns)
    blocks = (of_file.sift(columns_of_texts(block, safe=feed.look.safe)) for block in answer.blocks)

    def name(school: str) -> str:
        values = {
            "date": day.isoformat(),
            "district": str(facts["district"]),
            "feed": feed.name,
            "school": school,
        }
        named = one.file.format(**{key: _UNFIT.sub("_", value) for key, value in values.items()})
        return named if "{school}" in one.file or not school else f"{_UNFIT.sub('_', school)}-{named}"

    try:
        if feed.look.by_school and feed.look.by_school in answer.columns:
            return _by_school(folder, name, feed.look, answer.columns, chain.from_iterable(blocks))
        path = folder / name("")
        with _Writer(path, feed.look, answer.columns) as writer:
            for block in blocks:
                writer.add(block)
        return [_Made(path, writer.rows)]
    except UnicodeEncodeError as error:
        raise NotAllowedNow(
            f"{one.file} of the feed {feed.name} holds a character that {feed.look.encoding} does not have.",
            meaning="Nothing was written.",
            remedy="Choose utf-8 as its encoding.",
        ) from error


def _by_school(
    folder: Path,
    name: Callable[[str], str],
    look: Look,
    columns: Sequence[str],
    rows: Iterable[Row],
) -> list[_Made]:
    at = columns.index(look.by_school)
    writers: dict[str, _Writer] = {}
    try:
        for row in rows:
            school = row[at]
            if school not in writers:
                if len(writers) == _FILES_AT_ONCE:
                    raise NotAllowedNow(
                        f"The column {look.by_school} holds more than {_FILES_AT_ONCE} schools.",
                        meaning="Nothing was written.",
                        remedy="Name the column that holds the school's code as by_school.",
                    )
                writers[school] = _Writer(folder / name(school or "none"), look, columns)
            writers[school].add([row])
    finally:
        for writer in writers.values():
            writer.close()
    return [_Made(writer.path, writer.rows) for writer in writers.values()]


class _Writer:
    """One file, in the look of its feed."""

    def __init__(self, path: Path, look: Look, columns: Sequence[str]) -> None:
        self.path = path
        self.rows = 0
        self._look = look
        self._columns = list(columns)
        path.touch(mode=0o600, exist_ok=False)
        self._file: TextIO = path.open("w", encoding=look.encoding, newline="")
        if look.format != "jsonl":
            self._put([self._columns])

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        self.rows += len(rows)
        if self._look.format == "jsonl":
            self._file.writelines(
                json.dumps(dict(zip(self._columns, row, strict=True)), ensure_ascii=False)
                + self._look.line_end
                for row in rows
            )
        else:
            self._put(rows)

    def _put(self, rows: Sequence[Sequence[str]]) -> None:
        delimiter = "\t" if self._look.format == "tsv" else ","
        text = csv_text(
            rows, delimiter=delimiter, line_end=self._look.line_end, quote_all=self._look.quote_all
        )
        self._file.write(text)

    def close(self) -> None:
        """Let the file go; it is whole."""
        self._file.close()


def _zipped(folder: Path, feed: Feed, made: Sequence[_Made]) -> _Made:
    path = folder / f"{feed.name}.zip"
    path.touch(mode=0o600, exist_ok=False)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for one in made:
            bundle.write(one.path, one.path.name)
            one.path.unlink()
    return _Made(path, sum(one.rows for one in made))


def _put(made: _Made, to: Path) -> WrittenFile:
    """Put a file that is whole, and on the disk, under its name."""
    with made.path.open("rb") as file:
        os.fsync(file.fileno())
    return written_file(made.path.replace(to / made.path.name), made.rows)


def written_file(path: Path, rows: int) -> WrittenFile:
    """What a receipt says of a file that was written."""
    with path.open("rb") as file:
        return WrittenFile(path, rows, path.stat().st_size, _sha256(file))


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(io.DEFAULT_BUFFER_SIZE * 16):
        digest.update(block)
    return digest.hexdigest()
