"""What a check must remember of a bundle's files: ids, references, who is in which class. On disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from aeries_tui.exports.oneroster.cell_formats import items
from aeries_tui.exports.oneroster.notices import EXAMPLES, Notices
from aeries_tui.exports.oneroster.tables import Column

_TABLES = """
CREATE TABLE id (file TEXT, id TEXT, type TEXT, line INTEGER);
CREATE TABLE reference (
    file TEXT, name TEXT, target TEXT, type TEXT, id TEXT, line INTEGER,
    PRIMARY KEY (file, name, target, type, id)
) WITHOUT ROWID;
CREATE TABLE member (
    class TEXT, role TEXT, leading INTEGER NOT NULL, line INTEGER, PRIMARY KEY (class, role)
) WITHOUT ROWID;
CREATE TABLE post (person TEXT, org TEXT, leading INTEGER NOT NULL, line INTEGER, PRIMARY KEY (person, org)) WITHOUT ROWID;
CREATE TABLE parent (file TEXT, id TEXT, parent TEXT, line INTEGER, PRIMARY KEY (file, id)) WITHOUT ROWID;
CREATE TABLE home (person TEXT, org TEXT, line INTEGER);
CREATE TABLE session (id TEXT PRIMARY KEY, first TEXT, last TEXT) WITHOUT ROWID;
CREATE TABLE class_term (class TEXT PRIMARY KEY, first TEXT, last TEXT) WITHOUT ROWID;
CREATE TABLE wrong (rule INTEGER, file TEXT, line INTEGER, name TEXT, message TEXT);
CREATE TABLE word (name TEXT, word TEXT, person TEXT, n INTEGER NOT NULL, PRIMARY KEY (name, word)) WITHOUT ROWID;
CREATE TABLE student (id TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_BATCH = 5_000

Remember = Callable[[int, list[str]], None]
Broken = tuple[int, str, int, str, str]


class Memory:
    """The check's private database, gone when the block ends. SQLite keeps it on disk once it is large."""

    def __enter__(self) -> Self:
        # The blank name makes a database in a temporary file, which nobody else can open.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA cache_size = -16000")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")
        self._ids: list[tuple[str, str, str, int]] = []
        self._class = ""
        self._term: tuple[str | None, str | None] | None = None
        self._membership = ("", "")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    # Remembering

    def of(self, file: str, columns: tuple[Column, ...]) -> Remember:
        """What remembers a row of that file: line and cells."""
        at = {column.name: place for place, column in enumerate(columns)}
        type_at = at.get("type")
        links = [
            (place, column.name, column.target, column.target_type, column.form == "references")
            for place, column in enumerate(columns)
            if column.target
        ]
        further = {
            "academicSessions": self._session,
            "orgs": self._org,
            "courses": self._subjects,
            "classes": self._course_class,
            "users": self._user,
            "roles": self._role,
            "enrollments": self._enrollment,
        }.get(file)
        # Rows that stand together mostly refer to the same: what was just noted is not noted again.
        noted = dict.fromkeys((place for place, *_ in links), "")

        def remember(line: int, row: list[str]) -> None:
            self._ids.append((file, row[0], row[type_at] if type_at is not None else "", line))
            if len(self._ids) >= _BATCH:
                self._flush()
            for place, name, target, wanted, many in links:
                value = row[place]
                if not value or value == noted[place]:
                    continue
                noted[place] = value
                for item in items(value) if many else [value]:
                    self._db.execute(
                        "INSERT OR IGNORE INTO reference (file, name, target, type, id, line) VALUES (?, ?, ?, ?, ?, ?)",
                        (file, name, target, wanted, item, line),
                    )
            if further is not None:
                further(line, row, at)

        return remember

    def _flush(self) -> None:
        self._db.executemany("INSERT INTO id (file, id, type, line) VALUES (?, ?, ?, ?)", self._ids)
        self._ids.clear()

    def _wrong(self, rule: int, file: str, line: int, name: str, message: str) -> None:
        self._db.execute(
            "INSERT INTO wrong (rule, file, line, name, message) VALUES (?, ?, ?, ?, ?)",
            (rule, file, line, name, message),
        )

    def _session(self, line: int, row: list[str], at: dict[str, int]) -> None:
        first, last = row[at["startDate"]], row[at["endDate"]]
        if last < first:
            self._wrong(4, "academicSessions", line, "endDate", "It is before the start.")
        self._parent("academicSessions", line, row, at)
        self._db.execute(
            "INSERT OR IGNORE INTO session (id, first, last) VALUES (?, ?, ?)", (row[0], first, last)
        )

    def _org(self, line: int, row: list[str], at: dict[str, int]) -> None:
        self._parent("orgs", line, row, at)

    def _parent(self, file: str, line: int, row: list[str], at: dict[str, int]) -> None:
        parent = row[at["parentSourcedId"]]
        if parent:
            self._db.execute(
                "INSERT OR IGNORE INTO parent (file, id, parent, line) VALUES (?, ?, ?, ?)",
                (file, row[0], parent, line),
            )

    def _subjects(self, line: int, row: list[str], at: dict[str, int], file: str = "courses") -> None:
        if len(items(row[at["subjects"]])) != len(items(row[at["subjectCodes"]])):
            self._wrong(10, file, line, "subjectCodes", "There are not as many as subjects.")

    def _course_class(self, line: int, row: list[str], at: dict[str, int]) -> None:
        self._subjects(line, row, at, "classes")
        terms = items(row[at["termSourcedIds"]])
        marks = ", ".join("?" * len(terms))
        self._db.execute(
            f"INSERT OR IGNORE INTO class_term (class, first, last) SELECT ?, min(first), max(last) FROM session WHERE id IN ({marks})",
            (row[0], *terms),
        )

    def _user(self, line: int, row: list[str], at: dict[str, int]) -> None:
        if "primaryOrgSourcedId" in at and row[at["primaryOrgSourcedId"]]:
            self._db.execute(
                "INSERT INTO home (person, org, line) VALUES (?, ?, ?)",
                (row[0], row[at["primaryOrgSourcedId"]], line),
            )
        for name in ("email", "username"):
            if row[at[name]]:
                self._db.execute(
                    "INSERT INTO word (name, word, person, n) VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
                    (name, row[at[name]].casefold(), row[0]),
                )
        if "role" in at and row[at["role"]] == "student":
            self._db.execute("INSERT OR IGNORE INTO student (id) VALUES (?)", (row[0],))

    def _role(self, line: int, row: list[str], at: dict[str, int]) -> None:
        self._db.execute(
            "INSERT INTO post (person, org, leading, line) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET leading = leading + excluded.leading",
            (row[at["userSourcedId"]], row[at["orgSourcedId"]], row[at["roleType"]] == "primary", line),
        )
        if row[at["role"]] == "student":
            self._db.execute("INSERT OR IGNORE INTO student (id) VALUES (?)", (row[at["userSourcedId"]],))

    def _enrollment(self, line: int, row: list[str], at: dict[str, int]) -> None:
        name, role = row[at["classSourcedId"]], row[at["role"]]
        leading = row[at["primary"]] == "true"
        if leading and role != "teacher":
            self._wrong(8, "enrollments", line, "primary", "Only a teacher can be primary.")
        if leading or (name, role) != self._membership:
            self._membership = (name, role)
            self._db.execute(
                "INSERT INTO member (class, role, leading, line) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET leading = leading + excluded.leading",
                (name, role, leading, line),
            )
        self._within_term(line, name, row[at["beginDate"]], row[at["endDate"]])

    def _within_term(self, line: int, name: str, begin: str, end: str) -> None:
        if not begin and not end:
            return
        if begin and end and end < begin:
            self._wrong(4, "enrollments", line, "endDate", "It is before the begin.")
        if name != self._class:
            self._class = name
            self._term = self._db.execute(
                "SELECT first, last FROM class_term WHERE class = ?", (name,)
            ).fetchone()
        first, last = self._term or (None, None)
        if first and last and not all(first <= day <= last for day in (begin, end) if day):
            self._wrong(4, "enrollments", line, "beginDate", "The dates are not within the class's term.")

    # Judging

    def broken(self) -> Iterator[Broken]:
        """The rules broken between rows and files: rule, file, line, column, message."""
        run = self._db.execute
        self._flush()
        run("CREATE INDEX id_key ON id (file, id)")
        yield from run("SELECT rule, file, line, name, message FROM wrong")
        for file, line in run("SELECT file, max(line) FROM id GROUP BY file, id HAVING count(*) > 1"):
            yield 5, file, line, "sourcedId", "It stands twice in the file."
        for file, line, name, target in run(
            "SELECT r.file, r.line, r.name, r.target FROM reference r LEFT JOIN id i ON i.file = r.target "
            "AND i.id = r.id WHERE i.id IS NULL"
        ):
            yield 6, file, line, name, f"It is not in {target}.csv."
        for file, line, name, wanted in run(
            "SELECT r.file, r.line, r.name, r.type FROM reference r JOIN id i ON i.file = r.target "
            "AND i.id = r.id WHERE r.type <> '' AND i.type <> r.type"
        ):
            yield 7, file, line, name, f"It does not lead to a {wanted}."
        for file, line in run(_CIRCLES):
            yield 6, file, line, "parentSourcedId", "It is its own ancestor."
        for (line,) in run("SELECT line FROM post WHERE leading > 1"):
            yield 8, "roles", line, "roleType", "The user has several primary roles in one org."
        for (line,) in run(
            "SELECT h.line FROM home h WHERE NOT EXISTS (SELECT 1 FROM post p WHERE p.person = h.person "
            "AND p.org = h.org)"
        ):
            yield 8, "users", line, "primaryOrgSourcedId", "The user has no role there."
        for (line,) in run("SELECT line FROM member WHERE leading > 1"):
            yield 8, "enrollments", line, "primary", "The class has several primary teachers."

    def write_notices(self, notices: Notices) -> None:
        """Tell what products ask for beyond the standard."""
        in_class = "SELECT 1 FROM member m WHERE m.class = i.id AND m.role ="
        self._tell(
            notices,
            "class-without-teacher",
            f"id i WHERE file = 'classes' AND NOT EXISTS ({in_class} 'teacher')",
        )
        self._tell(
            notices,
            "class-without-students",
            f"id i WHERE file = 'classes' AND NOT EXISTS ({in_class} 'student')",
        )
        self._tell(
            notices, "student-without-class",
            "student p WHERE NOT EXISTS (SELECT 1 FROM reference r WHERE r.file = 'enrollments' "
            "AND r.name = 'userSourcedId' AND r.target = 'users' AND r.type = '' AND r.id = p.id)",
        )  # fmt: skip
        self._tell(notices, "email-shared", "word WHERE name = 'email' AND n > 1", "person")
        self._tell(notices, "username-shared", "word WHERE name = 'username' AND n > 1", "person")

    def _tell(self, notices: Notices, rule: str, source: str, column: str = "id") -> None:
        (count,) = self._db.execute(f"SELECT count(*) FROM {source}").fetchone()
        rows = self._db.execute(f"SELECT {column} FROM {source} ORDER BY 1 LIMIT {EXAMPLES}").fetchall()
        for place, (name,) in enumerate(rows):
            notices.add(rule, name, 1 if place else count - len(rows) + 1)


_CIRCLES = """
WITH RECURSIVE above (file, start, id, line) AS (
    SELECT file, id, parent, line FROM parent
    UNION SELECT a.file, a.start, p.parent, a.line FROM above a JOIN parent p ON p.file = a.file AND p.id = a.id
) SELECT file, line FROM above WHERE start = id
"""
