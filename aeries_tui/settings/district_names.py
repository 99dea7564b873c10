"""What a district can be called: its name is that of a directory, on this file system and on others."""

from __future__ import annotations

import re

from aeries_tui.errors import ConfigurationError

LONGEST_DISTRICT_NAME = 64

OWN_NAMES = frozenset({
    "defects", "saved", "audit", "dispositions",
    "config.toml", "credentials.toml", "credentials.toml.lock", "environment",
    "archives", "imports", "pulls", "master.sqlite3", "pull.lock", "after.lock",
})  # fmt: skip
"""What the program itself keeps beside districts, in the directory of its settings, which is the same on macOS, and in a
district's; in small letters."""

_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9 ._-]*[A-Za-z0-9_-])?")
_OWN = re.compile(r".*\.(?:secret|lock)")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9]) *(?:\..*)?")


def check_district_name(name: str) -> str:
    """`name`, if it can be a district's name and so a directory's; otherwise ConfigurationError.

    Allowed are 1 to 64 of: letters A to Z, digits, space, dot, underscore, hyphen; the first is a
    letter, digit or underscore, the last no space and no dot.
    """
    if len(name) <= LONGEST_DISTRICT_NAME and _NAME.fullmatch(name):
        return name
    raise ConfigurationError(
        f"{name[:80]!r} can't be the name of a district.",
        remedy=f"Use 1 to {LONGEST_DISTRICT_NAME} letters (A to Z), digits, spaces, dots, underscores and "
        "hyphens; begin with a letter, a digit or an underscore and don't end with a space or a dot.",
    )


def check_new_district_name(name: str) -> str:
    """The same for a district that is to be added, which can't be called like something else either."""
    taken = taken_by(check_district_name(name))
    if taken:
        raise ConfigurationError(
            f"{name!r} can't be the name of a district: {taken}.", remedy="Choose another."
        )
    return name


def taken_by(name: str) -> str:
    """What else is called like a district of this name, as the end of a sentence; blank for nothing.

    Letter case does not count, as on the file systems of macOS and Windows.
    """
    small = name.casefold()
    if small in OWN_NAMES or _OWN.fullmatch(small):
        return "the program keeps files of its own under it"
    if _DEVICE.fullmatch(small):
        return "Windows takes it for a device, and no backup there can hold it"
    return ""
