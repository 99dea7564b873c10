"""One person: record, schools, sections, account, history; why they are in or not, and what Aeries says now."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.listing import Cell, Row, cell_text
from aeries_tui.master.roster.people import PersonKind
from aeries_tui.screens.accounts import ask_login_test, ask_reset
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.erasing import ask_erase
from aeries_tui.screens.identity import ask_who
from aeries_tui.screens.person_rows import COLUMNS, person_rows
from aeries_tui.screens.person_text import Found, name_of, read_person
from aeries_tui.widgets.bindings import bindings_of, keymap_of
from aeries_tui.widgets.commands import in_screens
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.scroll import ScrollText
from aeries_tui.widgets.status import content
from aeries_tui.widgets.table import ListSource, PagedTable, RowSelected
from aeries_tui.widgets.waiting import Ended, Waiting


class PersonScreen(DistrictScreen):
    """One person.

    Args:
        kind: student or staff.
        number: StudentID or StaffID; it need not be known here.
        live: ask Aeries at once.
    """

    KEYS = "person"
    PLACE = "people"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("person")

    def __init__(self, kind: PersonKind, number: int, *, live: bool = False) -> None:
        super().__init__()
        self._kind, self._number = kind, number
        self._live_wanted = live
        self._rows: list[Row] = []
        self._is_asked = False
        self._is_looked_at = False
        self._head = Static(markup=False, id="head")
        self._verdict = Static(markup=False, id="verdict")
        self._table = PagedTable(
            empty="Nothing is known of this person here.", id="known", name=f"{kind}-{number}"
        )

    def body(self) -> ComposeResult:
        """Who it is, the verdict, all that is known."""
        yield self._head
        with ScrollText(id="says"):
            yield self._verdict
        yield self._table

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.focus()

    def reread(self) -> None:
        """Read what the Master has; what Aeries said before is no longer true then."""
        self.ask(lambda: self._asked(live=False), self._show)

    def _asked(self, *, live: bool) -> Found:
        is_look = live or not self._is_looked_at
        found = read_person(self.session, self._kind, self._number, live=live, is_look=is_look)
        self._is_looked_at = True
        return found

    def _show(self, found: Found) -> None:
        document, account = found
        self._head.update(content(self.app, *self._headline(document)))
        self._verdict.update(content(self.app, document["verdict"], *self._hint(document)))
        self._rows = person_rows(document, account, lambda text: in_screens(text, keymap_of(self.app)))
        self._is_asked = document["identity"]["question"] is not None
        self._table.open(ListSource(COLUMNS, self._rows))
        self.refresh_bindings()
        if self._live_wanted:
            self._live_wanted = False
            self.action_explain()

    def _headline(self, document: dict[str, Any]) -> list[Cell]:
        name = name_of(document)
        noun = "Student" if self._kind == "student" else "Member of staff"
        if not document["in_master"]:
            state: Cell = ("not in the District Master", "warning")
        else:
            state = ("active", "good") if document["active"] else ("not active", "warning")
        return [f"{noun} {self._number}  {name}  ".rstrip() + "  ", state]

    def _hint(self, document: dict[str, Any]) -> list[Cell]:
        question = document["identity"]["question"]
        if question is not None and question["decided"] is None:
            keys = f"{self.key('person-same')} the same person, {self.key('person-another')} another one."
            return [(f"\nSay which: {keys}", "strong")]
        if document["live"] is not None:
            return []
        return [(f"\n{self.key('person-explain')} asks Aeries for the record as it is now.", "muted")]

    @on(RowSelected)
    def _whole(self) -> None:
        """The value of the row, however long it is."""
        row = self._table.view.row
        if row is not None:
            _, what, value = (cell_text(cell) for cell in row.cells[:3])
            self.app.push_screen(Notice(what.strip(), value))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A history there is only where something happened; to decide only where something is asked."""
        if action in {"same", "another"}:
            return self._is_asked or None
        if action == "history":
            return self._history_place is not None or None
        return super().check_action(action, parameters)

    @property
    def _history_place(self) -> int | None:
        return next(
            (place for place, row in enumerate(self._rows) if cell_text(row.cells[0]) == "History"), None
        )

    def action_same(self) -> None:
        """Say that the id stands for the same person."""
        ask_who(self, self._kind, self._number, "same", self.reread)

    def action_another(self) -> None:
        """Say that the id stands for another person."""
        ask_who(self, self._kind, self._number, "another", self.reread)

    def action_erase(self) -> None:
        """Erase the person everywhere, after two questions."""
        folder = self.session.places.dispositions

        def erased() -> None:
            self.tell(f"Erased. The certificate is in {folder}.")
            self.reread()

        ask_erase(self, self._kind, self._number, erased)

    def action_explain(self) -> None:
        """Ask Aeries for the record as it is now, and say what the next pull would do."""
        noun = "student" if self._kind == "student" else "member of staff"

        def ended(result: Ended[Found] | None) -> None:
            if result is None:
                self.tell("Aeries was not waited for.")
            elif result.error is not None:
                self.show_error(result.error, "Aeries could not be asked")
            elif result.value is not None:
                self._show(result.value)

        waiting: Waiting[Found] = Waiting(
            "Explain",
            f"Asking Aeries for the {noun} {self._number} as the record is now.",
            lambda: self._asked(live=True),
            lambda: None,
        )
        self.app.push_screen(waiting, ended)

    def action_history(self) -> None:
        """To what each import did with the person."""
        place = self._history_place
        if place is not None:
            self._table.move_to(place)

    def action_test_login(self) -> None:
        """Test that the account can log in."""
        ask_login_test(self, self._kind, self._number)

    def action_reset_password(self) -> None:
        """Give a new password, shown once."""
        ask_reset(self, self._kind, self._number)
