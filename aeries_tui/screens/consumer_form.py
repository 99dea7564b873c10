"""The form of a new consumer of the roster service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from aeries_tui.operations.district import District
from aeries_tui.operations.roster_service import add_consumer
from aeries_tui.screens.consumer_fields import (
    ConsumerFields,
    NewConsumer,
    consumer_of,
    expires_line,
    name_line,
    schools_line,
)
from aeries_tui.screens.form import Form
from aeries_tui.screens.text.consumers import DEMOGRAPHICS, LISTS
from aeries_tui.screens.wrong_field import WrongField
from aeries_tui.secret import Secret
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.cycle import Cycle
from aeries_tui.widgets.line_input import LineInput


class ConsumerForm(Form):
    """Let a product read.

    Args:
        district: whose roster.
        schools: names of the schools that take part, by their codes.
        added: called with the name and the secret, when the form is gone.
    """

    KEYS = "consumer"
    PLACE = "credentials"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("consumer"), *Form.MOVES]

    def __init__(
        self, district: District, schools: Mapping[int, str], added: Callable[[str, Secret], None]
    ) -> None:
        super().__init__()
        self._of, self._schools_known, self._added = district, schools, added
        self._client = LineInput(id="name", placeholder="e.g. sds")
        self._lists = Cycle(LISTS, LISTS[0][0], id="lists")
        self._demographics = Cycle(DEMOGRAPHICS, "", id="demographics")
        self._schools = LineInput(id="schools", placeholder="all")
        self._expires = LineInput(id="expires", classes="short", placeholder="no end")
        self._first = self._fields()

    def body(self) -> ComposeResult:
        """The fields, each with a line that says what becomes of it."""
        with VerticalScroll(id="form", can_focus=False):
            yield Static(
                Content(f"A product that may read the roster of {self._of.name}"),
                markup=False,
                classes="heading",
            )
            yield from self.field("Client id", self._client, "name-hint")
            yield from self.field("Lists", self._lists)
            yield from self.field("Demographics", self._demographics)
            yield from self.field("Schools", self._schools, "schools-hint")
            yield from self.field("Last day", self._expires, "expires-hint")
            with Horizontal(id="buttons"):
                yield Button("Add and show the secret", id="do-save", compact=True)
            yield self.problem

    def on_mount(self) -> None:
        """Ready to type."""
        self._client.focus()
        self._show()

    def _fields(self) -> ConsumerFields:
        return ConsumerFields(
            self._client.value, self._lists.value, self._demographics.value, self._schools.value,
            self._expires.value,
        )  # fmt: skip

    @property
    def unsaved(self) -> str:
        """What would be lost by leaving."""
        return "what was entered for the consumer" if self._fields() != self._first else ""

    @on(Input.Changed)
    @on(Cycle.Changed)
    def _show(self) -> None:
        """Say below each field what becomes of it."""
        self.problem.update(Content())
        fields = self._fields()
        self.hint("name-hint", *name_line(fields.name))
        self.hint("schools-hint", *schools_line(fields.schools, self._schools_known))
        self.hint("expires-hint", *expires_line(fields.expires))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Add the consumer."""
        try:
            new = consumer_of(self._fields(), self._schools_known)
        except WrongField as wrong:
            self.tell_wrong(wrong)
            return
        self.ask(lambda: self._add(new), lambda secret: self._saved(new.name, secret), self._not_saved)

    def _add(self, new: NewConsumer) -> Secret:
        return add_consumer(self._of, new.name, new.scopes, new.schools, new.expires)

    def _not_saved(self, error: BaseException) -> None:
        self.show_error(error, "Not added")

    def _saved(self, name: str, secret: Secret) -> None:
        self._first = self._fields()
        self.app.pop_screen()
        self._added(name, secret)
