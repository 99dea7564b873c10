"""Import Results: every import with what became of it, and one of them in detail."""

from __future__ import annotations

import sqlite3
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.codes import CODES
from aeries_tui.errors import NotFound
from aeries_tui.listing import Cell, Column, Row
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import latest_with
from aeries_tui.master.lists.changes import Tally
from aeries_tui.screens.descriptions import DescriptionsScreen
from aeries_tui.screens.import_actions import ImportScreenBase
from aeries_tui.screens.text.counts import by_school
from aeries_tui.screens.text.result import (
    STARTED_BY,
    Result,
    count_columns,
    count_rows,
    headline,
    read_result,
    story,
)
from aeries_tui.screens.times import listed_time
from aeries_tui.text import took_in_figures
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.panes import Pane, Panes, PanesLaid
from aeries_tui.widgets.scroll import ScrollText
from aeries_tui.widgets.status import content, outcome_cell
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("id", "No.", align="right", min_width=3),
    Column("outcome", "Status", min_width=22, max_width=24),
    Column("started", "When", min_width=20, max_width=24),
    Column("took", "Took", align="right", min_width=5),
    Column("changed", "Changed", align="right", min_width=7),
    Column("kind", "What", min_width=7),
    Column("trigger", "Started", min_width=8, max_width=20),
    Column("year", "Year", flex=1, min_width=6),
)
MOST = 2_000
"""Imports shown; more than five years of daily ones."""


def import_rows(found: list[imports.Import], changed: dict[int, int]) -> list[Row]:
    """One row for each import, newest first."""
    return [
        Row(
            one.id,
            (
                str(one.id), outcome_cell(one.outcome), listed_time(one.started_at), took_in_figures(one.seconds),
                _changed(one, changed.get(one.id)), one.kind,
                _by(one), one.school_year or "",
            ),
        )
        for one in found
    ]  # fmt: skip


def _by(one: imports.Import) -> str:
    """Who started it, in a word or two."""
    return STARTED_BY.get(one.trigger, one.trigger).removeprefix("by the ").removeprefix("from the ")


def _changed(one: imports.Import, count: int | None) -> Cell:
    if count is None or not one.applied:
        return ("-", "muted")
    return f"{count:,}" if one.undone_by is None else (f"{count:,} undone", "muted")


def _read(db: sqlite3.Connection) -> tuple[list[imports.Import], dict[int, int]]:
    return imports.every(db, MOST), imports.changed_counts(db)


class ResultsScreen(ImportScreenBase):
    """All imports."""

    KEYS = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("results")

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[int, imports.Import] = {}
        self._rows: list[Row] = []
        self._shown: int | None = None
        self._table = PagedTable(empty="Reading …", id="imports", name="imports")
        self._about, self._schools = Pane(id="about"), Pane(id="schools")
        self._panes = Panes(self._table, self._about, self._schools)

    def body(self) -> ComposeResult:
        """The imports, more about the one under the cursor, and what it changed at each school."""
        yield self._panes

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    @property
    def chosen(self) -> imports.Import | None:
        """The import under the cursor."""
        key = self._table.cursor_key
        return self._found.get(int(key)) if key is not None else None

    def reread(self) -> None:
        """Read the imports anew."""
        self.ask_master(_read, self._show, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        if isinstance(error, NotFound):
            self._show(([], {}))
        else:
            self.show_error(error, "The results can't be read")

    def _show(self, read: tuple[list[imports.Import], dict[int, int]]) -> None:
        found, changed = read
        self._found = {one.id: one for one in found}
        self._table.empty = (
            f"Nothing has been imported yet. {self.key('go-pull')} leads to Pull; Home ({self.key('go-home')}) says "
            "what comes before."
        )
        rows = import_rows(found, changed)
        self._about.display = bool(rows)
        if rows != self._rows or not rows:
            at_top = self._table.cursor == 0
            self._rows = rows
            self._table.replace(ListSource(COLUMNS, rows))
            if at_top:
                self._table.move_to(0)
        self._shown = None
        self._tell_about()

    @on(RowHighlighted)
    def _tell_about(self) -> None:
        self.refresh_bindings()
        chosen = self.chosen
        if chosen is None or chosen.id == self._shown:
            return
        number = self._shown = chosen.id
        self.ask_master(lambda db: read_result(db, number), self._show_about, lambda error: None)

    @on(RowHighlighted)
    @on(PanesLaid)
    def _tell_schools(self) -> None:
        chosen, changes = self.chosen, self._changes()
        if chosen is None or not self._panes.three:
            return
        number, session = chosen.id, self.session

        def read() -> list[Tally]:
            if changes is None:
                return []
            with session.reading() as db:
                return changes.tallies(db, session.answers)

        def show(tallies: list[Tally]) -> None:
            self._schools.show(content(self.app, *by_school(tallies)), of=number, title="By school")

        self.ask_latest(read, show)

    def _show_about(self, result: Result) -> None:
        if result.found.id == self._shown:
            text = content(self.app, *headline(result.found), "\n", *story(result))
            self._about.show(text, of=result.found.id)

    @on(RowSelected)
    def _open(self, event: RowSelected) -> None:
        self.app.push_screen(ImportScreen(int(event.key)))

    def arrive(self, what: object) -> None:
        """The number of an import: show it; a code, as `code` and its name: its records, or what it means."""
        if isinstance(what, int):
            self.app.push_screen(ImportScreen(what))
        elif isinstance(what, tuple) and what[0] == "code":
            self._show_code(str(what[1]))

    def _show_code(self, code: str) -> None:
        def found(number: int | None) -> None:
            if number is not None:
                self.app.push_screen(DescriptionsScreen(number, code))
            else:
                told()

        def told() -> None:
            text = CODES[code]
            said = f"{text.sentence}\n\nWhat to do: {text.remedy}\n\nWhere: {text.page}"
            self.app.push_screen(Notice(f"{code}: no import has it", said))

        self.ask_master(lambda db: latest_with(db, code), found, lambda error: told())


class ImportScreen(ImportScreenBase):
    """One import in detail.

    Args:
        number: which.
    """

    KEYS = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("results")

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._result: Result | None = None
        self._head = Static(markup=False, id="head")
        self._story = Static(markup=False, id="story")
        self._counts = PagedTable(empty="Reading …", id="counts", name=f"counts-{number}")

    def body(self) -> ComposeResult:
        """The outcome, the counts, what happened."""
        yield self._head
        yield self._counts
        with ScrollText(id="told"):
            yield self._story

    def on_mount(self) -> None:
        """Give the keys to the counts."""
        self._counts.focus()

    def on_resize(self, event: events.Resize) -> None:
        """In a low terminal the counts may take half of it."""
        self.set_class(event.size.height < 20, "-low")

    @property
    def chosen(self) -> imports.Import | None:
        """The import shown."""
        return self._result.found if self._result is not None else None

    @on(RowSelected)
    async def _open(self, event: RowSelected) -> None:
        """What was left out leads to the descriptions or the people, what was changed to the changes."""
        if event.key in {"rejected", "duplicate"}:
            self.action_descriptions()
        elif event.key in {"created", "updated", "reactivated", "deactivated"}:
            self.action_changes()
        elif event.key == "out_of_scope":
            await self.district_app.go("people", ("left_out", self._number))

    def reread(self) -> None:
        """Read the import anew."""
        self.ask_master(lambda db: read_result(db, self._number), self._show)

    def _show(self, result: Result) -> None:
        self._result = result
        self._head.update(content(self.app, *headline(result.found)))
        self._story.update(content(self.app, *story(result)))
        self._counts.empty = "Nothing was counted: the import ended before anything was compared."
        rows = count_rows(result)
        self._counts.styles.height = len(rows) + 2 if rows else 3
        self._counts.open(ListSource(count_columns(result), rows))
        self.refresh_bindings()
