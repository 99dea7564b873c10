"""Credentials: the districts there are, each with its address, certificate, daily import and last test."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from aeries_tui.aeries import CheckReport, normalise_address
from aeries_tui.errors import AeriesTuiError
from aeries_tui.listing import Cell, Column, Row
from aeries_tui.operations.credentials import last_test, remove_credential
from aeries_tui.schedule import shown_zone
from aeries_tui.screens.base import DistrictScreen, lines_of
from aeries_tui.screens.consumers import ConsumersScreen
from aeries_tui.screens.credential_form import CredentialForm
from aeries_tui.screens.daily_import import ask_install
from aeries_tui.screens.permissions import TestResult
from aeries_tui.screens.testing import run_test
from aeries_tui.screens.times import shown_moment
from aeries_tui.settings import Credential, InFile
from aeries_tui.settings.certificate import where
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import Confirm, Notice
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected

COLUMNS = (
    Column("here", "", width=1, sortable=False),
    Column("name", "District", min_width=8, max_width=24),
    Column("url", "Instance URL", flex=2, min_width=14),
    Column("certificate", "Certificate", min_width=8, max_width=26),
    Column("daily", "Daily import", min_width=9),
    Column("test", "Last test", flex=1, min_width=10),
)


class CredentialsScreen(DistrictScreen):
    """All credentials."""

    KEYS = "credentials"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("credentials")

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Credential] = {}
        self._read = False
        self._wanted: object = None
        self._table = PagedTable(empty="Reading …", id="credentials", name="credentials")
        self._about = Pane(id="about")

    def body(self) -> ComposeResult:
        """The list, and more about the one under the cursor."""
        yield Panes(self._table, self._about)

    def on_mount(self) -> None:
        """Read, and give the keys to the list."""
        self._table.focus()

    def on_screen_resume(self) -> None:
        """A form may have changed something."""
        if self._read:
            self.reread()

    def reread(self) -> None:
        """Read the credentials anew."""
        self.ask(self.session.districts, self._show, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        self._table.empty = " ".join(error.lines()) if isinstance(error, AeriesTuiError) else "Not readable."
        self._table.open(ListSource(COLUMNS, []))

    def _show(self, credentials: tuple[Credential, ...]) -> None:
        first, self._read = not self._read, True
        self._found = {credential.name: credential for credential in credentials}
        self._table.empty = (
            f"There is no credential yet. {self.key('credentials-add')} adds one: the address of Aeries and the "
            f"certificate, which is made in Aeries under Security > API Security; Home ({self.key('go-home')}) "
            "says how."
        )
        cursor = self._table.cursor
        self._table.open(ListSource(COLUMNS, [self._row(credential) for credential in credentials]))
        names = list(self._found)
        district = self.session.name
        self._table.move_to(names.index(district) if first and district in names else cursor)
        self._about.display = bool(credentials)
        self._tell_about()
        self.refresh_bindings()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.call_later(self._do, wanted)

    def _row(self, credential: Credential) -> Row:
        mark: Cell = ("▶", "running") if credential.name == self.session.name else ""
        daily = (
            f"{credential.daily_import:%H:%M} {shown_zone(credential.timezone)}"
            if credential.daily_import
            else "off"
        )
        test = credential.last_test
        tested: Cell = (
            ("never", "muted") if test is None else (f"✔ {test.summary}", "completed") if test.ok else (f"✖ {test.summary}", "error")
        )  # fmt: skip
        return Row(
            credential.name, (mark, credential.name, credential.url, _certificate(credential), daily, tested)
        )

    @property
    def _here(self) -> Credential | None:
        key = self._table.cursor_key
        return self._found.get(str(key)) if key is not None else next(iter(self._found.values()), None)

    @on(RowHighlighted)
    def _tell_about(self) -> None:
        credential = self._here
        if credential is not None:
            self._about.show(
                lines_of(self.app, *_details(credential)), of=credential.name, title=credential.name
            )

    # Coming here for something

    def arrive(self, what: object) -> None:
        """`add`, `edit`, `install`, `consumers` or `test`: do that, with the district shown as it is stored now."""
        self._wanted = what
        if self._read:
            self.reread()

    def _do(self, what: object) -> None:
        names = list(self._found)
        if self.session.name in names:
            self._table.move_to(names.index(self.session.name))
        if what == "add":
            self.action_add()
        elif what == "edit" and names:
            self._edit(self._found.get(self.session.name or "", self._found[names[0]]))
        elif what == "install" and names:
            self._install(self._found.get(self.session.name or "", self._found[names[0]]))
        elif what == "consumers" and names:
            self.app.push_screen(
                ConsumersScreen(self._found.get(self.session.name or "", self._found[names[0]]))
            )
        elif what == "test" and names:
            self._test(self._found.get(self.session.name or "", self._found[names[0]]))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a credential there is only one thing to do."""
        if action in {"edit", "test", "details", "consumers", "remove"} and not self._found:
            return None
        if action == "install":
            return (self._here is not None and self._here.daily_import is not None) or None
        return super().check_action(action, parameters)

    def action_add(self) -> None:
        """Add a credential."""
        self.app.push_screen(CredentialForm())

    def action_edit(self) -> None:
        """Edit the credential under the cursor."""
        if self._here is not None:
            self._edit(self._here)

    @on(RowSelected)
    def _open(self) -> None:
        self.action_edit()

    def _edit(self, credential: Credential) -> None:
        self.app.push_screen(CredentialForm(credential))

    def action_test(self) -> None:
        """Test the credential under the cursor."""
        if self._here is not None:
            self._test(self._here)

    def _test(self, credential: Credential) -> None:
        run_test(self, credential, None, lambda report: self._tested(credential, report))

    def _tested(self, credential: Credential, report: CheckReport) -> None:
        store, test = self.session.store, last_test(report)
        self.ask(lambda: store.record_test(credential.name, test), lambda _: self.reread())
        self.app.push_screen(TestResult(credential.name, report))

    def action_details(self) -> None:
        """Display Certificate Details."""
        credential = self._here
        if credential is not None:
            self.app.push_screen(
                Notice(f"Certificate Details of {credential.name}", "\n".join(_details(credential)))
            )

    def action_install(self) -> None:
        """Install the timer of the daily import of the credential under the cursor."""
        if self._here is not None:
            self._install(self._here)

    def _install(self, credential: Credential) -> None:
        ask_install(self, credential, self.reread)

    def action_consumers(self) -> None:
        """The products that may read the roster of the district under the cursor."""
        if self._here is not None:
            self.app.push_screen(ConsumersScreen(self._here))

    def action_remove(self) -> None:
        """Remove the credential under the cursor."""
        credential = self._here
        if credential is None:
            return
        root = self.session.places.district(credential.name).root

        def answered(answer: bool | None) -> None:
            if answer:
                self._remove(credential.name)

        detail = f"Its District Master and its files stay in {root}. A timer of its daily import and a socket of its roster service are removed. The certificate itself stays valid in Aeries until it is deleted there."  # fmt: skip
        question = f"Remove the credential of {credential.name}?"
        self.app.push_screen(Confirm(question, yes="Remove", detail=detail), answered)

    def _remove(self, name: str) -> None:
        session = self.session
        self.ask(
            lambda: remove_credential(session.places, session.settings, name),
            lambda _: self._removed(name),
        )

    def _removed(self, name: str) -> None:
        self.tell(f"The credential of {name} is removed. Its data stays.")
        if name == self.session.name:
            rest = [other for other in self._found if other != name]
            self.app.call_later(self.district_app.show_district, rest[0] if rest else None)
        else:
            self.reread()


def _certificate(credential: Credential) -> str:
    return (
        credential.source.certificate.masked
        if isinstance(credential.source, InFile)
        else where(credential.source)
    )


def _details(credential: Credential) -> list[str]:
    try:
        api = normalise_address(credential.url).api
    except AeriesTuiError as error:
        api = error.message
    shown = f"{credential.source.certificate.masked}, " if isinstance(credential.source, InFile) else ""
    daily = (
        f"from {credential.daily_import:%H:%M} {shown_zone(credential.timezone)} ({credential.timezone})"
        if credential.daily_import
        else "off"
    )
    test = credential.last_test
    tested = f"{shown_moment(test.at)}: {test.summary}" if test else "never"
    return [
        f"Instance URL   {credential.url}",
        f"Asked at       {api}",
        f"Certificate    {shown}from {where(credential.source)}",
        f"Daily import   {daily}",
        f"Last test      {tested}",
    ]
