"""Finding an account, saying whether its user could log in, and giving it a new password."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from aeries_tui.errors import NotFound
from aeries_tui.master.accounts.passwords import hashed, matches, new_password
from aeries_tui.master.accounts.readiness import email_state
from aeries_tui.master.database import immediate, now_text
from aeries_tui.master.schools.schools import mapped_codes
from aeries_tui.secret import Secret
from aeries_tui.settings import Accounts
from aeries_tui.text import fold, words_of

ReasonCode = Literal[
    "no-such-user", "wrong-password", "inactive", "school-unmapped",
    "missing-email", "invalid-email", "foreign-domain", "shared-email",
]  # fmt: skip


@dataclass(frozen=True)
class Account:
    """One account and whose it is.

    Attributes:
        kind, person: staff or student, and the StaffID or StudentID.
        user_name: as it is typed; capitals don't count.
        last_name, first_name, email: blank where the person is not in the roster at present.
        active: the person is in the roster and active.
        schools: Aeries codes of the schools they are active at.
        made_at, reset_at: UTC; reset_at is None while no password was ever shown.
    """

    kind: str
    person: int
    user_name: str
    last_name: str
    first_name: str
    email: str
    active: bool
    schools: tuple[int, ...]
    made_at: str
    reset_at: str | None


@dataclass(frozen=True)
class LoginReason:
    """One reason why somebody can't log in.

    Attributes:
        code: a stable word for it.
        password, email: whether it stands against logging in with a password, and by single sign-on.
        message: what is so.
        remedy: what to do.
    """

    code: ReasonCode
    password: bool
    email: bool
    message: str
    remedy: str


@dataclass(frozen=True)
class LoginVerdict:
    """Whether a user name (and password) would log in.

    Attributes:
        account: whose it is, None where there is no such user.
        password_checked: a password was given and compared.
        reasons: all that stands against it.
    """

    account: Account | None
    password_checked: bool
    reasons: tuple[LoginReason, ...]

    @property
    def logs_in(self) -> bool:
        """With the password (or, where none was given, with the right one)."""
        return not any(reason.password for reason in self.reasons)

    @property
    def signs_on(self) -> bool:
        """By single sign-on with the e-mail address."""
        return not any(reason.email for reason in self.reasons)


@dataclass(frozen=True)
class NewPassword:
    """A password just made; this is the only time it is known."""

    account: Account
    password: Secret


_ACCOUNT = (
    "SELECT kind, person, user_name, coalesce(last_name, ''), coalesce(first_name, ''), coalesce(email, ''), active, "
    "made_at, reset_at FROM v_account"
)


def find(db: sqlite3.Connection, text: str, limit: int = 50) -> list[Account]:
    """Accounts of which user name, name, e-mail or id hold each word of `text`; exact ones first.

    Args:
        db: a connection to the Master.
        text: words as a person types them; capitals, accents and apostrophes don't count. Blank finds nothing.
        limit: at most so many.
    """
    words = words_of(text)
    if not words:
        return []
    db.create_function("folded", 1, fold, deterministic=True)
    hay = "folded(user_name || ' ' || person || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || coalesce(email, ''))"  # fmt: skip
    where = " AND ".join("instr(hay, ?) > 0" for _ in words)
    exact = " ".join(words)
    rows = db.execute(
        f"{_ACCOUNT} JOIN (SELECT kind AS k, person AS p, {hay} AS hay FROM v_account) ON k = kind AND p = person "
        f"WHERE {where} ORDER BY folded(user_name) = ? OR CAST(person AS TEXT) = ? DESC, active DESC, last_name, "
        "first_name, kind, person LIMIT ?",
        (*words, exact, exact, limit),
    ).fetchall()
    return [_account(db, row) for row in rows]


def account_of(db: sqlite3.Connection, kind: str, person: int) -> Account | None:
    """The account of a person (staff or student, and the id), or None."""
    row = db.execute(f"{_ACCOUNT} WHERE kind = ? AND person = ?", (kind, person)).fetchone()
    return None if row is None else _account(db, row)


def _by_name(db: sqlite3.Connection, user_name: str) -> Account | None:
    row = db.execute(f"{_ACCOUNT} WHERE user_name = ?", (user_name.strip().lower(),)).fetchone()
    return None if row is None else _account(db, row)


def _account(db: sqlite3.Connection, row: sqlite3.Row) -> Account:
    kind, person, user_name, last_name, first_name, email, active, made_at, reset_at = tuple(row)
    return Account(
        kind, person, user_name, last_name, first_name, email, bool(active), _schools(db, kind, person),
        made_at, reset_at,
    )  # fmt: skip


def _schools(db: sqlite3.Connection, kind: str, person: int) -> tuple[int, ...]:
    if kind == "student":
        query = (
            "SELECT school_code FROM school_enrollment WHERE student_id = :person AND active = 1 ORDER BY 1"
        )
    else:
        query = (
            "SELECT school_code FROM teaching WHERE staff_id = :person AND active = 1 UNION SELECT primary_school "
            "FROM staff WHERE staff_id = :person AND primary_school IS NOT NULL ORDER BY 1"
        )
    return tuple(int(code) for (code,) in db.execute(query, {"person": person}))


def test_login(
    db: sqlite3.Connection, rule: Accounts, user_name: str, password: Secret | None = None
) -> LoginVerdict:
    """Whether this user name, with this password, would log in; and if not, why.

    Args:
        db: a connection to the Master.
        rule: [accounts] of the settings, for the district's e-mail domains.
        user_name: as typed.
        password: as typed; None to leave it out of the judgement.
    """
    account = _by_name(db, user_name)
    if account is None:
        return LoginVerdict(None, False, (_no_such_user(db, user_name),))
    return LoginVerdict(account, password is not None, tuple(_against(db, rule, account, password)))


def _no_such_user(db: sqlite3.Connection, user_name: str) -> LoginReason:
    parked = db.execute(
        "SELECT kind, person FROM parked_account WHERE user_name = ?", (user_name.strip().lower(),)
    ).fetchone()
    if parked is not None:
        return LoginReason(
            "no-such-user", True, True,
            f"This account is closed: the id {parked[1]} stands for another person now, who has an account of their own.",
            f"See aeries-tui explain {parked[0]} {parked[1]}.",
        )  # fmt: skip
    rows = db.execute(
        "SELECT user_name FROM v_account WHERE lower(email) = ? ORDER BY 1 LIMIT 4",
        (user_name.strip().lower(),),
    ).fetchall()
    if rows:
        names = ", ".join(str(row[0]) for row in rows[:3]) + (" and others" if len(rows) > 3 else "")
        return LoginReason(
            "no-such-user", True, True,
            f"This is the e-mail address of {names}; it is not a user name.",
            "Log in with that user name.",
        )  # fmt: skip
    return LoginReason(
        "no-such-user", True, True, "There is no such user name.",
        "Look the person up with aeries-tui accounts find; somebody new has an account after the next pull.",
    )  # fmt: skip


def _against(
    db: sqlite3.Connection, rule: Accounts, account: Account, password: Secret | None
) -> Iterator[LoginReason]:
    if password is not None:
        (kept,) = db.execute(
            "SELECT password_hash FROM account WHERE kind = ? AND person = ?", (account.kind, account.person)
        ).fetchone()
        if not matches(password.reveal(), kept):
            never = "" if account.reset_at else " No password of this account was ever shown."
            yield LoginReason(
                "wrong-password", True, False, "The password is another." + never,
                "Make a new one with aeries-tui accounts reset.",
            )  # fmt: skip
    if not account.active:
        yield LoginReason(
            "inactive", True, True, "The person is not active in the District Master.",
            f"See why with aeries-tui explain {account.kind} {account.person}; who returns has the account again.",
        )  # fmt: skip
    elif account.schools and not mapped_codes(db).intersection(account.schools):
        yield LoginReason(
            "school-unmapped", True, True, "None of the person's schools is mapped to an ALI school.",
            "Map the school on the Schools screen.",
        )  # fmt: skip
    yield from _against_email(db, rule, account)


def _against_email(db: sqlite3.Connection, rule: Accounts, account: Account) -> Iterator[LoginReason]:
    if not account.active:
        return
    state = email_state(db, rule, account.kind, account.person)
    known: dict[str, tuple[ReasonCode, str, str]] = {
        "missing": ("missing-email", "There is no e-mail address to sign on with.", "Enter it in Aeries."),
        "invalid": ("invalid-email", "The e-mail address is not a valid one.", "Correct it in Aeries."),
        "foreign domain": (
            "foreign-domain",
            "The e-mail address is in none of the district's domains.",
            "Correct it in Aeries, or add the domain to accounts.email_domains.",
        ),
        "shared": (
            "shared-email",
            "Somebody else active has the same e-mail address.",
            "Give each person their own address in Aeries.",
        ),
    }
    if state in known:
        code, message, remedy = known[state]
        yield LoginReason(code, False, True, message, remedy)


def reset(db: sqlite3.Connection, user_name: str) -> NewPassword:
    """Give an account a new random password, which is shown once; only its salted hash is kept.

    Raises:
        NotFound: there is no such user name.
    """
    account = _by_name(db, user_name)
    if account is None:
        reason = _no_such_user(db, user_name)
        raise NotFound(reason.message, meaning="Nothing was changed.", remedy=reason.remedy)
    password = new_password()
    with immediate(db):
        db.execute(
            "UPDATE account SET password_hash = ?, reset_at = ? WHERE kind = ? AND person = ?",
            (hashed(password), now_text(), account.kind, account.person),
        )
    renewed = account_of(db, account.kind, account.person)
    assert renewed is not None
    return NewPassword(renewed, Secret(password))
