"""The year's end as screens show it: how the district stands, the archive that is being made, one looked into."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from aeries_tui.errors import AeriesTuiError, NotAllowedNow
from aeries_tui.master.accounts import Account, account_of
from aeries_tui.master.archives.archives import Archive, readable
from aeries_tui.master.archives.archiving import STEPS
from aeries_tui.master.roster import people
from aeries_tui.master.roster.head_count import head_count
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.master.schools import schools
from aeries_tui.operations import archive_year
from aeries_tui.operations.archive_year import Ready
from aeries_tui.session.command_process import CommandProcess
from aeries_tui.session.session import RunningPull, Session
from aeries_tui.settings import DistrictPlaces


@dataclass(frozen=True)
class YearEnd:
    """How a district stands at the end of a school year.

    Attributes:
        checks: what was looked at before an archive.
        school_year: of the roster; None where it is empty or not known.
        students, staff: active ones in the roster.
        inactive: people in the roster who are not active.
        archives: newest first.
        acknowledged: the prerequisites are acknowledged, since the last archive.
        running: what is being done to the district now.
    """

    checks: tuple[Ready, ...] = ()
    school_year: str | None = None
    students: int = 0
    staff: int = 0
    inactive: int = 0
    archives: tuple[Archive, ...] = ()
    acknowledged: bool = False
    running: RunningPull | None = None

    @property
    def is_empty(self) -> bool:
        """Nobody is in the roster."""
        return not self.students + self.staff + self.inactive

    @property
    def is_closed(self) -> bool:
        """The roster was archived and emptied, and the new year has not been pulled yet."""
        return self.is_empty and bool(self.archives)

    @property
    def stops(self) -> Ready | None:
        """What stops an archive now; None where one can be made."""
        return next((check for check in self.checks if check.state == "bad"), None)


def read_archives(session: Session) -> tuple[Archive, ...]:
    """The district's archives, newest first; none while there is no district."""
    return tuple(archive_year.archives_of(session.district)) if session.name is not None else ()


def read_year_end(session: Session) -> YearEnd:
    """How the session's district stands; may take a moment.

    Raises:
        NotFound: there is no District Master.
        MasterError: it can't be read.
    """
    running = session.running()
    with session.reading() as db:
        roster = head_count(db)
        return YearEnd(
            tuple(archive_year.checklist(session.district, db)),
            schools.school_year(db),
            roster.students,
            roster.staff,
            roster.inactive,
            read_archives(session),
            schools.acknowledgement(db) is not None,
            running,
        )


class Archiving:
    """`aeries-tui archive create` as a process of its own, which goes on whatever becomes of the screens.

    Args:
        session: whose district is archived; its roster is emptied once the copy is verified.
    """

    def __init__(self, session: Session) -> None:
        words = ["archive", "create", "--yes", "--district", session.district.name, "--json"]
        self._process = CommandProcess(session.places, words, hear=True)

    @property
    def is_running(self) -> bool:
        """Whether it is still at it."""
        return self._process.status is None

    @property
    def step(self) -> str:
        """The step it is in, one of `archiving.STEPS`; blank before the first."""
        said = [line.strip() for line in self._process.said.splitlines()]
        return next((line for line in reversed(said) if line in STEPS), "")

    def refusal(self) -> AeriesTuiError | None:
        """Why there is no archive; None while it runs, or where one was made."""
        return self._process.refusal()

    def wait(self) -> None:
        """Wait for its end."""
        self._process.wait()

    def close(self) -> None:
        """Let it go on alone; it is not asked about again."""
        self._process.leave()


@dataclass(frozen=True)
class _ArchivePlaces(DistrictPlaces):
    """The files of a district, with the copy in an archive in the place of its Master."""

    copy: Path

    @property
    def master(self) -> Path:
        """The copy."""
        return self.copy


class Looking(Session):
    """A session whose District Master is the one in an archive; it is read and never changed.

    One of an older layout is read on a copy that is brought up, from the first reading until `close`.

    Args:
        session: that of the district.
        archive: what is looked into.
    """

    def __init__(self, session: Session, archive: Archive) -> None:
        super().__init__(session.places, session.settings, session.name)
        self.archive = archive
        self._lock, self._copy = RLock(), ExitStack()
        self._path: Path | None = None

    def close(self) -> None:
        """Let go of the archive."""
        with self._lock:
            self._path = None
            self._copy.close()

    @property
    def district(self) -> DistrictPlaces:
        """The files of the district, with the archive in the place of the Master.

        Raises:
            NotFound: there is no district.
            MasterError: the archive can't be read, or is of a layout that this program does not know.
        """
        files = super().district
        with self._lock:
            if self._path is None:
                self._path = self._copy.enter_context(readable(self.archive))
            return _ArchivePlaces(files.name, files.root, self._path)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Refused: an archive stays as it was made."""
        yield self._to_write()

    def start_pull(
        self, *, plan_only: bool = False, resume: bool = False, quick: bool = False, acknowledge: bool = False
    ) -> CommandProcess:
        """Refused: a pull is of the District Master."""
        raise self._refusal()

    def person(self, kind: PersonKind, number: int) -> tuple[dict[str, Any], Account | None]:
        """What the archive holds of one person, as `operations.explain` tells it but without a verdict, and the account.

        Raises:
            MasterError: the archive can't be read.
        """
        with self.reading() as db:
            person = people.person(db, kind, number)
            account = account_of(db, kind, number)
        return person.document(), account

    def _to_write(self) -> sqlite3.Connection:
        raise self._refusal()

    def _refusal(self) -> NotAllowedNow:
        return NotAllowedNow(
            f"This is the archive {self.archive.name}; it is only looked at.",
            meaning="Nothing was changed.",
            remedy="Close it, and do it with the District Master.",
        )
