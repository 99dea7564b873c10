"""The districts of the whole machine beside those of each user: where they live, and as whom one works on them."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.errors import ConfigurationError
from aeries_tui.settings.places import (
    CONFIG_DIR_VARIABLE,
    DATA_DIR_VARIABLE,
    Places,
    places_of_user,
)

SERVICE_USER = "aeries-tui"
"""The account that the machine's districts belong to and under which its services run."""

MACHINE = Places(Path("/etc/aeries-tui"), Path("/var/lib/aeries-tui"))
"""Where the machine's districts live; `aeries-tui setup --system` makes both."""

SECRETS_DIR = Path("/etc/aeries-tui-secrets")
"""Where the files lie that systemd, as root, hands to the machine's services: the service's account can't put others there."""

STATUS_DIR = Path("/var/lib/aeries-tui-status")
"""Where everybody on the machine can read how its districts stand; counts alone."""


def secrets_dir(places: Places) -> Path:
    """Where the file `environment` and the files of systemd credentials lie: beside config.toml, or root's own place."""
    return SECRETS_DIR if places == MACHINE else places.config_dir


@dataclass(frozen=True)
class Account:
    """An account of this machine.

    Attributes:
        name: blank for an owner that has no account.
        uid, gid: of the account.
        home: its home directory.
    """

    name: str
    uid: int
    gid: int
    home: str


def service_account() -> Account | None:
    """The account of the service; None where the machine has none."""
    try:
        return _account(pwd.getpwnam(SERVICE_USER))
    except KeyError:
        return None


def is_set_up() -> bool:
    """Whether this machine has districts of its own: their directory is there and belongs to the service."""
    account = service_account()
    return account is not None and _owner(MACHINE.config_dir) == account.uid


def find_places(env: Mapping[str, str] | None = None) -> Places:
    """Where the configuration and data are that this process works with.

    What the environment names comes first, then this user's own. Root without districts of its own, and the service's
    account, work with the machine's.

    Args:
        env: the environment; None for this process's own. `AERIES_TUI_CONFIG_DIR` and
            `AERIES_TUI_DATA_DIR` win over the platform's directories; a blank one is as good as unset.

    Raises:
        ConfigurationError: the user has no home directory, and one of the two needs it.
    """
    env = os.environ if env is None else env
    if not (env.get(CONFIG_DIR_VARIABLE) or env.get(DATA_DIR_VARIABLE)) and is_set_up():
        if os.geteuid() == 0 and not places_of_user(env).credentials_file.exists():
            return MACHINE
        if os.geteuid() == _owner(MACHINE.config_dir):
            return MACHINE
    return places_of_user(env)


def owner_to_become(places: Places) -> Account | None:
    """The account that root works as, so that what is made belongs to the owner and nobody's files command root.

    None where this process is not root's, or the configuration is root's or not there yet.

    Raises:
        ConfigurationError: the directory can't be looked at.
    """
    if os.geteuid() != 0:
        return None
    try:
        found = places.config_dir.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigurationError(
            f"{places.config_dir} can't be read: {error.strerror}.",
            remedy="See who may read the directory, then try again.",
        ) from error
    if found.st_uid == 0:
        return None
    try:
        return _account(pwd.getpwuid(found.st_uid))
    except KeyError:
        return Account("", found.st_uid, found.st_gid, str(places.data_dir))


def hint_of_machine(places: Places) -> str:
    """Where to look for a district that is not among this user's; blank where the machine has none."""
    if places == MACHINE or not is_set_up():
        return ""
    if os.geteuid() == 0:
        return (
            f"This machine has districts too, in {MACHINE.config_dir}: {CONFIG_DIR_VARIABLE}={MACHINE.config_dir} "
            f"{DATA_DIR_VARIABLE}={MACHINE.data_dir} aeries-tui"
        )
    return f"This machine has districts too, in {MACHINE.config_dir}: sudo aeries-tui"


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, entry.pw_dir)


def _owner(path: Path) -> int | None:
    try:
        return path.stat().st_uid
    except OSError:
        return None
