"""What stands where an import keeps its own files and folders: moved beside, so that no import fails for it."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.settings import DistrictPlaces, private_dir

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
                aside = _rename(path)
                told.append(f"A folder stood in the place of the file {path}; it is now {aside.name} there.")
    return told


def begin_folder(district: DistrictPlaces, number: int) -> tuple[Path, list[str]]:
    """Make the folder of an import in `pulls`; what can't be used there, or in its place in `imports`, is set aside.

    Args:
        district: the lock is held.
        number: the import, which has no files yet.

    Returns:
        The folder, and a sentence about each thing that was set aside.

    Raises:
        MasterError: the disk can't be used.
    """
    folder = district.pulls / str(number)
    told = [*set_unusable_aside(folder), *set_unusable_aside(district.imports / str(number))]
    return private_dir(folder), told


def set_unusable_aside(folder: Path) -> list[str]:
    """Give what stands in the place of a folder another name, where it is none or this account can't write there.

    Returns:
        A sentence about it; nothing where there was nothing to do.

    Raises:
        MasterError: the disk can't be used.
    """
    with clear_errors(folder):
        is_usable = folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    if is_usable or not os.path.lexists(folder):
        return []
    kind = "A folder that can't be written" if folder.is_dir() else "Something else"
    return [f"{kind} stood in the place of the folder {folder}; it is now {_rename(folder).name} there."]


def _rename(path: Path) -> Path:
    with clear_errors(path):
        names = (path.with_name(f"aside-{number}-{path.name}") for number in itertools.count(1))
        aside = next(name for name in names if not os.path.lexists(name))
        path.rename(aside)
    return aside
