"""Groups of people: all who share an address or a user name, and who is not ready for single sign-on."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.errors import AeriesTuiError
from aeries_tui.listing import Column, Row, cell_text
from aeries_tui.master import accounts
from aeries_tui.master.accounts.readiness import REASONS
from aeries_tui.master.lists.groups import COLUMNS, Members, group_source, not_ready_for
from aeries_tui.master.lists.sql_source import SqlRowSource
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.operations.board import read_readiness
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.person import PersonScreen
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowSelected, TableShown

_PLACES = {column.key: place for place, column in enumerate(COLUMNS)}
_READY = "ready"
_WORDS = {
    "missing": "have no e-mail address",
    "invalid": "have an address that is none",
    "foreign domain": "have an address of another domain than the district's",
    "shared": "share their address with somebody",
}
"""What is the matter with whom, by the reason."""

SIGN_ON_COLUMNS = (
    Column("state", "Single sign-on by e-mail", flex=1, min_width=24, max_width=70, sortable=False),
    Column("students", "Students", align="right", min_width=8, sortable=False),
    Column("staff", "Staff", align="right", min_width=6, sortable=False),
)


class GroupScreen(DistrictScreen):
    """The members of one group.

    Args:
        title: what they have in common.
        members: finds them.
        place: the place one came from.
    """

    KEYS = "group"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("group")

    def __init__(self, title: str, members: Members, place: str) -> None:
        self.PLACE = place  # type: ignore[misc]
        super().__init__()
        self._title, self._members = title, members
        self._source: SqlRowSource | None = None
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(
            empty="Nobody who is active belongs to it any more.", id="members", name="group"
        )

    def body(self) -> ComposeResult:
        """What they have in common, and who they are."""
        yield self._head
        yield self._table

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def on_unmount(self) -> None:
        """Let go of the file."""
        if self._source is not None:
            self._source.interrupt()
            self._source.close()

    def reread(self) -> None:
        """Find the members anew."""
        try:
            source = group_source(self.session.district.master, self._members)
        except AeriesTuiError as error:
            self.show_error(error, "The people can't be read")
            return
        old, self._source = self._source, source
        self._table.replace(source)
        if old is not None:
            self.ask(old.close, lambda _: None)

    @on(TableShown)
    def _tell_head(self) -> None:
        self._head.update(content(self.app, f"{self._title}: {self._table.count:,}"))

    @property
    def _here(self) -> tuple[PersonKind, int] | None:
        row = self._table.view.row
        if row is None or len(row.cells) < len(COLUMNS):
            return None
        kind: PersonKind = "student" if cell_text(row.cells[_PLACES["kind"]]) == "student" else "staff"
        return kind, int(cell_text(row.cells[_PLACES["id"]]))

    @on(RowSelected)
    def _selected(self) -> None:
        if self._here is not None:
            self.app.push_screen(PersonScreen(*self._here))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without anybody there is nobody to explain."""
        if action == "ask_aeries":
            return self._table.count > 0 or None
        return super().check_action(action, parameters)

    def action_ask_aeries(self) -> None:
        """Why the person under the cursor is in or not, asked of Aeries now."""
        if self._here is not None:
            self.app.push_screen(PersonScreen(*self._here, live=True))


class SignOnScreen(DistrictScreen):
    """How many active people are ready for single sign-on by e-mail, and the rest by reason."""

    KEYS = "sign-on"
    PLACE = "people"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("sign-on")

    def __init__(self) -> None:
        super().__init__()
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="reasons", name="sign-on")

    def body(self) -> ComposeResult:
        """How many are ready, and the others by reason."""
        yield self._head
        yield self._table

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def reread(self) -> None:
        """Count anew."""
        session = self.session
        self.ask_master(
            lambda db: read_readiness(db, session.settings.accounts, session.answers),
            self._show,
            lambda error: self.show_error(error, "The addresses can't be read"),
        )

    def _show(self, found: accounts.Readiness) -> None:
        ready, rule = sum(found.ready.values()), self.session.settings.accounts
        lines = [f"{ready:,} of {found.total:,} active people are ready for single sign-on by e-mail."]
        if rule.login_address:
            lines.append(f"They log in at {rule.login_address}")
        if ready < found.total:
            lines.append("Enter shows who the others are; their address is mended in Aeries.")
        self._head.update(content(self.app, "\n".join(lines)))
        counts: dict[str, dict[str, int]] = {_READY: found.ready}
        counts |= {reason: found.rest[reason] for reason in REASONS}
        self._table.replace(
            ListSource(
                SIGN_ON_COLUMNS,
                [
                    Row(
                        state,
                        (_WORDS.get(state, "are ready"), f"{kinds['student']:,}", f"{kinds['staff']:,}"),
                    )
                    for state, kinds in counts.items()
                ],
            )
        )

    @on(RowSelected)
    def _selected(self, event: RowSelected) -> None:
        reason = next((known for known in REASONS if known == event.key), None)
        if reason is None:
            self.tell("Those who are ready are all others on People.")
            return
        members = not_ready_for(self.session.settings.accounts, reason)
        self.app.push_screen(GroupScreen(f"Active people who {_WORDS[reason]}", members, "people"))
