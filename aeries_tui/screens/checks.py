"""The district's own checks: which there are, what they found last, and what they would find now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.listing import Cell, Column, Row
from aeries_tui.operations.district import District
from aeries_tui.operations.district_checks import CheckState, Tried, check_states, try_checks
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.descriptions import DescriptionsScreen
from aeries_tui.settings.district_checks import DistrictCheck
from aeries_tui.text import in_number
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.palette import OF_SEVERITY
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("code", "Code", min_width=20, max_width=34),
    Column("last", "Last found", align="right", min_width=10),
    Column("now", "Now", align="right", min_width=7),
    Column("sentence", "What it looks for", flex=1, min_width=24, max_width=120),
)
_ROWS_SHOWN = 50


class ChecksScreen(DistrictScreen):
    """The checks of the district."""

    KEYS = "checks"
    PLACE = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("checks")

    def __init__(self) -> None:
        super().__init__()
        self._states: dict[str, CheckState] = {}
        self._tried: Mapping[str, Tried] = {}
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="checks", name="checks")
        self._about = Pane(id="about")

    def body(self) -> ComposeResult:
        """The checks, and all of the one under the cursor."""
        yield self._head
        yield Panes(self._table, self._about)

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._head.update(content(self.app, "Checks of the district's own: queries that run in every pull"))
        self._table.focus()

    def reread(self) -> None:
        """Read which there are, and what they found last."""
        district = self._district()
        self.ask(lambda: check_states(district), self._show)

    def _district(self) -> District:
        session = self.session
        return District(session.places, session.settings, session.must_have_credential(), session.district)

    def _show(self, states: list[CheckState]) -> None:
        self._states = {state.where: state for state in states}
        self._table.empty = (
            "There are no checks. A file NAME.sql in the directory checks beside config.toml is one;\n"
            "aeries-tui checks example lists a dozen to begin with."
        )
        self._table.replace(ListSource(COLUMNS, [self._row(state) for state in states]))
        self._about.display = bool(states)

    def _row(self, state: CheckState) -> Row:
        tried = self._tried.get(state.where)
        last: Cell = (
            ("failed", "error") if state.problem else "-" if state.found is None else f"{state.found:,}"
        )
        now: Cell = "" if tried is None else ("failed", "error") if tried.failure else f"{tried.found:,}"
        name: Cell = state.code or (state.where.rsplit("/", 1)[-1], "error")
        return Row(state.where, (name, last, now, state.sentence))

    @on(RowHighlighted)
    def _highlighted(self, event: RowHighlighted) -> None:
        self._tell(str(event.key))

    def _tell(self, key: str) -> None:
        state = self._states.get(key)
        if state is not None:
            self._about.show(content(self.app, *self._in_words(state)), of=state.where)

    def _in_words(self, state: CheckState) -> list[Cell]:
        check = state.check
        if not isinstance(check, DistrictCheck):
            return [("It can't be used.\n", "error"), state.problem]
        limits = [
            f"{word} from {limit}"
            for word, limit in (
                ("told", check.warn_if),
                ("errors", check.error_if),
                ("the plan waits", check.hold_if),
            )
            if limit is not None
        ]
        lines: list[Cell] = [
            (check.code, OF_SEVERITY.get(check.severity, "")),
            f"\n{check.sentence}\n{', '.join(limits)}.\n".replace(" from 1", " from 1 row"),
            ("What to do: ", "strong"),
            f"{check.remedy or 'not said'}\n",
            ("Where: ", "strong"),
            f"{check.page or 'not said'}\n",
            ("File: ", "strong"),
            f"{check.where}\n",
        ]
        if state.problem:
            lines += [("Last: ", "strong"), (f"{state.problem}\n", "error")]
        tried = self._tried.get(state.where)
        if tried is not None:
            lines += [("Now: ", "strong"), f"{tried.told}\n"]
            lines += [
                f"{kind} {record}: {message}\n" for kind, record, _, _, message in tried.rows[:_ROWS_SHOWN]
            ]
            if tried.found > _ROWS_SHOWN and tried.rows:
                lines.append(f"… and {in_number(tried.found - _ROWS_SHOWN, 'more row')}")
        return lines

    @on(RowSelected)
    def _selected(self, event: RowSelected) -> None:
        self._open(self._states.get(str(event.key)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a check there is nothing to look at or to run."""
        if action in {"descriptions", "run"}:
            return bool(self._states) or None
        return super().check_action(action, parameters)

    def action_descriptions(self) -> None:
        """What the check under the cursor found in the newest import."""
        self._open(self._states.get(str(self._table.cursor_key)))

    def _open(self, state: CheckState | None) -> None:
        if state is None or not state.code:
            return
        if state.number is None or not state.found:
            self.notify(f"{state.code} found nothing in the newest import. r runs it on the roster as it is.")
            return
        self.app.push_screen(DescriptionsScreen(state.number, state.code))

    def action_run(self) -> None:
        """Run all of them on the roster as it is now; nothing is changed."""
        district = self._district()
        self.notify("The checks run on the roster as it is …")
        self.ask(lambda: try_checks(district), self._ran)

    def _ran(self, tried: list[Tried]) -> None:
        self._tried = {one.where: one for one in tried}
        self._show(list(self._states.values()))
        self._tell(str(self._table.cursor_key))
        failed = sum(1 for one in tried if one.failure)
        self.notify(
            f"{in_number(len(tried), 'check')} run, {failed} failed."
            if failed
            else f"{in_number(len(tried), 'check')} run.",
            severity="warning" if failed else "information",
        )
