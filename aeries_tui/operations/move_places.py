"""Moving all of a configuration and its data from one account's places to another's, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from aeries_tui.errors import MasterError
from aeries_tui.os_errors import refusal_of
from aeries_tui.pull.lock import holder
from aeries_tui.settings import Places, private_dir, private_writer


def root_entries(directory: Path) -> list[Path]:
    """Everything below a directory, none of it by way of a link; empty where it is not there."""
    found = []
    for folder, directories, files in os.walk(directory):
        found += [Path(folder, name) for name in (*directories, *files)]
    return sorted(found)


def lock_in_use(places: Places) -> Path | None:
    """The lock of a district to which something is being done, or whose roster service runs; None for none."""
    with contextlib.suppress(FileNotFoundError):
        for lock in sorted([*places.data_dir.glob("*/pull.lock"), *places.data_dir.glob("*/serve.lock")]):
            if holder(lock) is not None:
                return lock
    return None


def move_all(source: Places, target: Places, uid: int, gid: int) -> None:
    """Move everything in both directories of `source` into those of `target`, and give it to an account.

    It is copied first, beside the target; only when all is in place is the old deleted. Where it fails the source is as it
    was.

    Args:
        source, target: from where to where; the target's directories hold nothing.
        uid, gid: the account.

    Raises:
        MasterError: the system refused.
    """
    pairs = [(source.config_dir, target.config_dir), (source.data_dir, target.data_dir)]
    placed: list[Path] = []
    try:
        for old, new in pairs:
            if old.is_dir():
                placed += _copy(old, private_dir(new), uid, gid)
    except (OSError, shutil.Error) as error:
        for path in placed:
            _delete(path)
        why = refusal_of(error).what if isinstance(error, OSError) else str(error)
        raise MasterError(
            f"The districts can't be moved: {why}.",
            meaning="They are where they were.",
            remedy="Put that right, then type the command again.",
        ) from error
    for old, _ in pairs:
        for path in old.iterdir() if old.is_dir() else ():
            _delete(path)


def move_secrets(source: Path, target: Path, gid: int) -> None:
    """Move the file of variables and those of systemd credentials from one directory of root's to another.

    Args:
        source, target: the directories; a target that is not there gets nothing.
        gid: the group that may read the variables, which cron's shell does as the service.

    Raises:
        MasterError: the system refused.
    """
    for path in [*source.glob("*.secret"), source / "environment"]:
        if path.is_file() and not path.is_symlink() and target.is_dir():
            with private_writer(
                target / path.name, mode=0o640 if path.name == "environment" else 0o600
            ) as file:
                file.write(path.read_bytes())
            if os.geteuid() == 0:
                os.chown(target / path.name, 0, gid)
            path.unlink()


def _copy(old: Path, new: Path, uid: int, gid: int) -> list[Path]:
    """Copy what is in a directory into another by way of one that only this process can enter; gives what is now there."""
    with tempfile.TemporaryDirectory(prefix=f".{new.name}-", dir=new.parent) as staged:
        inside = Path(staged) / "all"
        shutil.copytree(old, inside, symlinks=True)
        for path in (inside, *root_entries(inside)):
            os.chown(path, uid, gid, follow_symlinks=False)
        placed = []
        for path in sorted(inside.iterdir()):
            path.rename(new / path.name)
            placed.append(new / path.name)
        return placed


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
