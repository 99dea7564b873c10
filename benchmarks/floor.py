"""The floor: the least work that a pull of this size can be, with nothing of what makes a pull safe.

    python -m benchmarks.floor --url http://127.0.0.1:PORT/aeries --certificate TEXT --day YYYY-MM-DD
        --schools 100,101 --folder DIR

The same answers over bare sockets, as many at a time as a pull begins with; decoded with the same
types; staged with executemany in a file without a journal; compared by set; applied in one transaction;
two CSV files. No record is judged, nothing is tried again, resumed, described, guarded or undone.
Prints one JSON document: requests, bytes, records, seconds of each step.
"""

from __future__ import annotations

import argparse
import csv
import json
import queue
import socket
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aeries_tui.aeries import decode_list, records
from aeries_tui.aeries.records import Record

LISTS: dict[str, type[Record]] = {
    "staff": records.StaffMember,
    "courses": records.Course,
    "students": records.Student,
    "teachers": records.Teacher,
    "sections": records.Section,
    "classes": records.ClassRow,
}
PAGE = 500


class Line:
    """One connection, kept open."""

    def __init__(self, url: str, certificate: str) -> None:
        split = urlsplit(url)
        self._socket = socket.create_connection((split.hostname or "", split.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._path = f"{split.path}/api/v5/"
        self._head = (
            f" HTTP/1.1\r\nHost: {split.netloc}\r\nAERIES-CERT: {certificate}\r\n"
            "Accept: application/json\r\nAccept-Encoding: gzip\r\n\r\n"
        )
        self._buffer = bytearray()

    def get(self, path: str) -> bytes:
        """The body of the answer, unpacked."""
        self._socket.sendall(f"GET {self._path}{path}{self._head}".encode())
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        head = bytes(self._buffer[:end]).lower()
        if not head.startswith(b"http/1.1 200"):
            raise ConnectionError(f"{path}: {head[:40]!r}")
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(self._buffer) < end + 4 + length:
            self._more()
        body = bytes(self._buffer[end + 4 : end + 4 + length])
        del self._buffer[: end + 4 + length]
        return zlib.decompress(body, 31) if b"content-encoding: gzip" in head else body

    def _more(self) -> None:
        piece = self._socket.recv(1 << 18)
        if not piece:
            raise ConnectionError("The server closed the connection.")
        self._buffer += piece


class Fetch:
    """All lists of a pull, several connections at a time; the bodies come out of `bodies`."""

    def __init__(self, url: str, certificate: str, schools: Sequence[int], at_a_time: int) -> None:
        self._url, self._certificate, self._schools = url, certificate, schools
        self._wanted: queue.SimpleQueue[tuple[str, int | None]] = queue.SimpleQueue()
        self._came: queue.Queue[tuple[str, bytes] | None] = queue.Queue(maxsize=at_a_time)
        self._at_a_time = at_a_time
        self._failure = ""
        self.requests = self.bytes = 0

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """Name and body of each answer, as they come."""
        self._get(Line(self._url, self._certificate), "schools")
        self._wanted.put(("staff", None))
        self._wanted.put(("courses", None))
        for school in self._schools:
            for name in ("students", "teachers", "sections", "classes"):
                self._wanted.put((name, school))
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self._at_a_time)]
        for thread in threads:
            thread.start()
        left = len(threads)
        while left:
            came = self._came.get()
            if came is None:
                left -= 1
                if self._failure:
                    raise SystemExit(self._failure)
            else:
                yield came

    def _get(self, line: Line, path: str) -> bytes:
        body = line.get(path)
        self.requests += 1
        self.bytes += len(body)
        return body

    def _work(self) -> None:
        try:
            self._read_lists(Line(self._url, self._certificate))
        except (OSError, ConnectionError, zlib.error) as error:
            self._failure = f"{type(error).__name__}: {error}"
        finally:
            self._came.put(None)

    def _read_lists(self, line: Line) -> None:
        while True:
            try:
                name, school = self._wanted.get_nowait()
            except queue.Empty:
                return
            if school is None:
                self._came.put((name, self._get(line, name)))
            elif name == "students":
                self._pages(line, school)
            else:
                self._came.put((name, self._get(line, f"schools/{school}/{name}")))

    def _pages(self, line: Line, school: int) -> None:
        first = 1
        while True:
            window = f"StartingRecord={first}&EndingRecord={first + PAGE - (1 if first == 1 else 0)}"
            body = self._get(line, f"schools/{school}/students?{window}")
            rows = body.count(b'"StudentID"')
            if rows <= 1:
                return
            self._came.put(("students", body))
            first += rows - 1


MASTER = """
CREATE TABLE student (student_id INTEGER PRIMARY KEY, last TEXT, first TEXT, middle TEXT, grade INTEGER,
    birthdate TEXT, email TEXT, login TEXT, state TEXT, gender TEXT, school INTEGER);
CREATE TABLE school_enrollment (school INTEGER, student_id INTEGER, number INTEGER, grade INTEGER, entered TEXT,
    homeroom TEXT, track TEXT, PRIMARY KEY (school, student_id)) WITHOUT ROWID;
CREATE TABLE section (school INTEGER, number INTEGER, course TEXT, term TEXT, period TEXT, room TEXT,
    PRIMARY KEY (school, number)) WITHOUT ROWID;
CREATE TABLE enrollment (school INTEGER, number INTEGER, student_id INTEGER, begins TEXT, ends TEXT,
    PRIMARY KEY (school, number, student_id)) WITHOUT ROWID;
CREATE TABLE teaching (school INTEGER, number INTEGER, staff_id INTEGER, is_primary INTEGER,
    PRIMARY KEY (school, number, staff_id)) WITHOUT ROWID;
CREATE TABLE staff (staff_id INTEGER PRIMARY KEY, last TEXT, first TEXT, email TEXT, login TEXT, title TEXT);
CREATE TABLE course (id TEXT PRIMARY KEY, title TEXT, department TEXT) WITHOUT ROWID;
"""
BLANK = "trim(coalesce(inactive_status_code, '')) = ''"
SETS: dict[str, tuple[int, str]] = {
    "student": (1, "SELECT student_id, last_name, first_name, middle_name, grade, substr(birthdate, 1, 10), "
        "trim(student_email_address), network_login_id, state_student_id, gender, school_code FROM raw_student "
        f"WHERE {BLANK} GROUP BY student_id"),
    "school_enrollment": (2, "SELECT school_code, student_id, student_number, grade, substr(school_enter_date, 1, 10), "
        f"home_room_teacher_number, track FROM raw_student WHERE {BLANK} GROUP BY school_code, student_id"),
    "section": (2, "SELECT school_code, section_number, course_id, semester, period, room FROM raw_section "
        f"WHERE {BLANK} GROUP BY school_code, section_number"),
    "enrollment": (3, "SELECT school_code, section_number, student_id, substr(date_started, 1, 10), "
        "substr(date_ended, 1, 10) FROM raw_class WHERE (date_ended IS NULL OR date_ended >= :day) AND "
        "(date_started IS NULL OR date_started < :day || 'U') GROUP BY school_code, section_number, student_id"),
    "teaching": (3, f"SELECT school_code, section_number, staff_id, is_primary_teacher FROM raw_member WHERE {BLANK} "
        "GROUP BY school_code, section_number, staff_id"),
    "staff": (1, "SELECT id, last_name, first_name, email_address, user_name, title FROM raw_staff "
        f"WHERE {BLANK} GROUP BY id"),
    "course": (1, "SELECT trim(id), title, department_code FROM raw_course GROUP BY trim(id)"),
}  # fmt: skip
"""Of each table how many columns are its key, and what it should hold."""


def stage(db: sqlite3.Connection, name: str, body: bytes) -> int:
    """Decode an answer and insert its records; returns how many there are."""
    kind = LISTS[name]
    found: list[Any] = decode_list(body, kind).records
    marks = ", ".join("?" * len(records.columns(kind)))
    db.executemany(f"INSERT INTO {TABLES[name]} VALUES ({marks})", map(records.row_of(kind), found))
    if name == "sections":
        db.executemany(
            "INSERT INTO raw_member VALUES (?, ?, ?, ?, ?)",
            (
                (s.school_code, s.section_number, m.staff_id, m.is_primary_teacher, m.inactive_status_code)
                for s in found
                for m in s.section_staff_members
            ),
        )
    return len(found)


TABLES = {
    "staff": "raw_staff",
    "courses": "raw_course",
    "students": "raw_student",
    "teachers": "raw_teacher",
    "sections": "raw_section",
    "classes": "raw_class",
}


def open_files(folder: Path) -> sqlite3.Connection:
    """The staging file, with the roster attached as `m`; the roster is made if it is not there."""
    staging, roster = folder / "staging.sqlite3", folder / "roster.sqlite3"
    staging.unlink(missing_ok=True)
    fresh = not roster.exists()
    db = sqlite3.connect(staging, isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("ATTACH ? AS m", (str(roster),))
    db.execute("PRAGMA m.journal_mode = WAL")
    db.execute("PRAGMA m.synchronous = FULL")
    for name, table in TABLES.items():
        db.execute(f"CREATE TABLE {table} ({', '.join(records.columns(LISTS[name]))})")
    db.execute("CREATE TABLE raw_member (school_code, section_number, staff_id, is_primary_teacher, "
        "inactive_status_code)")  # fmt: skip
    if fresh:
        for statement in filter(str.strip, MASTER.split(";\n")):
            db.execute(statement.replace("CREATE TABLE ", "CREATE TABLE m."))
    return db


def compare(db: sqlite3.Connection, day: str) -> None:
    """What differs from the roster, and what is gone from it, as tables of keys."""
    for table, (width, select) in SETS.items():
        names = [row[1] for row in db.execute(f"PRAGMA m.table_info({table})")]
        key, fields = names[:width], names[width:]
        same = " AND ".join(f"r.{name} = n.{name}" for name in key)
        differs = " OR ".join(f"r.{name} IS NOT n.{name}" for name in fields)
        (ddl,) = db.execute("SELECT sql FROM m.sqlite_master WHERE name = ?", (table,)).fetchone()
        db.execute(ddl.replace(f"CREATE TABLE {table}", f"CREATE TABLE new_{table}"))
        db.execute(f"INSERT INTO new_{table} {select}", {"day": day} if ":day" in select else {})
        db.execute(f"CREATE TABLE put_{table} AS SELECT {', '.join('n.' + name for name in key)} FROM new_{table} n "
            f"LEFT JOIN m.{table} r ON {same} WHERE r.{key[0]} IS NULL OR {differs}")  # fmt: skip
        db.execute(f"CREATE TABLE drop_{table} AS SELECT {', '.join('r.' + name for name in key)} FROM m.{table} r "
            f"LEFT JOIN new_{table} n ON {same} WHERE n.{key[0]} IS NULL")  # fmt: skip


def apply(db: sqlite3.Connection) -> None:
    """Bring the roster up to date in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    for table, (width, _) in SETS.items():
        names = [row[1] for row in db.execute(f"PRAGMA m.table_info({table})")]
        key = ", ".join(names[:width])
        same = " AND ".join(f"n.{name} = p.{name}" for name in names[:width])
        sets = ", ".join(f"{name} = excluded.{name}" for name in names[width:])
        db.execute(
            f"INSERT INTO m.{table} SELECT n.* FROM put_{table} p JOIN new_{table} n ON {same} WHERE true "
            f"ON CONFLICT ({key}) DO UPDATE SET {sets}"
        )
        db.execute(f"DELETE FROM m.{table} WHERE ({key}) IN (SELECT * FROM drop_{table})")
    db.execute("COMMIT")


def write_files(db: sqlite3.Connection, folder: Path) -> None:
    """The staff and the students as CSV."""
    for table in ("staff", "student"):
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as handle:
            cursor = db.execute(f"SELECT * FROM m.{table} ORDER BY 1")
            writer = csv.writer(handle)
            writer.writerow([column[0] for column in cursor.description])
            writer.writerows(cursor)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    for name in ("url", "certificate", "day", "folder"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--schools", required=True, help="their codes, with commas between")
    parser.add_argument("--at-a-time", type=int, default=4)
    told = parser.parse_args(arguments)
    folder = Path(told.folder)
    folder.mkdir(parents=True, exist_ok=True)
    marks = [time.perf_counter()]
    db = open_files(folder)
    schools = [int(code) for code in told.schools.split(",")]
    fetch = Fetch(told.url, told.certificate, schools, told.at_a_time)
    count = 0
    db.execute("BEGIN")
    for name, body in fetch.bodies():
        count += stage(db, name, body)
    db.execute("COMMIT")
    marks.append(time.perf_counter())
    compare(db, told.day)
    marks.append(time.perf_counter())
    apply(db)
    marks.append(time.perf_counter())
    write_files(db, folder)
    marks.append(time.perf_counter())
    steps = ("fetch", "compare", "apply", "files")
    seconds = {step: round(b - a, 3) for step, a, b in zip(steps, marks[:-1], marks[1:], strict=True)}
    print(json.dumps({"requests": fetch.requests, "bytes": fetch.bytes, "records": count, "stages": seconds}))


if __name__ == "__main__":
    main()
