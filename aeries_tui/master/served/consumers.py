"""Who may read what the roster service gives: consumers, their secrets and tokens, of which only digests are kept."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256

from aeries_tui.errors import NotAllowedNow, NotFound
from aeries_tui.master.database import immediate, now_text
from aeries_tui.secret import Secret

TOKEN_SECONDS = 3600
"""How long a token can be used."""

ROTATION = dt.timedelta(days=1)
"""How long the old secret stays valid after a new one was made."""

_NOBODY = sha256(b"").hexdigest()


@dataclass(frozen=True)
class Consumer:
    """A product that may read.

    Attributes:
        name: its client id.
        scopes: what it may read: `core`, `roster`, `demographics`.
        schools: the codes of the schools that it may see; none for all.
        made_at, expires_at, revoked_at, last_seen: in UTC; the last three may be None.
        requests, records: how many it asked and was given.
        state: the newest state that it read of, or None.
    """

    name: str
    scopes: frozenset[str]
    schools: frozenset[str]
    made_at: str
    expires_at: str | None
    revoked_at: str | None
    last_seen: str | None
    requests: int
    records: int
    state: int | None

    @property
    def is_allowed(self) -> bool:
        """Whether it may read now."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now_text())


_COLUMNS = (
    "name, scopes, schools, made_at, expires_at, revoked_at, last_seen, requests, records, state"
)  # fmt: skip


def consumers(db: sqlite3.Connection) -> list[Consumer]:
    """All, also those that were revoked, by name."""
    return [_consumer(row) for row in db.execute(f"SELECT {_COLUMNS} FROM consumer ORDER BY name")]


def consumer(db: sqlite3.Connection, name: str) -> Consumer | None:
    """The one of that name."""
    row = db.execute(f"SELECT {_COLUMNS} FROM consumer WHERE name = ?", (name,)).fetchone()
    return None if row is None else _consumer(row)


def former_secrets(db: sqlite3.Connection) -> dict[str, str]:
    """Until when the old secret stays valid, in UTC, by the name of each consumer that was given a new one."""
    return {
        str(name): str(until)
        for name, until in db.execute(
            "SELECT consumer, expires_at FROM consumer_secret WHERE expires_at > ?", (now_text(),)
        )
    }


def _consumer(row: sqlite3.Row) -> Consumer:
    name, scopes, schools, *rest = row
    return Consumer(name, frozenset(scopes.split()), frozenset(schools.split()), *rest)


def add(
    db: sqlite3.Connection,
    name: str,
    scopes: Collection[str],
    schools: Collection[str],
    expires_at: str | None,
) -> Secret:
    """Add a consumer, or one anew that was revoked; returns its secret, which is nowhere kept.

    Raises:
        NotAllowedNow: there is one of that name.
    """
    secret = _new_secret()
    with immediate(db):
        there = consumer(db, name)
        if there is not None and there.revoked_at is None:
            raise NotAllowedNow(
                f"There is a consumer {name} already.",
                meaning="Nothing was changed.",
                remedy=f"Make a new secret: aeries-tui consumers rotate {name}. To change what it may read, revoke it, then "
                "add it anew.",
            )
        db.execute("DELETE FROM consumer WHERE name = ?", (name,))
        db.execute("DELETE FROM consumer_secret WHERE consumer = ?", (name,))
        # One that was given out while it was revoked is of what it could read before.
        db.execute("DELETE FROM token WHERE consumer = ?", (name,))
        db.execute(
            "INSERT INTO consumer (name, scopes, schools, made_at, expires_at) VALUES (?, ?, ?, ?, ?)",
            (
                name,
                " ".join(sorted(_whole(scopes))),
                " ".join(sorted(schools, key=int)),
                now_text(),
                expires_at,
            ),
        )
        _keep(db, name, secret)
    return secret


def _whole(scopes: Collection[str]) -> set[str]:
    """Scopes with the lesser one that a greater one holds: some products ask for both, and take nothing less."""
    return {*scopes, "core"} if "roster" in scopes else set(scopes)


def rotate(db: sqlite3.Connection, name: str) -> tuple[Secret, str]:
    """Make a new secret; returns it, and until when the old one stays valid.

    Raises:
        NotFound, NotAllowedNow: there is no such consumer, or it was revoked or has expired.
    """
    secret = _new_secret()
    with immediate(db):
        there = _must_be_there(db, name)
        if not there.is_allowed:
            raise NotAllowedNow(
                f"The consumer {name} has expired: no secret lets it read.",
                meaning="Nothing was changed.",
                remedy=f"Revoke it, then add it anew: aeries-tui consumers revoke {name}.",
            )
        until = (dt.datetime.now(dt.UTC) + ROTATION).strftime("%Y-%m-%dT%H:%M:%SZ")
        db.execute("DELETE FROM consumer_secret WHERE consumer = ? AND expires_at IS NOT NULL", (name,))
        db.execute("UPDATE consumer_secret SET expires_at = ? WHERE consumer = ?", (until, name))
        _keep(db, name, secret)
    return secret, until


def revoke(db: sqlite3.Connection, name: str) -> None:
    """Let a consumer read no more, from now on; raises as `rotate`."""
    with immediate(db):
        _must_be_there(db, name)
        db.execute("UPDATE consumer SET revoked_at = ? WHERE name = ?", (now_text(), name))
        db.execute("DELETE FROM consumer_secret WHERE consumer = ?", (name,))
        db.execute("DELETE FROM token WHERE consumer = ?", (name,))


def _must_be_there(db: sqlite3.Connection, name: str) -> Consumer:
    there = consumer(db, name)
    if there is None:
        known = ", ".join(one.name for one in consumers(db) if one.revoked_at is None)
        raise NotFound(
            f"There is no consumer {name}.",
            meaning="Nothing was changed.",
            remedy=f"The consumers are: {known}." if known else "Add one: aeries-tui consumers add NAME.",
        )
    if there.revoked_at is not None:
        raise NotAllowedNow(
            f"The consumer {name} was revoked.",
            meaning="Nothing was changed.",
            remedy="Add it anew: aeries-tui consumers add NAME.",
        )
    return there


def with_secret(db: sqlite3.Connection, name: str, secret: str) -> Consumer | None:
    """The consumer that a client id and a secret prove; None where they don't, whatever of the two is wrong.

    A secret has 256 bits of chance, so one round of a hash keeps it; all of them are compared, known or not.
    """
    given = sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
    kept = [
        str(row[0])
        for row in db.execute(
            "SELECT digest FROM consumer_secret WHERE consumer = ? AND (expires_at IS NULL OR expires_at > ?)",
            (name, now_text()),
        )
    ]
    right = [hmac.compare_digest(given, one) for one in (*kept, _NOBODY, _NOBODY)[:2]]
    found = consumer(db, name)
    return found if any(right[: len(kept)]) and found is not None and found.is_allowed else None


def give_token(db: sqlite3.Connection, name: str, scopes: Collection[str]) -> str:
    """A new token for a consumer, good for `TOKEN_SECONDS`."""
    token = secrets.token_urlsafe(32)
    digest = _digest(token)
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=TOKEN_SECONDS)
    with immediate(db):
        db.execute(
            "INSERT INTO token (digest, consumer, scopes, expires_at) VALUES (?, ?, ?, ?)",
            (digest, name, " ".join(sorted(scopes)), until.strftime("%Y-%m-%dT%H:%M:%SZ")),
        )
        # Some products ask for a token before each request. Digests lie by chance, so whoever comes clears next to it.
        db.execute(
            """
            DELETE FROM token
            WHERE expires_at <= ? AND digest IN (SELECT digest FROM token WHERE digest > ? ORDER BY digest LIMIT 8)
            """,
            (now_text(), digest),
        )
    return token


def with_token(db: sqlite3.Connection, token: str) -> tuple[Consumer, frozenset[str]] | None:
    """Whose token it is, and for which scopes; None for one that is unknown, over, or of one who may read no more."""
    row = db.execute(
        "SELECT consumer, scopes FROM token WHERE digest = ? AND expires_at > ?", (_digest(token), now_text())
    ).fetchone()
    found = None if row is None else consumer(db, row[0])
    if found is None or not found.is_allowed:
        return None
    return found, found.scopes.intersection(row[1].split())


def note_use(db: sqlite3.Connection, used: Mapping[str, tuple[int, int, int]]) -> None:
    """Note by name how many requests and records there were since the last time, and the newest state."""
    with immediate(db):
        db.executemany(
            """
            UPDATE consumer
            SET requests = requests + ?, records = records + ?, state = max(coalesce(state, 0), ?), last_seen = ?
            WHERE name = ?
            """,
            [
                (requests, records, state, now_text(), name)
                for name, (requests, records, state) in used.items()
            ],
        )


def _new_secret() -> Secret:
    # Letters and digits alone: no encoding on the way changes them (OneRoster REST, section 2).
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
    return Secret("".join(secrets.choice(letters) for _ in range(48)))


def _keep(db: sqlite3.Connection, name: str, secret: Secret) -> None:
    db.execute(
        "INSERT INTO consumer_secret (digest, consumer) VALUES (?, ?)", (_digest(secret.reveal()), name)
    )


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
