"""People whom the last pull read and left out: who they are, and why."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.left_out import Rule, words_of
from aeries_tui.master.typed_rows import typed_rows

LAST_PULL = """(
    SELECT max(id) FROM import WHERE kind = 'pull' AND (applied = 1 OR outcome = 'held')
)"""
"""SQL: the last pull that read the lists, whether its plan was applied or waits; NULL before the first."""


@dataclass(frozen=True)
class LeftOut:
    """A person who was left out.

    Attributes:
        import_id: by which pull.
        kind: student or staff.
        person: StudentID or StaffID.
        last_name, first_name: as they were read; None where they could not be.
        school: of the record that was read, None where it tells none.
        rule: why.
        status: Aeries' status, where that is why.
        code: of the error, where that is why.
    """

    import_id: int
    kind: str
    person: int
    last_name: str | None
    first_name: str | None
    school: int | None
    rule: Rule
    status: str | None
    code: str | None

    @property
    def words(self) -> str:
        """Why, in a word or two."""
        return words_of(self.rule, self.code)


def left_out(db: sqlite3.Connection, kind: str, number: int) -> LeftOut | None:
    """What the last pull left a person out for; None where it did not read them, or they are in."""
    rows = db.execute(
        f"""
        SELECT import_id, kind, person, last_name, first_name, school, rule, status, code
        FROM left_out
        WHERE import_id = {LAST_PULL} AND kind = ? AND person = ?
        """,
        (kind, number),
    )
    return next(iter(typed_rows(LeftOut, rows)), None)
