"""The district that the screens show, and what can be asked of it."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from aeries_tui.audit import Journal, journal_of
from aeries_tui.errors import AeriesTuiError, NotAllowedNow, NotFound
from aeries_tui.master.database import connect
from aeries_tui.master.imports import imports
from aeries_tui.master.roster.roster_answers import RosterAnswers
from aeries_tui.master.sqlite_errors import database_errors
from aeries_tui.outcome import Outcome
from aeries_tui.pull.lock import holder
from aeries_tui.session.command_process import CommandProcess
from aeries_tui.settings import Credential, CredentialStore, DistrictPlaces, Places, Settings


@dataclass(frozen=True)
class RunningPull:
    """What is being done to a district now.

    Attributes:
        number: of the import; None while it has none yet.
        pid: the process that does it.
        what: pull, approve, discard, undo or archive.
        since: when it began, UTC.
    """

    number: int | None
    pid: int
    what: str
    since: str


class Session:
    """The chosen district, its settings and its files. Safe to use from any thread.

    Args:
        places: where configuration and data live.
        settings: config.toml.
        name: the district to begin with; None for the only one, or the first.

    Raises:
        NotFound: there is no district of that name.
        ConfigurationError: credentials.toml can't be used.
    """

    def __init__(self, places: Places, settings: Settings, name: str | None = None) -> None:
        self.places = places
        self.settings = settings
        self.store = CredentialStore(places.credentials_file)
        self.answers = RosterAnswers()
        self.started: CommandProcess | None = None
        self.started_after = 0  # the newest import when it was started: what has a higher number came since
        districts = self.districts()
        if name is not None:
            self._name: str | None = self.store.get(name).name
        else:
            self._name = districts[0].name if districts else None

    @property
    def name(self) -> str | None:
        """The chosen district; None while there is none at all."""
        return self._name

    @property
    def has_others(self) -> bool:
        """Whether there are other districts than the chosen one; False where the credentials can't be read."""
        with contextlib.suppress(AeriesTuiError):
            return any(one.name != self._name for one in self.districts())
        return False

    def districts(self) -> tuple[Credential, ...]:
        """Every credential there is, by name; read anew."""
        return self.store.all()

    def choose(self, name: str | None) -> None:
        """Make another district the one the screens show; None when there is none any more."""
        self._name = name

    @property
    def journal(self) -> Journal:
        """Who did what."""
        return journal_of(self.places, self.settings)

    @property
    def credential(self) -> Credential | None:
        """The credential of the district, read anew; None while there is none."""
        return next((known for known in self.districts() if known.name == self._name), None)

    def must_have_credential(self) -> Credential:
        """The credential of the district; raises NotFound where there is none."""
        credential = self.credential
        if credential is None:
            raise NotFound(
                "There is no district yet.", remedy="Add its credential first, on the screen Credentials."
            )
        return credential

    @property
    def district(self) -> DistrictPlaces:
        """The files of the district; raises NotFound while there is none."""
        if self._name is None:
            raise NotFound(
                "There is no district yet.", remedy="Add its credential first, on the screen Credentials."
            )
        return self.places.district(self._name)

    @property
    def has_master(self) -> bool:
        """Whether there is anything to read."""
        return self._name is not None and self.district.master.exists()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The Master, for reading, in this thread; raises NotFound where there is none, or MasterError."""
        if not self.has_master:
            raise NotFound(
                "There is no District Master yet.", remedy="Update the list of schools, then start a pull."
            )
        path = self.district.master
        with database_errors(path), contextlib.closing(connect(path, read_only=True)) as db:
            yield db

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The Master, made where it is missing, for a short change in this thread; raises MasterError."""
        path = self.district.create().master
        with database_errors(path), contextlib.closing(connect(path)) as db:
            yield db

    def start_pull(
        self, *, plan_only: bool = False, resume: bool = False, quick: bool = False, acknowledge: bool = False
    ) -> CommandProcess:
        """Start `aeries-tui pull` as a process of its own, which goes on whatever becomes of the screens.

        Raises:
            NotAllowedNow: something is being done to the district already, or is about to be.
        """
        running = self.running()
        if running is not None:
            raise NotAllowedNow(
                f"The district is in use ({running.what}, since {running.since}).",
                meaning="Nothing was started.",
                remedy="Wait until it is done, or watch it on the screen Pull.",
            )
        if self.started is not None and self.started.status is None:
            raise NotAllowedNow("A pull is just being started.", remedy="Watch it on the screen Pull.")
        words = ["pull", "--district", self.district.name, "--trigger", "ui", "--json"]
        flags = {"--plan": plan_only, "--resume": resume, "--quick": quick, "--acknowledge": acknowledge}
        if self.started is not None:
            self.started.leave()
        self.started_after = self._newest()
        self.started = CommandProcess(
            self.places, [*words, *(flag for flag, wanted in flags.items() if wanted)]
        )
        return self.started

    def _newest(self) -> int:
        """The number of the newest import; 0 where there is none."""
        with contextlib.suppress(NotFound), self.reading() as db:
            newest = imports.latest(db)
            return newest.id if newest is not None else 0
        return 0

    def running(self) -> RunningPull | None:
        """What is being done to the district now, by whomever; None for nothing."""
        held = holder(self.district.lock) if self._name is not None else None
        if held is None:
            return None
        number = None
        with contextlib.suppress(NotFound), self.reading() as db:
            newest = imports.latest(db)
            if newest is not None and newest.outcome is Outcome.RUNNING:
                number = newest.id
        return RunningPull(number, held.pid, held.what, held.since)

    def cancel(self) -> bool:
        """Ask the pull that runs to end; it changes nothing and can be resumed. Whether there was one.

        Raises:
            NotAllowedNow: what runs is no pull, or is another user's.
        """
        held = holder(self.district.lock)
        if held is None or held.pid <= 0:
            return False
        if held.what != "pull":
            raise NotAllowedNow(
                f"What runs now ({held.what}) can't be cancelled; it is soon done.",
                meaning="It goes on.",
            )
        try:
            os.kill(held.pid, signal.SIGTERM)
        except ProcessLookupError:
            return False
        except PermissionError:
            raise NotAllowedNow(
                f"The pull runs as another user (process {held.pid}).",
                meaning="It goes on.",
                remedy=f"As root: kill {held.pid}. The pull then changes nothing and can be resumed.",
            ) from None
        return True

    def close(self) -> None:
        """Let a pull that was started here go on alone."""
        if self.started is not None:
            self.started.leave()
            self.started = None
