"""The log and the progress of one pull, in a small database that screens read while it is written.

Lines carry ids and counts, never a name and never a certificate. They are written in
batches a few times a second, and at once when one of them is a warning or worse.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from aeries_tui.errors import MasterError
from aeries_tui.master.database import immediate
from aeries_tui.master.layout import LOG, Layout, layout_of, write_layout
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.secret import Secret
from aeries_tui.text import clean_text

Level = Literal["debug", "info", "warning", "error"]
LEVELS: tuple[Level, ...] = ("debug", "info", "warning", "error")
STAGES = ("connect", "year", "fetch", "check", "compare", "guard", "apply", "files")
BATCH_SECONDS = 0.2

_TABLES = """
CREATE TABLE log (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, level INTEGER NOT NULL, stage TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX log_level ON log (level, id);
CREATE TABLE stage (
    name TEXT PRIMARY KEY, position INTEGER NOT NULL, state TEXT NOT NULL, done INTEGER NOT NULL,
    total INTEGER, unit TEXT NOT NULL, started_at REAL, ended_at REAL
) WITHOUT ROWID;
CREATE TABLE list_progress (
    endpoint TEXT NOT NULL, school INTEGER NOT NULL, state TEXT NOT NULL, received INTEGER NOT NULL,
    PRIMARY KEY (endpoint, school)
) WITHOUT ROWID;
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

LAYOUT = Layout(LOG, 1)
"""What a log says of itself; the number goes up by one with each change of the tables."""


@dataclass(frozen=True)
class Line:
    """One line of the log.

    Attributes:
        id: counts from 1.
        at: UTC, ISO 8601 with milliseconds.
        level: debug, info, warning or error.
        stage: the stage that wrote it.
        message: one line of text.
    """

    id: int
    at: str
    level: Level
    stage: str
    message: str


@dataclass(frozen=True)
class StageProgress:
    """How far a stage is.

    Attributes:
        name: one of `STAGES`.
        state: waiting, running, done, failed or skipped.
        done, total: in `unit`; total is None where it cannot be known.
        unit: what is counted.
        started_at, ended_at: seconds since the epoch, None before.
    """

    name: str
    state: str
    done: int
    total: int | None
    unit: str
    started_at: float | None
    ended_at: float | None


class PullLog:
    """Writes the log and the progress of one pull; may be used from several threads."""

    def __init__(self, connection: sqlite3.Connection, secret: Secret, echo: Callable[[Line], None]) -> None:
        self._connection = connection
        self._secret = secret
        self._echo = echo
        self._lock = threading.Lock()
        self._lines: list[tuple[str, int, str, str]] = []
        self._progress: dict[tuple[str, int], tuple[str, int]] = {}
        self._facts: dict[str, str] = {}
        self._stages = {name: StageProgress(name, "waiting", 0, None, "", None, None) for name in STAGES}
        self._last_write = 0.0
        self._written = 0
        self.stage = "connect"

    def write(self, level: Level, message: str) -> None:
        """Add a line; anything that spells the certificate is masked."""
        text = clean_text(self._secret.mask(" ".join(message.split())))
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        with self._lock:
            self._lines.append((now, LEVELS.index(level), self.stage, text))
            self._written += 1
            number = self._written
        self._echo(Line(number, now, level, self.stage, text))
        self._flush_if_due(urgent=level in {"warning", "error"})

    def begin(self, stage: str, *, total: int | None = None, unit: str = "") -> None:
        """A stage begins."""
        self.stage = stage
        self._set(stage, StageProgress(stage, "running", 0, total, unit, time.time(), None))

    def advance(self, done: int, total: int | None = None) -> None:
        """The running stage is so far."""
        old = self._stages[self.stage]
        total = old.total if total is None else total
        self._stages[self.stage] = StageProgress(
            old.name, old.state, done, total, old.unit, old.started_at, None
        )
        self._flush_if_due()

    def end(self, state: str = "done") -> None:
        """The running stage ended: done, failed or skipped."""
        old = self._stages[self.stage]
        if old.state != "running":
            return
        done = old.total if state == "done" and old.total is not None else old.done
        self._set(
            self.stage,
            StageProgress(old.name, state, done, old.total, old.unit, old.started_at, time.time()),
        )

    def _set(self, name: str, progress: StageProgress) -> None:
        self._stages[name] = progress
        self.flush()

    def list_progress(self, endpoint: str, school: int | None, state: str, received: int) -> None:
        """One list is so far."""
        self._progress[(endpoint, -1 if school is None else school)] = (state, received)
        self._flush_if_due()

    def fact(self, name: str, value: object) -> None:
        """A figure for the screen, such as requests and bytes so far; the last value counts."""
        self._facts[name] = str(value)

    def _flush_if_due(self, *, urgent: bool = False) -> None:
        if urgent or time.monotonic() - self._last_write >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered."""
        with self._lock:
            lines, self._lines = self._lines, []
            progress, self._progress = self._progress, {}
            facts, self._facts = self._facts, {}
            self._last_write = time.monotonic()
            with immediate(self._connection):
                self._connection.executemany(
                    "INSERT INTO log (at, level, stage, message) VALUES (?, ?, ?, ?)", lines
                )
                self._connection.executemany(
                    """
                    INSERT OR REPLACE INTO stage
                        (name, position, state, done, total, unit, started_at, ended_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        (
                            s.name,
                            STAGES.index(s.name),
                            s.state,
                            s.done,
                            s.total,
                            s.unit,
                            s.started_at,
                            s.ended_at,
                        )
                        for s in self._stages.values()
                    ],
                )
                self._connection.executemany(
                    "INSERT OR REPLACE INTO list_progress (endpoint, school, state, received) VALUES (?, ?, ?, ?)",
                    [(*key, *value) for key, value in progress.items()],
                )
                self._connection.executemany(
                    "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", list(facts.items())
                )


@contextmanager
def open_log(path: Path, secret: Secret, echo: Callable[[Line], None]) -> Iterator[PullLog]:
    """The log of a pull at `path`, made if it is not there; `echo` gets each line as it is written.

    Raises:
        MasterError: if the disk is full or can't be written.
    """
    with clear_errors(path):
        # Where a copy of the Master was brought back, its numbers are given out again, if need be over old files.
        if path.exists() and not _is_of_today(path):
            for old in path.parent.glob(f"{path.name}*"):
                old.unlink()
        fresh = not path.exists()
        if fresh:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=20)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            if fresh:
                write_layout(connection, LAYOUT)
                connection.executescript(_TABLES)
            log = PullLog(connection, secret, echo)
            try:
                yield log
            finally:
                # The import is in the book by now; a last line that can't be written changes nothing about it.
                with contextlib.suppress(MasterError), clear_errors(path):
                    log.flush()
        finally:
            connection.close()


def _must_be_of_today(path: Path, connection: sqlite3.Connection) -> None:
    found = layout_of(connection)
    # The logs of before there were layouts have the tables of the first, and so has the log that is just made.
    if (found.kind or LOG, found.number or 1) != (LAYOUT.kind, LAYOUT.number):
        raise MasterError(
            f"The log {path} was written by another version of aeries-tui, in a layout that this one does not know.",
            meaning="Nothing was changed; what became of the import is in the District Master.",
            remedy="Read the log with the version that wrote it.",
        )


def _is_of_today(path: Path) -> bool:
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as connection:
            _must_be_of_today(path, connection)
    except MasterError:
        return False
    return True


@contextmanager
def _ended(path: Path) -> Iterator[sqlite3.Connection]:
    """The log of a pull that has ended, to be added to in one transaction."""
    with clear_errors(path), contextlib.closing(sqlite3.connect(path, timeout=20)) as connection, connection:
        _must_be_of_today(path, connection)
        yield connection


def add_line(path: Path, level: Level, message: str) -> None:
    """Add a line to the log of a pull that has ended; one that is kept no longer stays away.

    Raises:
        MasterError: if the disk is full or can't be written.
    """
    if not path.exists():
        return
    with _ended(path) as connection:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        connection.execute(
            "INSERT INTO log (at, level, stage, message) VALUES (?, ?, ?, ?)",
            (now, LEVELS.index(level), STAGES[-1], " ".join(message.split())),
        )


def clean_lines(path: Path, clean: Callable[[str], str]) -> int:
    """Change the lines of the log of a pull that has ended, and wipe what they were; how many changed.

    Raises:
        MasterError: if the disk is full or can't be written.
    """
    with clear_errors(path), contextlib.closing(sqlite3.connect(path, timeout=20)) as connection:
        connection.isolation_level = None
        changed = [
            (new, number)
            for number, message in connection.execute("SELECT id, message FROM log").fetchall()
            if (new := clean(str(message))) != message
        ]
        if changed:
            connection.executemany("UPDATE log SET message = ? WHERE id = ?", changed)
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return len(changed)


def mark_done(path: Path, stage: str) -> None:
    """Say of a stage that a person's decision let happen, after the pull itself, that it is done; raises as `add_line`."""
    if not path.exists():
        return
    with _ended(path) as connection:
        connection.execute("UPDATE stage SET state = 'done' WHERE name = ?", (stage,))


class LogReader:
    """Reads a pull's log while it may still be written; every call sees the newest state."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _query(self, sql: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        with clear_errors(self.path):
            if self._connection is None:
                if not self.path.exists():
                    return []
                uri = f"{self.path.absolute().as_uri()}?mode=ro"
                self._connection = sqlite3.connect(uri, uri=True, timeout=5, check_same_thread=False)
                try:
                    _must_be_of_today(self.path, self._connection)
                except BaseException:
                    self.close()
                    raise
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # the writer is just making the file
                    return []
                raise

    def lines(self, after: int = 0, limit: int = 1000, level: Level = "debug") -> list[Line]:
        """Lines with an id above `after`, oldest first, of `level` and worse."""
        rows = self._query(
            "SELECT id, at, level, stage, message FROM log WHERE id > ? AND level >= ? ORDER BY id LIMIT ?",
            (after, LEVELS.index(level), limit),
        )
        return [Line(int(str(r[0])), str(r[1]), LEVELS[int(str(r[2]))], str(r[3]), str(r[4])) for r in rows]

    def count(self, level: Level = "debug") -> int:
        """How many lines there are of `level` and worse."""
        rows = self._query("SELECT count(*) FROM log WHERE level >= ?", (LEVELS.index(level),))
        return int(str(rows[0][0])) if rows else 0

    def window(self, offset: int, limit: int, level: Level = "debug") -> list[Line]:
        """`limit` lines of `level` and worse from place `offset` (from 0) on."""
        if level == "debug":
            return self.lines(after=offset, limit=limit)
        rows = self._query(
            "SELECT id, at, level, stage, message FROM log WHERE level >= ? ORDER BY id LIMIT ? OFFSET ?",
            (LEVELS.index(level), limit, offset),
        )
        return [Line(int(str(r[0])), str(r[1]), LEVELS[int(str(r[2]))], str(r[3]), str(r[4])) for r in rows]

    def stages(self) -> list[StageProgress]:
        """The stages in their order."""
        rows = self._query(
            "SELECT name, state, done, total, unit, started_at, ended_at FROM stage ORDER BY position"
        )
        return [StageProgress(*row) for row in rows]  # type: ignore[arg-type]

    def lists(self) -> list[tuple[str, int | None, str, int]]:
        """Endpoint, school, state and records so far of each list."""
        rows = self._query("SELECT endpoint, school, state, received FROM list_progress ORDER BY 2, 1")
        return [
            (str(e), None if int(str(s)) < 0 else int(str(s)), str(state), int(str(n)))
            for e, s, state, n in rows
        ]

    def facts(self) -> dict[str, str]:
        """The figures written by `PullLog.fact`."""
        return {str(name): str(value) for name, value in self._query("SELECT name, value FROM fact")}

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
