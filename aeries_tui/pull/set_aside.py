"""Folders that stand where a pull keeps its own files: moved beside, so that no pull fails for them."""

from __future__ import annotations

import itertools
from pathlib import Path

from aeries_tui.master.database import clear_errors
from aeries_tui.settings import DistrictPlaces

_FILES = ("pages*.sqlite3*", "plan.sqlite3*", "known.sqlite3*", "log.sqlite3*")


def set_folders_aside(district: DistrictPlaces) -> list[str]:
    """Give every folder that has the name of a file of a pull another one; whatever is in it stays.

    Args:
        district: the lock is held.

    Returns:
        A sentence about each, for the result of the pull that begins.

    Raises:
        MasterError: the disk can't be used.
    """
    told = []
    for pattern in _FILES:
        for path in sorted(district.pulls.glob(f"*/{pattern}")):
            if path.is_dir() and not path.is_symlink() and path.parent.name.isdigit():
                with clear_errors(path):
                    aside = _free_name(path)
                    path.rename(aside)
                told.append(f"A folder stood in the place of the file {path}; it is now {aside.name} there.")
    return told


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"aside-{number}-{path.name}") for number in itertools.count(1))
    return next(name for name in names if not name.exists())
