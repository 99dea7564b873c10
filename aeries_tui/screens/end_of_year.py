"""The end of the school year, step by step: checklist, freeze, copy, verify, empty, dry run of the new year."""

from __future__ import annotations

import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from aeries_tui.errors import NotFound
from aeries_tui.listing import Column, Row
from aeries_tui.operations.archive_year import Ready
from aeries_tui.screens.base import DistrictScreen, lines_of
from aeries_tui.screens.starting import begin_pull
from aeries_tui.screens.text.end_of_year import headline, lines_for
from aeries_tui.screens.text.home import SIGNS, HomeLine
from aeries_tui.session import CommandProcess
from aeries_tui.session.year_end import Archiving, YearEnd, read_year_end
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import Confirm
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("sign", "", width=1, sortable=False),
    Column("label", "", width=12, sortable=False),
    Column("state", "", flex=1, max_width=200, sortable=False),
    Column("key", "Key", width=3, sortable=False),
)
LOOK_SECONDS = 0.25
"""Time between two looks at an archive that is being made."""


class EndOfYearScreen(DistrictScreen):
    """What leads from one school year to the next."""

    KEYS = "end-of-year"
    PLACE = "archive"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("end-of-year")

    def __init__(self) -> None:
        super().__init__()
        self._found = YearEnd()
        self._run: Archiving | None = None
        self._timer: Timer | None = None
        self._step, self._since = "", 0.0
        self._lines: dict[str, HomeLine] = {}
        self._headline = Static(markup=False, id="headline")
        self._table = PagedTable(empty="Reading …", id="lines", name="end-of-year")
        self._explain = Static(markup=False, id="explain")

    def body(self) -> ComposeResult:
        """Where one is, the lines, and what the line under the cursor is about."""
        yield self._headline
        yield self._table
        with VerticalScroll(id="about", can_focus=False):
            yield self._explain

    def on_mount(self) -> None:
        """Give the keys to the lines."""
        self._table.focus()

    def on_unmount(self) -> None:
        """An archive that is being made goes on alone."""
        if self._run is not None:
            self._run.close()

    # Reading

    def reread(self) -> None:
        """Read how the district stands; while its archive is made, that is all there is to see."""
        if self._run is None:
            session = self.session
            self.ask(lambda: read_year_end(session), self._stand, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        if isinstance(error, NotFound):
            nothing = Ready(
                "Roster", "bad", "There is no District Master yet, so there is nothing to archive."
            )
            self._stand(YearEnd(checks=(nothing,)))
        else:
            self.show_error(error, "The district can't be read")

    def _stand(self, year_end: YearEnd) -> None:
        self._found = year_end
        self._show()

    def _show(self) -> None:
        step = None if self._run is None else self._step
        lines = lines_for(self._found, step, time.monotonic() - self._since, self.key)
        fresh = list(self._lines) != [line.id for line in lines]
        self._lines = {line.id: line for line in lines}
        name = self.session.name or "the district"
        self._headline.update(Content(headline(self._found, name, step, self.key)))
        source = ListSource(COLUMNS, [_row(line) for line in lines])
        if fresh:
            self._table.styles.height = len(lines) + 2
            self._table.open(source)
        else:
            self._table.replace(source)
        if fresh or step is not None:
            self._table.move_to(_wanted(lines))
        self._tell_about()
        self.refresh_bindings()

    @property
    def _here(self) -> HomeLine | None:
        key = self._table.cursor_key
        return self._lines.get(str(key)) if key is not None else None

    @on(RowHighlighted)
    def _tell_about(self) -> None:
        line = self._here
        if line is not None:
            self.query_one("#about").border_title = Content(line.label)
            self._explain.update(lines_of(self.app, *line.explain.split("\n")))

    @on(RowSelected)
    async def _open(self, event: RowSelected) -> None:
        line = self._lines.get(str(event.key))
        if line is None:
            return
        if line.place:
            await self.district_app.go(line.place, line.what)
        elif line.id == "dry-run":
            self.action_dry_run()
        elif line.id in {"copy", "verify", "empty"}:
            self.action_begin()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what can't be done now are faint."""
        match action:
            case "begin":
                return self._can_begin or None
            case "dry_run":
                return (self._run is None and self._found.is_closed) or None
            case _:
                return super().check_action(action, parameters)

    @property
    def _can_begin(self) -> bool:
        return self._run is None and bool(self._found.checks) and self._found.stops is None

    def action_begin(self) -> None:
        """Copy the roster, verify the copy, then empty the roster."""
        year_end = self._found
        if not self._can_begin:
            if year_end.stops is not None and not year_end.is_closed:
                self._table.move_to(list(self._lines).index(year_end.stops.what))
            return
        year = year_end.school_year or "the school year"
        also = " Who is no longer active goes with them." if year_end.inactive else ""
        notices = [check.what for check in year_end.checks if check.state == "notice"]
        told = f" Worth a look before: {', '.join(notices)}." if notices else ""
        question = f"Archive {year} and empty the roster of {self.session.name}: {year_end.students:,} students, {year_end.staff:,} staff?"
        detail = (
            f"The roster is emptied only once the copy is verified.{also} Mapping, credentials and accounts stay. "
            f"The prerequisites are acknowledged again before the next pull.{told}"
        )

        def answered(answer: bool | None) -> None:
            if answer:
                self._begin()

        self.app.push_screen(
            Confirm(question, yes="Archive and empty", detail=detail, title="End of year"), answered
        )

    def _begin(self) -> None:
        self._run = Archiving(self.session)
        self._step, self._since = "", time.monotonic()
        self._timer = self.set_interval(LOOK_SECONDS, self._look)
        self._show()

    def _look(self) -> None:
        run = self._run
        if run is None:
            return
        step = run.step
        if step != self._step:
            self._step, self._since = step, time.monotonic()
        if run.is_running:
            self._show()
        else:
            self._ended(run)

    def _ended(self, run: Archiving) -> None:
        if self._timer is not None:
            self._timer.stop()
        refusal = run.refusal()
        run.close()
        self._run = self._timer = None
        self._lines = {}
        self.reread()
        if refusal is not None:
            self.show_error(refusal, "The archive was not made")

    def action_dry_run(self) -> None:
        """Start a pull of the new year that ends with its plan."""
        if self._run is None and self._found.is_closed:
            begin_pull(self, self._begun, plan_only=True)

    def _begun(self, started: CommandProcess) -> None:
        del started
        self.call_later(self.district_app.go, "pull")


def _wanted(lines: list[HomeLine]) -> int:
    """What wants a person, or is being done, comes under the cursor."""
    signs = [line.sign for line in lines]
    return next((signs.index(sign) for sign in ("wrong", "next") if sign in signs), 0)


def _row(line: HomeLine) -> Row:
    sign, style = SIGNS[line.sign]
    state = (line.state, "muted") if line.sign == "waiting" else line.state
    return Row(line.id, ((sign, style), line.label, state, line.key))
