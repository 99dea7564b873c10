"""Home: the checklist of the journey, which becomes the district's status board."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from aeries_tui.listing import Cell, Column, Row
from aeries_tui.operations.board import Board, read_board
from aeries_tui.operations.roster_service import ServiceStanding
from aeries_tui.pull.request import acknowledge
from aeries_tui.schedule import ScheduleStatus
from aeries_tui.screens.base import DistrictScreen, lines_of
from aeries_tui.screens.starting import ask_acknowledgement, begin_pull
from aeries_tui.screens.text.board import codes, nights, schools
from aeries_tui.screens.text.counts import trimmed
from aeries_tui.screens.text.home import SIGNS, HomeLine, headline, lines_for
from aeries_tui.screens.times import now, show_zone, shown_time
from aeries_tui.session import CommandProcess
from aeries_tui.session.district_status import (
    DistrictStatus,
    read_district_status,
    read_schedule,
    read_service,
)
from aeries_tui.widgets.bars import chart
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.panes import BESIDE, THREE
from aeries_tui.widgets.status import content, outcome_text
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("sign", "", width=1, sortable=False),
    Column("label", "", width=21, sortable=False),
    Column("state", "", flex=1, max_width=200, sortable=False),
    Column("key", "Key", width=3, sortable=False),
)
LOW, HIGH = 20, 32
"""Lines of the terminal below which the chart gives its room to the rest, and from which the imports are listed."""

CODES = 12
"""Codes of the last pull that have a line."""

LATEST = 6
"""Imports listed below the chart where there is room."""


class HomeScreen(DistrictScreen):
    """Where one begins, and what one looks at every morning."""

    KEYS = "home"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("home")

    def __init__(self) -> None:
        super().__init__()
        self._standing = DistrictStatus()
        self._schedule: ScheduleStatus | None = None
        self._lines: dict[str, HomeLine] = {}
        self._shown: tuple[HomeLine, ...] = ()
        self._headline = Static(markup=False, id="headline")
        self._table = PagedTable(empty="Reading …", id="lines", name="home")
        self._explain = Static(markup=False, id="explain")
        self._chart = Static(markup=False, id="chart")
        self._board: Board | None = None
        self._service: ServiceStanding | None = None
        self._nights = Static(markup=False, id="nights")
        self._schools = Static(markup=False, id="schools")

    def body(self) -> ComposeResult:
        """The district, the lines, what the line under the cursor is about, the last imports."""
        yield self._headline
        with Horizontal(id="columns"):
            with Vertical(id="lines-and-about"):
                yield self._table
                with VerticalScroll(id="about", can_focus=False):
                    yield self._explain
                yield self._chart
            with Container(id="board"):
                yield self._nights
                yield self._schools

    def on_mount(self) -> None:
        """Read, and give the keys to the lines."""
        self._table.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Give the chart's room to the rest where there is little."""
        self.set_class(event.size.height < LOW, "-low")
        self.set_class(event.size.height >= HIGH, "-high")
        self.set_class(event.size.width >= BESIDE, "-wide")
        self.set_class(event.size.width >= THREE, "-three")
        self._draw_chart()
        self._draw_board()

    def reread(self) -> None:
        """Read how the district stands; then, beside it, what systemd or cron say of its timer and of its service."""
        session = self.session
        self.ask(lambda: read_district_status(session), self._stand, self._unreadable)
        self.ask(lambda: read_schedule(session, now()), self._planned, lambda error: None)
        self.ask(lambda: read_service(session), self._served, lambda error: None)
        self.ask_master(
            lambda db: read_board(db, session.settings.accounts, now(), session.answers),
            self._counted,
            lambda error: None,
        )

    def _unreadable(self, error: BaseException) -> None:
        self.show_error(error, "The district can't be read")

    def _stand(self, standing: DistrictStatus) -> None:
        self._standing = standing
        show_zone(standing.credential.timezone if standing.credential else None)
        self._show()

    def _planned(self, schedule: ScheduleStatus | None) -> None:
        self._schedule = schedule
        self._show()

    def _served(self, service: ServiceStanding | None) -> None:
        self._service = service
        self._show()

    def _counted(self, board: Board) -> None:
        self._board = board
        self._show()
        self._draw_board()

    def _draw_board(self) -> None:
        board = self._board
        has = board is not None and self._standing.applied is not None and self.size.width >= BESIDE
        self.set_class(has, "-board")
        if board is None or not has:
            return
        three, height = self.has_class("-three"), self.size.height
        self._nights.update(
            content(self.app, *nights(board, now()), *(["\n", *codes(board, CODES)] if three else []))
        )
        self._schools.update(content(self.app, *trimmed(schools(board, height - (8 if three else 17)))))

    def _show(self) -> None:
        self.refresh_bindings()
        lines = tuple(lines_for(self._standing, self._schedule, self.key, self._board, self._service))
        if lines == self._shown:
            return
        # Where another step is the next one now, the cursor goes there.
        fresh = [line.id for line in lines] != [line.id for line in self._shown]
        fresh = fresh or self._first(lines) != self._first(self._shown)
        cursor = self._table.cursor
        self._shown = lines
        self._lines = {line.id: line for line in lines}
        self._headline.update(Content(headline(self._standing)))
        self._table.styles.height = len(lines) + 2
        self._table.open(ListSource(COLUMNS, [_row(line) for line in lines]))
        self._table.move_to(self._first(lines) if fresh else cursor)
        self._draw_chart()
        self._tell_about()

    def _first(self, lines: tuple[HomeLine, ...]) -> int:
        """What wants a person comes under the cursor."""
        wanted = ("next", "wrong", "held")
        return next((place for place, line in enumerate(lines) if line.sign in wanted), 0)

    def _draw_chart(self) -> None:
        history = self._standing.history[-max(8, self.size.width - 22) :]
        self.set_class(len(history) > 1, "-history")
        if len(history) < 2:
            return
        signs = chart([past.changed for past in history])
        parts: list[Cell | str] = ["Changes by import  "]
        parts += [(sign, past.outcome.look.style) for sign, past in zip(signs, history, strict=True)]
        most = max(past.changed for past in history)
        range_ = f"import {history[0].number} to {history[-1].number}, at most {most:,} records"
        parts.append((f"\n{range_}", "muted"))
        for past in history[: -LATEST - 1 : -1]:
            parts += [f"\n{past.number:>6}  ", (outcome_text(past.outcome), past.outcome.look.style)]
            told = f"  {shown_time(past.ended_at)}" if past.ended_at else ""
            parts.append((f"{told}  {past.changed:,} changes", "muted"))
        self._chart.update(content(self.app, *parts))

    @property
    def _here(self) -> HomeLine | None:
        key = self._table.cursor_key
        return self._lines.get(str(key)) if key is not None else None

    @on(RowHighlighted)
    def _tell_about(self) -> None:
        line = self._here or (self._shown[0] if self._shown else None)
        if line is None:
            return
        self.query_one("#about").border_title = Content(line.label)
        self._explain.update(lines_of(self.app, *line.explain.split("\n")))

    @on(RowSelected)
    async def _open(self, event: RowSelected) -> None:
        line = self._lines.get(str(event.key))
        if line is None:
            return
        if line.place:
            await self.district_app.go(line.place, line.what)
        elif line.id == "acknowledge":
            await self.action_acknowledge()
        elif line.id == "pull":
            await self.action_pull()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what is not there are faint."""
        match action:
            case "acknowledge":
                return self._standing.acknowledged is None or None
            case "view_plan":
                return self._standing.held is not None or None
            case "open_result":
                return self._standing.newest is not None or None
            case _:
                return super().check_action(action, parameters)

    async def action_acknowledge(self) -> None:
        """Acknowledge the prerequisites."""
        if self._standing.credential is None:
            self.tell("Add the credential first; the acknowledgement is kept with the district.")
            await self.district_app.go("credentials", "add")
            return
        ask_acknowledgement(self, "Acknowledge", self._acknowledge)

    def _acknowledge(self) -> None:
        self.change_master(
            lambda db: acknowledge(db, self.session.district, self.session.settings),
            lambda _: self.tell("Acknowledged."),
        )

    async def action_pull(self) -> None:
        """Start a pull and watch it."""
        if self._standing.credential is None:
            self.tell("Add a credential first.")
            await self.district_app.go("credentials", "add")
        elif self._standing.running is not None:
            await self.district_app.go("pull")
        else:
            begin_pull(self, self._begun)

    def _begun(self, started: CommandProcess) -> None:
        del started
        self.call_later(self.district_app.go, "pull")

    async def action_view_plan(self) -> None:
        """View the plan that waits."""
        await self.district_app.go("pull", "plan")

    async def action_open_result(self) -> None:
        """Open the result of the last import."""
        if self._standing.newest is not None:
            await self.district_app.go("results", self._standing.newest.id)


def _row(line: HomeLine) -> Row:
    sign, style = SIGNS[line.sign]
    state = (line.state, "muted") if line.sign == "waiting" else line.state
    return Row(line.id, ((sign, style), line.label, state, line.key))
