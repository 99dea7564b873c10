"""Plans that wait and that another import has overtaken: they are decided, by nobody (design, promise 6)."""

from __future__ import annotations

import sqlite3

from aeries_tui.master.database import now_text
from aeries_tui.outcome import Outcome

PARTIAL = "partial"
"""What a plan says about itself that was not to hold all of what Aeries has: a quick pull's, one of additions only."""


def brings_whole_lists(master: sqlite3.Connection, import_id: int) -> bool:
    """Whether the plan that is applied, attached as `p`, is of a full pull that could read every list."""
    row = master.execute(
        """
        SELECT 1 FROM import WHERE id = ? AND kind = 'pull'
            AND NOT EXISTS (SELECT 1 FROM p.about WHERE name = ?)
            AND NOT EXISTS (SELECT 1 FROM p.scope WHERE state <> 'complete')
        """,
        (import_id, PARTIAL),
    ).fetchone()
    return row is not None


def supersede(master: sqlite3.Connection, import_id: int, *, is_whole: bool = False) -> None:
    """Decide what import `import_id` has overtaken, in the transaction that applies it.

    Those are all plans made against a roster or a mapping that is no longer there. A full pull that read every list
    also overtakes the plans of pulls before it where it changed nothing: what Aeries said then is not what it says
    now.

    Args:
        master: the Master, with the generation as the import leaves it.
        import_id: the import that is applied.
        is_whole: it is a full pull that read every list.
    """
    master.execute(
        """
        UPDATE main.import SET outcome = ?, decided = ?, decided_at = ?, superseded_by = ?
        WHERE outcome = ? AND id <> ? AND (
            base_generation <> (SELECT CAST(value AS INTEGER) FROM main.meta WHERE name = 'generation')
            OR (? AND kind = 'pull' AND id < ?))
        """,
        (
            Outcome.SUPERSEDED,
            Outcome.SUPERSEDED,
            now_text(),
            import_id,
            Outcome.HELD,
            import_id,
            is_whole,
            import_id,
        ),
    )


def superseded_by(db: sqlite3.Connection, import_id: int) -> list[int]:
    """The imports whose plans an import has overtaken."""
    rows = db.execute("SELECT id FROM import WHERE superseded_by = ? ORDER BY id", (import_id,))
    return [int(row[0]) for row in rows]
