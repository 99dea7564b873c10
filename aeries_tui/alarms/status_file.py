"""How a district stands, in a file of its own: counts and dates, nobody's data.

One lies in the data directory, so that many districts are looked at without opening their Masters; of the machine's
districts another, which says less, is for everybody on the machine.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import msgspec

from aeries_tui.alarms.verdict import Verdict, verdict
from aeries_tui.documents import Document
from aeries_tui.errors import MasterError
from aeries_tui.os_errors import NO_FILE, refusal_of
from aeries_tui.outcome import Outcome
from aeries_tui.settings import private_writer

_LONGEST = 1_000_000
"""Bytes of such a file; one that is longer is none of them."""


class StatusFile(Document, frozen=True):
    """How a district of the machine stands, in a file that everybody on it may read.

    Attributes:
        district: its name.
        written_at: when, UTC.
        latest_import: the number of the newest import that has ended; None before the first.
        latest_outcome: its outcome.
        latest_ended_at: when it ended, UTC.
        last_good_outcome: of the last import that was completed, with ERROR or without; None for never.
        last_good_ended_at: when that one ended, UTC.
        stale_after_hours: how old it may be, by the setting.
        active: by kind of record, how many the District Master has.
        descriptions: by code, how many problems the newest import described.
        latest_started_at: when the newest import began, UTC.
        seconds: how long it took; None where that is not known.
        changed: records that the newest applied import changed; None before the first.
        usual: the median of what those before it changed; None where there were none.
        held: the number of the newest import whose plan waits; None for none.
        reasons: why it waits, in sentences that begin with their code.
        stale: lists that could not be read lately.
        problem: why the import of `verdict_outcome` ended in ERROR, in a sentence; blank where it did not.
        disk: bytes that everything kept of the district takes.
        master: what the Master's files looked like when this was read from it (`master_stamp`).
        verdict_outcome: the outcome of the newest import that says how the district stands: the newest pull that somebody
            did not end by a wish, or what failed or waits since; null where that is not known.
    """

    district: str
    written_at: str
    latest_import: int | None
    latest_outcome: Outcome | None
    latest_ended_at: str | None
    last_good_outcome: Outcome | None
    last_good_ended_at: str | None
    stale_after_hours: float
    active: Mapping[str, int]
    descriptions: Mapping[str, int]
    latest_started_at: str | None = None
    seconds: float | None = None
    changed: int | None = None
    usual: int | None = None
    held: int | None = None
    reasons: tuple[str, ...] = ()
    stale: int = 0
    problem: str = ""
    disk: int = 0
    master: tuple[int, ...] = ()
    verdict_outcome: Outcome | None = None

    @property
    def stands_by(self) -> Outcome | None:
        """The outcome by which the district stands; None before the first import."""
        return self.verdict_outcome or self.latest_outcome

    def verdict(self, now: dt.datetime, max_age: dt.timedelta | None) -> Verdict:
        """How the district stands at a moment; `max_age` None for the setting."""
        good_at = self.last_good_ended_at
        return verdict(
            self.district,
            latest=self.stands_by,
            last_good=self.last_good_outcome,
            last_good_at=dt.datetime.fromisoformat(good_at) if good_at else None,
            now=now,
            max_age=dt.timedelta(hours=self.stale_after_hours) if max_age is None else max_age,
        )


def unknown_status(district: str) -> StatusFile:
    """Of a district of which nothing is known: no import has ended yet, or its Master can't be read."""
    return StatusFile(
        district, written_at="", latest_import=None, latest_outcome=None, latest_ended_at=None, last_good_outcome=None,
        last_good_ended_at=None, stale_after_hours=0, active={}, descriptions={},
    )  # fmt: skip


def for_everybody(status: StatusFile) -> StatusFile:
    """The same without sentences, which name schools and servers."""
    return msgspec.structs.replace(status, reasons=(), problem="", master=())


def master_stamp(master: Path) -> tuple[int, ...]:
    """What the files of a Master look like from outside: another stamp, another content, or others who may read it.

    Empty where there is none.
    """
    stamp: list[int] = []
    for path in (master, master.with_name(f"{master.name}-wal")):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            stamp.append(-(error.errno or 1))
            continue
        if found.st_size:
            stamp += [found.st_mtime_ns, found.st_ctime_ns, found.st_size]
    return tuple(stamp)


def status_path(directory: Path, district: str) -> Path:
    """The file of a district."""
    return directory / f"{quote(district, safe='')}.json"


def write_status(directory: Path, status: StatusFile, *, mode: int) -> None:
    """Write the file whole; MasterError where it can't be.

    Args:
        directory: where it lies.
        status: what stands in it.
        mode: who may read it.
    """
    with private_writer(status_path(directory, status.district), mode=mode) as file:
        file.write(msgspec.json.format(msgspec.json.encode(status), indent=1) + b"\n")


def read_status(path: Path) -> StatusFile:
    """What a file says; raises OSError, or ValueError where it is not whole."""
    with open(path, "rb", opener=_at_once) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, NO_FILE.what)
        return msgspec.json.decode(file.read(min(found.st_size, _LONGEST)), type=StatusFile)


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for who writes into a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)


def read_statuses(directory: Path) -> list[StatusFile]:
    """What every file says, by district; MasterError where one can't be read."""
    found = []
    for path in sorted(directory.glob("*.json")):
        try:
            found.append(read_status(path))
        except (OSError, ValueError) as error:
            why = refusal_of(error).what if isinstance(error, OSError) else "it is not whole"
            raise MasterError(
                f"{path} can't be read: {why}.", remedy="It is written anew after the next import."
            ) from error
    return found
