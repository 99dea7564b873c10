"""The layouts of the District Master: the ordered steps, of which each brings the layout before it up to date.

One number is one layout: that of a Master is how many of the steps it has been through, a new one goes through
all of them. A step is frozen the day it reaches main. It is SQL of its own, never made from what the program
knows of its kinds today, which would be another step tomorrow.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files

from aeries_tui.master.schema.one_layout import EARLY_ACCOUNT, one_layout

Shape = dict[str, tuple[tuple[object, ...], ...]]
"""Each table with its columns: name, type, whether NOT NULL, default, place in the key."""


@dataclass(frozen=True)
class Step:
    """One migration.

    Attributes:
        name: what it does, in a few words.
        sql: tells the statements for an open Master of the layout before; they run in one transaction.
    """

    name: str
    sql: Callable[[sqlite3.Connection], str]

    def run(self, connection: sqlite3.Connection) -> None:
        """Do it, inside the caller's transaction."""
        for statement in _statements(self.sql(connection)):
            connection.execute(statement)


def frozen(name: str, file: str) -> Step:
    """A step whose statements stand in a file of this package, whatever Master it meets."""
    return Step(name, lambda connection: (files(__name__) / file).read_text("utf-8"))


STEPS: tuple[Step, ...] = (
    frozen("first tables", "0001_first_tables.sql"),
    frozen("indexes that tell active records", "0002_active_indexes.sql"),
    Step("one layout of what was made before the first release", one_layout),
    frozen("the schools of people in one order", "0004_schools_of_people.sql"),
    frozen("outcomes of files by their names", "0005_file_outcomes.sql"),
    frozen("what was asked of a pull, and what superseded a plan", "0006_what_was_asked.sql"),
    frozen("who is who", "0007_who_is_who.sql"),
    frozen("who was read and left out", "0008_left_out.sql"),
    frozen("views of every kind", "0009_views.sql"),
    frozen("a salt", "0010_salt.sql"),
    frozen("what the district's own checks said", "0011_district_checks.sql"),
    frozen("digests of what is not kept", "0012_omitted.sql"),
    frozen("who follows what imports did", "0013_readers.sql"),
    frozen("who was erased, and since when people are gone", "0014_erased.sql"),
    frozen("what was delivered", "0015_deliveries.sql"),
    frozen(
        "accounts as others join them, and what followers are told of erasures",
        "0016_accounts_and_erasures.sql",
    ),
)


def newest() -> int:
    """The number of the layout that this program reads and writes."""
    return len(STEPS)


def bring_up(connection: sqlite3.Connection, number: int) -> None:
    """Run the steps that a Master of layout `number` has not been through, inside the caller's transaction."""
    for step in STEPS[number:]:
        step.run(connection)


def strange(connection: sqlite3.Connection, number: int) -> str | None:
    """What tells a database from a Master of layout `number`, in a few words; None where nothing does.

    Tables and views that somebody added are passed over, so are indexes.
    """
    theirs = _shape(connection)
    if not number:
        return f"it holds the table {min(theirs)}" if theirs else None
    for table, columns in _shape_of(number).items():
        names = tuple(column[0] for column in theirs.get(table, ()))
        # What the third step finds: one of the forms that had the same number once.
        if theirs.get(table) == columns or (table == "account" and number < 3 and names == EARLY_ACCOUNT):
            continue
        return f"its table {table} has other columns" if names else f"it has no table {table}"
    return None


def _shape_of(number: int) -> Shape:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        for step in STEPS[:number]:
            step.run(fresh)
        return _shape(fresh)


def _shape(connection: sqlite3.Connection) -> Shape:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    return {
        str(name): tuple(
            tuple(row)
            for row in connection.execute(
                'SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?) ORDER BY cid', (name,)
            )
        )
        for (name,) in rows
    }


def _statements(script: str) -> list[str]:
    """The statements of a script; `executescript` would commit the migration half done."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    return found
