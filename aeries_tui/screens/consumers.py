"""Consumers: the products that may read the roster over OneRoster REST, what they read, and whether the service answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.errors import AeriesTuiError
from aeries_tui.listing import Row
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.operations.district import District
from aeries_tui.operations.roster_service import (
    Answering,
    Consumers,
    ServiceStanding,
    all_consumers,
    answering,
    install_socket,
    revoke_consumer,
    rotate_secret,
    service_standing,
    socket_of,
)
from aeries_tui.schedule import Planned
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.consumer_form import ConsumerForm
from aeries_tui.screens.text.consumers import COLUMNS, about, headline, row
from aeries_tui.screens.times import shown_time
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import ShownOnce
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted

LOOK_SECONDS = 5.0
"""Time between two looks at who reads."""


@dataclass(frozen=True)
class _Read:
    """What was read of the service."""

    consumers: Consumers = field(default_factory=Consumers)
    answering: Answering | None = None
    standing: ServiceStanding | None = None
    schools: dict[int, str] = field(default_factory=dict)


class ConsumersScreen(DistrictScreen):
    """The products that may read the roster of a district.

    Args:
        credential: of the district.
    """

    KEYS = "consumers"
    PLACE = "credentials"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("consumers")

    def __init__(self, credential: Credential) -> None:
        super().__init__()
        self._credential = credential
        self._read = _Read()
        self._rows: list[Row] | None = None
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="consumers", name="consumers", opens=False)
        self._about = Pane(id="about")

    def body(self) -> ComposeResult:
        """Whether the service answers, the consumers, all of the one under the cursor."""
        yield self._head
        yield Panes(self._table, self._about)

    def on_mount(self) -> None:
        """Give the keys to the list, and look now and then who has read."""
        self._table.focus()
        self._tell_head()
        self.set_interval(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        if self.app.screen is self:
            self.reread()

    @property
    def _district(self) -> District:
        session, name = self.session, self._credential.name
        return District(session.places, session.settings, self._credential, session.places.district(name))

    def reread(self) -> None:
        """Read who may read, and whether the service answers."""
        district = self._district
        self.ask(lambda: _read(district), self._show, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        self._rows = None
        self._table.empty = " ".join(error.lines()) if isinstance(error, AeriesTuiError) else "Not readable."
        self._table.replace(ListSource(COLUMNS, []))

    def _show(self, found: _Read) -> None:
        self._read = found
        self._table.empty = (
            f"No product may read the roster of {self._credential.name} yet. The roster service gives it to School Data "
            "Sync,\nGoogle Classroom and others over OneRoster REST, read-only, and says what has changed.\n"
            f"{self.key('consumers-add')} adds a product; the page `serve` says all of it "
            f'({self.key("palette")}, then "help serve").'
        )
        rows = [row(one, found.consumers.former.get(one.name)) for one in _ordered(found.consumers)]
        if rows != self._rows:
            self._rows = rows
            self._table.replace(ListSource(COLUMNS, rows))
        self._about.display = bool(rows)
        self._tell_head()
        self._tell_about()
        self.refresh_bindings()

    def _tell_head(self) -> None:
        serve = self.session.settings.serve
        parts = headline(self._read.answering, self._read.standing, serve, self._credential.name)
        self._head.update(content(self.app, *parts))

    @property
    def _here(self) -> Consumer | None:
        key = self._table.cursor_key
        return next((one for one in _ordered(self._read.consumers) if key in (None, one.name)), None)

    @on(RowHighlighted)
    def _tell_about(self) -> None:
        self.refresh_bindings()
        one, found = self._here, self._read
        if one is not None:
            told = about(one, found.consumers.former.get(one.name), found.schools, found.standing)
            self._about.show(content(self.app, *told), of=one.name, title=one.name)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of whom was revoked nothing can be taken any more."""
        if action in {"rotate", "revoke"}:
            return (self._here is not None and self._here.revoked_at is None) or None
        return super().check_action(action, parameters)

    def action_add(self) -> None:
        """Let a product read."""
        self.app.push_screen(ConsumerForm(self._district, self._read.schools, self._added))

    def _added(self, name: str, secret: Secret) -> None:
        self.reread()
        self._show_secret(name, secret, "")

    def action_rotate(self) -> None:
        """Make a new secret of the consumer under the cursor."""
        one = self._here
        if one is None:
            return
        district, name = self._district, one.name

        def made(found: tuple[Secret, str]) -> None:
            self.reread()
            self._show_secret(name, found[0], f"The old secret stays valid until {shown_time(found[1])}.")

        self.confirm(
            f"Make a new secret of {name}?",
            "New secret",
            "It is shown once. The old secret stays valid for a day, so that the product can be given the new one "
            "meanwhile.",
            lambda: self.ask(lambda: rotate_secret(district, name), made),
        )

    def action_revoke(self) -> None:
        """Let the consumer under the cursor read no more."""
        one = self._here
        if one is None:
            return
        district, name = self._district, one.name

        def done(_: None) -> None:
            self.tell(f"{name} can read no more.")
            self.reread()

        self.confirm(
            f"Revoke {name}? It can read no more, from this moment on.",
            "Revoke",
            "Its secrets and tokens end. What it has read stays with it. Added anew it gets another secret.",
            lambda: self.ask(lambda: revoke_consumer(district, name), done),
        )

    def _show_secret(self, name: str, secret: Secret, more: str) -> None:
        root = self.session.settings.serve.public_url.rstrip("/")
        where = f"\nAddress    {root}\nTokens     {root}/token" if root else ""
        told = "It is shown this once: when this box is closed, nobody can see it again."
        self.app.push_screen(
            ShownOnce(
                f"Secret of {name}",
                f"Client id  {name}\nSecret     {secret.reveal()}{where}\n\n{' '.join(filter(None, (told, more)))}",
                secret,
                "the secret",
            )
        )

    def action_install(self) -> None:
        """Have systemd listen, or take that away."""
        district = self._district
        found = self._read.answering
        if found is not None and found.is_installed and found.is_well:
            self.confirm(
                f"Take the service of {district.name} away from systemd?",
                "Take away",
                f"systemd listens on {found.where} no more, and a service that runs there ends: products can't read. The "
                "consumers stay.",
                lambda: self._do(_remove, f"systemd listens for {district.name} no more."),
            )
            return
        self.ask(lambda: _planned(district), self._ask_install)

    def _ask_install(self, planned: Sequence[Planned]) -> None:
        serve, name = self.session.settings.serve, self._credential.name
        self.confirm(
            f"Have systemd listen on {serve.address}, port {serve.port}, for the products of {name}?",
            "Install",
            "\n\n".join(f"{one.place}:\n\n{one.text.strip()}" for one in planned),
            lambda: self._do(install_socket, "systemd listens, and starts the service when a product asks."),
            "What is written",
        )

    def _do(self, act: Callable[[District], None], told: str) -> None:
        district = self._district

        def done(_: None) -> None:
            self.tell(told)
            self.reread()

        self.ask(lambda: act(district), done)


def _read(district: District) -> _Read:
    """All that is shown; touches no widget."""
    standing = service_standing(district)
    answers = standing.answering if standing is not None else answering(district)
    return _Read(all_consumers(district), answers, standing, _schools_of(district))


def _schools_of(district: District) -> dict[int, str]:
    """Names of the schools that take part in pulls, by their codes."""
    if not district.files.master.exists():
        return {}
    with district.reading() as db:
        mapped = schools.mapped_codes(db)
        return {one.code: one.name for one in schools_table.aeries_schools(db) if one.code in mapped}


def _planned(district: District) -> tuple[Planned, ...]:
    unit, wanted = socket_of(district)
    return unit.preview(wanted)


def _remove(district: District) -> None:
    unit, _ = socket_of(district)
    unit.remove(district.name)


def _ordered(found: Consumers) -> list[Consumer]:
    """By name, those that were revoked last."""
    return sorted(found.all, key=lambda one: (one.revoked_at is not None, one.name))
