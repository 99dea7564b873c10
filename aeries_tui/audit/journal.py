"""Writing and reading the journal: one JSON object a line, each chained to the line before by a SHA-256.

`hash` is the SHA-256 of the hash of the entry before (64 zeros before the first) and of the line up to `,"hash":`.
Beside the journal lies its head, the number and hash of the last entry, so that a tail that was cut off is missed.
Whoever can write both can make a whole new chain; what holds against that is the mirror in syslog, and
`audit verify --known N:HASH` with what it or a person noted.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import syslog
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from aeries_tui.documents import Document
from aeries_tui.errors import MasterError
from aeries_tui.os_errors import leads_nowhere, no_folder, refusal_of
from aeries_tui.settings import DistrictPlaces, Places, Settings, private_dir, private_writer
from aeries_tui.who import SystemAccount, who

START = "0" * 64
"""What stands for the hash before the first entry."""

_HASH = b',"hash":"'
_TAIL = 65_536
"""Bytes in which the last entry is looked for; an entry is some hundred."""


class Act(StrEnum):
    """What is written down; a new kind of act is a member here and a call where it is done."""

    ACKNOWLEDGED = "acknowledged"
    APPROVED = "approved"
    DISCARDED = "discarded"
    UNDONE = "undone"
    DECIDED = "decided"
    MAPPED = "mapped"
    RESET = "reset"
    EXPORTED = "exported"
    DELIVERED = "delivered"
    DELIVERY_DECIDED = "delivery_decided"
    LOOKED = "looked"
    ARCHIVED = "archived"
    RESTORED = "restored"
    ERASED = "erased"
    LIFTED = "lifted"
    CREDENTIAL = "credential"
    CONSUMER = "consumer"
    SERVED = "served"


ACTS: dict[Act, str] = {
    Act.ACKNOWLEDGED: "acknowledged the prerequisites of a pull",
    Act.APPROVED: "approved a plan",
    Act.DISCARDED: "discarded a plan",
    Act.UNDONE: "took an import back",
    Act.DECIDED: "decided who is behind an id",
    Act.MAPPED: "changed the mapping of schools",
    Act.RESET: "gave an account a new password",
    Act.EXPORTED: "took data out into a file",
    Act.DELIVERED: "sent files to a receiver",
    Act.DELIVERY_DECIDED: "let a held set of files go, or discarded it",
    Act.LOOKED: "looked at a person",
    Act.ARCHIVED: "archived the roster and emptied it",
    Act.RESTORED: "planned to bring an archive back",
    Act.ERASED: "erased data",
    Act.LIFTED: "let somebody who was erased in again",
    Act.CREDENTIAL: "added, changed or removed a credential",
    Act.CONSUMER: "added, changed or revoked a consumer of the roster service",
    Act.SERVED: "answered a consumer of the roster service",
}
"""Each act in words."""


class Entry(Document, frozen=True):
    """One line of the journal.

    Attributes:
        n: counts from 1.
        at: UTC, ISO 8601.
        district: of which district; blank for none.
        act: what was done, one of `Act` or of a newer program.
        by: the account.
        about: what it was done to: numbers of imports, codes of schools, a person's digest.
        hash: of the entry.
    """

    n: int
    at: str
    district: str
    act: str
    by: SystemAccount
    about: dict[str, Any]
    hash: str

    @property
    def actor(self) -> str:
        """Who, in words."""
        return f"{self.by.user} (called by {self.by.caller})" if self.by.caller else self.by.user


class Head(msgspec.Struct, frozen=True):
    """The last entry that is known: its number and hash.

    Attributes:
        n: its number.
        hash: its SHA-256.
    """

    n: int
    hash: str


def chained(before: str, body: bytes) -> str:
    """The hash of an entry: of the hash before it and of its line up to its own hash."""
    return sha256(before.encode() + body).hexdigest()


def parted(line: bytes) -> tuple[bytes, str]:
    """A line's body and the hash that it claims; ValueError where it has none."""
    body, found, tail = line.rpartition(_HASH)
    if not found or len(tail) != 66 or tail[64:] != b'"}':
        raise ValueError("no hash at the end")
    return body, tail[:64].decode("ascii")


class Journal:
    """The journal of one data directory; made when the first entry is written.

    Args:
        folder: where it lies.
        mirror: also hand each entry to syslog (and so to journald).
    """

    def __init__(self, folder: Path, *, mirror: bool = False) -> None:
        self.folder = folder
        self._mirror = mirror

    @property
    def path(self) -> Path:
        """The entries."""
        return self.folder / "journal.jsonl"

    @property
    def head_path(self) -> Path:
        """Which entry is the last one."""
        return self.folder / "head.json"

    @contextmanager
    def recording(
        self,
        act: Act,
        district: str,
        about: Mapping[str, object] | None = None,
        *,
        lost: list[str] | None = None,
    ) -> Iterator[dict[str, object]]:
        """Do something that is written down: an entry when the block ended well.

        Where the journal can't be written the block is not begun.

        Args:
            act: what is done.
            district: to which district; blank for none.
            about: what it is done to.
            lost: where a sentence goes when the journal, of all that the block wrote, could not be written, in place
                of an error: for an import that is applied, whatever a full disk does to what follows.

        Yields:
            What the entry is about; the block may add to it.

        Raises:
            MasterError: the journal can't be written; what the error means says whether anything was done.
        """
        with _words(self.path, "Nothing was changed."):
            private_dir(self.folder)
            os.close(self._open())
        told = dict(about or {})
        yield told
        try:
            self.append(act, district, told)
        except MasterError as error:
            if lost is None:
                raise
            lost.append(f"{error.message} {error.meaning}")

    def append(self, act: Act, district: str, about: Mapping[str, object]) -> Entry:
        """Write one entry; it is on disk when this returns.

        Raises:
            MasterError: the disk; what it is about was done all the same.
        """
        with _words(self.path, "It was done; only the journal does not say so."):
            private_dir(self.folder)
            descriptor = self._open()
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                last = self._last(descriptor)
                entry, line = _entry(last, act, district, about)
                os.write(descriptor, line)
                os.fsync(descriptor)
                with private_writer(self.head_path) as file:
                    file.write(msgspec.json.encode(Head(entry.n, entry.hash)) + b"\n")
            finally:
                os.close(descriptor)
        if self._mirror:
            syslog.openlog("aeries-tui", syslog.LOG_PID, syslog.LOG_AUTHPRIV)
            syslog.syslog(syslog.LOG_NOTICE, line.decode().rstrip("\n"))
        return entry

    def _open(self) -> int:
        return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _last(self, descriptor: int) -> Head:
        """The last entry; what a kill left of one that was being written is taken off."""
        size = os.fstat(descriptor).st_size
        tail = os.pread(descriptor, _TAIL, max(0, size - _TAIL))
        whole, _, torn = tail.rpartition(b"\n")
        if torn:
            os.ftruncate(descriptor, size - len(torn))
        line = whole.rpartition(b"\n")[2]
        if not line:
            # An empty journal whose head tells of entries goes on from them, so that they are missed for ever.
            return self.head() or Head(0, START)
        try:
            return msgspec.json.decode(line, type=Head)
        except msgspec.DecodeError:
            return self.head() or Head(0, START)

    def head(self) -> Head | None:
        """Which entry is the last one by the head; None where there is no head that can be read."""
        try:
            return msgspec.json.decode(self.head_path.read_bytes(), type=Head)
        except (OSError, msgspec.DecodeError):
            return None

    def is_there(self) -> bool:
        """Whether it was begun; OSError where something else stands in its place, or nobody may look."""
        if no_folder(self.folder) or leads_nowhere(self.path):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self.path.exists()

    def entries(self) -> Iterator[Entry]:
        """Every entry that can be read, the oldest first; raises MasterError where the disk fails."""
        with _words(self.path, "Nothing was changed."):
            if not self.is_there():
                return
            file = self.path.open("rb")
        with _words(self.path, "Nothing was changed."), file:
            for line in file:
                try:
                    yield msgspec.json.decode(line, type=Entry)
                except msgspec.DecodeError:  # `verify` names it
                    continue


def journal_of(places: Places | DistrictPlaces, settings: Settings) -> Journal:
    """The journal of the data directory that these places are in, mirrored where the settings say so."""
    return Journal(places.audit, mirror=settings.audit.syslog)


def _entry(last: Head, act: Act, district: str, about: Mapping[str, object]) -> tuple[Entry, bytes]:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    told = {name: value for name, value in about.items() if value is not None}
    entry = Entry(last.n + 1, now, district, str(act), who().account(), told, "")
    text = json.dumps(msgspec.to_builtins(entry), ensure_ascii=True, separators=(",", ":"))
    body = text.removesuffix(_HASH.decode() + '"}').encode()
    own = chained(last.hash, body)
    return msgspec.structs.replace(entry, hash=own), body + _HASH + own.encode() + b'"}\n'


@contextmanager
def _words(path: Path, meaning: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        refusal = no_folder(path.parent) or leads_nowhere(path) or refusal_of(error)
        raise MasterError(
            f"The journal {path} can't be written or read: {refusal.what}.",
            meaning=meaning,
            remedy=refusal.remedy,
        ) from error
