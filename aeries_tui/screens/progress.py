"""How far each school of a pull is, list by list."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.listing import Cell, Column, Row
from aeries_tui.pull.staging import SCHOOL_LISTS
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.pull_state import ListState, PullState, read_state
from aeries_tui.screens.text.pull import figures, headline
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable

COLUMNS = (
    Column("code", "School", align="right", min_width=6),
    Column("name", "Name", flex=2, min_width=16),
    *(Column(name, name.capitalize(), align="right", min_width=8) for name in SCHOOL_LISTS),
    Column("records", "Records", align="right", min_width=8),
)
_OF_DISTRICT = {"staff": "Staff of the district", "courses": "Courses of the district"}
SIGN_COLUMNS = (
    Column("code", "School", align="right", min_width=6),
    Column("name", "Name", flex=1, min_width=12),
    *(Column(name, name.capitalize(), min_width=8) for name in SCHOOL_LISTS),
    Column("records", "Records", align="right", min_width=8),
    Column("seconds", "Seconds", align="right", min_width=7),
)
"""The schools of a pull in signs, where there is little room for each."""
LOOK_SECONDS = 1.0

_STYLES = {
    "complete": "good",
    "reading": "running",
    "failed": "error",
    "denied": "error",
    "skipped": "warning",
}


def school_rows(state: PullState) -> list[Row]:
    """The district's own lists, then one row for each school."""
    grouped: dict[int, dict[str, ListState]] = {code: {} for code in sorted(state.mapped)}
    own: dict[str, ListState] = {}
    for listed in state.lists:
        (own if listed.school is None else grouped.setdefault(listed.school, {}))[listed.endpoint] = listed
    rows = [
        Row(name, ("", _OF_DISTRICT[name], *[""] * len(SCHOOL_LISTS), _cell(own.get(name))))
        for name in _OF_DISTRICT
    ]
    return rows + [_row(code, grouped[code], state) for code in sorted(grouped)]


def _row(code: int, lists: dict[str, ListState], state: PullState) -> Row:
    records = sum(listed.received for listed in lists.values())
    cells = [_cell(lists.get(name)) for name in SCHOOL_LISTS]
    return Row(code, (str(code), state.names.get(code, ""), *cells, f"{records:,}"))


def _cell(listed: ListState | None) -> Cell:
    if listed is None:
        return ("waiting", "muted")
    if listed.state == "complete":
        return (f"{listed.received:,}", "good")
    if listed.state == "reading":
        return (f"{listed.received:,} …", "running")
    return (listed.state, _STYLES.get(listed.state, "warning"))


_SIGNS: dict[str, Cell] = {
    "complete": ("✔", "completed"),
    "reading": ("▶", "running"),
    "failed": ("✖", "error"),
    "denied": ("✖", "error"),
    "skipped": ("-", "warning"),
}
_WAITS: Cell = ("·", "muted")


def sign_rows(state: PullState) -> list[Row]:
    """One row for each school, a sign for each of its lists; those being read stand first."""
    grouped: dict[int, dict[str, ListState]] = {code: {} for code in state.mapped}
    for listed in state.lists:
        if listed.school is not None:
            grouped.setdefault(listed.school, {})[listed.endpoint] = listed

    def turn(code: int) -> tuple[int, int]:
        states = {listed.state for listed in grouped[code].values()}
        if "reading" in states:
            return 0, code
        if states - {"complete", "open"}:
            return 1, code
        return (3 if len(grouped[code]) == len(SCHOOL_LISTS) and "open" not in states else 2), code

    return [_sign_row(code, grouped[code], state) for code in sorted(grouped, key=turn)]


def _sign_row(code: int, lists: dict[str, ListState], state: PullState) -> Row:
    signs = [_SIGNS.get(lists[name].state, _WAITS) if name in lists else _WAITS for name in SCHOOL_LISTS]
    records = sum(listed.received for listed in lists.values())
    seconds = state.facts.get(f"seconds {code}", "")
    return Row(code, (str(code), state.names.get(code, ""), *signs, f"{records:,}", seconds))


class ProgressScreen(DistrictScreen):
    """The lists of each school."""

    KEYS = "progress"
    PLACE = "pull"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("progress")

    def __init__(self) -> None:
        super().__init__()
        self._state = PullState()
        self._rows: list[Row] = []
        self._asked = False
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Nothing is being read.", id="schools", name="progress", opens=False)

    def body(self) -> ComposeResult:
        """What runs, and the schools."""
        yield self._head
        yield self._table

    def on_mount(self) -> None:
        """Look at a running pull every second."""
        self._table.focus()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if self._state.is_pulling and self.is_current:
            self.reread()

    def reread(self) -> None:
        """Read how the pull stands; one question at a time."""
        if not self._asked:
            self._asked = True
            session, before = self.session, self._state

            def read() -> tuple[PullState, list[Row]]:
                state = read_state(session, before)
                return state, school_rows(state)

            self.ask(read, self._show, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        self._asked = False
        self.show_error(error, "The pull can't be read")

    def _show(self, found: tuple[PullState, list[Row]]) -> None:
        self._asked = False
        state, rows = found
        self._state = state
        self._head.update(content(self.app, *headline(state), "\n", figures(state, None, None)))
        if rows != self._rows:
            self._rows = rows
            self._table.replace(ListSource(COLUMNS, rows))
