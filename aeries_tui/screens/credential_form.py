"""The form of one credential: address, certificate, daily import; tested before it is saved."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from aeries_tui.aeries import CheckReport
from aeries_tui.errors import AeriesTuiError
from aeries_tui.operations.credentials import save_tested
from aeries_tui.schedule import shown_zone
from aeries_tui.screens.credential_fields import (
    KEPT,
    PLACE_LABELS,
    TYPED,
    Fields,
    address_line,
    certificate_line,
    credential_of,
    kept_of,
)
from aeries_tui.screens.form import Form
from aeries_tui.screens.permissions import TestResult
from aeries_tui.screens.testing import run_test
from aeries_tui.screens.wrong_field import WrongField
from aeries_tui.secret import Secret
from aeries_tui.settings import DEFAULT_TIMEZONE, Credential, InFile, check_certificate
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.cycle import Cycle
from aeries_tui.widgets.dialogs import Confirm, Notice
from aeries_tui.widgets.line_input import LineInput
from aeries_tui.widgets.pick import Choice, PickOne

ZONES = (
    "America/Chicago", "America/New_York", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu",
)  # fmt: skip
"""Zones to step through; Enter shows all there are."""

_FIRST_TIME = "03:30"


class _CertificateInput(LineInput):
    """Takes a certificate that a mail has broken over lines, or that stands below its label."""

    def whole_of(self, lines: list[str]) -> str | None:
        try:
            certificate = check_certificate("\n".join(lines)).reveal()
        except AeriesTuiError:
            return None
        return None if certificate in lines[0] else certificate


class CredentialForm(Form):
    """Add a credential, or change one.

    Args:
        old: the credential that is changed; None for a new one.
    """

    KEYS = "credential"
    PLACE = "credentials"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_of("credential"), *Form.MOVES]

    def __init__(self, old: Credential | None = None) -> None:
        super().__init__()
        self._old = old
        kept, place = kept_of(old.source) if old is not None else ("file", "")
        zone = old.timezone if old is not None else DEFAULT_TIMEZONE
        daily = old is not None and old.daily_import is not None
        time = f"{old.daily_import:%H:%M}" if old is not None and old.daily_import else _FIRST_TIME
        self._district = LineInput(
            old.name if old else "", id="name", placeholder="a short name, e.g. lincoln-usd"
        )
        self._district.disabled = old is not None
        self._url = LineInput(
            old.url if old else "",
            id="url",
            placeholder="https://NAME.aeries.net/admin",
            select_on_focus=False,
        )
        self._certificate = _CertificateInput(password=True, id="certificate", placeholder="paste it here")
        self._kept = Cycle(KEPT, kept, id="kept")
        self._place = LineInput(place, id="place", select_on_focus=False)
        self._daily = Cycle((("no", "no"), ("yes", "yes")), "yes" if daily else "no", id="daily")
        self._time = LineInput(time, id="time", classes="short", select_on_focus=False)
        self._zone = Cycle(
            [(choice, _zone_text(choice)) for choice in dict.fromkeys((*ZONES, zone))], zone, id="zone"
        )
        self._first = self._fields()

    def body(self) -> ComposeResult:
        """The fields, each with a line that says what becomes of it."""
        title = f"Credential of {self._old.name}" if self._old else "New credential"
        with VerticalScroll(id="form", can_focus=False):
            yield Static(Content(title), markup=False, classes="heading")
            yield from self.field("District", self._district)
            yield from self.field("Instance URL", self._url, "url-hint")
            yield from self.field("Certificate", self._certificate, "certificate-hint")
            yield from self.field("It is kept", self._kept)
            yield from self.field("Variable", self._place)
            yield Static(markup=False, id="daily-heading", classes="heading")
            yield from self.field("Daily import", self._daily)
            yield from self.field("From", self._time)
            yield from self.field("Time zone", self._zone)
            with Horizontal(id="buttons"):
                yield Button("Test", id="do-test", compact=True)
                yield Button(
                    "Create and Exit" if self._old is None else "Save and Exit", id="do-save", compact=True
                )
            yield self.problem

    def on_mount(self) -> None:
        """Ready to type."""
        (self._district if self._old is None else self._url).focus()
        self._show()

    # What stands there

    def _fields(self) -> Fields:
        return Fields(
            self._district.value, self._url.value, self._kept.value, self._certificate.value, self._place.value,
            self._daily.value == "yes", self._time.value, self._zone.value,
        )  # fmt: skip

    @property
    def unsaved(self) -> str:
        """What would be lost by leaving."""
        return "what was entered for the credential" if self._fields() != self._first else ""

    @on(Input.Changed)
    @on(Cycle.Changed)
    def _show(self) -> None:
        """Say below each field what becomes of it."""
        self.problem.update(Content())
        fields = self._fields()
        self.hint("url-hint", *address_line(fields.url))
        typed = fields.kept in TYPED
        source = self._old.source if self._old else None
        stored = source is not None and kept_of(source)[0] == fields.kept
        old = source.certificate if isinstance(source, InFile) and stored else None
        self.hint("certificate-hint", *certificate_line(fields.certificate, old, stored=stored))
        for name in ("certificate-line", "certificate-hint"):
            self.query_one(f"#{name}").set_class(not typed, "-gone")
        self.query_one("#place-line").set_class(typed, "-gone")
        self.query_one("#place-label", Static).update(Content(PLACE_LABELS.get(fields.kept, "")))
        zone = shown_zone(fields.zone)
        heading = f"Initiate data import from Aeries ({zone})"
        self.query_one("#daily-heading", Static).update(Content(heading))
        for name in ("time-line", "zone-line"):
            self.query_one(f"#{name}").set_class(not fields.daily, "-gone")

    # Moving

    def action_onward(self) -> None:
        """Enter shows all zones; else as in every form."""
        if self.focused is self._zone:
            self._pick_zone()
        else:
            super().action_onward()

    def _pick_zone(self) -> None:
        import zoneinfo

        choices = [Choice(name, name) for name in sorted(zoneinfo.available_timezones())]

        def picked(key: int | str | None) -> None:
            if key is not None:
                self._zone.set(str(key), _zone_text(str(key)))
            self.focus_next()

        self.app.push_screen(PickOne("Time zone", choices, [self._zone.value], label="Zone"), picked)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "do-test":
            self.action_test()
        else:
            self.action_save()

    # Test and save

    def _read(self) -> tuple[Credential, Secret | None] | None:
        try:
            return credential_of(self._fields(), self._old)
        except WrongField as wrong:
            self.tell_wrong(wrong)
            return None

    def action_test(self) -> None:
        """Test what stands in the form, without saving it."""
        read = self._read()
        if read is not None:
            run_test(self, *read, self._tested)

    def _tested(self, report: CheckReport) -> None:
        self.app.push_screen(TestResult(self._district.value.strip(), report, offer=True), self._take_address)

    def _take_address(self, url: str | None) -> None:
        if url:
            self._url.value = url
            self.action_test()

    def action_save(self) -> None:
        """Save; a certificate or address that is new is tested first, and a refused one replaces nothing."""
        read = self._read()
        if read is None:
            return
        credential, secret = read
        if credential.last_test is not None:
            self._save(credential, secret, None)
        else:
            run_test(self, credential, secret, lambda report: self._judge(credential, secret, report))

    def _judge(self, credential: Credential, secret: Secret | None, report: CheckReport) -> None:
        problem = report.problem
        if problem is None:
            self._save(credential, secret, report)
        elif report.certificate == "refused":
            lines = [*problem.lines(), "" if self._old is None else "The credential is as it was."]
            text = "\n\n".join(filter(None, lines))
            self.app.push_screen(Notice("Not saved", text))
        elif report.working_address is not None:
            self._tested(report)
        else:
            self._save_all_the_same(credential, secret, report, problem)

    def _save_all_the_same(
        self, credential: Credential, secret: Secret | None, report: CheckReport, problem: AeriesTuiError
    ) -> None:
        def answered(answer: bool | None) -> None:
            if answer:
                self._save(credential, secret, report)

        detail = "\n".join(problem.lines())
        question = f"The test of {credential.name} found a problem. Save the credential all the same?"
        self.app.push_screen(Confirm(question, yes="Save", no="Go on editing", detail=detail), answered)

    def _save(self, credential: Credential, secret: Secret | None, report: CheckReport | None) -> None:
        store, new = self.session.store, self._old is None
        self.ask(
            lambda: save_tested(self.session.journal, store, credential, secret, report, new=new),
            self._saved,
            self._not_saved,
        )

    def _not_saved(self, error: BaseException) -> None:
        self.show_error(error, "Not saved")

    def _saved(self, credential: Credential) -> None:
        test = credential.last_test
        told = f": {test.summary}" if test else ""
        daily = credential.daily_import is not None
        is_new_time = daily and (self._old is None or _daily_of(self._old) != _daily_of(credential))
        later = (
            " Its daily import needs a timer: Home leads there." if is_new_time and self._old is None else ""
        )
        self.tell(f"{credential.name} is {'added' if self._old is None else 'saved'}{told}.{later}")
        self._first = self._fields()
        self.app.pop_screen()
        if self._old is None:
            # In the App's own turn: this screen goes with its place.
            self.app.call_later(self.district_app.show_district, credential.name)
        elif is_new_time and credential.name == self.session.name:
            self.app.call_later(self.district_app.go, "credentials", "install")


def _daily_of(credential: Credential) -> tuple[object, str]:
    """When the daily import begins, and in which zone."""
    return credential.daily_import, credential.timezone


def _zone_text(zone: str) -> str:
    shown = shown_zone(zone)
    return zone if shown == zone else f"{shown} ({zone})"
