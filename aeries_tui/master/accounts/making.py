"""Making the accounts that are missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from aeries_tui.codes import CODES
from aeries_tui.master.accounts.names import Person, numbered, wanted_name
from aeries_tui.master.accounts.passwords import unknowns
from aeries_tui.master.database import immediate, now_text
from aeries_tui.settings import Accounts

_TAKEN = "REC-USERNAME-TAKEN"
_BATCH = 5_000


def ensure_accounts(db: sqlite3.Connection, rule: Accounts, import_id: int) -> int:
    """Give everybody active who has no account one, in one transaction; returns how many were made.

    An account that is there stays as it is, whatever became of its person since: so one who comes back has
    it again, and doing this twice, after a kill say, does nothing the second time.
    A name that several want goes to staff before pupils, then to the lowest id; the others get a number,
    which REC-USERNAME-TAKEN of the import tells. Numbers are given last, so that none takes a name that
    somebody else of the same import should have. The password of a new account is known to nobody; `reset`
    makes one that is shown.

    Args:
        db: a writable connection to the Master.
        rule: [accounts] of the settings.
        import_id: the import after which this is done.
    """
    later: list[tuple[Person, str]] = []
    made = 0
    with immediate(db):
        add = _Adding(db, import_id)
        for person in _without_account(db):
            name = wanted_name(rule, person)
            if add.account(person, name):
                made += 1
            else:
                later.append((person, name))
        numbers: dict[str, int] = {}
        for person, name in later:
            number = numbers.get(name, 2)
            while not add.account(person, numbered(name, number)):
                number += 1
            numbers[name] = number + 1
            _describe(db, person, number, import_id)
    return made + len(later)


def _without_account(db: sqlite3.Connection) -> Iterator[Person]:
    """Active people without an account, staff first, by id; read in batches, since accounts are added meanwhile."""
    for kind in ("staff", "student"):
        last = -(2**63)
        while True:
            rows = db.execute(
                f"SELECT {kind}_id, first_name, last_name, email, login_id FROM {kind} p WHERE {kind}_id > ? "
                "AND active = 1 AND NOT EXISTS (SELECT 1 FROM account a WHERE a.kind = ? AND a.person = "
                f"p.{kind}_id) ORDER BY {kind}_id LIMIT {_BATCH}",
                (last, kind),
            ).fetchall()
            for row in rows:
                yield Person(kind, row[0], row[1] or "", row[2] or "", row[3] or "", row[4] or "")
            if len(rows) < _BATCH:
                break
            last = rows[-1][0]


class _Adding:
    """Adds accounts of one import, each with a password that nobody knows."""

    def __init__(self, db: sqlite3.Connection, import_id: int) -> None:
        self._db, self._import_id, self._now = db, import_id, now_text()
        self._passwords = unknowns()

    def account(self, person: Person, name: str) -> bool:
        """Make the account if the name is free."""
        cursor = self._db.execute(
            "INSERT OR IGNORE INTO account (kind, person, user_name, password_hash, made_import, made_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (person.kind, person.number, name, next(self._passwords), self._import_id, self._now),
        )
        return cursor.rowcount == 1


def _describe(db: sqlite3.Connection, person: Person, number: int, import_id: int) -> None:
    db.execute(
        "INSERT INTO description (import_id, code, severity, kind, record, field, message) "
        "VALUES (?, ?, ?, ?, ?, 'user_name', ?)",
        (import_id, _TAKEN, CODES[_TAKEN].severity, person.kind, str(person.number),
         f"The user name the rule gives is taken; the number {number} was added."),
    )  # fmt: skip
