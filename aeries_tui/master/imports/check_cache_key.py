"""Which import's check is still the last word on the Master.

What a check finds depends on the lists that were read, the rules, the day and the Master's roster and
mapping. The last of these is told here; `pull.stages.check.cache` sees to the others.
"""

from __future__ import annotations

import sqlite3

_NAME = "known"
"""As it stands in `meta` of every Master and in `about` of every plan."""


def take_cache_key(master: sqlite3.Connection) -> None:
    """Remember the import whose plan, attached as `p`, is applied, if its check was of whole lists.

    It is called in the transaction that applies the plan, when the Master's generation is the new one.
    """
    master.execute(
        """
        INSERT INTO meta (name, value)
        SELECT ?, i.value || ' ' || g.value FROM p.about k, p.about i, meta g
        WHERE k.name = ? AND i.name = 'import_id' AND g.name = 'generation'
        ON CONFLICT (name) DO UPDATE SET value = excluded.value
        """,
        (_NAME, _NAME),
    )


def cached_import(master: sqlite3.Connection) -> int | None:
    """The import since which neither roster nor mapping changed, if its check was of whole lists; or None."""
    row = master.execute(
        "SELECT k.value, g.value FROM meta k JOIN meta g ON g.name = 'generation' WHERE k.name = ?", (_NAME,)
    ).fetchone()
    if row is None:
        return None
    number, _, generation = str(row[0]).partition(" ")
    return int(number) if generation == str(row[1]) else None
