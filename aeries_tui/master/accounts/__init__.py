"""Accounts: everybody active has one, under a user name by the rule of [accounts], for good.

An account is tied to the person, not to the roster: it outlives deactivation, undo and the
end-of-year archive, so somebody who comes back has it still.
"""

from aeries_tui.master.accounts.logins import (
    Account,
    LoginReason,
    LoginVerdict,
    NewPassword,
    account_of,
    find,
    reset,
    test_login,
)
from aeries_tui.master.accounts.making import ensure_accounts
from aeries_tui.master.accounts.readiness import NotReady, Readiness, not_ready, sso_readiness

__all__ = [
    "Account",
    "LoginReason",
    "LoginVerdict",
    "NewPassword",
    "NotReady",
    "Readiness",
    "account_of",
    "ensure_accounts",
    "find",
    "not_ready",
    "reset",
    "sso_readiness",
    "test_login",
]
