"""Looking into an archive: its people, as they were when it was made."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from aeries_tui.listing import RowSource
from aeries_tui.master.accounts import Account
from aeries_tui.master.lists.people import Which, people_source, person_of
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.operations.people_acts import record_look
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.person_rows import COLUMNS, person_rows
from aeries_tui.screens.times import shown_time
from aeries_tui.session import Session
from aeries_tui.session.year_end import Looking
from aeries_tui.text import clean_text
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.table import ListSource, PagedTable, RowSelected

_NEXT: dict[Which, Which] = {"both": "student", "student": "staff", "staff": "both"}
_WORDS: dict[Which, str] = {"both": "students and staff", "student": "students", "staff": "staff"}


class ArchivedPeople(DistrictScreen):
    """The people of an archive; nothing can be changed here.

    Args:
        session: one that looks into the archive.
    """

    KEYS = "archived"
    PLACE = "archive"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("archived")

    def __init__(self, session: Looking) -> None:
        super().__init__()
        self._looking = session
        self._which: Which = "both"
        self._active = False
        self._source: RowSource | None = None
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Nobody is in this archive.", id="people", name="archived-people")

    @property
    def session(self) -> Session:
        """The archive in the place of the District Master."""
        return self._looking

    def body(self) -> ComposeResult:
        """Which archive, and who is in it."""
        yield self._head
        yield self._table

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def master_changed(self) -> None:
        """An archive does not change."""

    def reread(self) -> None:
        """Open the list."""
        looking, which, active = self._looking, self._which, self._active
        self.ask(lambda: people_source(looking.district.master, which, active_only=active), self._show)
        self._tell_head()

    def _tell_head(self) -> None:
        archive = self._looking.archive
        shown = f"{'active ' if self._active else ''}{_WORDS[self._which]}"
        self._head.update(
            Content(f"Archive {archive.name}, as of {shown_time(archive.made_at)}: {shown}. Only to look at.")
        )

    def _show(self, source: RowSource) -> None:
        old, self._source = self._source, source
        filtered = self._table.filter_text
        self._table.open(source)
        if old is not None:
            self.ask(old.close, lambda _: None)
        if filtered:
            self._table.filter(filtered)

    def on_unmount(self) -> None:
        """Let go of the file."""
        if self._source is not None:
            self._source.close()
        self._looking.close()

    @on(RowSelected)
    def _selected(self, event: RowSelected) -> None:
        self.app.push_screen(ArchivedPerson(self._looking, *person_of(self._which, event.key)))

    def action_kind(self) -> None:
        """Show students, staff, or both."""
        self._which = _NEXT[self._which]
        self.reread()

    def action_active(self) -> None:
        """Show only active people, or all."""
        self._active = not self._active
        self.reread()


class ArchivedPerson(DistrictScreen):
    """One person of an archive: record, schools, sections, account, history.

    Args:
        session: one that looks into the archive.
        kind: student or staff.
        number: StudentID or StaffID.
    """

    KEYS = "archived person"
    PLACE = "archive"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("archived person")

    def __init__(self, session: Looking, kind: PersonKind, number: int) -> None:
        super().__init__()
        self._looking, self._kind, self._number = session, kind, number
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="known", name=f"archived-{kind}-{number}", opens=False)

    def body(self) -> ComposeResult:
        """Who it is, and all that is known."""
        yield self._head
        yield self._table

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def master_changed(self) -> None:
        """An archive does not change."""

    def reread(self) -> None:
        """Read the person."""
        looking, kind, number, session = self._looking, self._kind, self._number, self.session

        def look() -> tuple[dict[str, Any], Account | None]:
            if session.has_master:
                record_look(session.district, session.settings, kind, number)
            return looking.person(kind, number)

        self.ask(look, self._show)

    def _show(self, found: tuple[dict[str, Any], Account | None]) -> None:
        document, account = found
        person = document["person"]
        name = ", ".join(str(person[part]) for part in ("last_name", "first_name") if person.get(part))
        noun = "student" if self._kind == "student" else "member of staff"
        state = "active" if document["active"] else "not active"
        told = f"Archive {self._looking.archive.name}: {state} {noun} {self._number}  {name}"
        self._head.update(Content(clean_text(told)))
        self._table.open(ListSource(COLUMNS, person_rows(document, account)))
