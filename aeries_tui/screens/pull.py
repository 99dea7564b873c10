"""Pull: start one, watch the one that runs whoever started it, cancel it; or see the last one and what can be done."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Static

from aeries_tui.listing import Cell, Row
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.plan import PlanScreen
from aeries_tui.screens.progress import SIGN_COLUMNS, ProgressScreen, sign_rows
from aeries_tui.screens.pull_log import PullLogSource, save_pull_log
from aeries_tui.screens.pull_state import Pace, PullState, read_state, school_lines, stage_lines
from aeries_tui.screens.starting import begin_pull
from aeries_tui.screens.text.became import counts_table, folded, meaning, problems
from aeries_tui.screens.text.counts import trimmed
from aeries_tui.screens.text.pull import advice, figures, headline
from aeries_tui.session import CommandProcess
from aeries_tui.widgets.bars import ProgressLines
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import Confirm
from aeries_tui.widgets.log import ListLog, LiveLog, SaveLog
from aeries_tui.widgets.panes import BESIDE, THREE
from aeries_tui.widgets.scroll import ScrollText
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable

LOOK_SECONDS = 0.5
LOW = 20
"""Lines of the terminal below which only the stages that matter now are shown."""
HOLDS, CODES = (3, 12), (3, 10)
"""Reasons of a plan, and codes, that are written out below the counts of a pull, and where there is room beside."""


class PullScreen(DistrictScreen):
    """The pull."""

    KEYS = "pull"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("pull")

    def __init__(self) -> None:
        super().__init__()
        self._state = PullState()
        self._read = False
        self._asked = False
        self._again = False
        self._wanted: object = None
        self._lists, self._bytes = Pace(), Pace()
        self._requests = Pace()
        self._source: PullLogSource | None = None
        self._head = Static(markup=False, id="head")
        self._figures = Static(markup=False, id="figures")
        self._stages = ProgressLines(id="stages")
        self._schools = ProgressLines(id="schools")
        self._grid = PagedTable(empty="No school is read yet.", id="grid", name="pull-schools", opens=False)
        self._grid_rows: list[Row] = []
        self._signs: list[Row] = []
        self._folded = Static(markup=False, id="folded")
        self._told = Static(markup=False, id="told")
        self._counts = Static(markup=False, id="counts")
        self._log = LiveLog(ListLog(), empty="No pull has written a log yet.", id="log")

    def body(self) -> ComposeResult:
        """What runs, how far it is, what can be done, and the log."""
        yield self._head
        yield self._figures
        yield self._folded
        with Container(id="work"):
            with Vertical(id="left"):
                with Horizontal(id="progress"):
                    yield self._stages
                    yield self._schools
                yield self._grid
                with Container(id="became"):
                    yield self._counts
                    with ScrollText(id="means"):
                        yield self._told
            yield self._log

    def on_mount(self) -> None:
        """Look at a running pull twice a second."""
        self._log.focus()
        self.set_interval(LOOK_SECONDS, self._look)

    def on_unmount(self) -> None:
        """Let go of the log."""
        if self._source is not None:
            self._source.close()

    def on_resize(self, event: events.Resize) -> None:
        """Use the room there is."""
        self.set_class(event.size.height < LOW, "-low")
        self.set_class(event.size.width >= BESIDE, "-wide")
        self.set_class(event.size.width >= THREE, "-three")
        self._show_words()
        self._show_lines()

    # Reading

    def _look(self) -> None:
        if self._state.is_pulling and self.is_current:
            self.reread()

    def reread(self) -> None:
        """Read how the pull stands; one question at a time."""
        if self._asked:
            self._again = True
            return
        self._asked, self._again = True, False
        session, before, signs, is_three = self.session, self._state, self._signs, self.has_class("-three")

        def read() -> tuple[PullState, list[Row]]:
            state = read_state(session, before)
            # Of thousands of schools the rows take longer than a key may: they are made beside the screen.
            is_same = signs and state.lists is before.lists and state.mapped is before.mapped
            return state, (signs if is_same else sign_rows(state)) if is_three and state.is_pulling else []

        self.ask(read, self._show, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        self._asked = False
        self.show_error(error, "The pull can't be read")

    def _show(self, found: tuple[PullState, list[Row]]) -> None:
        state, self._signs = found
        before, self._state = self._state, state
        self._read, self._asked = True, False
        if before.found is None or state.found is None or before.found.id != state.found.id:
            self._lists, self._bytes, self._requests = Pace(), Pace(), Pace()
        self._measure(state)
        if state.log is not None and (self._source is None or self._source.path != state.log):
            self._open_log(PullLogSource(state.log))
        elif state.log is None and self._source is not None:
            self._open_log(None)
        self._show_words()
        self._show_lines()
        self.refresh_bindings()
        if self._again:
            self.reread()
            return
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.call_later(self._do, wanted)

    def _measure(self, state: PullState) -> None:
        fetch = next((stage for stage in state.stages if stage.name == "fetch"), None)
        if fetch is not None and fetch.state == "running":
            self._lists.add(state.at, fetch.done)
        self._requests.add(state.at, float(state.facts.get("requests", 0)))
        self._bytes.add(state.at, float(state.facts.get("bytes", 0)))

    def _open_log(self, source: PullLogSource | None) -> None:
        old, self._source = self._source, source
        self._log.open(source or ListLog())
        self._log.follow()
        if old is not None:
            self.ask(old.close, lambda _: None)

    def _show_words(self) -> None:
        state = self._state
        self._head.update(content(self.app, *headline(state)))
        self._figures.update(content(self.app, figures(state, self._requests.a_second, self._bytes.a_second)))
        self.set_class(state.is_pulling, "-running")
        self.set_class(not state.stages, "-fresh")
        if state.is_pulling:
            return
        self._folded.update(content(self.app, *folded(state)))
        wide, became = self.has_class("-wide"), state.became
        told = advice(state, self.key)
        counts: list[Cell] = []
        if became is not None:
            counts = counts_table(became)
            means = meaning(became, counted_beside=wide and bool(counts), most=HOLDS[wide])
            wrong = problems(became, CODES[wide])
            if wide and counts:  # what to do stands below the counts, where there is room
                counts, told = [*counts, "\n", *told], []
            # Where there is room, a blank line tells what it means from what is wrong and what to do.
            apart: list[Cell] = ["\n"] if wide else []
            told = [cell for part in (means, wrong, told) if part for cell in (*part, *apart)]
        self._told.update(content(self.app, *trimmed(told)))
        self._counts.update(content(self.app, *trimmed(counts)))
        self.set_class(bool(counts), "-counted")

    def _show_lines(self) -> None:
        if not self._state.is_pulling:
            return
        lines = stage_lines(self._state, self._lists)
        if self.has_class("-low"):
            busy = [line for line in lines if line.state in {"running", "failed"}]
            lines = busy[:2] or lines[-1:]
        self._stages.show(lines)
        if self.has_class("-three"):
            rows = self._signs or sign_rows(self._state)
            if rows != self._grid_rows:
                self._grid_rows = rows
                self._grid.replace(ListSource(SIGN_COLUMNS, rows))
        elif self.has_class("-wide"):
            room = max(1, len(lines))
            self._schools.show(school_lines(self._state)[:room])

    # Coming here for something

    def arrive(self, what: object) -> None:
        """`plan`: show the plan that waits."""
        self._wanted = what  # what was read before may be old: look first
        self.reread()

    def _do(self, what: object) -> None:
        if what == "plan":
            self.action_view_plan()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what can't be done now are faint; those that begin a pull make room while one runs."""
        state = self._state
        is_free = not state.starting and state.running is None
        match action:
            case "start" | "plan_only" | "quick":
                return is_free
            case "resume":
                return is_free and (state.resumable is not None or None)
            case "view_plan":
                return state.held is not None or None
            case "cancel":
                return state.is_pulling or None
            case "schools":
                return bool(state.lists) or None
            case _:
                return super().check_action(action, parameters)

    def action_start(self) -> None:
        """Start a pull."""
        begin_pull(self, self._begun)

    def action_plan_only(self) -> None:
        """Start a pull that ends with its plan."""
        begin_pull(self, self._begun, plan_only=True)

    def action_quick(self) -> None:
        """Start a pull of what the change feeds name."""
        begin_pull(self, self._begun, quick=True)

    def action_resume(self) -> None:
        """Go on with the interrupted pull."""
        begin_pull(self, self._begun, resume=True)

    def _begun(self, started: CommandProcess) -> None:
        del started
        self.reread()

    def action_view_plan(self) -> None:
        """View the plan that waits."""
        held = self._state.held
        if held is None:
            self.tell("No plan waits.")
        else:
            self.app.push_screen(PlanScreen(held.id))

    def action_cancel(self) -> None:
        """Cancel the pull that runs, after a question."""
        state = self._state
        number = state.running.number if state.running is not None else None
        which = f"import {number}" if number is not None else "the pull that is just beginning"
        hours = self.session.settings.pull.resume_max_age_hours
        detail = (
            "Nothing is changed in the District Master. What was read stays on this machine: for "
            f"{hours:g} hours the pull can be resumed from there."
        )

        def answered(answer: bool | None) -> None:
            if answer:
                self.ask(self.session.cancel, self._cancelled)

        self.app.push_screen(
            Confirm(
                f"Cancel {which}, which has read {state.records:,} records?",
                yes="Cancel the pull",
                no="Let it run",
                detail=detail,
                title="Cancel",
            ),
            answered,
        )

    def _cancelled(self, was_one: bool) -> None:
        self.tell("The pull is asked to end." if was_one else "No pull runs any more.")
        self.reread()

    def action_schools(self) -> None:
        """How far each school is."""
        self.app.push_screen(ProgressScreen())

    def action_toggle_log(self) -> None:
        """The log takes the whole screen, or half of it."""
        self.toggle_class("-log")

    @on(SaveLog)
    def _save_log(self, event: SaveLog) -> None:
        event.stop()
        save_pull_log(self, event.log_widget, self._state.found.id if self._state.found else 0, self._source)
