"""To a folder: copied into a hidden one beside the names that they get, and renamed when all are there."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aeries_tui.exports.deliveries.errors import Undelivered
from aeries_tui.exports.deliveries.load import Load
from aeries_tui.os_errors import refusal_of
from aeries_tui.trust import foreign_link

HIDDEN = ".aeries-tui-"
MODE = 0o640
"""Of the files there: the folder's group reads them, which is how another account gets them."""


def send_to_folder(load: Load, to: Path) -> None:
    """Put a set under its names in a folder.

    The mark of an older set goes before the first name changes, and comes back when the last one has.

    Raises:
        Undelivered: the folder is not there, or the disk or a permission refuses.
    """
    making = to / f"{HIDDEN}{load.tag}"
    with _words(to):
        _must_be_folder(to)
        for name in _names(load):
            if (to / name).is_dir():
                raise Undelivered(f"There is a folder {to / name} where a file is to stand.", "Move it away.")
        _clear(making)
        making.mkdir(mode=0o700)
        for one in load.files:
            _copy(load.folder / one.file, making / one.file, one.sha256)
        if load.mark:
            _write(making / load.mark, load.mark_text.encode())
        _sync(making)
        load.placing()
        if load.mark:
            (to / load.mark).unlink(missing_ok=True)
            _sync(to)
        for one in load.files:
            (making / one.file).replace(to / one.file)
        _sync(to)
        for one in load.files:
            if (to / one.file).stat().st_size != one.bytes:
                raise Undelivered(f"{to / one.file} is not as it was written.", "See who writes there.")
        if load.mark:
            (making / load.mark).replace(to / load.mark)
            _sync(to)
        making.rmdir()


def try_folder(tag: str, to: Path) -> None:
    """Write a file into a hidden folder there and take it away again; raises as `send_to_folder` does."""
    making = to / f"{HIDDEN}{tag}"
    with _words(to):
        _must_be_folder(to)
        _clear(making)
        making.mkdir(mode=0o700)
        _write(making / "test", b"test\n")
        _clear(making)


def _names(load: Load) -> Iterator[str]:
    yield from (one.file for one in load.files)
    if load.mark:
        yield load.mark


def _must_be_folder(to: Path) -> None:
    foreign = foreign_link(to)
    if foreign is not None:
        raise Undelivered(
            f"{foreign} is a link that belongs to somebody else.", "Name the folder itself as to."
        )
    if not to.is_dir():
        raise Undelivered(
            f"There is no folder {to}.",
            "Make it, or mount the share that it is on; a delivery makes none, for it would not be on the share.",
        )


@contextmanager
def _words(to: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        refusal = refusal_of(error)
        raise Undelivered(f"{to} does not take the files: {refusal.what}.", refusal.remedy) from error


def _clear(folder: Path) -> None:
    """Take away what a try that was killed left there."""
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _copy(source: Path, target: Path, sha256: str) -> None:
    with source.open("rb") as file, target.open("xb") as copy:
        os.fchmod(copy.fileno(), MODE)
        shutil.copyfileobj(file, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())
    with target.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise Undelivered(
                f"The copy of {source.name} is not what was made.",
                "See whether the disk fails (dmesg); aeries-tui deliveries run makes a new set.",
            )


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        os.fchmod(file.fileno(), MODE)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
