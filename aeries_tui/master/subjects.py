"""People as digests: what may stand where nobody's id is to stand, and still be found by who knows the id.

The salt is the District Master's. Whoever has it can try all ids, so it is in no export and in no archive; with it
goes the last way from a digest to a person.
"""

from __future__ import annotations

import hmac
import sqlite3

from aeries_tui.text import fold

SALT = "salt"
"""The name of the salt in `meta`."""

DIGEST = "#:"
"""How a digest begins that stands in a field in place of the value."""


def salt_of(db: sqlite3.Connection, schema: str = "main") -> str:
    """The Master's salt; blank for an archive, which has none."""
    row = db.execute(f"SELECT value FROM {schema}.meta WHERE name = ?", (SALT,)).fetchone()
    return "" if row is None else str(row[0])


def subject(salt: str, kind: str, person: int) -> str:
    """A person as the journal and a tombstone name them."""
    return _digest(salt, f"{kind}:{person}")[:32]


def digest_of_value(salt: str, value: str) -> str:
    """What is kept of a field that is not kept: enough to tell that it is the same, whatever the case and accents."""
    return DIGEST + _digest(salt, f"={fold(value)}")[:20]


def _digest(salt: str, text: str) -> str:
    return hmac.digest(salt.encode(), text.encode(), "sha256").hex()
