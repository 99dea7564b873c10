"""All districts at a glance: how each stands, by the file that it keeps of it, and who works on it now.

A look costs a few stats for each district; no Master is opened. Where a district has no such file, or its Master has
changed since, `catch_up` reads that Master once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from aeries_tui.alarms import State, Verdict
from aeries_tui.alarms.status_file import StatusFile, master_stamp, read_status, status_path, unknown_status
from aeries_tui.alarms.verdict import Running, Standing
from aeries_tui.errors import AeriesTuiError, MasterError, NotFound
from aeries_tui.operations.district import District
from aeries_tui.operations.kept_status import status_of, write_kept
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import Holder, holder
from aeries_tui.settings import Credential, CredentialStore, Places, Settings

_WAIT = 1.0
"""Seconds for which a look waits for whoever has locked a Master: many others wait for the look."""
_AGAIN = 30.0
"""Seconds after which a Master that could not be read is tried again."""


class StandingAtAGlance(Standing, frozen=True):
    """How a district stands, beside all others.

    Attributes:
        import_: the number of the newest import that has ended; null before the first.
        outcome: of that.
        started_at, ended_at: when, UTC.
        seconds: how long it took.
        students: how many are active.
        changed: records that the newest applied import changed.
        usual: the median of what those before it changed.
        held: the number of the newest import whose plan waits; null for none.
        reasons: why it waits, in sentences that begin with their code.
        stale_lists: lists that could not be read lately.
        problem: why the newest import that says how it stands ended in ERROR, or the District Master can't be read; null where neither is so.
        next_run: when its daily import runs next; null for not at all.
        disk_bytes: what everything kept of it takes.
    """

    import_: int | None = msgspec.field(name="import")
    outcome: Outcome | None
    started_at: str | None
    ended_at: str | None
    seconds: float | None
    students: int | None
    changed: int | None
    usual: int | None
    held: int | None
    reasons: Sequence[str]
    stale_lists: int
    problem: str | None
    next_run: str | None
    disk_bytes: int


@dataclass(frozen=True)
class Glance:
    """One district at a glance.

    Attributes:
        name: of the district.
        credential: of the district; None where nobody but its own account can read that.
        status: how it stood at last; None where there is no Master yet, or it can't be read.
        running: who works on it now; None for nobody.
        unread: why its Master can't be read, in a sentence; blank where it can.
    """

    name: str
    credential: Credential | None = None
    status: StatusFile | None = None
    running: Holder | None = None
    unread: str = ""

    @property
    def known(self) -> StatusFile:
        """How it stood at last, with blanks where that is not known."""
        return self.status or unknown_status(self.name)

    @property
    def is_interrupted(self) -> bool:
        """It stands as it does because a pull was killed, which can go on."""
        return not self.unread and self.known.stands_by is Outcome.INTERRUPTED

    def verdict(self, now: dt.datetime, max_age: dt.timedelta | None = None) -> Verdict:
        """How it stands at a moment; `max_age` None for the setting."""
        if self.unread:
            return Verdict(self.name, State.FAILED, self.unread, None)
        return self.known.verdict(now, max_age)

    @property
    def at_work(self) -> Running | None:
        """What works on it now, for a document."""
        return Running(self.running.what, self.running.since) if self.running else None

    def standing(self, verdict: Verdict, looks: Mapping[str, str], next_run: str | None) -> StandingAtAGlance:
        """The district as `status --all --json` prints it.

        Args:
            verdict: how it stands.
            looks: its deliveries, by name.
            next_run: when its daily import runs next; None for not at all.
        """
        known = self.known
        return StandingAtAGlance(
            **msgspec.structs.asdict(verdict.standing(looks, running=self.at_work)),
            import_=known.latest_import, outcome=known.latest_outcome, started_at=known.latest_started_at,
            ended_at=known.latest_ended_at, seconds=known.seconds, students=known.active.get("student"),
            changed=known.changed, usual=known.usual, held=known.held, reasons=known.reasons, stale_lists=known.stale,
            problem=self.unread or known.problem or None, next_run=next_run, disk_bytes=known.disk,
        )  # fmt: skip


@dataclass(frozen=True)
class _Looked:
    """What is looked at of a district."""

    lock: Path
    master: Path
    status: Path


class Overview:
    """All districts of one place, looked at again and again. All calls come from one thread at a time.

    Args:
        places: where configuration and data live.
        settings: config.toml.
    """

    def __init__(self, places: Places, settings: Settings) -> None:
        self._places, self._settings = places, settings
        self._store = CredentialStore(places.credentials_file)
        self._glances: dict[str, Glance] = {}
        self._at: dict[str, _Looked] = {}
        self._kept: dict[str, tuple[int, ...]] = {}
        self._read: dict[str, tuple[int, ...]] = {}
        self._unread: dict[str, float] = {}
        self._credentials: tuple[int, ...] = (-1,)

    @property
    def districts(self) -> tuple[Glance, ...]:
        """All of them, by name, as they were at the last look."""
        return tuple(self._glances.values())

    def look(self) -> bool:
        """Look at all; whether anything is other than it was.

        Raises:
            ConfigurationError: credentials.toml can't be read.
        """
        changed = self._look_at_credentials()
        for name, at in self._at.items():
            before = self._glances[name]
            now = self._look_at_file(replace(before, running=_holder(at.lock)), at.status)
            if now != before:
                self._glances[name], changed = now, True
        return changed

    def forget_unread(self) -> None:
        """Let those that could not be read count as outdated at once."""
        self._unread.clear()

    def outdated(self) -> list[str]:
        """Districts on which nobody works and whose Master is other than was read of it: it has to be read."""
        found = []
        for name, one in self._glances.items():
            is_to_wait = time.monotonic() < self._unread.get(name, 0.0)
            if one.running is None and not is_to_wait:
                known = one.status.master if one.status else ()
                if master_stamp(self._at[name].master) not in (known, self._read.get(name)):
                    found.append(name)
        return found

    def catch_up(self, name: str) -> None:
        """Read the Master of a district once, and keep what it says for the next time."""
        one = self._glances[name]
        if one.credential is None:
            return
        district = District(self._places, self._settings, one.credential, self._places.district(name))
        stamp = master_stamp(district.files.master)
        try:
            status = status_of(district, wait=_WAIT)
        except NotFound:
            self._read[name] = stamp
            self._glances[name] = replace(one, status=None, unread="")
            return
        except AeriesTuiError as error:
            # What kept it from being read may be gone without a trace in the file.
            self._unread[name] = time.monotonic() + _AGAIN
            self._read.pop(name, None)
            self._glances[name] = replace(one, unread=error.message)
            return
        self._read[name] = status.master
        self._glances[name] = replace(one, status=status, unread="")
        with contextlib.suppress(MasterError):  # then it is read again by the next who looks
            write_kept(district, status)
            self._kept[name] = _stamp(self._at[name].status)

    def _look_at_credentials(self) -> bool:
        """Read the credentials where somebody has changed their file; whether somebody has."""
        stamp = _stamp(self._places.credentials_file)
        if stamp == self._credentials:
            return False
        known, found = self._glances, self._store.all()
        self._glances = {
            one.name: replace(known.get(one.name, Glance(one.name)), credential=one) for one in found
        }
        self._at = {}
        for name in self._glances:
            files = self._places.district(name)
            self._at[name] = _Looked(files.lock, files.master, status_path(self._places.statuses, name))
        self._credentials = stamp
        return True

    def _look_at_file(self, one: Glance, path: Path) -> Glance:
        """The same district by what its file says, where that is another file than before."""
        stamp = _stamp(path)
        if stamp == self._kept.get(one.name, ()):
            return one
        self._kept[one.name] = stamp
        try:
            return replace(one, status=read_status(path), unread="")
        except (OSError, ValueError):
            return one


def glance_of(district: District) -> Glance:
    """One district at a glance, by its Master as it is now; raises MasterError."""
    try:
        status = status_of(district)
    except NotFound:
        status = None
    return Glance(district.name, district.credential, status, _holder(district.files.lock))


def _holder(lock: Path) -> Holder | None:
    """Who holds a lock, for whoever does writes that down in its file."""
    try:
        return holder(lock) if lock.stat().st_size else None
    except (OSError, MasterError):
        return None


def _stamp(path: Path) -> tuple[int, ...]:
    """What tells a file from the one that stood there before; empty for none."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ino, found.st_size


def caught_up(places: Places, settings: Settings) -> tuple[Glance, ...]:
    """All districts as they are now, every Master read that has to be; raises ConfigurationError."""
    overview = Overview(places, settings)
    overview.look()
    for name in overview.outdated():
        overview.catch_up(name)
    return overview.districts
