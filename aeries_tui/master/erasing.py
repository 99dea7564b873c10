"""Erasing people out of a Master of any layout: its own, an archive's, a copy's from before an upgrade.

What is erased is found by the columns of each table, not by a list of tables: a table that is added later and says
whose it is (`kind` and `person`, `student_id`, `staff_id`) is erased from as well.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from aeries_tui.codes import Code
from aeries_tui.master.tombstones import Erased

_NAMES_OTHERS = (Code.REC_EMAIL_SHARED, Code.REC_USERNAME_TAKEN, Code.REC_IDENTITY, Code.REC_RENUMBERED)
"""The codes whose messages name another person than the one they are about."""
_PLACES = {"student": ("student", "enrollment", "school_enrollment"), "staff": ("staff", "teaching")}
"""What descriptions call records of a kind of person; the person's id stands behind the last colon, or alone."""
GONE_TEXT = "(erased)"
_LONG_ID = 6


@dataclass
class Traces:
    """By what somebody may be found in text: names, addresses, user names, numbers.

    Attributes:
        people: who.
        ids: their ids.
        names: last and first name of each, where both are known.
        words: e-mail addresses, user names, log-in ids, state ids: each tells the person by itself.
    """

    people: frozenset[Erased]
    names: set[tuple[str, str]] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    @property
    def ids(self) -> set[str]:
        """Their ids as text."""
        return {str(person) for _, person in self.people}

    def is_called(self, text: str) -> bool:
        """Whether a text holds the name of one of them, or a word that tells them."""
        small = text.casefold()
        return any(word in small for word in self.words) or any(
            last in small and first in small for last, first in self.names
        )

    def is_named(self, text: str) -> bool:
        """Whether a text that somebody typed names one of them, by id as well."""
        ids = (rf"(?<!\d){re.escape(one)}(?!\d)" for one in self.ids)
        return self.is_called(text) or any(re.search(one, text) for one in ids)


_FIRST, _LAST = "first_name", "last_name"
_WORDS = ("email", "user_name", "login_id", "state_student_id", "state_educator_id", "hr_id", "state_id")


def traces_of(db: sqlite3.Connection, people: Iterable[Erased]) -> Traces:
    """All names and numbers under which a Master knows or knew people."""
    traces = Traces(frozenset(people))
    with _listed(db, traces.people):
        for table, columns, condition in _tables_of_people(db):
            wanted = [name for name in (_LAST, _FIRST, *_WORDS) if name in columns]
            if not wanted:
                continue
            for row in db.execute(f"SELECT {', '.join(wanted)} FROM {table} WHERE {condition}"):
                _learn(traces, dict(zip(wanted, row, strict=True)))
    return traces


def _learn(traces: Traces, values: dict[str, object]) -> None:
    last, first = (str(values.get(name) or "").casefold().strip() for name in (_LAST, _FIRST))
    if len(last) > 1 and len(first) > 1:
        traces.names.add((last, first))
    for name in _WORDS:
        word = str(values.get(name) or "").casefold().strip()
        if len(word) > 3:
            traces.words.add(word)


def erase_rows(db: sqlite3.Connection, traces: Traces) -> dict[str, int]:
    """Delete all that a Master holds of people, inside the caller's transaction; the rows of each table.

    The pages that become free are to be wiped afterwards (`wipe`).
    """
    erased: dict[str, int] = {}
    with _listed(db, traces.people):
        for table, _, condition in list(_tables_of_people(db)):
            if table == "teaching":
                _blank_homerooms(db)
            erased[table] = db.execute(f"DELETE FROM {table} WHERE {condition}").rowcount
        if _columns(db, "description"):
            erased["description"] = _erase_descriptions(db, traces)
    _forget_in_texts(db, traces)
    return {table: n for table, n in erased.items() if n}


def people_in(db: sqlite3.Connection) -> list[Erased]:
    """Everybody whom the roster of a Master of any layout holds or held."""
    found: set[Erased] = set()
    for kind in _PLACES:
        for table in (kind, f"past_{kind}"):
            if _columns(db, table):
                found |= {(kind, int(row[0])) for row in db.execute(f"SELECT {kind}_id FROM {table}")}
    return sorted(found)


def rows_of(db: sqlite3.Connection, traces: Traces) -> dict[str, int]:
    """What `erase_rows` would delete; nothing is changed."""
    db.execute("BEGIN IMMEDIATE")
    try:
        return erase_rows(db, traces)
    finally:
        db.execute("ROLLBACK")


def forget_readings(db: sqlite3.Connection) -> None:
    """What a quick pull goes on from and the last check's result name people, or lack some: a full pull comes first."""
    db.execute("DELETE FROM meta WHERE name IN ('carried', 'mark', 'known')")


def wipe(db: sqlite3.Connection) -> bool:
    """Write the database anew without its free pages, and empty its log of writes; False where somebody reads it."""
    db.execute("VACUUM")
    (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


class _listed:
    """The people as a temporary table for as long as the block runs."""

    def __init__(self, db: sqlite3.Connection, people: frozenset[Erased]) -> None:
        self._db, self._people = db, people

    def __enter__(self) -> None:
        self._db.execute(
            "CREATE TEMP TABLE erased_person (kind TEXT, person INTEGER, PRIMARY KEY (kind, person)) WITHOUT ROWID"
        )
        self._db.executemany(
            "INSERT INTO temp.erased_person (kind, person) VALUES (?, ?)", sorted(self._people)
        )

    def __exit__(self, *_: object) -> None:
        self._db.execute("DROP TABLE temp.erased_person")


def _tables_of_people(db: sqlite3.Connection) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Each table with rows of single people: its columns, and SQL of the condition that a row is of one of them."""
    rows = db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in rows:
        columns = _columns(db, table)
        if {"kind", "person"} <= set(columns):
            condition = "(kind, person) IN (SELECT kind, person FROM temp.erased_person)"
            if "former" in columns:
                condition += " OR (kind, former) IN (SELECT kind, person FROM temp.erased_person)"
        elif "student_id" in columns:
            condition = "student_id IN (SELECT person FROM temp.erased_person WHERE kind = 'student')"
        elif "staff_id" in columns:
            condition = "staff_id IN (SELECT person FROM temp.erased_person WHERE kind = 'staff')"
        else:
            continue
        yield str(table), columns, condition


def _columns(db: sqlite3.Connection, table: str) -> tuple[str, ...]:
    return tuple(str(row[0]) for row in db.execute("SELECT name FROM pragma_table_info(?)", (table,)))


def _blank_homerooms(db: sqlite3.Connection) -> None:
    """A homeroom is called by its teacher."""
    taught = """
        SELECT section_id FROM teaching WHERE staff_id IN (SELECT person FROM temp.erased_person WHERE kind = 'staff')
        UNION
        SELECT section_id FROM past_teaching
        WHERE staff_id IN (SELECT person FROM temp.erased_person WHERE kind = 'staff')
    """
    for table in ("section", "past_section"):
        db.execute(f"UPDATE {table} SET title = NULL WHERE homeroom AND section_id IN ({taught})")


def _erase_descriptions(db: sqlite3.Connection, traces: Traces) -> int:
    last = "CASE WHEN instr(record, ':') THEN substr(record, instr(record, ':') + 1) ELSE record END"
    erased = 0
    for kind, places in _PLACES.items():
        listed = ", ".join(f"'{place}'" for place in places)
        erased += db.execute(
            f"""
            DELETE FROM description
            WHERE kind IN ({listed})
                AND {last} IN (SELECT CAST(person AS TEXT) FROM temp.erased_person WHERE kind = '{kind}')
            """
        ).rowcount
    codes = ", ".join(f"'{code}'" for code in _NAMES_OTHERS)
    clean = _cleaner(traces)
    rows = db.execute(
        f"SELECT id, code, message FROM description WHERE code IN ({codes}) OR code LIKE 'DIST-%'"
    ).fetchall()
    for number, code, message in rows:
        new = clean(str(message))
        # What the district's own checks say may hold any column of anybody.
        if str(code).startswith("DIST-") and traces.is_called(new):
            new = GONE_TEXT
        if new != message:
            db.execute("UPDATE description SET message = ? WHERE id = ?", (new, number))
    return erased


def _cleaner(traces: Traces) -> Callable[[str], str]:
    """What takes people out of a message of the program's own: an id behind its noun, an address of theirs."""
    kinds = {kind: sorted({str(n) for k, n in traces.people if k == kind}) for kind in _PLACES}
    patterns = [
        rf"\b{noun} (?:{'|'.join(ids)})(?!\d)"
        for kind, nouns in (("student", ("student", "id")), ("staff", ("staff", "member of staff", "id")))
        for noun in nouns
        if (ids := kinds[kind])
    ]
    if traces.words:
        patterns += [rf"(?<![\w.@-]){re.escape(word)}(?![\w@-])" for word in sorted(traces.words)]
    if not patterns:
        return lambda text: text
    found = re.compile("|".join(patterns), re.IGNORECASE)
    return lambda text: found.sub(GONE_TEXT, text)


def clean_texts(traces: Traces) -> Callable[[str], str]:
    """The same for lines of logs, which also hold reasons that people typed; one that names somebody goes whole.

    An id that stands there alone is one where it is too long for a count.
    """
    clean = _cleaner(traces)
    long = [one for one in sorted(traces.ids) if len(one) >= _LONG_ID]
    alone = re.compile(rf"(?<!\d)(?:{'|'.join(long)})(?!\d)") if long else None

    def cleaned(text: str) -> str:
        new = clean(text)
        if traces.is_called(new):
            ending = "\n" if text.endswith("\n") else ""
            return f"{GONE_TEXT}{ending}"
        return new if alone is None else alone.sub(GONE_TEXT, new)

    return cleaned


def _forget_in_texts(db: sqlite3.Connection, traces: Traces) -> None:
    """Reasons that people typed, and what a quick pull was still to ask for."""
    for table, column in (
        ("import", "decided_reason"), ("identity_decision", "reason"), ("delivery", "reason"),
    ):  # fmt: skip
        if column not in _columns(db, table):
            continue
        rows = db.execute(f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL").fetchall()
        for number, text in rows:
            if traces.is_named(str(text)):
                db.execute(
                    f"UPDATE {table} SET {column} = ? WHERE id = ?",
                    ("It named somebody who was erased.", number),
                )
    forget_readings(db)
