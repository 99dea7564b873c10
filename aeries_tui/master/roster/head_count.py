"""How many people are in the roster."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from aeries_tui.master.typed_rows import typed_rows


@dataclass(frozen=True)
class HeadCount:
    """People in the roster: active students, active staff, and those of both kinds who are not active."""

    students: int = 0
    staff: int = 0
    inactive: int = 0

    @property
    def all(self) -> int:
        """Everybody, active or not."""
        return self.students + self.staff + self.inactive


def head_count(db: sqlite3.Connection) -> HeadCount:
    """Count the people in the roster."""
    (found,) = typed_rows(
        HeadCount,
        db.execute(
            """
            SELECT
                (SELECT count(*) FROM student WHERE active = 1) AS students,
                (SELECT count(*) FROM staff WHERE active = 1) AS staff,
                (SELECT count(*) FROM student WHERE active = 0)
                    + (SELECT count(*) FROM staff WHERE active = 0) AS inactive
            """
        ),
    )
    return found
