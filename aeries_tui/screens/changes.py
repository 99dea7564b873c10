"""The records that an import changed or would change; Enter shows one of them field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.departures import Departure, reason_of
from aeries_tui.errors import AeriesTuiError
from aeries_tui.field_names import field_label
from aeries_tui.listing import Cell, Column, Row, cell_text
from aeries_tui.master.lists.changes import STYLE_OF_ACTION, Changes, where
from aeries_tui.master.lists.sql_source import SqlRowSource
from aeries_tui.master.roster.changes import Change, Value
from aeries_tui.master.roster.kinds import KINDS
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.panes import Pane, Panes, PanesLaid
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

Found = tuple[Change | None, list[tuple[str, str]]]
"""A change, and whom and what it is about."""

FIELD_COLUMNS = (
    Column("field", "Field", min_width=12, max_width=24),
    Column("before", "Before", flex=1, min_width=12, max_width=200),
    Column("after", "After", flex=1, min_width=12, max_width=200),
)


class ChangesScreen(DistrictScreen):
    """The changed records of one import.

    Args:
        changes: of which import.
        place: the place one came from: `pull` or `results`.
        kind: only this kind; None for all.
        school: only this school; None for all.
        why: of a plan, only who goes for this reason and status; None for all.
    """

    KEYS = "changes"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("changes")

    def __init__(
        self,
        changes: Changes,
        place: str,
        kind: str | None = None,
        school: int | None = None,
        why: tuple[str, str] | None = None,
    ) -> None:
        self.PLACE = place  # type: ignore[misc]
        super().__init__()
        self._changes = changes
        self._kind, self._school, self._why = kind, school, why
        self._source: SqlRowSource | None = None
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(
            empty="Nothing is changed here.", id="records", name=f"changes-{changes.number}"
        )
        self._about = Pane(id="about", only_beside=True)
        self._panes = Panes(self._table, self._about)

    def body(self) -> ComposeResult:
        """Which records, the list, and the fields of the one under the cursor where there is room."""
        yield self._head
        yield self._panes

    def on_mount(self) -> None:
        """Read, and give the keys to the list."""
        self._table.focus()
        self._open()

    def on_unmount(self) -> None:
        """Let go of the files."""
        self._close()

    def _close(self) -> None:
        if self._source is not None:
            self._source.interrupt()
            self._source.close()
            self._source = None

    def _open(self) -> None:
        kinds = [kind.plural for kind in KINDS if kind.name == self._kind] or ["all kinds of records"]
        where_ = f", school {self._school}" if self._school is not None else ""
        why = f"; {reason_of(Departure(self._why[0]), self._why[1])}" if self._why is not None else ""
        tense = "would change" if self._changes.plan is not None else "changed"
        self._head.update(
            content(self.app, f"What import {self._changes.number} {tense}: {kinds[0]}{where_}{why}")
        )
        try:
            source = self._changes.source(self._kind, self._school, why=self._why)
        except AeriesTuiError as error:
            self.show_error(error, "The changes can't be read")
            return
        old, self._source = self._source, source
        self._table.open(source)
        if old is not None:
            self.ask(old.close, lambda _: None)

    def action_kind(self) -> None:
        """One kind of record, the next, all."""
        names: list[str | None] = [None, *(kind.name for kind in KINDS)]
        self._kind = names[(names.index(self._kind) + 1) % len(names)]
        self._why = None
        self._open()

    def _reading(self) -> Callable[[], Found] | None:
        """What reads the change of the row under the cursor."""
        row = self._table.view.row
        if row is None or len(row.cells) < 3:
            return None
        kind, record = cell_text(row.cells[1]), cell_text(row.cells[2])
        changes, session = self._changes, self.session

        def read() -> Found:
            with session.reading() as db:
                change = changes.change(db, *where(kind, record))
                return change, changes.people(db, change) if change is not None else []

        return read

    @on(RowHighlighted)
    @on(PanesLaid)
    def _follow(self) -> None:
        reading = self._reading()
        if self._panes.beside and reading is not None:
            self.ask_latest(reading, self._show_beside)

    def _show_beside(self, found: Found) -> None:
        change, about = found
        if change is not None:
            self._about.show(content(self.app, *change_text(change, about)), of=(change.kind, change.record))

    @on(RowSelected)
    def _selected(self) -> None:
        reading = self._reading()
        if reading is not None:
            self.ask(reading, self._show_record)

    def _show_record(self, found: Found) -> None:
        change, about = found
        if change is None:
            self.tell("The record is not changed any more.")
        elif self.is_current:
            self.app.push_screen(RecordScreen(change, about, str(self.PLACE), self._changes.number))


def change_text(change: Change, about: list[tuple[str, str]]) -> list[Cell]:
    """A change as lines: what becomes of which record, whom it is about, each field before and after."""
    parts: list[Cell] = [
        f"{change.kind} {change.record} ",
        (change.action, STYLE_OF_ACTION.get(change.action, "")),
        *(f"\n{title}: {text}" for title, text in about),
    ]
    for name, (before, after) in change.fields.items():
        old, new = _marked(before, after)
        parts += [(f"\n\n{field_label(name)}\n", "muted"), old, " → ", new]
    return parts


def shown_value(value: Value) -> Cell:
    """A value of a field; a blank one says so."""
    return ("(blank)", "muted") if value is None else str(value)


def _marked(before: Value, after: Value) -> tuple[Cell, Cell]:
    """The two values of a field, each in its color unless blank."""
    old, new = shown_value(before), shown_value(after)
    return (old, "before") if isinstance(old, str) else old, (new, "after") if isinstance(new, str) else new


def field_rows(change: Change) -> list[Row]:
    """Field, value before, value after."""
    return [Row(name, (field_label(name), *_marked(*values))) for name, values in change.fields.items()]


class RecordScreen(DistrictScreen):
    """One changed record, field by field.

    Args:
        change: what becomes of it.
        about: who and what it is about.
        place: the place one came from.
        number: the import.
    """

    KEYS = "record"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("record")

    def __init__(self, change: Change, about: list[tuple[str, str]], place: str, number: int) -> None:
        self.PLACE = place  # type: ignore[misc]
        super().__init__()
        self._change = change
        self._about = about
        self._number = number
        self._head = Static(markup=False, id="head")
        rows = field_rows(change)
        self._table = PagedTable(
            ListSource(FIELD_COLUMNS, rows), empty="No field differs; the record as a whole comes or goes.",
            id="fields", name=f"record-{number}",
        )  # fmt: skip

    def body(self) -> ComposeResult:
        """Which record, and its fields."""
        yield self._head
        yield self._table

    def on_mount(self) -> None:
        """Say which record it is."""
        change = self._change
        parts: list[Cell] = [
            f"Import {self._number}: {change.kind} {change.record} ",
            (change.action, STYLE_OF_ACTION.get(change.action, "")),
            *(f"\n{title}: {text}" for title, text in self._about),
        ]
        self._head.update(content(self.app, *parts))
        self._table.focus()

    @on(RowSelected)
    def _whole(self) -> None:
        """The values of the field, however long they are."""
        row = self._table.view.row
        if row is not None:
            field, before, after = (cell_text(cell) for cell in row.cells[:3])
            self.app.push_screen(Notice(field, f"Before\n{before}\n\nAfter\n{after}"))
