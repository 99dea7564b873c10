"""What the operating system refuses, in words: the reason, and what a person does about it."""

from __future__ import annotations

import errno
import stat
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Refusal:
    """Why the system said no.

    Attributes:
        what: the reason, as the rest of a sentence that begins with the file's name.
        remedy: what to do now.
    """

    what: str
    remedy: str


FULL = Refusal("the disk is full", "Free some space, then try again.")
NO_LOCKS = Refusal(
    "files can't be locked there, as on some network shares (NFS, SMB), so nothing can be kept there safely",
    "Keep the data on a disk of this machine: set AERIES_TUI_DATA_DIR (for the credentials AERIES_TUI_CONFIG_DIR) "
    "to a directory there; aeries-tui paths shows the places.",
)
NO_SHARED_MEMORY = Refusal(
    "files can't be shared between programs there, as on some network shares (NFS, SMB)", NO_LOCKS.remedy
)
NO_MEMORY = Refusal(
    "there is not enough memory", "Raise the limit, or end what else runs on this machine; then try again."
)
_NO_FILES = Refusal(
    "too many files are open", "Raise the limit (ulimit -n), or end what else runs on this machine."
)
_NO_PROCESSES = Refusal(
    "no more processes or threads can be started",
    "Raise the limits (ulimit -u, ulimit -v, TasksMax), or end what else runs on this machine.",
)
NO_FILE = Refusal(
    "a device or a pipe stands in the place of the file", "Move it somewhere else, then try again."
)

_SHORT_OF = {
    errno.EMFILE: _NO_FILES,
    errno.ENFILE: _NO_FILES,
    errno.ENOMEM: NO_MEMORY,
    errno.EAGAIN: _NO_PROCESSES,
}
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_LOCKS = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})


def refusal_of(error: OSError) -> Refusal:
    """The words for an error of the system; of a number without words of its own, the system's."""
    number = error.errno
    if number in _FULL:
        return FULL
    if number in _NO_LOCKS:
        return NO_LOCKS
    if number == errno.EROFS:
        return Refusal(
            "the disk there is read-only",
            "Make it writable, or keep the data elsewhere: AERIES_TUI_DATA_DIR.",
        )
    if number in {errno.EACCES, errno.EPERM}:
        return Refusal(
            "Permission denied",
            "Run it as the owner of the configuration and the data, or give them back: see aeries-tui doctor.",
        )
    if number in _SHORT_OF:
        return _SHORT_OF[number]
    if number in {errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN}:
        return Refusal(
            "the network share it is on has gone", "Mount the share again, or set AERIES_TUI_DATA_DIR."
        )
    if number == errno.EISDIR:
        return Refusal(
            "a folder stands in the place of the file", "Move that folder somewhere else, then try again."
        )
    if number == errno.EIO:
        return Refusal("the disk gave a read or write error", "Check the disk, then try again.")
    return Refusal(
        error.strerror or type(error).__name__,
        "Check the disk, the folder's owner and its permissions; then try again.",
    )


def shortage_of(error: BaseException) -> Refusal | None:
    """What the machine lacks, of an error that is none of the system's but means that; None for a defect."""
    if isinstance(error, MemoryError):
        return NO_MEMORY
    # A thread counts as a process; Python has no other sign of it than the text.
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        return _NO_PROCESSES
    return None


def no_folder(path: Path) -> Refusal | None:
    """What keeps a folder from being made or used at a path: the first thing on the way there that is none."""
    for step in (*reversed(path.parents), path):
        try:
            mode = step.lstat().st_mode
            if stat.S_ISLNK(mode):
                mode = step.stat().st_mode
        except FileNotFoundError:
            return leads_nowhere(step)
        except OSError as error:
            return refusal_of(error)
        if not stat.S_ISDIR(mode):
            what = "a file" if stat.S_ISREG(mode) else "a device or a pipe"
            return Refusal(
                f"{what} stands in the place of the folder {step}", "Move it somewhere else, then try again."
            )
    return None


def leads_nowhere(path: Path) -> Refusal | None:
    """What is said of a link whose end is missing; None where there is no such link."""
    try:
        end = path.readlink()
        if path.exists():
            return None
    except OSError:  # it is no link, or nobody may look
        return None
    return Refusal(
        f"the link {path} leads to {end}, which is not there",
        "Mount or make what it leads to, or remove the link; then try again.",
    )
