"""Which files may say what this program does: those that nobody but this user and root can change, as ssh has it.

A file counts, and every directory and link on the way to it up to the root. A directory that others may write but that
is sticky, such as /tmp, is no way in: what this user has there can't be replaced. Only the owner matters of a link.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeries_tui import processes
from aeries_tui.errors import ConfigurationError

_MOST_LINKS = 40
"""As many as the kernel follows."""

_INTERPRETER = re.compile(r"(?:ba|da|k|z|fi)?sh|(?:python|perl|ruby|node|php|pwsh)[\d.]*")
"""Programs whose first argument is the program that runs."""


@dataclass(frozen=True)
class Distrust:
    """What somebody else could change on the way to a file.

    Attributes:
        path: the directory, link or file.
        what: whose it is and its mode, as a sentence without its full stop.
        remedy: what to type.
    """

    path: Path
    what: str
    remedy: str


def distrusted(path: Path) -> Distrust | None:
    """The first thing on the way to a file that others could change; None where nobody could, as far as it exists."""
    for step in _way_to(path):
        try:
            found = step.lstat()
        except OSError:  # not there, or not to be looked at: whoever opens it is told
            return None
        if found.st_uid not in _trusted():
            return _of_somebody(step, found)
        is_open = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        is_sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
        if is_open and not is_sticky and not stat.S_ISLNK(found.st_mode):
            return Distrust(
                step,
                f"{step} belongs to {name_of(found.st_uid)} and others can write it (mode {_mode(found)})",
                f"Type: chmod go-w {shlex.quote(str(step))}",
            )
    return None


def refuse_distrusted(path: Path) -> None:
    """Raise ConfigurationError where somebody else could change a file of the configuration."""
    why = distrusted(path)
    if why is not None:
        raise ConfigurationError(
            f"{path} is not used, for others could change what it says: {why.what}.",
            meaning="No command was run, nothing was changed.",
            remedy=why.remedy,
        )


def foreign_link(path: Path) -> Path | None:
    """The first link on the way to a file that is neither this user's nor root's; None for none."""
    for step in _way_to(path):
        try:
            found = step.lstat()
        except OSError:
            return None
        if stat.S_ISLNK(found.st_mode) and found.st_uid not in _trusted():
            return step
    return None


def run_named(
    argv: Sequence[str], *, timeout: float, stdin: bytes = b"", env: Mapping[str, str] | None = None
) -> processes.Finished:
    """Run a command that the configuration names, unless others could change the program; see `processes.run`."""
    why = distrusted_program(argv, os.environ if env is None else env)
    if why is not None:
        return processes.Finished(
            "not_started", None, reason=f"others could change it: {why.what}. {why.remedy}"
        )
    return processes.run(argv, timeout=timeout, stdin=stdin, env=env)


def distrusted_program(argv: Sequence[str], env: Mapping[str, str]) -> Distrust | None:
    """What others could change on the way to a command's program, found as `env` says, or to the script that it runs."""
    return next(filter(None, map(distrusted, _programs(argv, env))), None)


def _programs(argv: Sequence[str], env: Mapping[str, str]) -> Iterator[Path]:
    """The files whose content decides what a command does, as far as its words tell."""
    found = shutil.which(argv[0], path=env.get("PATH")) if argv else None
    if found is None:
        return
    yield Path(found)
    script = Path(argv[1]) if len(argv) > 1 else Path()
    if _INTERPRETER.fullmatch(Path(argv[0]).name) and script.is_absolute() and script.is_file():
        yield script


def _way_to(path: Path) -> Iterator[Path]:
    """Whatever the system goes through to open a file: directories from the root on, links, the file itself."""
    at, links = Path("/"), 0
    left = list(reversed(path.absolute().parts[1:]))
    yield at
    while left:
        part = left.pop()
        step = at.parent if part == ".." else at / part
        yield step
        if not step.is_symlink():
            at = step
            continue
        links += 1
        if links > _MOST_LINKS:
            return
        target = step.readlink()
        left += reversed([part for part in target.parts if part != "/"])
        at = Path("/") if target.is_absolute() else at


def _trusted() -> frozenset[int]:
    return frozenset({0, os.geteuid()})


def _of_somebody(path: Path, found: os.stat_result) -> Distrust:
    owner, me = name_of(found.st_uid), name_of(os.geteuid())
    what = f"{path} belongs to {owner} (mode {_mode(found)}), not to {me}"
    quoted = shlex.quote(str(path))
    if os.geteuid() == 0:
        return Distrust(
            path, what,
            f"Run it as {owner}: sudo -u {shlex.quote(owner)} aeries-tui. If it is to be root's: chown root {quoted}",
        )  # fmt: skip
    return Distrust(path, f"{what} or root", f"Type: sudo chown -h {shlex.quote(me)} {quoted}")


def _mode(found: os.stat_result) -> str:
    return f"{stat.S_IMODE(found.st_mode):04o}"


def name_of(uid: int) -> str:
    """The name of an account by its number; the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
