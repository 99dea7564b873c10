"""Troubleshooting: the problems of an import by code, what stops most first, each with its remedy."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.listing import Cell, Column, Row
from aeries_tui.master.imports.descriptions import Trouble, troubles
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.descriptions import SEVERITIES, DescriptionsScreen
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.palette import OF_SEVERITY
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("severity", "Sev", width=3),
    Column("code", "Code", min_width=19, max_width=22),
    Column("records", "Records", align="right", min_width=7),
    Column("consequences", "Further", align="right", min_width=6),
    Column("schools", "Schools", align="right", min_width=7),
    Column("sentence", "What is wrong", flex=1, min_width=20, max_width=120),
)


def trouble_rows(troubles: list[Trouble]) -> list[Row]:
    """One row for each code."""
    return [
        Row(
            trouble.code,
            (
                (trouble.severity, OF_SEVERITY.get(trouble.severity, "")), trouble.code, f"{trouble.records:,}",
                f"{trouble.consequences:,}" if trouble.consequences else ("0", "muted"), f"{trouble.schools:,}", trouble.sentence,
            ),
        )
        for trouble in troubles
    ]  # fmt: skip


def in_words(trouble: Trouble) -> list[Cell]:
    """A problem: what it is, what follows from it, what to do, on which page."""
    follow = (
        f"\n{trouble.consequences:,} further records were left out only because of it; they come by themselves once it is "
        "mended."
        if trouble.consequences
        else ""
    )
    return [
        (trouble.code, OF_SEVERITY.get(trouble.severity, "")),
        f"  {SEVERITIES.get(trouble.severity, '')}\n{trouble.sentence}{follow}\n",
        ("What to do: ", "strong"),
        f"{trouble.remedy}\n",
        ("Where: ", "strong"),
        trouble.page,
    ]


class TroubleshootingScreen(DistrictScreen):
    """The problems of an import.

    Args:
        number: the import.
    """

    KEYS = "troubleshooting"
    PLACE = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("troubleshooting")

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._found: dict[str, Trouble] = {}
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="codes", name=f"troubleshooting-{number}")
        self._about = Pane(id="about")

    def body(self) -> ComposeResult:
        """The problems, and the remedy of the one under the cursor."""
        yield self._head
        yield Panes(self._table, self._about)

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._head.update(content(self.app, f"Troubleshooting of import {self._number}"))
        self._table.focus()

    def reread(self) -> None:
        """Read the problems anew."""
        self.ask_master(lambda db: troubles(db, self._number), self._show)

    def _show(self, groups: list[Trouble]) -> None:
        self._found = {trouble.code: trouble for trouble in groups}
        self._table.empty = f"Import {self._number} has no problems."
        self._table.replace(ListSource(COLUMNS, trouble_rows(groups)))
        self._about.display = bool(groups)

    @on(RowHighlighted)
    def _highlighted(self, event: RowHighlighted) -> None:
        trouble = self._found.get(str(event.key))
        if trouble is not None:
            self._about.show(content(self.app, *in_words(trouble)), of=trouble.code)

    @on(RowSelected)
    def _selected(self, event: RowSelected) -> None:
        self.app.push_screen(DescriptionsScreen(self._number, str(event.key)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a problem there are no records."""
        if action == "descriptions":
            return bool(self._found) or None
        return super().check_action(action, parameters)

    def action_descriptions(self) -> None:
        """The records with the problem under the cursor."""
        key = self._table.cursor_key
        if key is not None:
            self.app.push_screen(DescriptionsScreen(self._number, str(key)))
