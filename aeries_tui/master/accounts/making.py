"""Making the accounts that are missing."""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterator

from aeries_tui.codes import CODES, Code
from aeries_tui.kinds import KIND_NAMES
from aeries_tui.master.accounts.names import Person, numbered, wanted_name
from aeries_tui.master.accounts.passwords import NOBODY_KNOWS
from aeries_tui.master.database import immediate, now_text
from aeries_tui.settings import Accounts

_TAKEN = Code.REC_USERNAME_TAKEN
_BATCH = 5_000
_AT_ONCE = 100


def ensure_accounts(db: sqlite3.Connection, rule: Accounts, import_id: int) -> int:
    """Give everybody active who has no account one, in one transaction; returns how many were made.

    An account that is there stays as it is, whatever became of its person since: so one who comes back has
    it again, and doing this twice, after a kill say, does nothing the second time.
    A name that several want goes to staff before students, then to the lowest id; the others get a number,
    which REC-USERNAME-TAKEN of the import tells. Numbers are given last, so that none takes a name that
    somebody else of the same import should have. A new account has no password until `reset` makes one.

    Args:
        db: a writable connection to the Master.
        rule: [accounts] of the settings.
        import_id: the import after which this is done.
    """
    later: list[tuple[Person, str]] = []
    made = 0
    with immediate(db):
        making = _Making(db, import_id)
        for people in _without_account(db):
            wanted = [(person, wanted_name(rule, person)) for person in people]
            taken = making.add(wanted)
            made += len(wanted) - len(taken)
            later += taken
        numbers: dict[str, int] = {}
        for person, name in later:
            number = numbers.get(name, 2)
            while making.add([(person, numbered(name, number))]):
                number += 1
            numbers[name] = number + 1
            _describe(db, person, name, number, import_id)
    return made + len(later)


def _without_account(db: sqlite3.Connection) -> Iterator[list[Person]]:
    """Active people without an account, staff first, by id; in batches, since accounts are added meanwhile."""
    for kind in ("staff", "student"):
        last = -(2**63)
        while True:
            rows = db.execute(
                f"SELECT ?, {kind}_id, coalesce(first_name, ''), coalesce(last_name, ''), coalesce(email, ''), "
                f"coalesce(login_id, '') FROM {kind} p WHERE {kind}_id > ? AND active = 1 AND NOT EXISTS "
                f"(SELECT 1 FROM account a WHERE a.kind = ? AND a.person = p.{kind}_id) "
                f"ORDER BY {kind}_id LIMIT {_BATCH}",
                (kind, last, kind),
            ).fetchall()
            yield [Person(*row) for row in rows]
            if len(rows) < _BATCH:
                break
            last = rows[-1][1]


class _Making:
    """Makes accounts of one import, without a password."""

    def __init__(self, db: sqlite3.Connection, import_id: int) -> None:
        self._db, self._import_id, self._now = db, import_id, now_text()

    def add(self, wanted: list[tuple[Person, str]]) -> list[tuple[Person, str]]:
        """Make accounts of one kind of people under the wanted names, in their order; returns those whose name is taken."""
        made = 0
        for first in range(0, len(wanted), _AT_ONCE):
            rows = [
                (person.kind, person.number, name, NOBODY_KNOWS, self._import_id, self._now)
                for person, name in wanted[first : first + _AT_ONCE]
            ]
            made += self._db.execute(_insert(len(rows)), tuple(itertools.chain.from_iterable(rows))).rowcount
        if made == len(wanted):
            return []
        without = self._without([person for person, _ in wanted])
        return [(person, name) for person, name in wanted if person.number in without]

    def _without(self, people: list[Person]) -> set[int]:
        """Who of these people, all of one kind, has no account."""
        without = self._db.execute(
            "SELECT p.value FROM json_each(?) p WHERE NOT EXISTS "
            "(SELECT 1 FROM account a WHERE a.kind = ? AND a.person = p.value)",
            (json.dumps([person.number for person in people]), people[0].kind),
        )
        return {row[0] for row in without}


def _insert(rows: int) -> str:
    # The user name of a parked account is taken as well.
    return f"""
        WITH wanted (kind, person, user_name, password_hash, made_import, made_at) AS (
            VALUES {", ".join(["(?, ?, ?, ?, ?, ?)"] * rows)}
        )
        INSERT OR IGNORE INTO account (kind, person, user_name, password_hash, made_import, made_at)
        SELECT kind, person, user_name, password_hash, made_import, made_at
        FROM wanted w
        WHERE NOT EXISTS (SELECT 1 FROM parked_account p WHERE p.user_name = w.user_name)
        """


def _describe(db: sqlite3.Connection, person: Person, name: str, number: int, import_id: int) -> None:
    """Say that a name was taken, and who has it."""
    holder = db.execute("SELECT kind, person FROM account WHERE user_name = ?", (name,)).fetchone()
    # A name that only a parked account keeps has nobody to be named.
    who = f"belongs to {KIND_NAMES[holder[0]].singular} {holder[1]}" if holder else "is taken"
    db.execute(
        "INSERT INTO description (import_id, code, severity, kind, record, field, message) "
        "VALUES (?, ?, ?, ?, ?, 'user_name', ?)",
        (import_id, _TAKEN, CODES[_TAKEN].severity, person.kind, str(person.number),
         f"The user name the rule gives {who}; the number {number} was added."),
    )  # fmt: skip
