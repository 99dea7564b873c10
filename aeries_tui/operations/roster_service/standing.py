"""How the roster service of a district stands: whether it answers, what it gives, since when, and who reads it."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass

from aeries_tui.alarms.verdict import RosterService, ServiceReader
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.served import consumers, states
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.master.served.file import served
from aeries_tui.master.served.master_mark import mark_of
from aeries_tui.master.served.states import State
from aeries_tui.operations.district import District
from aeries_tui.operations.roster_service.answering import Answering, answering
from aeries_tui.roster_service.times import stamp_text
from aeries_tui.text import in_number

LATE = dt.timedelta(minutes=5)
"""A service that runs gives what was imported within seconds; one that still does not after so long can't."""


@dataclass(frozen=True)
class ServiceStanding:
    """How the roster service of a district stands.

    Attributes:
        answering: whether anything answers.
        state: the number of the state that is given; None before the first.
        import_id: the newest import in it.
        since: when it could first be read, in UTC.
        is_held: nobody is in the roster, as after the archive at a year's end, so the last state is given until an import fills it.
        is_behind: the District Master is in another state, which is given as soon as somebody asks.
        is_late: the service runs, and has not given that for so long that it can't.
        left_out: ids of records that the standard does not allow.
        consumers: who may read.
        problem: why the file of the service can't be used; None where it can. The rest is then not known.
    """

    answering: Answering
    state: int | None = None
    import_id: int | None = None
    since: str | None = None
    is_held: bool = False
    is_behind: bool = False
    is_late: bool = False
    left_out: tuple[str, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    problem: AeriesTuiError | None = None

    @property
    def sentence(self) -> str:
        """The same in words."""
        if self.problem is not None:
            return " ".join(self.problem.lines()).rstrip(".")
        given = f"gives import {self.import_id} since {self.since}" if self.state else "was not asked yet"
        held = ", held until an import fills the roster" if self.is_held else ""
        late = ", can't give the newest" if self.is_late else ""
        seen = max((one.last_seen for one in self.consumers if one.last_seen), default="never")
        left = f"; {in_number(len(self.left_out), 'record')} left out" if self.left_out else ""
        return f"{given}{held}{late}; {in_number(len(self.consumers), 'consumer')}, last seen {seen}{left}"

    def document(self) -> RosterService:
        """The same as JSON documents give it."""
        readers = [
            ServiceReader(one.name, one.last_seen, one.requests, one.records, one.state)
            for one in self.consumers
        ]
        return RosterService(
            self.state, self.import_id, self.since, self.is_held, self.left_out, readers,
            self.answering.state, self.answering.where or None, self.is_late,
            self.problem.problem if self.problem is not None else None,
        )  # fmt: skip


def service_standing(district: District) -> ServiceStanding | None:
    """How the service stands; None where no consumer was ever added."""
    if not district.files.served.exists():
        return None
    try:
        return _standing(district)
    except AeriesTuiError as error:
        return ServiceStanding(answering(district), problem=error)


def _standing(district: District) -> ServiceStanding:
    with served(district.files.served) as db:
        now = states.shown(db)
        left_out = tuple(states.left_out(db, now.number)) if now else ()
        allowed = tuple(one for one in consumers.consumers(db) if one.is_allowed)
    answers = answering(district)
    is_held = is_behind = is_late = False
    if district.files.master.exists():
        with district.reading() as master:
            mark = mark_of(master)
            is_held = now is not None and not mark.is_roster
            is_behind = mark.is_roster and (now is None or now.mark != mark.text)
            is_late = is_behind and _is_late(district, answers)
    given, import_id, since = _given(now)
    return ServiceStanding(answers, given, import_id, since, is_held, is_behind, is_late, left_out, allowed)


def _given(state: State | None) -> tuple[int | None, int | None, str | None]:
    return (state.number, state.import_id, stamp_text(state.stamp)) if state else (None, None, None)


def _is_late(district: District, answers: Answering) -> bool:
    """Whether a service ran long enough beside the District Master, as it was written last, to have given it."""
    if answers.state != "runs" or answers.since is None:
        return False
    moments = [dt.datetime.fromisoformat(answers.since)]
    for path in (district.files.master, district.files.master.with_name(f"{district.files.master.name}-wal")):
        with contextlib.suppress(OSError):
            moments.append(dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC))
    return _now() - max(moments) > LATE


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
