"""How a district stands: which steps of the journey are done, and what is worth knowing of it today."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aeries_tui.master.archives.archives import Archive, archives
from aeries_tui.master.imports import imports, result
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.operations.daily_import import planned_runs
from aeries_tui.operations.district import District
from aeries_tui.operations.roster_service import ServiceStanding, service_standing
from aeries_tui.outcome import Outcome
from aeries_tui.pull.recovery import resumable
from aeries_tui.schedule import ScheduleStatus, schedulers
from aeries_tui.session.session import RunningPull, Session
from aeries_tui.settings import Credential
from aeries_tui.settings.machine import hint_of_machine

if TYPE_CHECKING:
    from aeries_tui.operations.deliveries import Delivered

HISTORY = 30
"""Imports in the small chart."""

_CHANGES = ("created", "updated", "reactivated", "deactivated")


@dataclass(frozen=True)
class Coverage:
    """How many schools take part.

    Attributes:
        mapped: both columns filled.
        open: wait for a person: not mapped, not excluded, and in no doubt a school.
        excluded: left out by a person.
        gone: mapped, but no longer in Aeries' list.
        ali: schools of the product.
        listed: rows of Aeries' list; 0 before it was read.
    """

    mapped: int = 0
    open: int = 0
    excluded: int = 0
    gone: int = 0
    ali: int = 0
    listed: int = 0


@dataclass(frozen=True)
class Past:
    """One import in the chart: its number, outcome, how many records it changed, and when it ended."""

    number: int
    outcome: Outcome
    changed: int
    ended_at: str | None


@dataclass(frozen=True)
class DistrictStatus:
    """All that home shows of a district; what was never there is None or empty.

    Attributes:
        credential: of the district; None while there is none.
        districts: how many districts there are.
        acknowledged: who acknowledged the prerequisites, and when.
        coverage: of the mapping.
        running: what is being done now.
        newest: the newest import that ended.
        applied: the newest import that changed the Master or found it up to date.
        held: the newest import whose plan waits, how many reasons it has, and whether it is stale.
        stale: lists that could not be read lately.
        resumable: the number of a stopped pull that can go on.
        killed: the number of a pull that was killed and not yet put in the books.
        roster: kind to active records, as the newest applied import counted them.
        history: the latest imports, oldest first.
        archive: the newest archive.
        deliveries: how each stands.
        on_machine: there is no district here, but the machine has some of its own.
    """

    credential: Credential | None = None
    districts: int = 0
    acknowledged: schools.Acknowledgement | None = None
    coverage: Coverage = Coverage()
    running: RunningPull | None = None
    newest: imports.Import | None = None
    applied: imports.Import | None = None
    held: tuple[imports.Import, int, bool] | None = None
    stale: tuple[result.Stale, ...] = ()
    resumable: int | None = None
    killed: int | None = None
    roster: dict[str, int] | None = None
    history: tuple[Past, ...] = ()
    on_machine: bool = False
    archive: Archive | None = None
    deliveries: tuple[Delivered, ...] = ()

    @property
    def is_closed(self) -> bool:
        """The school year was archived, and nothing was applied since: the roster is empty."""
        return self.applied is not None and self.applied.kind == "archive"


def read_district_status(session: Session) -> DistrictStatus:
    """How the session's district stands now; may be slow.

    Raises:
        ConfigurationError: credentials.toml can't be used.
        MasterError: the Master can't be read.
    """
    districts = session.districts()
    credential = next((known for known in districts if known.name == session.name), None)
    if credential is None or not session.has_master:
        on_machine = not districts and bool(hint_of_machine(session.places))
        return DistrictStatus(credential, len(districts), on_machine=on_machine)
    running = session.running()
    with session.reading() as db:
        held = imports.latest_held(db)
        applied = imports.latest_applied(db)
        newest = imports.latest_ended(db)
        last = imports.latest(db)
        unfinished = last is not None and last.outcome is Outcome.RUNNING and running is None
        return DistrictStatus(
            credential,
            len(districts),
            schools.acknowledgement(db),
            _coverage(db),
            running,
            newest,
            applied,
            (held, len(result.holds(db, held.id)), imports.is_stale(db, held)) if held else None,
            tuple(result.stale(db)),
            resumable(session.district, db, session.settings.pull.resume_max_age_hours),
            last.id if unfinished and last else None,
            {kind: row["active"] for kind, row in result.counts(db, applied.id).items()} if applied else None,
            tuple(_history(db)),
            archive=next(iter(archives(session.district.archives)), None),
            deliveries=_deliveries(session, credential),
        )


def _deliveries(session: Session, credential: Credential) -> tuple[Delivered, ...]:
    if not session.settings.deliveries:
        return ()
    # What sends files takes its time to load, and most districts have none.
    from aeries_tui.operations.deliveries import states_of

    return tuple(states_of(_district(session, credential)))


def _coverage(db: sqlite3.Connection) -> Coverage:
    mapped = schools.mapped_codes(db)
    grid = schools.grid(db)
    excluded = [row for row in grid if row.mapping.excluded]
    waiting = [
        row
        for row in grid
        if row.school.code not in mapped and not row.mapping.excluded and not row.school.is_doubtful
    ]
    gone = [row for row in grid if row.school.code in mapped and not row.school.listed]
    return Coverage(
        len(mapped),
        len(waiting),
        len(excluded),
        len(gone),
        len(schools_table.ali_schools(db)),
        len(schools_table.aeries_schools(db)),
    )


def _history(db: sqlite3.Connection) -> list[Past]:
    ended = [found for found in imports.every(db, HISTORY) if found.outcome is not Outcome.RUNNING]
    return [
        Past(
            found.id,
            found.outcome,
            sum(row[name] for row in result.counts(db, found.id).values() for name in _CHANGES)
            if found.applied
            else 0,
            found.ended_at,
        )
        for found in reversed(ended)
    ]


def read_schedule(session: Session, now: dt.datetime) -> ScheduleStatus | None:
    """The daily import of the district, wanted and installed; None without a district. Asks systemd or cron."""
    credential = session.credential
    if credential is None:
        return None
    return planned_runs(_district(session, credential), now, schedulers(session.places))


def read_service(session: Session) -> ServiceStanding | None:
    """How the roster service of the district stands; None without a district, and where nobody ever read. Asks systemd."""
    credential = session.credential
    return None if credential is None else service_standing(_district(session, credential))


def _district(session: Session, credential: Credential) -> District:
    """The district as the use cases take it."""
    return District(session.places, session.settings, credential, session.district)
