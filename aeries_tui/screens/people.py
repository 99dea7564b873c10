"""People: students and staff of the District Master, searched; one of them leads to all that is known."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.errors import AeriesTuiError
from aeries_tui.listing import RowSource
from aeries_tui.mapping.grades import label
from aeries_tui.master.imports.retention import FULL_WARNINGS
from aeries_tui.master.lists.people import COLUMNS, Which, people_source, person_of
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.screens.accounts import ask_login_test, ask_reset
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.person import PersonScreen
from aeries_tui.screens.person_text import PersonPanes
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.panes import Pane, Panes, PanesLaid
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected, TableShown

_WHICH: tuple[Which, ...] = ("student", "staff", "both", "left_out")
_WORDS = {
    "student": "Students",
    "staff": "Staff",
    "both": "Students and staff",
    "left_out": "Read by the last pull and left out",
}


def read_number(text: str) -> tuple[PersonKind, int] | None:
    """What a person typed as a number: `99400001` is a student's, `t 1001` or `staff 1001` a member of staff's."""
    words = text.lower().split()
    if len(words) == 2 and words[0] in {"t", "s", "staff", "teacher"}:
        kind: PersonKind = "staff"
    elif len(words) == 1 or (len(words) == 2 and words[0] in {"p", "student"}):
        kind = "student"
    else:
        return None
    number = words[-1]
    if kind == "student" and number[:1] in {"t", "s"} and number[1:].isdecimal():
        kind, number = "staff", number[1:]
    if not (number.isascii() and number.isdecimal() and len(number) < 19) or not int(number):
        return None  # 0 stands for everybody in a path of Aeries (contract, section 7)
    return kind, int(number)


class PeopleScreen(DistrictScreen):
    """All people."""

    KEYS = "people"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("people")

    def __init__(self) -> None:
        super().__init__()
        self._which: Which = "student"
        self._active_only = False
        self._left_out_by: int | None = None
        self._source: RowSource | None = None
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(id="people", name="people", found_nothing=self._offer)
        known, history = Pane(id="known", only_beside=True), Pane(id="history")
        self._panes = Panes(self._table, known, history)
        self._person = PersonPanes(self, known, history)

    def body(self) -> ComposeResult:
        """Whom, and the list."""
        yield self._head
        yield self._panes

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def on_unmount(self) -> None:
        """Let go of the file."""
        if self._source is not None:
            self._source.interrupt()
            self._source.close()

    def reread(self) -> None:
        """Read the list anew; it keeps its place, filter and order."""
        if self._source is None:
            self._open()
        else:
            self._table.refresh_source()

    def _open(self) -> None:
        self._tell_head()
        self._table.empty = (
            self._nobody_left_out
            if self._which == "left_out"
            else f"Nobody here{' is active' if self._active_only else ' yet'}. {self.key('go-pull')} leads to Pull; why "
            f"somebody is missing {self.key('explain')} explains, by name or number."
        )
        if not self.session.has_master:
            self._table.open(ListSource(COLUMNS, []))
            return
        try:
            source = people_source(
                self.session.district.master,
                self._which,
                active_only=self._active_only,
                grade=label,
                by=self._left_out_by,
            )
        except AeriesTuiError as error:
            self.show_error(error, "The people can't be read")
            return
        old, self._source = self._source, source
        self._table.open(source)
        if old is not None:
            self.ask(old.close, lambda _: None)

    @property
    def _nobody_left_out(self) -> str:
        if self._left_out_by is None:
            return "The last pull left nobody out."
        return (
            f"Nobody is kept by name whom import {self._left_out_by} left out: it left no person out, "
            f"or the names are no longer kept (they are of the newest {FULL_WARNINGS} imports)."
        )

    @on(TableShown)
    def _tell_head(self) -> None:
        words = _WORDS[self._which]
        if self._which == "left_out" and self._left_out_by is not None:
            words = f"Read by import {self._left_out_by} and left out"
        active = ", only active ones" if self._active_only and self._which != "left_out" else ""
        count = f": {self._table.count:,}" if self._source is not None else ""
        hint = f"{self.key('table-search')} searches, {self.key('table-filter')} filters by name, number, e-mail or login"
        self._head.update(content(self.app, f"{words}{active}{count}", (f"  {hint}", "muted")))
        self.refresh_bindings()

    def _offer(self, text: str) -> str:
        return f"{self.key('explain')} looks for {text} among all, also those left out, and asks Aeries by number."

    @property
    def _here(self) -> tuple[PersonKind, int] | None:
        key = self._table.cursor_key
        return person_of(self._which, key) if key is not None else None

    def arrive(self, what: object) -> None:
        """A person, as kind and number, perhaps `live`: explain them; `left_out` and an import: list whom it left out."""
        if not isinstance(what, tuple) or len(what) < 2:
            return
        if what[0] == "left_out":
            self._which, self._left_out_by = "left_out", int(what[1])
            self._open()
        elif what[0] in {"student", "staff"}:
            self.app.push_screen(PersonScreen(what[0], int(what[1]), live=what[2:] == ("live",)))

    @on(RowHighlighted)
    @on(PanesLaid)
    def _follow(self) -> None:
        if self._panes.beside:
            self._person.follow(self._here)

    @on(RowSelected)
    def _selected(self) -> None:
        if self._here is not None:
            self.app.push_screen(PersonScreen(*self._here))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without anybody under the cursor there is nobody to test."""
        if action in {"test_login", "reset_password", "explain"}:
            return self._table.count > 0 or None
        return super().check_action(action, parameters)

    def action_explain(self) -> None:
        """Why the person under the cursor is in or not, asked of Aeries now."""
        if self._here is not None:
            self.app.push_screen(PersonScreen(*self._here, live=True))

    def action_kind(self) -> None:
        """Students, staff, both, those left out by the last pull."""
        self._left_out_by = None
        self._which = _WHICH[(_WHICH.index(self._which) + 1) % len(_WHICH)]
        self._open()

    def action_active(self) -> None:
        """Only active people, or all."""
        self._active_only = not self._active_only
        self._open()

    def action_sign_on(self) -> None:
        """How many are ready for single sign-on."""
        from aeries_tui.screens.groups import SignOnScreen

        self.app.push_screen(SignOnScreen())

    def action_compare(self) -> None:
        """The Master against a list."""
        from aeries_tui.screens.compare import CompareScreen

        if self.session.name is not None:
            self.app.push_screen(CompareScreen())

    def action_test_login(self) -> None:
        """Test that the account of the person under the cursor can log in."""
        if self._here is not None:
            ask_login_test(self, *self._here)

    def action_reset_password(self) -> None:
        """Give a new password, shown once."""
        if self._here is not None:
            ask_reset(self, *self._here)
