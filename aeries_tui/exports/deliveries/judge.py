"""Whether a set may go: against what the receiver has, and by what its feeds left out."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from aeries_tui.master.imports.deliveries import SetFile
from aeries_tui.text import in_number

LEAST = 10
"""Rows that may always be lost or left out: in small files a few are many percent."""


def content_of(path: Path, sha256: str) -> str:
    """SHA-256 of what is in a file; of a ZIP that of its members, whose moments of writing differ each time.

    Args:
        path: the file.
        sha256: of its bytes.
    """
    if path.suffix.lower() != ".zip":
        return sha256
    digest = hashlib.sha256()
    with zipfile.ZipFile(path) as bundle:
        for name in sorted(bundle.namelist()):
            digest.update(f"{name}\0".encode())
            with bundle.open(name) as member:
                digest.update(_digest(member))
    return digest.hexdigest()


def _digest(member: IO[bytes]) -> bytes:
    digest = hashlib.sha256()
    while block := member.read(1 << 20):
        digest.update(block)
    return digest.digest()


def held_for(
    before: Sequence[SetFile],
    now: Sequence[SetFile],
    left_out: Mapping[str, tuple[int, int]],
    *,
    shrink_percent: float,
    left_out_percent: float,
) -> Iterator[str]:
    """Why a person must see a set first, a sentence each.

    Args:
        before: the files that the receiver has.
        now: those of the set.
        left_out: by feed, the rows that it left out and those that it wrote.
        shrink_percent: how much of its rows a file may lose.
        left_out_percent: how much of its rows a feed may leave out.
    """
    there = {one.label: one for one in now}
    for old in before:
        new = there.get(old.label)
        if new is None:
            yield f"{old.label} was in the last set and is missing."
            continue
        lost = old.rows - new.rows
        if (lost >= LEAST and lost * 100 > old.rows * shrink_percent) or (old.rows and not new.rows):
            yield f"{new.file} would shrink from {old.rows:,} to {in_number(new.rows, 'row')}."
    for feed, (out, written) in left_out.items():
        if out >= LEAST and out * 100 > (out + written) * left_out_percent:
            yield f"The feed {feed} left out {in_number(out, 'row')} and wrote {written:,}."
