"""A person's account: whether it can log in, and a new password, shown once."""

from __future__ import annotations

import sqlite3

from aeries_tui.errors import NotFound
from aeries_tui.master import accounts
from aeries_tui.master.accounts import Account, LoginVerdict, NewPassword
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.operations.people_acts import reset_password
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.secret import Secret
from aeries_tui.widgets.dialogs import AskText, Confirm, Notice, ShownOnce


def _must_have(db: sqlite3.Connection, kind: PersonKind, number: int) -> Account:
    account = accounts.account_of(db, kind, number)
    if account is None:
        noun = "student" if kind == "student" else "member of staff"
        raise NotFound(
            f"The {noun} {number} has no account.",
            meaning="Nothing was changed.",
            remedy="Accounts are made when an import is applied, for everybody who is active.",
        )
    return account


def ask_login_test(screen: DistrictScreen, kind: PersonKind, number: int) -> None:
    """Ask for the password (or none) and say whether the account would log in."""
    settings = screen.session.settings.accounts

    def known(account: Account) -> None:
        def answered(text: str | None) -> None:
            if text is None:
                return
            password = Secret(text) if text else None
            screen.ask_master(
                lambda db: accounts.test_login(db, settings, account.user_name, password),
                lambda verdict: _show_verdict(screen, account, verdict),
            )

        screen.app.push_screen(
            AskText(
                f"Password of {account.user_name}, to be compared:",
                title="Test login",
                detail="Leave it blank to test everything but the password. It is not kept.",
                secret=True,
            ),
            answered,
        )

    screen.ask_master(
        lambda db: _must_have(db, kind, number), known, lambda error: screen.show_error(error, "No account")
    )


def _show_verdict(screen: DistrictScreen, account: Account, verdict: LoginVerdict) -> None:
    screen.app.push_screen(Notice("Test login", "\n\n".join(login_lines(screen, account, verdict))))


def login_lines(screen: DistrictScreen, account: Account, verdict: LoginVerdict) -> list[str]:
    """Whether the account logs in, by password and by single sign-on, and what stands against it."""
    with_what = "with this password" if verdict.password_checked else "with the right password"
    lines = [
        f"{account.user_name} {'logs in' if verdict.logs_in else 'does NOT log in'} {with_what}.",
        f"Single sign-on by e-mail {'works' if verdict.signs_on else 'does NOT work'}.",
        *(f"{reason.message} {reason.remedy}" for reason in verdict.reasons),
    ]
    address = screen.session.settings.accounts.login_address
    return [*lines, f"Log in at {address}"] if address else lines


def ask_reset(screen: DistrictScreen, kind: PersonKind, number: int) -> None:
    """Give a new password, after a question, and show it once."""

    def known(account: Account) -> None:
        def answered(answer: bool | None) -> None:
            if answer:
                screen.change_master(
                    lambda db: reset_password(
                        db, screen.session.district, screen.session.settings, account.user_name
                    ),
                    lambda made: _show_password(screen, made),
                )

        screen.app.push_screen(
            Confirm(
                f"Give {account.user_name} a new password?",
                yes="New password",
                detail="The present password stops working at once. The new one is shown once, then only a salted "
                "hash of it is kept.",
                title="Reset password",
            ),
            answered,
        )

    screen.ask_master(
        lambda db: _must_have(db, kind, number), known, lambda error: screen.show_error(error, "No account")
    )


def _show_password(screen: DistrictScreen, made: NewPassword) -> None:
    screen.app.push_screen(
        ShownOnce(
            "New password",
            f"User name   {made.account.user_name}\nPassword    {made.password.reveal()}\n\n"
            "It is shown this once: when this box is closed, nobody can see it again.",
            made.password,
            "the password",
        )
    )
