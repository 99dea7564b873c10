"""What a test of a credential found: address, certificate, each permission, and what to tick."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from aeries_tui.aeries import CheckReport
from aeries_tui.listing import Cell
from aeries_tui.text import clean_text
from aeries_tui.widgets.box import Box
from aeries_tui.widgets.cells import fit
from aeries_tui.widgets.dialogs import frame_css, hints
from aeries_tui.widgets.scroll import ScrollText
from aeries_tui.widgets.status import content

_STATES: dict[str, tuple[str, str]] = {
    "granted": ("✔", "completed"),
    "missing": ("✖", "error"),
    "unknown": ("·", "muted"),
    "accepted": ("✔", "completed"),
    "refused": ("✖", "error"),
}
_LABEL = 24


def report_parts(report: CheckReport) -> list[Cell | str]:
    """A report as lines of styled text."""
    parts: list[Cell | str] = []

    def line(sign: str, style: str, label: str, text: str) -> None:
        parts.extend([(sign, style), f" {fit(clean_text(label), _LABEL)} {text}\n"])

    reached = report.certificate != "unknown" or report.aeries_version is not None
    line("✔" if reached else "✖", "completed" if reached else "error", "Address", report.address)
    if report.aeries_version:
        year = f", school year {report.school_year}" if report.school_year else ""
        line("✔", "completed", "Aeries", f"version {report.aeries_version}{year}")
    line(*_STATES[report.certificate], "Certificate", report.certificate)
    for permission in report.permissions:
        line(*_STATES[permission.state], permission.area.value, permission.state)
    problem = report.problem
    if problem is None:
        parts.append(("\nA pull can read everything.", "completed"))
    else:
        parts.append(
            (f"\n{problem.code}: {problem.message}\n" if problem.code else f"\n{problem.message}\n", "error")
        )
        parts.append("\n".join(filter(None, (problem.meaning, problem.remedy))))
    return parts


class TestResult(Box[str | None]):
    """The result of a test, to be read.

    Hands back the Instance URL that works, where the person takes it over; otherwise None.

    Args:
        name: of the district.
        report: what was found.
        offer: offer to take over the address that works, where another one does.
    """

    __test__ = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "dismiss", "Close"),
        Binding("u", "use", "Use"),
    ]
    DEFAULT_CSS = frame_css("TestResult") + "TestResult > .dialog { width: 76; }"

    def __init__(self, name: str, report: CheckReport, *, offer: bool = False) -> None:
        super().__init__()
        self._district, self._report = name, report
        working = report.working_address
        self._offer = working.display if offer and working is not None else None

    def compose(self) -> ComposeResult:
        """The lines, and the keys."""
        with ScrollText(classes="dialog") as box:
            box.border_title = Content(clean_text(f"Test of {self._district}"))
            yield Static(content(self.app, *report_parts(self._report)), markup=False, classes="dialog-text")
            keys = [("Enter", "Close")]
            if self._offer:
                keys.insert(0, ("u", f"Use {self._offer}"))
            yield Static(hints(*keys), markup=False, classes="dialog-keys")

    def action_use(self) -> None:
        """Take the address that works over."""
        if self._offer:
            self.dismiss(self._offer)
