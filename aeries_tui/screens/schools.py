"""Schools: which Aeries school is which ALI school."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from aeries_tui.codes import Code
from aeries_tui.errors import AeriesTuiError, NotFound
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.operations import update_schools
from aeries_tui.operations.ali_csv import HEADERS, AliCsv, read_ali_csv
from aeries_tui.screens.base import DistrictScreen, lines_of
from aeries_tui.screens.school_rows import COLUMNS, about, ali_note, grid_row, summary
from aeries_tui.session.background_task import BackgroundTask
from aeries_tui.session.mapping import (
    Grid,
    GridRow,
    Step,
    accept,
    change_mapping,
    read_grid,
    take_back,
    take_in_again,
)
from aeries_tui.settings import Credential
from aeries_tui.text import in_number
from aeries_tui.who import user_name
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.dialogs import AskText, Confirm, wrong_with_path
from aeries_tui.widgets.panes import Pane, Panes
from aeries_tui.widgets.pick import Choice, PickOne, Ranking
from aeries_tui.widgets.table import ListSource, PagedTable, RowHighlighted, RowSelected
from aeries_tui.widgets.waiting import Ended, Waiting

T = TypeVar("T")

UPDATE_SECONDS = 300.0
"""The list of schools is one request; with its retries it is not waited for longer."""

ALIKE = 10
"""ALI schools of a like name that come first where one is picked."""

LOW = 20
_UNDO_STEPS = 50


class SchoolsScreen(DistrictScreen):
    """The grid of two columns: Aeries School, ALI School."""

    KEYS = "schools"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("schools")

    def __init__(self) -> None:
        super().__init__()
        self._grid = Grid()
        self._only_open = False
        self._steps: list[Step[Any]] = []
        self._wanted: int | None = None
        self._summary = Static(markup=False, id="summary")
        self._table = PagedTable(empty="Reading …", id="grid", name="schools", markable=True)
        self._about = Pane(id="about")

    def body(self) -> ComposeResult:
        """The grid in a line, the grid, the school under the cursor."""
        yield self._summary
        yield Panes(self._table, self._about)

    def on_mount(self) -> None:
        """Give the keys to the grid."""
        self._table.focus()

    def on_resize(self, event: events.Resize) -> None:
        """In a low terminal the school gets less room."""
        self.set_class(event.size.height < LOW, "-low")

    # Reading

    def reread(self) -> None:
        """Read the grid anew."""
        self.ask_master(read_grid, self._show, self._unreadable)

    def _unreadable(self, error: BaseException) -> None:
        if isinstance(error, NotFound):
            self._show(Grid())
        else:
            self.show_error(error, "The schools can't be read")

    def _show(self, grid: Grid) -> None:
        self._grid = grid
        self._only_open = self._only_open and self._wanted is None
        self._fill()
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._table.show_key(wanted)

    def _fill(self) -> None:
        grid = self._grid
        rows = [row for row in grid.rows if not self._only_open or row.is_open]
        self._table.empty = self._nothing()
        self._table.keep_marks({row.code for row in rows})
        self._table.replace(ListSource(COLUMNS, [grid_row(row, grid) for row in rows]))
        text = summary(grid) + (" · only those not mapped" if self._only_open else "") if grid.rows else ""
        self._summary.update(Content(text))
        self._about.display = bool(rows)
        self._tell_about()
        self.refresh_bindings()

    def _nothing(self) -> str:
        if self.session.name is None:
            return f"There is no district yet. Add its credential first: {self.key('go-credentials')}."
        if not self._grid.rows:
            ali = (
                f", {self.key('schools-import-csv')} the ALI schools from a CSV" if not self._grid.ali else ""
            )
            return f"No schools here yet. {self.key('schools-update')} reads the list from Aeries{ali}."
        return f"Every school is mapped or excluded. {self.key('schools-unmapped')} shows all."

    @property
    def _here(self) -> GridRow | None:
        key = self._table.cursor_key
        return self._grid.row(int(key)) if key is not None else None

    @property
    def _chosen(self) -> list[GridRow]:
        """The marked rows; without marks the one under the cursor."""
        keys = self._table.marked or ((self._table.cursor_key,) if self._table.cursor_key is not None else ())
        return [row for row in (self._grid.row(int(key)) for key in keys) if row is not None]

    @on(RowHighlighted)
    def _tell_about(self) -> None:
        row = self._here
        if row is not None:
            school = row.row.school
            title = f"{school.name} ({school.code})"
            self._about.show(lines_of(self.app, *about(row, self._grid)), of=school.code, title=title)

    # Changing

    @property
    def _fate_of_plan(self) -> str:
        """What becomes of a plan that waits when the mapping changes; blank where none waits."""
        held = self._grid.held
        return (
            f"The plan of import {held}, which waits, can't be approved any more then: discard it and pull again."
            if held
            else ""
        )

    def _change(
        self,
        label: str,
        change: Callable[[sqlite3.Connection], T],
        done: Callable[[T], str],
        *,
        asked: bool = False,
    ) -> None:
        """Change the mapping beside the screen, after a question where that ends a plan that waits.

        Args:
            label: of the change, for undoing it.
            change: made in the Master.
            done: makes the sentence that says what was done.
            asked: a person was asked already, and told of the plan.
        """
        if self._fate_of_plan and not asked:
            question = f"Change the mapping ({label})?"
            self._sure(question, "Change", lambda: self._change(label, change, done, asked=True))
            return
        session = self.session

        def changed(step: Step[T]) -> None:
            self._steps = [*self._steps[-_UNDO_STEPS:], step]
            self._table.unmark()
            self.tell(done(step.result))
            self.reread()

        self.ask(lambda: change_mapping(session, label, change), changed, self._not_changed)

    def _not_changed(self, error: BaseException) -> None:
        self.show_error(error, "Not changed")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what is not there are faint."""
        match action:
            case "update" | "import_csv":
                return self.session.name is not None or None
            case "accept":
                return any(row.best for row in self._grid.rows) or None
            case "create" | "create_all" | "exclude" | "unmap" | "unmapped":
                return bool(self._grid.rows) or None
            case "undo":
                return bool(self._steps) or None
            case _:
                return super().check_action(action, parameters)

    def arrive(self, what: object) -> None:
        """`update`: read the list of schools; a school, as `school` and its code: show it."""
        if what == "update":
            self.action_update()
        elif isinstance(what, tuple) and what[0] == "school":
            self._wanted = int(what[1])
            self.reread()

    def action_update(self) -> None:
        """Read the list from Aeries and map what can be mapped, after a question."""
        try:
            credential = self.session.must_have_credential()
        except AeriesTuiError as error:
            self.show_error(error)
            return
        detail = (
            f"One request to {credential.url}. Schools whose ALI school has the same or a very similar name are mapped by "
            "themselves; what a person decided stays."
        )
        question = "Read the list of schools from Aeries?"
        self._sure(question, "Update list", lambda: self._read_list(credential), detail)

    def _read_list(self, credential: Credential) -> None:
        session = self.session
        task = BackgroundTask(
            lambda: update_schools.read_schools(credential, session.settings, session.places.host_slots),
            UPDATE_SECONDS,
            "Reading the list",
        )

        def ended(result: Ended[update_schools.ListedSchools] | None) -> None:
            if result is None:
                self.tell("Stopped; the list is as it was.")
            elif result.error is not None:
                self.show_error(result.error, "The list could not be read")
            elif result.value is not None:
                rows = result.value
                self._change(
                    "update of the list",
                    lambda db: update_schools.take_schools(db, rows),
                    _updated,
                    asked=True,
                )

        waiting = Waiting("Update list", f"Asking {credential.url} for its schools …", task.run, task.stop)
        self.app.push_screen(waiting, ended)

    def action_accept(self) -> None:
        """Map the school, or those marked, to what is suggested."""
        accepted = [(row.code, row.best) for row in self._chosen if row.best is not None]
        if not accepted:
            self.tell("There is no suggestion for it. Enter picks an ALI school.")
            return
        names = _names([row for row in self._chosen if row.best is not None])
        self._change(f"mapping of {names}", lambda db: accept(db, accepted), lambda _: f"Mapped {names}.")

    @on(RowSelected)
    def _pick(self) -> None:
        row = self._here
        if row is None:
            return
        if not self._grid.ali:
            self.action_create_all()
            return
        grid, name = self._grid, row.row.school.name
        choices = [Choice(school.id, school.name, ali_note(school, row, grid)) for school in grid.ali]
        # What it is mapped to comes first, then what is likely, then what is called alike.
        likely = [row.row.mapping.ali_id, *(suggestion.ali_id for suggestion in row.suggestions)]
        alike = [choice.key for choice in Ranking(choices).ranked(name)[:ALIKE]]
        suggested = list(dict.fromkeys([*filter(None, likely), *alike]))
        pick = PickOne(
            f"ALI school for {name}", choices, suggested, label="ALI School", note="Alike, grades, mapped"
        )
        self.app.push_screen(pick, lambda key: self._picked(row, str(key)) if key is not None else None)

    def _picked(self, row: GridRow, ali_id: str) -> None:
        found = self._grid.ali_school(ali_id)
        others = [user for user in self._grid.used.get(ali_id, ()) if user.code != row.code]
        ali = found.name if found else ali_id
        name = row.row.school.name

        def do() -> None:
            self._change(
                f"mapping of {name}",
                lambda db: schools.set_mapping(db, row.code, ali_id, by=user_name()),
                lambda _: f"{name} is mapped to {ali}.",
                asked=bool(others),
            )

        if others:
            question = f"{ali} is mapped to {others[0].row.school.name} already. Map {name} to it as well?"
            self._sure(question, "Map", do)
        else:
            do()

    def _sure(self, question: str, yes: str, do: Callable[[], None], detail: str = "") -> None:
        def answered(answer: bool | None) -> None:
            if answer:
                do()

        told = "\n\n".join(filter(None, (detail, self._fate_of_plan)))
        self.app.push_screen(Confirm(question, yes=yes, detail=told), answered)

    def action_unmapped(self) -> None:
        """Show only schools that are not mapped, or all."""
        self._only_open = not self._only_open
        self._fill()

    def action_create(self) -> None:
        """Create the ALI school from the Aeries school, or from those marked."""
        chosen = [row for row in self._chosen if row.row.mapping.ali_id is None]
        if not chosen:
            self.tell("It is mapped already.")
            return
        codes, names = [row.code for row in chosen], _names(chosen)
        self._create(f"creation of {names}", codes)

    def action_create_all(self) -> None:
        """Create ALI schools from all Aeries schools that have none."""
        count = sum(row.is_open and not row.row.school.is_doubtful for row in self._grid.rows)
        if not count:
            self.tell(
                "Every school has its ALI school; what may be no school is created one by one, "
                f"with {self.key('schools-create')}."
            )
            return
        question = f"Create {count:,} ALI school{'s' if count > 1 else ''}, one from each Aeries school that has none?"
        self._sure(question, "Create", lambda: self._create("creation of all", None, asked=True))

    def _create(self, label: str, codes: Sequence[int] | None, *, asked: bool = False) -> None:
        self._change(
            label,
            lambda db: update_schools.create_ali_from_aeries(db, codes),
            lambda made: f"{made:,} ALI school{'s' if made != 1 else ''} created and mapped.",
            asked=asked,
        )

    def action_exclude(self) -> None:
        """Leave the school out for good, or take it in again."""
        chosen = self._chosen
        if not chosen:
            return
        names, codes = _names(chosen), [row.code for row in chosen]
        if all(row.row.mapping.excluded for row in chosen):
            self._change(
                f"taking in of {names}",
                lambda db: take_in_again(db, codes),
                lambda _: f"{names}: no longer excluded.",
            )
            return

        def exclude(db: sqlite3.Connection) -> None:
            for code in codes:
                schools.exclude(db, code, by=user_name())

        self._with_loss(chosen, "Exclude", f"exclusion of {names}", exclude, f"{names}: excluded.")

    def action_unmap(self) -> None:
        """Take the mapping away."""
        chosen = [row for row in self._chosen if row.row.mapping.ali_id is not None]
        if not chosen:
            self.tell("It is not mapped.")
            return
        names, codes = _names(chosen), [row.code for row in chosen]

        def unmap(db: sqlite3.Connection) -> None:
            for code in codes:
                schools.set_mapping(db, code, None, by=user_name())

        self._with_loss(chosen, "Unmap", f"unmapping of {names}", unmap, f"{names}: not mapped any more.")

    def _with_loss(
        self,
        chosen: Sequence[GridRow],
        what: str,
        label: str,
        change: Callable[[sqlite3.Connection], None],
        done: str,
    ) -> None:
        """Change the mapping; ask first where the next pull would deactivate somebody."""

        def do(asked: bool) -> None:
            self._change(label, change, lambda _: done, asked=asked)

        students = sum(row.row.students for row in chosen if row.row.mapping.ali_id is not None)
        if not students:
            do(asked=False)
            return
        detail = "Nothing changes before the next pull; until then it can be undone here."
        question = f"{what} {_names(chosen)}? The next pull would deactivate {students:,} school enrollments of students."
        self._sure(question, what, lambda: do(asked=True), detail)

    def action_undo(self) -> None:
        """Undo the last change of the mapping, after a question where that ends a plan that waits."""
        if not self._steps:
            return
        step = self._steps[-1]
        if self._fate_of_plan:
            self._sure(f"Undo the {step.label}?", "Undo", lambda: self._take_back(step))
        else:
            self._take_back(step)

    def _take_back(self, step: Step[Any]) -> None:
        session = self.session

        def undone(_: Step[None]) -> None:
            self._steps = [one for one in self._steps if one is not step]
            self.tell(f"Undone: {step.label}.")
            self.reread()

        self.ask(lambda: take_back(session, step), undone, self._not_changed)

    def action_import_csv(self) -> None:
        """Read ALI schools from a CSV."""

        def given(text: str | None) -> None:
            if text:
                self.ask(
                    lambda: read_ali_csv(Path(text).expanduser()),
                    self._import,
                    self._not_changed,
                )

        self.app.push_screen(
            AskText(
                "Path of the CSV file:",
                title="ALI schools from a CSV",
                detail=f"Its header is {HEADERS}.",
                check=wrong_with_path,
            ),
            given,
        )

    def _import(self, given: AliCsv) -> None:
        def take(db: sqlite3.Connection) -> tuple[int, int, int]:
            new, known = schools_table.put_ali_schools(db, given.schools)
            return new, known, update_schools.map_automatically(db)

        self._change("import of ALI schools", take, lambda found: " ".join([_imported(found), *given.notes]))


def _updated(found: update_schools.Updated) -> str:
    gone = (
        f" {in_number(len(found.gone), 'mapped school')} {'is' if len(found.gone) == 1 else 'are'} gone from Aeries ({Code.MAP_GONE})."
        if found.gone
        else ""
    )
    unread = "".join(f" {sentence}" for sentence in found.unread)
    new = f", {found.new:,} of them now" if found.new else ""
    return f"Aeries lists {in_number(found.offered, 'school')}; {found.mapped:,} mapped{new}.{gone}{unread}"  # fmt: skip


def _imported(found: tuple[int, int, int]) -> str:
    new, known, mapped = found
    return f"{in_number(new, 'ALI school')} added, {known:,} brought up to date; {in_number(mapped, 'school')} mapped."


def _names(rows: Sequence[GridRow]) -> str:
    first = rows[0].row.school.name
    return first if len(rows) == 1 else f"{first} and {len(rows) - 1:,} more"
