"""`accounts`: find, test, reset, and who is ready for single sign-on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.documents import Document
from aeries_tui.master import accounts
from aeries_tui.master.accounts import Account, LoginReason, NotReady
from aeries_tui.master.accounts.readiness import EmailState
from aeries_tui.operations.people_acts import record_look, reset_password
from aeries_tui.secret import Secret
from aeries_tui.settings import Settings
from aeries_tui.text import clean_text


class Accounts(Document, frozen=True):
    """The accounts that a text fits.

    Attributes:
        accounts: each, at most 50.
        login_address: where they log in; null where the settings name none.
    """

    accounts: Sequence[Account]
    login_address: str | None


class Login(Document, frozen=True):
    """Whether a user name would log in.

    Attributes:
        user_name: as it was typed.
        logs_in: with the password; where none was given, with the right one.
        single_sign_on: by e-mail.
        password_checked: a password was given and compared.
        account: whose it is; null where there is no such user.
        reasons: all that stands against it.
        login_address: where they log in; null where the settings name none.
    """

    user_name: str
    logs_in: bool
    single_sign_on: bool
    password_checked: bool
    account: Account | None
    reasons: Sequence[LoginReason]
    login_address: str | None


class Password(Document, frozen=True):
    """A new password, which is told this once.

    Attributes:
        user_name: whose.
        password: what to type.
    """

    user_name: str
    password: str


class SingleSignOn(Document, frozen=True):
    """Who is ready for single sign-on by e-mail.

    Attributes:
        ready: how many, by kind.
        rest: how many are not, by reason and kind.
        total: all active people.
        not_ready: those who are not.
    """

    ready: Mapping[str, int]
    rest: Mapping[EmailState, Mapping[str, int]]
    total: int
    not_ready: Sequence[NotReady]


def find(options: argparse.Namespace) -> int:
    """Accounts by user name, name, e-mail or id."""
    district = chosen_district(options)
    with district.reading() as db:
        matches = accounts.find(db, options.text)
    if options.json:
        print_document(Accounts(matches, _address(district.settings)))
    elif not matches:
        say("No account matches. Accounts are made when an import is applied.")
    else:
        table(
            ("user name", "kind", "id", "name", "active", "schools"),
            [(a.user_name, a.kind, a.person, f"{a.first_name} {a.last_name}", "yes" if a.active else "no",
              " ".join(map(str, a.schools))) for a in matches],
        )  # fmt: skip
        _tell_address(district.settings)
    return 0


def _address(settings: Settings) -> str | None:
    return settings.accounts.login_address or None


def _tell_address(settings: Settings) -> None:
    address = _address(settings)
    if address:
        say(f"Log in at {address}")


def test(options: argparse.Namespace) -> int:
    """Whether a user name, and a password from standard input, would log in; 0 yes, 4 no."""
    district = chosen_district(options)
    password = Secret(sys.stdin.readline().rstrip("\r\n")) if options.password_stdin else None
    with district.reading() as db:
        verdict = accounts.test_login(db, district.settings.accounts, options.user_name, password)
    if verdict.account is not None:
        record_look(district.files, district.settings, verdict.account.kind, verdict.account.person)
    if options.json:
        print_document(
            Login(
                options.user_name, verdict.logs_in, verdict.signs_on, verdict.password_checked, verdict.account,
                verdict.reasons, _address(district.settings),
            )
        )  # fmt: skip
    else:
        with_what = "with this password" if verdict.password_checked else "with the right password"
        line(f"{clean_text(options.user_name)}: {'logs in' if verdict.logs_in else 'does not log in'} {with_what}; "
             f"single sign-on {'works' if verdict.signs_on else 'does not work'}.")  # fmt: skip
        for reason in verdict.reasons:
            line(f"  {reason.message} {reason.remedy}")
        _tell_address(district.settings)
    return 0 if verdict.logs_in else 4


def reset(options: argparse.Namespace) -> int:
    """Make a new password and show it once."""
    district = chosen_district(options)
    with district.writing() as db:
        made = reset_password(db, district.files, district.settings, options.user_name)
    if options.json:
        print_document(Password(made.account.user_name, made.password.reveal()))
    else:
        line(f"The new password of {clean_text(made.account.user_name)}: {made.password.reveal()}")
        say("It is shown this once; only a salted hash of it is kept.")
        _tell_address(district.settings)
    return 0


def sso(options: argparse.Namespace) -> int:
    """How many are ready for single sign-on by e-mail, and the rest by reason."""
    district = chosen_district(options)
    with district.reading() as db:
        readiness = accounts.sso_readiness(db, district.settings.accounts)
        rest = list(accounts.not_ready(db, district.settings.accounts)) if options.all or options.json else []
    if options.json:
        print_document(SingleSignOn(readiness.ready, readiness.rest, readiness.total, rest))
        return 0
    line(f"{sum(readiness.ready.values()):,} of {readiness.total:,} are ready for single sign-on by e-mail.")
    table(
        ("", "staff", "students"),
        [("ready", readiness.ready["staff"], readiness.ready["student"])]
        + [(reason, kinds["staff"], kinds["student"]) for reason, kinds in readiness.rest.items()],
    )
    for person in rest:
        line(f"  {person.kind} {person.person} {clean_text(person.user_name)}: {person.reason}")
    return 0
