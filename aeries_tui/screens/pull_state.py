"""What the screen Pull shows: the pull that runs, or the last one, read from its log and the books."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aeries_tui.errors import NotFound
from aeries_tui.master.imports import imports
from aeries_tui.master.lists.changes import Changes, Tally
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.outcome import Outcome
from aeries_tui.pull.folder import log_file, plan_file
from aeries_tui.pull.log import LogReader, StageProgress
from aeries_tui.pull.recovery import resumable
from aeries_tui.pull.staging import DISTRICT_LISTS, SCHOOL_LISTS
from aeries_tui.screens.text.result import Result, read_result
from aeries_tui.screens.times import moment
from aeries_tui.session import RunningPull, Session
from aeries_tui.widgets.bars import Progress

STAGE_LABELS: Mapping[str, str] = {
    "connect": "Connect", "year": "School year", "fetch": "Fetch", "check": "Check", "compare": "Compare",
    "guard": "Guard", "apply": "Apply", "files": "Files",
}  # fmt: skip

WINDOW_SECONDS = 60.0
"""The pace is that of so long a time."""


@dataclass(frozen=True)
class ListState:
    """One list of a pull: endpoint, school (None for the district), state, records so far."""

    endpoint: str
    school: int | None
    state: str
    received: int


@dataclass(frozen=True)
class Became:
    """What became of an import: its result, and what it changed or would change, by kind and school."""

    result: Result
    tallies: tuple[Tally, ...]


@dataclass(frozen=True)
class PullState:
    """All that the screen shows.

    Attributes:
        running: what is being done to the district now, by whomever.
        starting: a pull was started here and has not begun yet.
        found: the import shown: the one that runs, else the newest pull; None while one is about to begin.
        became: what became of it; None while it runs.
        log: its log.
        held: the newest import whose plan waits.
        held_is_stale: that plan can only be discarded.
        resumable: the number of a stopped pull that can go on.
        mapped: codes of the schools that take part.
        stages: of the import shown.
        lists: of the import shown.
        facts: figures of the import shown.
        names: school code to name.
        at: seconds since the epoch, when all this was read.
        written: likewise, when the log of the import shown was written to last.
    """

    running: RunningPull | None = None
    starting: bool = False
    found: imports.Import | None = None
    became: Became | None = None
    log: Path | None = None
    held: imports.Import | None = None
    held_is_stale: bool = False
    resumable: int | None = None
    mapped: frozenset[int] = frozenset()
    stages: tuple[StageProgress, ...] = ()
    lists: tuple[ListState, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    at: float = 0.0
    written: float = 0.0

    @property
    def is_pulling(self) -> bool:
        """Whether a pull runs or is about to."""
        return self.starting or (self.running is not None and self.running.what == "pull")

    @property
    def records(self) -> int:
        """Records read so far."""
        return sum(one.received for one in self.lists)

    @property
    def began(self) -> float | None:
        """When the first stage began, seconds since the epoch."""
        return min((s.started_at for s in self.stages if s.started_at is not None), default=None)

    @property
    def ended(self) -> float | None:
        """When the last stage so far ended; of a pull that was killed, its last sign of life."""
        ends = [s.ended_at for s in self.stages if s.ended_at is not None]
        if not self.is_pulling and self.written and any(s.state == "running" for s in self.stages):
            ends.append(self.written)
        return max(ends, default=None)


def read_state(session: Session, before: PullState | None = None) -> PullState:
    """Read it; slow enough to be done beside the screen.

    Args:
        session: the district.
        before: what was read before; what became of an import is not counted again, and what can't change while a pull
            runs is not read again.
    """
    started = session.started
    running = session.running()
    alive = running is None and started is not None and started.status is None
    state = PullState(running=running, at=time.time())
    same: PullState | None = None
    with contextlib.suppress(NotFound), session.reading() as db:
        held = imports.latest_held(db)
        shown = imports.latest_pull(db)
        # Between its end and that of its process, one that was started here is no beginning any more.
        starting = alive and (shown is None or shown.id <= session.started_after)
        if starting or (shown is not None and _is_before(shown, running)):
            shown = None
        hours = session.settings.pull.resume_max_age_hours
        same = _of_same_pull(before, shown, running)
        state = replace(
            state,
            starting=starting or (alive and shown is not None and shown.outcome is Outcome.RUNNING),
            found=shown,
            held=held if held is not None and plan_file(session.district, held.id).exists() else None,
            held_is_stale=held is not None and imports.is_stale(db, held),
            resumable=resumable(session.district, db, hours) if running is None else None,
            mapped=same.mapped if same else schools.mapped_codes(db),
            names=same.names if same else {one.code: one.name for one in schools_table.aeries_schools(db)},
        )
        if shown is not None and not state.is_pulling:
            known = before.became if before is not None else None
            known = known if known is not None and known.result.found == shown else None
            state = replace(state, became=known or _became(session, db, shown))
    if state.found is not None:
        state = _with_log(state, log_file(session.district, state.found.id), same)
    return state


def _of_same_pull(
    before: PullState | None, shown: imports.Import | None, running: RunningPull | None
) -> PullState | None:
    """What was read before of the very pull that runs now: it takes the schools that were mapped when it began."""
    if before is None or running is None or not before.is_pulling or before.found is None or shown is None:
        return None
    return before if running.what == "pull" and before.found.id == shown.id else None


def _is_before(shown: imports.Import, running: RunningPull | None) -> bool:
    """Whether the import ended before what runs now began: that one has no number yet."""
    return (
        running is not None
        and running.what == "pull"
        and shown.outcome is not Outcome.RUNNING
        and shown.started_at < running.since
    )


def _became(session: Session, db: sqlite3.Connection, shown: imports.Import) -> Became:
    plan = plan_file(session.district, shown.id)
    changes = None
    if shown.applied:
        changes = Changes(session.district.master, shown.id)
    elif shown.outcome is Outcome.HELD and plan.exists():
        changes = Changes(session.district.master, shown.id, plan)
    return Became(
        read_result(db, shown.id), tuple(changes.tallies(db, session.answers)) if changes is not None else ()
    )


def _with_log(state: PullState, path: Path, same: PullState | None) -> PullState:
    with LogReader(path) as reader:
        stages = tuple(reader.stages())
        known = same.lists if same and _is_fetched(same.stages) and _is_fetched(stages) else None
        return replace(
            state,
            log=path,
            stages=stages,
            lists=tuple(ListState(*one) for one in reader.lists()) if known is None else known,
            facts=reader.facts(),
            written=_last_line(reader),
        )


def _is_fetched(stages: Iterable[StageProgress]) -> bool:
    """All lists have been read: nothing more becomes of them."""
    return any(stage.name == "fetch" and stage.state == "done" for stage in stages)


def _last_line(reader: LogReader) -> float:
    """When the log's last line was written, seconds since the epoch; 0 where it has none."""
    lines = reader.lines(after=max(0, reader.count() - 1), limit=1)
    return moment(lines[-1].at).timestamp() if lines else 0.0


class Pace:
    """How fast a number grows, over the last minute; so that what was there before says nothing."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque()

    def add(self, at: float, value: float) -> None:
        """The number at a moment; a smaller one than before begins anew."""
        if self._samples and value < self._samples[-1][1]:
            self._samples.clear()
        self._samples.append((at, value))
        while len(self._samples) > 2 and at - self._samples[0][0] > WINDOW_SECONDS:
            self._samples.popleft()

    @property
    def a_second(self) -> float | None:
        """Growth a second; None before anything is known."""
        if len(self._samples) < 2:
            return None
        (first, low), (last, high) = self._samples[0], self._samples[-1]
        return (high - low) / (last - first) if last > first else None


def stage_lines(state: PullState, fetch: Pace) -> list[Progress]:
    """The stages as lines of progress.

    Args:
        state: what was read.
        fetch: the pace of the fetch stage, lists a second.
    """
    return [_stage_line(stage, state, fetch) for stage in state.stages]


def _stage_line(stage: StageProgress, state: PullState, fetch: Pace) -> Progress:
    running = stage.state == "running" and state.is_pulling
    # A stage that says running though nobody works on it was killed.
    shown = "failed" if stage.state == "running" and not running else stage.state
    counted = stage.total is not None and stage.total > 1
    line = Progress(
        STAGE_LABELS.get(stage.name, stage.name),
        stage.done if counted else 0,
        stage.total if counted else None,
        shown,
        stage.unit if counted else "",
    )
    if not running or stage.total is None:
        return line
    pace = fetch.a_second if stage.name == "fetch" else _since_begin(stage, state.at)
    left = (stage.total - stage.done) / pace if pace else None
    return replace(line, left=left)


def _since_begin(stage: StageProgress, now: float) -> float | None:
    if stage.started_at is None or now <= stage.started_at or not stage.done:
        return None
    return stage.done / (now - stage.started_at)


def school_lines(state: PullState) -> list[Progress]:
    """The district's own lists and each school's as lines of progress, those being read first."""
    grouped: dict[int | None, list[ListState]] = {}
    for one in state.lists:
        grouped.setdefault(one.school, []).append(one)
    if state.is_pulling:
        for code in sorted(state.mapped):
            grouped.setdefault(code, [])
    lines = [_school_line(school, lists, state) for school, lists in grouped.items()]
    order = {"running": 0, "failed": 1, "waiting": 2, "done": 3}
    return sorted(lines, key=lambda line: order[line.state])


def _school_line(school: int | None, lists: Sequence[ListState], state: PullState) -> Progress:
    label = "District" if school is None else f"{school} {state.names.get(school, '')}".strip()
    done = sum(one.state not in {"reading", "open"} for one in lists)
    total = len(DISTRICT_LISTS if school is None else SCHOOL_LISTS)
    bad = any(one.state in {"failed", "denied", "skipped"} for one in lists)
    reading = state.is_pulling and any(one.state == "reading" for one in lists)
    shown = "running" if reading else "failed" if bad else "done" if done >= total else "waiting"
    if not state.is_pulling and done < total:
        shown = "failed"
    records = sum(one.received for one in lists)
    return Progress(label, done, total, shown, f"lists, {records:,} records")
