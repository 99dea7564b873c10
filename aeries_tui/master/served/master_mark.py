"""What the Master says of itself to whoever makes a state of it: which one it is, and whether it is one to give."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from aeries_tui.master.schools.schools import mapped_codes


class MasterMark(NamedTuple):
    """Which state of the roster the Master holds.

    Attributes:
        import_id: the newest applied import; 0 for none.
        text: the same text is the same roster.
        is_roster: False where nobody is in it: before the first import, after an undo of that, and after the roster was
            emptied for a new year. Products would read it as everybody gone.
    """

    import_id: int
    text: str
    is_roster: bool


def mark_of(master: sqlite3.Connection) -> MasterMark:
    """Which state the Master is in, by all that what is given is made of."""
    row = master.execute(
        """
        SELECT
            (SELECT group_concat(value, ' ') FROM meta WHERE name IN ('generation', 'roster')),
            (SELECT coalesce(max(id), 0) FROM import WHERE applied = 1),
            (SELECT count(*) FROM account),
            (SELECT max(made_at) FROM account),
            (SELECT max(seen_at) FROM aeries_school)
        """
    ).fetchone()
    last = master.execute(
        """
        SELECT kind
        FROM import
        WHERE applied = 1 AND kind IN ('pull', 'undo', 'restore', 'archive')
        ORDER BY id DESC
        LIMIT 1
        """
    ).fetchone()
    return MasterMark(
        int(row[1]),
        " ".join(str(value) for value in row),
        last is not None and last[0] != "archive" and _has_people(master),
    )


def _has_people(master: sqlite3.Connection) -> bool:
    """Whether a bundle would hold anybody."""
    (found,) = master.execute(
        """
        SELECT EXISTS (SELECT 1 FROM staff WHERE active = 1) OR EXISTS (
            SELECT 1
            FROM school_enrollment e
            JOIN student s ON s.student_id = e.student_id AND s.active = 1
            WHERE e.active = 1 AND e.school_code IN (SELECT value FROM json_each(?))
        )
        """,
        (json.dumps(sorted(mapped_codes(master))),),
    ).fetchone()
    return bool(found)
