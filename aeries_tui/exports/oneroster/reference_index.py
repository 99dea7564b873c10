"""What a check must remember of a bundle's files: ids, references, who is in which class. On disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, repeat
from types import TracebackType
from typing import NamedTuple, Self

from aeries_tui.exports.oneroster.cell_formats import items
from aeries_tui.exports.oneroster.notices import EXAMPLES, Notices
from aeries_tui.exports.oneroster.repeats import Repeats
from aeries_tui.exports.oneroster.tables import Column

_TABLES = """
CREATE TABLE id (file TEXT, id TEXT, type TEXT, home TEXT, line INTEGER, PRIMARY KEY (file, id)) WITHOUT ROWID;
CREATE TABLE link (number INTEGER PRIMARY KEY, file TEXT, name TEXT, target TEXT, type TEXT);
CREATE TABLE reference (link INTEGER, id TEXT, line INTEGER, PRIMARY KEY (link, id)) WITHOUT ROWID;
CREATE TABLE member (class TEXT, role TEXT, PRIMARY KEY (class, role)) WITHOUT ROWID;
CREATE TABLE post (person TEXT, org TEXT, role TEXT, PRIMARY KEY (person, org, role)) WITHOUT ROWID;
CREATE TABLE parent (file TEXT, id TEXT, parent TEXT, line INTEGER, PRIMARY KEY (file, id)) WITHOUT ROWID;
CREATE TABLE session (id TEXT PRIMARY KEY, first TEXT, last TEXT) WITHOUT ROWID;
CREATE TABLE class_term (class TEXT PRIMARY KEY, first TEXT, last TEXT) WITHOUT ROWID;
CREATE TABLE shared (name TEXT, line INTEGER, PRIMARY KEY (name, line)) WITHOUT ROWID;
"""

_MOST_NOTED = 20_000
"""References of a column that are known to be in the database: rows that stand near each other refer to the same."""

Broken = tuple[int, str, int, str, str]
"""A broken rule: its number, file, line, column, message."""


class Block(NamedTuple):
    """Some rows of a file.

    Attributes:
        lines: where they stand.
        cells: by column.
    """

    lines: Sequence[int]
    cells: dict[str, Sequence[str]]


class Memory:
    """The check's private database, gone when the block ends. SQLite keeps it on disk once it is large."""

    def __enter__(self) -> Self:
        # The blank name makes a database in a temporary file, which nobody else can open.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA cache_size = -16000")
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")
        self._links = 0
        self._words = {"email": Repeats(), "username": Repeats()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    # Remembering

    def of(self, file: str, columns: tuple[Column, ...]) -> Callable[[Block], Iterator[Broken]]:
        """What remembers rows of that file, and tells the rules that they break by themselves."""
        links = [(column, self._link(file, column), set[str]()) for column in columns if column.target]
        further = {
            "academicSessions": self._sessions,
            "orgs": self._orgs,
            "courses": self._subjects,
            "classes": self._classes,
            "users": self._users,
            "roles": self._roles,
            "enrollments": self._enrollments,
        }.get(file)

        def remember(block: Block) -> Iterator[Broken]:
            for column, link, noted in links:
                self._refer(column, link, noted, block)
            if further is not None:
                yield from further(file, block)

        return remember

    def _link(self, file: str, column: Column) -> int:
        self._links += 1
        self._db.execute(
            "INSERT INTO link (number, file, name, target, type) VALUES (?, ?, ?, ?, ?)",
            (self._links, file, column.name, column.target, column.target_type),
        )
        return self._links

    def _refer(self, column: Column, link: int, noted: set[str], block: Block) -> None:
        values = block.cells[column.name]
        if noted.issuperset(values):
            return
        line_of = dict(zip(reversed(values), reversed(block.lines), strict=True))
        line_of.pop("", None)
        fresh = line_of.keys() - noted
        if len(noted) + len(fresh) > _MOST_NOTED:
            noted.clear()
        noted |= fresh
        values = sorted(fresh)
        rows: Iterable[tuple[int, str, int]] = zip(repeat(link), values, map(line_of.__getitem__, values))
        if column.form == "references":
            rows = ((link, item, line) for link, value, line in rows for item in items(value))
        self._db.executemany("INSERT OR IGNORE INTO reference (link, id, line) VALUES (?, ?, ?)", rows)

    def _ids(self, file: str, block: Block, types: Sequence[str] = (), homes: Sequence[str] = ()) -> None:
        names = block.cells["sourcedId"]
        self._db.executemany(
            "INSERT OR IGNORE INTO id (file, id, type, home, line) VALUES (?, ?, ?, ?, ?)",
            zip(repeat(file), names, types or repeat(""), homes or repeat(""), block.lines),
        )

    def _sessions(self, file: str, block: Block) -> Iterator[Broken]:
        first, last = block.cells["startDate"], block.cells["endDate"]
        self._ids(file, block, block.cells["type"])
        self._parents(file, block)
        self._db.executemany(
            "INSERT OR IGNORE INTO session (id, first, last) VALUES (?, ?, ?)",
            zip(block.cells["sourcedId"], first, last, strict=True),
        )
        for line, begin, end in zip(block.lines, first, last, strict=True):
            if end < begin:
                yield 4, file, line, "endDate", "It is before the start."

    def _orgs(self, file: str, block: Block) -> Iterator[Broken]:
        self._ids(file, block, block.cells["type"])
        self._parents(file, block)
        return iter(())

    def _parents(self, file: str, block: Block) -> None:
        rows = zip(block.cells["sourcedId"], block.cells["parentSourcedId"], block.lines, strict=True)
        self._db.executemany(
            "INSERT OR IGNORE INTO parent (file, id, parent, line) VALUES (?, ?, ?, ?)",
            ((file, name, parent, line) for name, parent, line in rows if parent),
        )

    def _subjects(self, file: str, block: Block) -> Iterator[Broken]:
        self._ids(file, block)
        subjects, codes = block.cells["subjects"], block.cells["subjectCodes"]
        if any(subjects) or any(codes):
            for line, some, others in zip(block.lines, subjects, codes, strict=True):
                if len(items(some)) != len(items(others)):
                    yield 10, file, line, "subjectCodes", "There are not as many as subjects."

    def _classes(self, file: str, block: Block) -> Iterator[Broken]:
        terms = block.cells["termSourcedIds"]
        span = {some: self._span(items(some)) for some in {*terms}}
        self._db.executemany(
            "INSERT OR IGNORE INTO class_term (class, first, last) VALUES (?, ?, ?)",
            ((name, *span[some]) for name, some in zip(block.cells["sourcedId"], terms, strict=True)),
        )
        return self._subjects(file, block)

    def _span(self, terms: list[str]) -> tuple[str | None, str | None]:
        """The first and the last day of some sessions."""
        marks = ", ".join("?" * len(terms))
        found: tuple[str | None, str | None] = self._db.execute(
            f"SELECT min(first), max(last) FROM session WHERE id IN ({marks})", terms
        ).fetchone()
        return found

    def _users(self, file: str, block: Block) -> Iterator[Broken]:
        self._ids(file, block, block.cells.get("role", ()), block.cells.get("primaryOrgSourcedId", ()))
        for name, words in self._words.items():
            values = block.cells[name]
            words.add(map(str.casefold, filter(None, values)), compress(block.lines, values))
        return iter(())

    def _roles(self, file: str, block: Block) -> Iterator[Broken]:
        self._db.executemany(
            "INSERT OR IGNORE INTO post (person, org, role) VALUES (?, ?, ?)",
            zip(*(block.cells[name] for name in ("userSourcedId", "orgSourcedId", "role")), strict=True),
        )
        return iter(())

    def _enrollments(self, file: str, block: Block) -> Iterator[Broken]:
        classes, roles = block.cells["classSourcedId"], block.cells["role"]
        self._db.executemany(
            "INSERT OR IGNORE INTO member (class, role) VALUES (?, ?)", {*zip(classes, roles, strict=True)}
        )
        primary = block.cells["primary"]
        if "true" in primary:
            for line, role, word in zip(block.lines, roles, primary, strict=True):
                if word == "true" and role != "teacher":
                    yield 8, file, line, "primary", "Only a teacher can be primary."
        yield from self._within_terms(file, block)

    def _within_terms(self, file: str, block: Block) -> Iterator[Broken]:
        rows = list(
            zip(*(block.cells[name] for name in ("classSourcedId", "beginDate", "endDate")), strict=True)
        )
        different = {row for row in {*rows} if row[1] or row[2]}
        terms = {name: self._term(name) for name in {row[0] for row in different}}
        wrong = {
            row: message for row in different if (message := _wrong_days(row[1], row[2], *terms[row[0]]))
        }
        if wrong:
            for line, row in zip(block.lines, rows, strict=True):
                if row in wrong:
                    yield 4, file, line, *wrong[row]

    def _term(self, name: str) -> tuple[str | None, str | None]:
        """The days of a class; None where they are not known."""
        found: tuple[str | None, str | None] | None = self._db.execute(
            "SELECT first, last FROM class_term WHERE class = ?", (name,)
        ).fetchone()
        return found or (None, None)

    # Judging

    def broken(self) -> Iterator[Broken]:
        """The rules broken between files: rule, file, line, column, message."""
        run = self._db.execute
        for file, line, name, target in run(
            "SELECT k.file, r.line, k.name, k.target FROM link k CROSS JOIN reference r ON r.link = k.number "
            "LEFT JOIN id i ON i.file = k.target AND i.id = r.id WHERE i.id IS NULL"
        ):
            yield 6, file, line, name, f"It is not in {target}.csv."
        for file, line, name, wanted in run(
            "SELECT k.file, r.line, k.name, k.type FROM link k CROSS JOIN reference r ON r.link = k.number "
            "CROSS JOIN id i ON i.file = k.target AND i.id = r.id WHERE k.type <> '' AND i.type <> k.type"
        ):
            yield 7, file, line, name, f"It does not lead to a {wanted}."
        for file, line in run(_CIRCLES):
            yield 6, file, line, "parentSourcedId", "It is its own ancestor."
        for (line,) in run(
            "SELECT i.line FROM id i WHERE i.file = 'users' AND i.home <> '' AND NOT EXISTS ("
            "SELECT 1 FROM post p WHERE p.person = i.id AND p.org = i.home)"
        ):
            yield 8, "users", line, "primaryOrgSourcedId", "The user has no role there."

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
            "(SELECT id FROM id WHERE file = 'users' AND type = 'student' "
            "UNION SELECT person FROM post WHERE role = 'student') p "
            "WHERE NOT EXISTS (SELECT 1 FROM reference r WHERE r.id = p.id AND r.link = ("
            "SELECT number FROM link WHERE file = 'enrollments' AND name = 'userSourcedId'))",
        )  # fmt: skip
        for name, words in self._words.items():
            # By their hashes alone: that two others share one by chance would be told as well, and no district lives to see it.
            self._db.executemany(
                "INSERT INTO shared (name, line) VALUES (?, ?)",
                ((name, lines[0]) for lines in words.found()),
            )
            self._tell(
                notices,
                f"{name}-shared",
                f"id WHERE file = 'users' AND line IN (SELECT line FROM shared WHERE name = '{name}')",
            )

    def _tell(self, notices: Notices, rule: str, source: str) -> None:
        (count,) = self._db.execute(f"SELECT count(*) FROM {source}").fetchone()
        rows = self._db.execute(f"SELECT id FROM {source} ORDER BY 1 LIMIT {EXAMPLES}").fetchall()
        for place, (name,) in enumerate(rows):
            notices.add(rule, name, 1 if place else count - len(rows) + 1)


def _wrong_days(begin: str, end: str, first: str | None, last: str | None) -> tuple[str, str] | None:
    """What is wrong with the days of somebody in a class of these days: column and message."""
    if begin and end and end < begin:
        return "endDate", "It is before the begin."
    if first and last and not first <= (begin or end) <= (end or begin) <= last:
        return "beginDate", "The dates are not within the class's term."
    return None


_CIRCLES = """
WITH RECURSIVE above (file, start, id, line) AS (
    SELECT file, id, parent, line FROM parent
    UNION SELECT a.file, a.start, p.parent, a.line FROM above a JOIN parent p ON p.file = a.file AND p.id = a.id
) SELECT file, line FROM above WHERE start = id
"""
