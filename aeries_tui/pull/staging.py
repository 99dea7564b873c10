"""The staged pages of a pull: every list as Aeries gave it, on disk, a commit per page.

What is here has not been judged; `pull.stages.check` does that. The file survives a kill, so
that a pull can be resumed from it.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aeries_tui.aeries import BadRecord, ResumePoint, Traffic, records
from aeries_tui.aeries.endpoints import CLASSES, COURSES, SECTIONS, STAFF, STUDENTS, TEACHERS, Endpoint
from aeries_tui.errors import MasterError
from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.layout import STAGING, Layout, layout_of, number_of, write_layout
from aeries_tui.master.sqlite_errors import clear_errors, is_defect
from aeries_tui.master.tombstones import Tombstones
from aeries_tui.pull.erased import erased_seats, leave_out_erased
from aeries_tui.text import in_bytes

if TYPE_CHECKING:
    from aeries_tui.aeries import Answer


@dataclass(frozen=True)
class Staged:
    """A list of a roster and the staging table its records go to.

    Attributes:
        endpoint: the list.
        table: the staging table.
        kind: what descriptions call a record of it.
    """

    endpoint: Endpoint
    table: str
    kind: str

    @property
    def type(self) -> type[records.Record]:
        """The wire record."""
        return self.endpoint.record

    @property
    def names_school(self) -> bool:
        """Each record says at which school it is, so that a foreign one shows."""
        return "school_code" in records.columns(self.type)

    @property
    def ddl(self) -> str:
        """CREATE TABLE of the staging table."""
        numbers = records.integers(self.type)
        columns = ", ".join(
            f"{name} {'INTEGER' if name in numbers else 'TEXT'}" for name in records.columns(self.type)
        )
        return f"CREATE TABLE {self.table} (list_id INTEGER NOT NULL, {columns})"

    def insert(self, rows: int) -> str:
        """INSERT of so many records, each: the list's id, then the fields in the struct's order."""
        columns = records.columns(self.type)
        values = f"(?{', ?' * len(columns)})"
        return f"""
            INSERT INTO {self.table} (list_id, {", ".join(columns)})
            VALUES {", ".join([values] * rows)}
        """


STAGED: dict[str, Staged] = {
    staged.endpoint.name: staged
    for staged in (
        Staged(STUDENTS, "raw_student", "student"),
        Staged(TEACHERS, "raw_teacher", "teacher"),
        Staged(SECTIONS, "raw_section", "section"),
        Staged(CLASSES, "raw_class", "enrollment"),
        Staged(STAFF, "raw_staff", "staff"),
        Staged(COURSES, "raw_course", "course"),
    )
}
"""The roster lists by endpoint, in the order in which a pull needs them judged."""


def staged_column(endpoint: str, wire: str) -> str:
    """The staging column of a field of Aeries, for SQL; KeyError where the list has no such field."""
    columns = {records.wire_name(name): name for name in records.columns(STAGED[endpoint].type)}
    return columns[wire]


_flat = itertools.chain.from_iterable
_AT_ONCE = 100
"""Records in one statement: that takes two thirds of the time that one by one takes; more gain nothing."""

_PAGE = 16_384
"""Bytes of a page of the file: a quarter of the calls that SQLite's 4,096 take, to write it and to check it."""

SCHOOL_LISTS = tuple(name for name, staged in STAGED.items() if staged.endpoint.is_of_school)
DISTRICT_LISTS = tuple(name for name in STAGED if name not in SCHOOL_LISTS)

_BOOKS = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE list (
    id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, school INTEGER,
    state TEXT NOT NULL DEFAULT 'open',        -- open, complete, failed, denied, skipped
    attempt INTEGER NOT NULL DEFAULT 1, page INTEGER NOT NULL DEFAULT 0,
    position INTEGER NOT NULL DEFAULT 0, last_mark TEXT,   -- as in aeries.ResumePoint
    received INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
    code TEXT, message TEXT, read_at TEXT, reused INTEGER NOT NULL DEFAULT 0,
    digest TEXT NOT NULL DEFAULT '',           -- of each of its answers, one after the other
    is_suspicious INTEGER NOT NULL DEFAULT 0   -- an answer held what could not be told apart record by record
);
CREATE UNIQUE INDEX list_scope ON list (endpoint, coalesce(school, -1));
CREATE TABLE rejected_record (
    list_id INTEGER NOT NULL, code TEXT NOT NULL, field TEXT NOT NULL, part TEXT NOT NULL,
    position INTEGER NOT NULL, school INTEGER, is_known INTEGER NOT NULL, is_value INTEGER NOT NULL,
    student_id INTEGER, section_number INTEGER, teacher_number INTEGER, staff_id INTEGER, record_id TEXT
);
CREATE TABLE raw_member (
    list_id INTEGER NOT NULL, school_code INTEGER, section_number INTEGER, staff_id INTEGER,
    is_primary_teacher INTEGER, staff_role_code TEXT, start_date TEXT, end_date TEXT,
    inactive_status_code TEXT
);
CREATE TABLE erased_seat (list_id INTEGER NOT NULL, school_code INTEGER, section_number INTEGER, rows INTEGER NOT NULL);
CREATE TABLE raw_access (list_id INTEGER NOT NULL, staff_id INTEGER, school_code INTEGER);
"""


def staging_tables() -> list[str]:
    """The DDL of a staging file."""
    books = [statement.strip() for statement in _BOOKS.split(";\n") if statement.strip()]
    return [*books, *(staged.ddl for staged in STAGED.values())]


def staging_layout() -> Layout:
    """What a staging file says of itself; what was staged for other tables is of no use and is read again."""
    return Layout(STAGING, number_of(";".join(staging_tables())))


def is_of_today(path: Path) -> bool:
    """Whether an existing staging file is of today's layout; raises MasterError where the disk fails."""
    with (
        clear_errors(path),
        contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection,
    ):
        return layout_of(connection) == staging_layout() or not _has_tables(connection)


def is_whole(path: Path) -> bool:
    """Whether all of an existing staging file can be read; reads the whole of it."""
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check")]
            connection.execute("SELECT * FROM about").fetchall()
            return found == ["ok"]
    except sqlite3.OperationalError as error:  # without its tables there is nothing in it to be damaged
        return is_defect(error)
    except sqlite3.DatabaseError:
        return False


def _has_tables(connection: sqlite3.Connection) -> bool:
    """A kill may have left the file without its tables; what counts is whether they are there."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'list'").fetchone() is not None


class Staging:
    """The staging file of one pull.

    Args:
        path: the file.
        connection: to it.
        least_free: bytes of disk that are to stay free; with less nothing more is staged.
        erased: people who were erased; nothing of them is staged.

    Attributes:
        left_unread: records that were left out for that.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        least_free: int = 0,
        erased: Tombstones | None = None,
    ) -> None:
        self.path = path
        self.erased = erased or Tombstones()
        self.left_unread = 0
        self.connection = connection
        self._least_free = least_free

    def about(self, name: str) -> str | None:
        """A fact about this pull (`day`, `school_year`, ...), or None."""
        row = self.connection.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def write_about(self, **facts: object) -> None:
        """Write facts about this pull."""
        self.connection.executemany(
            """
            INSERT INTO about (name, value) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            [(name, str(value)) for name, value in facts.items()],
        )

    def open_list(self, endpoint: str, school: int | None) -> int:
        """The id of a list, made if it is not there yet."""
        self.connection.execute(
            "INSERT INTO list (endpoint, school) VALUES (?, ?) ON CONFLICT DO NOTHING", (endpoint, school)
        )
        row = self.connection.execute(
            "SELECT id FROM list WHERE endpoint = ? AND coalesce(school, -1) = coalesce(?, -1)",
            (endpoint, school),
        ).fetchone()
        return int(row[0])

    def restart(self, list_id: int, endpoint: str, attempt: int = 1) -> None:
        """Drop what was staged of a list: it is read from its start."""
        fresh = """
            SELECT 1 FROM list
            WHERE id = ? AND state = 'open' AND attempt = ? AND received = 0 AND digest = ''
        """
        if self.connection.execute(fresh, (list_id, attempt)).fetchone():
            return
        with immediate(self.connection):
            self._clear(list_id, endpoint)
            self.connection.execute(
                """
                UPDATE list
                SET state = 'open', attempt = ?, page = 0, position = 0, last_mark = NULL,
                    received = 0, digest = ''
                WHERE id = ?
                """,
                (attempt, list_id),
            )

    def _clear(self, list_id: int, endpoint: str) -> None:
        # Nothing says where a list's rows are, so taking them out reads the whole table; most have none.
        (received,) = self.connection.execute("SELECT received FROM list WHERE id = ?", (list_id,)).fetchone()
        if not received:
            return
        tables = [STAGED[endpoint].table, "rejected_record"]
        tables += {"sections": ["raw_member"], "staff": ["raw_access"], "classes": ["erased_seat"]}.get(
            endpoint, []
        )
        for table in tables:
            self.connection.execute(f"DELETE FROM {table} WHERE list_id = ?", (list_id,))

    def add(
        self,
        list_id: int,
        endpoint: str,
        answer: Answer[Any],
        *,
        resume: ResumePoint | None = None,
        is_whole: bool = False,
    ) -> None:
        """Stage one answer; it is on disk when this returns.

        Args:
            list_id: as `open_list` gave it.
            endpoint: the list's.
            answer: the list, a page of it, or one record of it.
            resume: where to go on behind a page.
            is_whole: nothing of the list follows.

        Raises:
            MasterError: less disk is free than is to stay free; nothing of the answer was staged.
        """
        self._refuse_to_fill_the_disk()
        received = answer.received
        seats = erased_seats(answer, self.erased) if endpoint == "classes" else {}
        answer = leave_out_erased(endpoint, answer, self.erased)
        self.left_unread += received - answer.received
        page, position, last_mark = (
            (resume.number, resume.position, resume.last_mark) if resume else (0, 0, None)
        )
        cost = answer.traffic
        with immediate(self.connection):
            self._add_records(list_id, endpoint, answer.records)
            self.connection.executemany(
                "INSERT INTO erased_seat (list_id, school_code, section_number, rows) VALUES (?, ?, ?, ?)",
                [(list_id, *section, rows) for section, rows in seats.items()],
            )
            self._add_rejected(list_id, endpoint, [*answer.bad, *answer.bad_parts])
            self.connection.execute(
                """
                UPDATE list
                SET received = received + ?,
                    page = ?, position = ?, last_mark = ?,
                    requests = requests + ?, retries = retries + ?, bytes = bytes + ?, seconds = seconds + ?,
                    digest = digest || ?,
                    is_suspicious = is_suspicious OR ?,
                    read_at = ?,
                    state = iif(?, 'complete', state)
                WHERE id = ?
                """,
                (answer.received, page, position, last_mark, cost.requests, cost.retries, cost.bytes,
                 cost.seconds, answer.digest, answer.is_suspicious, now_text(), is_whole, list_id),
            )  # fmt: skip

    def _refuse_to_fill_the_disk(self) -> None:
        free = shutil.disk_usage(self.path.parent).free
        if free < self._least_free:
            raise MasterError(
                f"Only {in_bytes(free)} of disk are free at {self.path.parent}; reading stops "
                f"below {in_bytes(self._least_free)}.",
                meaning="Nothing was changed.",
                remedy="Free some space, then run aeries-tui pull --resume. The limit is pull.least_free_megabytes.",
            )

    def _add_records(self, list_id: int, endpoint: str, rows: Sequence[Any]) -> None:
        staged = STAGED[endpoint]
        row = records.row_of(staged.type)
        whole = len(rows) - len(rows) % _AT_ONCE
        if whole:
            insert = staged.insert(_AT_ONCE)
            for first in range(0, whole, _AT_ONCE):
                batch = zip(
                    itertools.repeat((list_id,)), map(row, rows[first : first + _AT_ONCE]), strict=False
                )
                self.connection.execute(insert, tuple(_flat(_flat(batch))))
        self.connection.executemany(staged.insert(1), ((list_id, *row(record)) for record in rows[whole:]))
        if endpoint == "sections":
            member = records.row_of(records.SectionStaffMember)
            fields = ", ".join(records.columns(records.SectionStaffMember))
            self.connection.executemany(
                f"""
                INSERT INTO raw_member (list_id, school_code, section_number, {fields})
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    (list_id, section.school_code, section.section_number, *member(item))
                    for section in rows
                    for item in section.section_staff_members
                ),
            )
        elif endpoint == "staff":
            self.connection.executemany(
                "INSERT INTO raw_access (list_id, staff_id, school_code) VALUES (?, ?, ?)",
                (
                    (list_id, person.id, access.school_code)
                    for person in rows
                    for access in person.school_access_permissions
                ),
            )

    def _add_rejected(self, list_id: int, endpoint: str, bad: Sequence[BadRecord]) -> None:
        staff_id = "id" if endpoint == "staff" else "staff_id"
        self.connection.executemany(
            """
            INSERT INTO rejected_record
                (list_id, code, field, part, position, school, is_known, is_value,
                 student_id, section_number, teacher_number, staff_id, record_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (list_id, b.code, b.field, b.part, b.index, b.school_code, b.is_known, b.is_value,
                 b.key.get("student_id"), b.key.get("section_number"), b.key.get("teacher_number"),
                 b.key.get(staff_id), b.key.get("id"))
                for b in bad
            ],
        )  # fmt: skip

    def close_list(self, list_id: int, state: str, *, code: str = "", message: str = "") -> None:
        """Say how a list ended; what a list that was not read to its end had staged is set aside."""
        with immediate(self.connection):
            row = self.connection.execute("SELECT endpoint FROM list WHERE id = ?", (list_id,)).fetchone()
            endpoint = str(row[0])
            if state != "complete" and endpoint in STAGED:
                self._clear(list_id, endpoint)
                self.connection.execute("UPDATE list SET received = 0 WHERE id = ?", (list_id,))
            self.connection.execute(
                "UPDATE list SET state = ?, code = ?, message = ?, read_at = ? WHERE id = ?",
                (state, code or None, message or None, now_text(), list_id),
            )

    def record_traffic(self, list_id: int, received: int, cost: Traffic) -> None:
        """Note rows and traffic of a list whose records are kept elsewhere, or of one that failed."""
        self.connection.execute(
            """
            UPDATE list
            SET received = received + ?,
                requests = requests + ?, retries = retries + ?, bytes = bytes + ?, seconds = seconds + ?
            WHERE id = ?
            """,
            (received, cost.requests, cost.retries, cost.bytes, cost.seconds, list_id),
        )

    def keep_schools(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep the school list, as `school_row` makes it, for the check and for the Master."""
        self.write_about(schools=json.dumps(rows))


@contextmanager
def open_staging(path: Path, least_free: int = 0, erased: Tombstones | None = None) -> Iterator[Staging]:
    """The staging file at `path`, made if it is not there.

    Args:
        path: of the file.
        least_free, erased: see `Staging`.

    Raises:
        MasterError: the disk is full or can't be written, or the file is of another layout.
    """
    with clear_errors(path):
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA cache_size = -4000")
            if not _has_tables(connection):
                with immediate(connection):
                    for statement in staging_tables():
                        connection.execute(statement)
                    write_layout(connection, staging_layout())
            elif layout_of(connection) != staging_layout():
                raise MasterError(
                    f"{path} was staged by another version of aeries-tui, whose layout is another.",
                    meaning="Nothing was changed.",
                    remedy="Run aeries-tui pull; everything is read anew.",
                )
            yield Staging(path, connection, least_free, erased)
        finally:
            connection.close()
