"""Who runs this: the system's account, and who became it; never what an environment variable says alone.

LOGNAME and USER are whatever somebody sets them to. The account of the process is the kernel's, and so is the
account that logged in (`loginuid`), which su and sudo do not change. SUDO_UID is sudo's word, and is believed where
the kernel says nothing else; whoever sets it by hand still can't hide the account of the process.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

_LOGIN_UID = Path("/proc/self/loginuid")
_NOBODY_LOGGED_IN = 2**32 - 1
"""What the kernel says of a service, a timer or a container's process."""


class SystemAccount(msgspec.Struct, frozen=True):
    """The account that did something.

    Attributes:
        uid, user: of the process, and its name.
        caller_uid, caller: the account behind it, where another one became this one.
    """

    uid: int
    user: str
    caller_uid: int | msgspec.UnsetType = msgspec.UNSET
    caller: str | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True)
class Who:
    """Somebody who does something.

    Attributes:
        uid, user: the account of the process, and its name.
        caller_uid, caller: the account behind it, where another one became this one; else None and blank.
    """

    uid: int
    user: str
    caller_uid: int | None = None
    caller: str = ""

    @property
    def name(self) -> str:
        """For the books: `root (called by ann)`."""
        return f"{self.user} (called by {self.caller})" if self.caller_uid is not None else self.user

    def account(self) -> SystemAccount:
        """As documents and the journal tell it."""
        if self.caller_uid is None:
            return SystemAccount(self.uid, self.user)
        return SystemAccount(self.uid, self.user, self.caller_uid, self.caller)


def who(env: Mapping[str, str] | None = None, login_uid: Path = _LOGIN_UID) -> Who:
    """Who runs this process.

    Args:
        env: the environment; None for this process's own.
        login_uid: where the kernel tells who logged in.
    """
    env = os.environ if env is None else env
    uid = os.getuid()
    caller = _logged_in(login_uid)
    if caller is None:
        caller = _number(env.get("SUDO_UID", ""))
    if caller is None or caller == uid:
        return Who(uid, _name(uid))
    return Who(uid, _name(uid), caller, _name(caller))


def user_name() -> str:
    """Who runs this, for the books."""
    return who().name


def _logged_in(path: Path) -> int | None:
    try:
        found = _number(path.read_text().strip())
    except (OSError, ValueError):  # no such file on this system, or in this sandbox
        return None
    return None if found == _NOBODY_LOGGED_IN else found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):  # an account that was deleted, or of a directory that can't be reached
        return f"uid {uid}"
