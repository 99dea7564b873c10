"""Working as whom the configuration belongs to: root steps down to the owner before it reads anything of theirs."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict

import aeries_tui
from aeries_tui.cli.output import say
from aeries_tui.errors import ConfigurationError
from aeries_tui.schedule.daily_import import this_program
from aeries_tui.settings import Places, find_places
from aeries_tui.settings.machine import MACHINE, Account, owner_to_become
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE


def step_down(options: argparse.Namespace) -> None:
    """Where root, which calls this, is about to work with another account's configuration, become that account and begin anew.

    Returns only where there is nothing to step down from. What a command has to do as root comes first.

    Raises:
        ConfigurationError: that account can't run this program.
    """
    stays = getattr(options, "stays_root", False)
    if stays is True:
        return
    places = find_places()
    account = owner_to_become(places)
    if account is None or (stays == "for the machine" and places == MACHINE):
        return
    env = _environment(account, places)
    if places == MACHINE:
        first = getattr(options, "root_first", None)
        if first is not None:
            env |= first(options)
    say(f"Working as {account.name or f'user {account.uid}'}, whose districts these are: {places.config_dir}")
    sys.stdout.flush()
    sys.stderr.flush()
    program = this_program()
    _become(account, program)
    os.execve(program[0], [*program, *sys.argv[1:]], env)  # noqa: S606 - no shell is wanted


def try_services(options: argparse.Namespace) -> dict[str, str]:
    """Start the installed services for a try, which only root can; what came of it is handed on in the environment."""
    from aeries_tui.operations.machine_import import TRIED_VARIABLE, tried

    found = tried(getattr(options, "district", None))
    return {
        TRIED_VARIABLE: json.dumps({name: problem and asdict(problem) for name, problem in found.items()})
    }


def remove_timer(options: argparse.Namespace) -> dict[str, str]:
    """Take the timer of a district of the machine away, which only root can."""
    from aeries_tui.operations.machine_import import remove

    for mechanism in remove(options.name):
        say(f"Removed: {mechanism} for {options.name}.")
    return {}


def _environment(account: Account, places: Places) -> dict[str, str]:
    """The environment with the account's own home and the places spelled out; who typed it stays known."""
    roots = ("XDG_", "PEX")  # directories of root's, and where root keeps what a .pyz runs from
    env = {name: value for name, value in os.environ.items() if not name.startswith(roots)}
    env.setdefault("SUDO_UID", "0")
    return env | {
        "HOME": account.home,
        "USER": account.name,
        "LOGNAME": account.name,
        CONFIG_DIR_VARIABLE: str(places.config_dir),
        DATA_DIR_VARIABLE: str(places.data_dir),
    }


def _become(account: Account, program: tuple[str, ...]) -> None:
    if account.name:
        os.initgroups(account.name, account.gid)
    else:
        os.setgroups([])
    os.setgid(account.gid)
    os.setuid(account.uid)
    os.umask(0o077)
    for path in (program[0], *([aeries_tui.__file__] if len(program) > 1 else [])):
        if not os.access(path, os.R_OK | os.X_OK if path == program[0] else os.R_OK):
            raise ConfigurationError(
                f"{account.name or account.uid} can't run this program: {path}.",
                meaning="Nothing was read or changed.",
                remedy="Install it where every account can read it, such as /opt/aeries-tui: see aeries-tui help server.",
            )
