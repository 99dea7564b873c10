"""What can be done with one import, from the list of results and from its own screen."""

from __future__ import annotations

import sqlite3
from abc import abstractmethod

from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.imports import imports
from aeries_tui.master.lists.changes import Changes
from aeries_tui.master.roster.undo import must_be_undoable
from aeries_tui.outcome import Outcome
from aeries_tui.pull.folder import log_file, plan_file
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.changes import ChangesScreen
from aeries_tui.screens.descriptions import DescriptionsScreen
from aeries_tui.screens.files import FilesScreen
from aeries_tui.screens.import_log import ImportLogScreen
from aeries_tui.screens.plan import PlanScreen
from aeries_tui.screens.text.counts import in_figures
from aeries_tui.screens.troubleshooting import TroubleshootingScreen
from aeries_tui.session.command import run_command
from aeries_tui.widgets.dialogs import Confirm


class ImportScreenBase(DistrictScreen):
    """A screen with an import in hand."""

    PLACE = "results"

    @property
    @abstractmethod
    def chosen(self) -> imports.Import | None:
        """The import that keys act on; None where there is none."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what an import does not have are faint."""
        chosen = self.chosen
        match action:
            case "descriptions" | "troubleshooting" | "log":
                return chosen is not None or None
            case "changes":
                return self._changes() is not None or None
            case "files":
                return (chosen is not None and chosen.files_written) or None
            case "undo":
                return (chosen is not None and chosen.applied and chosen.undone_by is None) or None
            case _:
                return super().check_action(action, parameters)

    def _changes(self) -> Changes | None:
        chosen = self.chosen
        if chosen is None or self.session.name is None:
            return None
        district = self.session.district
        if chosen.applied:
            return Changes(district.master, chosen.id)
        plan = plan_file(district, chosen.id)
        waits = chosen.outcome is Outcome.HELD and plan.exists()
        return Changes(district.master, chosen.id, plan) if waits else None

    def action_descriptions(self) -> None:
        """Every record with an error or a warning."""
        if self.chosen is not None:
            self.app.push_screen(DescriptionsScreen(self.chosen.id))

    def action_troubleshooting(self) -> None:
        """The problems by code, with their remedy."""
        if self.chosen is not None:
            self.app.push_screen(TroubleshootingScreen(self.chosen.id))

    def action_changes(self) -> None:
        """What the import changed; for one that waits, its plan."""
        chosen, changes = self.chosen, self._changes()
        if chosen is None or changes is None:
            return
        if changes.plan is not None:
            self.app.push_screen(PlanScreen(chosen.id))
        else:
            self.app.push_screen(ChangesScreen(changes, "results"))

    def action_files(self) -> None:
        """The staff and the student file."""
        if self.chosen is not None:
            self.app.push_screen(FilesScreen(self.chosen.id))

    def action_checks(self) -> None:
        """The district's own checks."""
        from aeries_tui.screens.checks import ChecksScreen

        self.app.push_screen(ChecksScreen())

    def action_log(self) -> None:
        """The log of the import."""
        chosen = self.chosen
        if chosen is None:
            return
        path = log_file(self.session.district, chosen.id)
        if path.exists():
            self.app.push_screen(ImportLogScreen(chosen.id, path))
        else:
            self.tell(f"Import {chosen.id} has no log, or it is not kept any more.")

    def action_undo(self) -> None:
        """Make the plan that takes the import back, after a question."""
        chosen, changes = self.chosen, self._changes()
        if chosen is None or changes is None:
            return

        session = self.session

        def read(db: sqlite3.Connection) -> str:
            must_be_undoable(db, chosen.id)
            return in_figures(changes.tallies(db, session.answers))

        self.ask_master(read, lambda figures: self._ask_undo(chosen.id, figures), self._not_undone)

    def _ask_undo(self, number: int, figures: str) -> None:
        def answered(answer: bool | None) -> None:
            if answer:
                self._plan_undo(number)

        self.app.push_screen(
            Confirm(
                f"Undo import {number}, by which {figures}?",
                yes="Make the plan",
                detail="Nothing is changed yet: what the undo would do is worked out and shown as a plan, to "
                "approve or discard. Records that later imports changed again stay as they are.",
                title="Undo",
            ),
            answered,
        )

    def _plan_undo(self, number: int) -> None:
        places, district, session = self.session.places, self.session.district.name, self.session

        def make() -> int | None:
            run_command(places, district, ["undo", str(number), "--plan"])
            with session.reading() as db:
                made = imports.undo_of(db, number)
            return made.id if made is not None else None

        self.tell(f"Working out how to take import {number} back …")
        self.ask(make, self._undo_planned, self._not_undone)

    def _undo_planned(self, number: int | None) -> None:
        self.untell()
        if number is not None and self.is_current:
            self.app.push_screen(PlanScreen(number))

    def _not_undone(self, error: BaseException) -> None:
        self.untell()
        title = "The import can't be undone" if isinstance(error, AeriesTuiError) else "That did not work"
        self.show_error(error, title)
