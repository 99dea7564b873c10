"""Who is ready for single sign-on by e-mail, and why the others are not."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from aeries_tui.emails import is_email, know_emails
from aeries_tui.settings import Accounts

EmailState = Literal["ready", "missing", "invalid", "foreign domain", "shared"]

REASONS: tuple[EmailState, ...] = ("missing", "invalid", "foreign domain", "shared")
"""Why somebody is not ready; who has several reasons counts under the first."""


@dataclass(frozen=True)
class Readiness:
    """How many active people are ready for single sign-on.

    Attributes:
        ready: by kind (staff, student).
        rest: for each reason, by kind.
    """

    ready: dict[str, int]
    rest: dict[EmailState, dict[str, int]]

    @property
    def total(self) -> int:
        """All active people."""
        return sum(self.ready.values()) + sum(sum(kinds.values()) for kinds in self.rest.values())


@dataclass(frozen=True)
class NotReady:
    """Somebody who is not ready: staff or student, the id, the user name (blank before there is one), why.

    Attributes:
        kind, person: staff or student, and the id.
        user_name: blank before there is one.
        reason: what is wrong with the e-mail address.
    """

    kind: str
    person: int
    user_name: str
    reason: EmailState


_JUDGED = """
WITH person AS (
    SELECT 'staff' AS kind, staff_id AS person, lower(email) AS address FROM staff WHERE active = 1
    UNION ALL SELECT 'student', student_id, lower(email) FROM student WHERE active = 1
), judged AS (
    SELECT kind, person, address, CASE WHEN coalesce(address, '') = '' THEN 'missing'
        WHEN NOT is_email(address) THEN 'invalid'
        WHEN :any = 0 AND substr(address, instr(address, '@') + 1) NOT IN (SELECT value FROM json_each(:domains))
            THEN 'foreign domain'
        WHEN count(*) OVER (PARTITION BY address) > 1 THEN 'shared' ELSE 'ready' END AS state
    FROM person
)
"""


def sso_readiness(db: sqlite3.Connection, rule: Accounts) -> Readiness:
    """Count who is ready: an address that is there, valid, in the district's domains, and one person's alone.

    Args:
        db: a connection to the Master.
        rule: [accounts] of the settings; no domains there means that any will do.
    """
    counts: dict[str, dict[str, int]] = {}
    for state, kind, count in _run(db, rule, "SELECT state, kind, count(*) FROM judged GROUP BY 1, 2"):
        counts.setdefault(str(state), {})[str(kind)] = int(count)
    kinds = ("staff", "student")
    ready = {kind: counts.get("ready", {}).get(kind, 0) for kind in kinds}
    rest = {reason: {kind: counts.get(reason, {}).get(kind, 0) for kind in kinds} for reason in REASONS}
    return Readiness(ready, rest)


def not_ready(db: sqlite3.Connection, rule: Accounts, reason: EmailState | None = None) -> Iterator[NotReady]:
    """Those who are not ready, for one reason or for any: staff first, by id; those who share an address together."""
    rows = _run(
        db, rule,
        "SELECT j.kind, j.person, coalesce(a.user_name, ''), j.state FROM judged j LEFT JOIN account a "
        "ON a.kind = j.kind AND a.person = j.person WHERE j.state <> 'ready' AND (:reason IS NULL "
        "OR j.state = :reason) ORDER BY iif(:reason = 'shared', j.address, ''), j.kind, j.person",
        reason=reason,
    )  # fmt: skip
    for row in rows:
        yield NotReady(*row)


def email_state(db: sqlite3.Connection, rule: Accounts, kind: str, person: int) -> EmailState | None:
    """How one active person stands; None for somebody who is not active."""
    row = db.execute(f"SELECT email FROM {kind} WHERE {kind}_id = ? AND active = 1", (person,)).fetchone()
    if row is None:
        return None
    address = str(row[0] or "").lower()
    if not address:
        return "missing"
    if not is_email(address):
        return "invalid"
    if rule.email_domains and address.partition("@")[2] not in rule.email_domains:
        return "foreign domain"
    (sharing,) = db.execute(
        "SELECT (SELECT count(*) FROM staff WHERE active = 1 AND lower(email) = :address) + "
        "(SELECT count(*) FROM student WHERE active = 1 AND lower(email) = :address)",
        {"address": address},
    ).fetchone()
    return "ready" if sharing == 1 else "shared"


def _run(db: sqlite3.Connection, rule: Accounts, select: str, reason: str | None = None) -> sqlite3.Cursor:
    know_emails(db)
    parameters: dict[str, object] = {
        "any": not rule.email_domains, "domains": json.dumps(rule.email_domains), "reason": reason,
    }  # fmt: skip
    if reason is None and ":reason" not in select:
        del parameters["reason"]
    return db.execute(_JUDGED + select, parameters)
