"""Whether the journal is as it was written: every entry there, none changed, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from aeries_tui.audit.journal import START, Head, Journal, chained, parted

MOST_TOLD = 20
"""Faults that are named; a journal that is not one at all would tell a million."""


class _Place(msgspec.Struct):
    """What verifying reads of an entry beside its bytes."""

    n: int


@dataclass(frozen=True)
class Verified:
    """What was found.

    Attributes:
        entries: lines that were read.
        last: number and hash of the last of them.
        faults: what is wrong, in sentences that name the entries; empty where all is as it was written.
    """

    entries: int
    last: Head
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """All is as it was written."""
        return not self.faults


def verify(journal: Journal, known: Iterable[Head] = ()) -> Verified:
    """Read the journal from its first entry to its last.

    Args:
        journal: which one.
        known: entries that syslog or a person noted; each must be there with its hash.

    Raises:
        OSError: the disk fails, or something else stands in its place.
    """
    wanted = {one.n: one.hash for one in known}
    told = journal.head()
    if told is not None:
        wanted.setdefault(told.n, told.hash)
    walk = _Walk(wanted)
    if journal.is_there():
        with journal.path.open("rb") as file:
            for line in file:
                walk.step(line.rstrip(b"\n"))
                if len(walk.faults) >= MOST_TOLD:
                    break
    if len(walk.faults) < MOST_TOLD:
        walk.faults += walk.missing()
        if told is None and walk.lines:
            walk.faults.append(
                f"{journal.head_path} is missing or can't be read; it says which entry is the last one."
            )
    return Verified(walk.lines, walk.last, tuple(walk.faults))


class _Walk:
    """Going through the lines, one after the other."""

    def __init__(self, wanted: dict[int, str]) -> None:
        self.lines = 0
        self.last = Head(0, START)
        self.faults: list[str] = []
        self._wanted = wanted
        self._place = msgspec.json.Decoder(_Place)

    def step(self, line: bytes) -> None:
        """Look at the next line."""
        self.lines += 1
        try:
            body, own = parted(line)
            n = self._place.decode(line).n
        except (ValueError, msgspec.DecodeError):
            self.faults.append(f"Line {self.lines} is no entry; it stands behind entry {self.last.n}.")
            return
        if n != self.last.n + 1:
            self.faults.append(self._out_of_order(n))
        elif chained(self.last.hash, body) != own:
            self.faults.append(f"Entry {n} was changed, or the one before it was and was given a new hash.")
        if self._wanted.pop(n, own) != own:
            self.faults.append(
                f"Entry {n} has another hash than was noted: it or an earlier one was made anew."
            )
        self.last = Head(n, own)

    def _out_of_order(self, n: int) -> str:
        first, last = self.last.n + 1, n - 1
        if first < last:
            return f"Entries {first} to {last} are missing."
        if first == last:
            return f"Entry {first} is missing."
        return f"Entry {n} stands behind entry {self.last.n}: it was moved, repeated or put in."

    def missing(self) -> Iterator[str]:
        """What was noted and is not there."""
        for n in sorted(self._wanted):
            if n > self.last.n:
                what = f"Entries {self.last.n + 1} to {n} are" if n > self.last.n + 1 else f"Entry {n} is"
                yield f"{what} missing at the end."
            else:
                yield f"Entry {n}, which was noted, is not there."
