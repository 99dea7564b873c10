"""Descriptions: every record with a problem, what is wrong with it, and what to do."""

from __future__ import annotations

import re
import sqlite3
import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.audit import Act
from aeries_tui.codes import Code
from aeries_tui.errors import AeriesTuiError
from aeries_tui.exports.descriptions import write_descriptions
from aeries_tui.field_names import field_label
from aeries_tui.kinds import spoken_kind
from aeries_tui.listing import Cell
from aeries_tui.master.imports.descriptions import Description, descriptions
from aeries_tui.master.lists.descriptions import (
    STYLE_OF_SEVERITY,
    description_at,
    description_source,
)
from aeries_tui.master.lists.groups import Members, same_address, same_user_name
from aeries_tui.master.lists.sql_source import SqlRowSource
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.groups import GroupScreen
from aeries_tui.screens.person_text import PersonPanes
from aeries_tui.text import in_number
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.copy import save_folder_or_say
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.panes import Pane, Panes, PanesLaid
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import PagedTable, RowHighlighted, RowSelected

SEVERITIES = {
    "F": "stops the pull",
    "E": "the record was left out",
    "W": "a warning; the record was taken",
}


def person_behind(description: Description) -> tuple[PersonKind, int] | None:
    """The person a description is about; None where it is about something else."""
    numbers = re.findall(r"\d+", description.record)
    if description.kind == "student" or description.code == Code.REF_STUDENT:
        kind: PersonKind = "student"
    elif description.kind == "staff" or description.code == Code.REF_STAFF:
        kind = "staff"
    elif description.kind in {"enrollment", "school_enrollment", "teaching"} and ":" in description.record:
        kind = "staff" if description.kind == "teaching" else "student"
    else:
        return None
    return (kind, int(numbers[-1])) if numbers else None


def group_behind(description: Description) -> tuple[str, Members] | None:
    """The people a description is about, as their title and who finds them; None where it is about one or none."""
    person = person_behind(description)
    if person is None:
        return None
    if description.code == Code.REC_EMAIL_SHARED:
        return f"All who share the e-mail address of {person[0]} {person[1]}", same_address(*person)
    if description.code == Code.REC_USERNAME_TAKEN:
        return f"All whose user name is like that of {person[0]} {person[1]}", same_user_name(*person)
    return None


def in_words(description: Description) -> list[Cell]:
    """A description: where, what is wrong, what to do, on which page."""
    where = f", school {description.school}" if description.school is not None else ""
    field = f", field {field_label(description.field)}" if description.field else ""
    return [
        (description.code, STYLE_OF_SEVERITY.get(description.severity, "")),
        f"  {SEVERITIES.get(description.severity, '')}\n{spoken_kind(description.kind)} {description.record}{where}{field}\n",
        f"{description.message}\n",
        ("What to do: ", "strong"),
        f"{description.remedy}\n",
        ("Where: ", "strong"),
        description.page,
    ]


class DescriptionsScreen(DistrictScreen):
    """The descriptions of an import.

    Args:
        number: the import.
        code: only this code; None for all.
    """

    KEYS = "descriptions"
    PLACE = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("descriptions")

    def __init__(self, number: int, code: str | None = None) -> None:
        super().__init__()
        self._number = number
        self._code = code
        self._school: int | None = None
        self._one: Description | None = None
        self._source: SqlRowSource | None = None
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(id="descriptions", name=f"descriptions-{number}")
        self._about, person = Pane(id="about"), Pane(id="person")
        self._panes = Panes(self._table, self._about, person)
        self._person = PersonPanes(self, person)

    def body(self) -> ComposeResult:
        """The list, and the one under the cursor whole."""
        yield self._head
        yield self._panes

    def on_mount(self) -> None:
        """Read, and give the keys to the list."""
        self._table.focus()
        self._open()

    def on_unmount(self) -> None:
        """Let go of the file."""
        if self._source is not None:
            self._source.interrupt()
            self._source.close()

    def _open(self) -> None:
        chosen = ([f"code {self._code}"] if self._code else []) + (
            [f"school {self._school}"] if self._school is not None else []
        )
        only = f", only {' and '.join(chosen)}" if chosen else ""
        self._head.update(content(self.app, f"Descriptions of import {self._number}{only}"))
        self._table.empty = (
            f"Import {self._number} has no descriptions{only}: nothing was wrong with any record."
        )
        try:
            source = description_source(self.session.district.master, self._number, self._code, self._school)
        except AeriesTuiError as error:
            self.show_error(error, "The descriptions can't be read")
            return
        old, self._source = self._source, source
        self._table.open(source)
        if old is not None:
            self.ask(old.close, lambda _: None)

    @on(RowHighlighted)
    def _highlighted(self, event: RowHighlighted) -> None:
        number, code, school, place = self._number, self._code, self._school, int(event.key)
        self.ask_master(
            lambda db: description_at(db, number, place, code, school), self._show_one, lambda error: None
        )

    def _show_one(self, description: Description | None) -> None:
        self._one = description
        self._about.display = description is not None
        if description is not None:
            self._about.show(content(self.app, *in_words(description)), of=description)
        self._follow()
        self.refresh_bindings()

    @on(PanesLaid)
    def _follow(self) -> None:
        if self._panes.three:
            self._person.follow(person_behind(self._one) if self._one is not None else None)

    @on(RowSelected)
    def _selected(self) -> None:
        """To the group, or to the person; where there is neither, the whole of it."""
        description = self._one
        if description is None:
            return
        if group_behind(description) is not None:
            self.action_group()
        elif person_behind(description) is not None:
            self.run_worker(self.action_explain())
        else:
            text = "".join(part if isinstance(part, str) else part[0] for part in in_words(description))
            self.app.push_screen(Notice(description.code, text))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what the row does not have are faint."""
        match action:
            case "group":
                return (self._one is not None and group_behind(self._one) is not None) or None
            case "explain":
                return (self._one is not None and person_behind(self._one) is not None) or None
            case "code":
                return (self._code is not None or self._one is not None) or None
            case "school":
                row_has = self._one is not None and self._one.school is not None
                return (self._school is not None or row_has) or None
            case _:
                return super().check_action(action, parameters)

    def action_troubleshooting(self) -> None:
        """The problems by code."""
        from aeries_tui.screens.troubleshooting import TroubleshootingScreen

        self.app.push_screen(TroubleshootingScreen(self._number))

    def action_group(self) -> None:
        """All who share the address, or the user name, of the row."""
        group = group_behind(self._one) if self._one is not None else None
        if group is not None:
            self.app.push_screen(GroupScreen(*group, "results"))

    async def action_explain(self) -> None:
        """Explain the person the row is about."""
        person = person_behind(self._one) if self._one is not None else None
        if person is not None:
            await self.district_app.go("people", person)

    def action_code(self) -> None:
        """Only the code of the row, or all."""
        self._code = None if self._code is not None else (self._one.code if self._one else None)
        self._open()

    def action_school(self) -> None:
        """Only the school of the row, or all."""
        self._school = None if self._school is not None else (self._one.school if self._one else None)
        self._open()

    def action_export(self) -> None:
        """Save the descriptions that are shown, whole, as a CSV file."""
        saved, source = save_folder_or_say(self.app), self._source
        if saved is None or source is None:
            return
        number, code, school, words = self._number, self._code, self._school, self._table.filter_text
        path = saved / f"descriptions-{number}-{time.strftime('%Y%m%d-%H%M%S')}.csv"
        session = self.session
        about = {"what": "descriptions", "import": number, "to": str(path)}

        def write(db: sqlite3.Connection) -> int:
            shown = _places(source, words) if words else None
            every = enumerate(descriptions(db, number, code, school), start=1)
            with session.journal.recording(Act.EXPORTED, session.district.name, about):
                return write_descriptions(
                    path, (one for place, one in every if shown is None or place in shown)
                )

        def written(count: int) -> None:
            self.tell(f"Saved {in_number(count, 'description')} as {path}.")

        self.ask_master(write, written, lambda error: self.show_error(error, "The file could not be written"))


def _places(source: SqlRowSource, words: str) -> frozenset[int]:
    """The places, from 1, of the rows that a filter leaves."""
    view = source.with_filter(words)
    try:
        return frozenset(int(row.key) for row in view.rows(0, view.count()))
    finally:
        view.close()
