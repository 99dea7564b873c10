"""The staff and the student file of an import."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from aeries_tui.audit import Act
from aeries_tui.listing import Column, Row
from aeries_tui.master.imports.result import File, files
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.settings import private_writer
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.copy import CopyText, save_folder_or_say
from aeries_tui.widgets.dialogs import Notice
from aeries_tui.widgets.status import content, outcome_cell
from aeries_tui.widgets.table import ListSource, PagedTable, RowSelected

COLUMNS = (
    Column("kind", "File", min_width=8),
    Column("records", "Records", align="right", min_width=7),
    Column("status", "Status", min_width=22, max_width=24),
    Column("path", "Path", flex=1, min_width=20, max_width=200),
)


class FilesScreen(DistrictScreen):
    """The files.

    Args:
        number: the import.
    """

    KEYS = "files"
    PLACE = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("files")

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._files: dict[str, File] = {}
        self._head = Static(markup=False, id="head")
        self._table = PagedTable(empty="Reading …", id="files", name=f"files-{number}")

    def body(self) -> ComposeResult:
        """What they are, and the files."""
        yield self._head
        yield self._table

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._head.update(
            content(
                self.app,
                f"The files of import {self._number}: CSV in UTF-8, one row for each person. They hold names and "
                "e-mail addresses; only you can read them.",
            )
        )
        self._table.focus()

    def reread(self) -> None:
        """Read which files there are."""
        self.ask_master(lambda db: files(db, self._number), self._show)

    def _show(self, recorded: list[File]) -> None:
        self._files = {file.kind: file for file in recorded}
        self._table.empty = f"Import {self._number} wrote no files: only an applied import does."
        rows = [
            Row(
                file.kind,
                (
                    file.kind,
                    f"{file.records:,}",
                    outcome_cell(file.outcome),
                    file.path,
                ),
            )
            for file in recorded
        ]
        self._table.replace(ListSource(COLUMNS, rows))
        self.refresh_bindings()

    @property
    def _chosen(self) -> Path | None:
        file = self._files.get(str(self._table.cursor_key))
        return Path(file.path) if file else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a file there is nothing to take along."""
        if action in {"copy_path", "export"}:
            return bool(self._files) or None
        return super().check_action(action, parameters)

    @on(RowSelected)
    def _selected(self) -> None:
        path = self._chosen
        if path is not None:
            self.app.push_screen(
                Notice(
                    path.name,
                    f"{path}\n\nOn this machine:  less -S {path}\nFrom another one:  scp HOST:{path} .",
                )
            )

    def action_copy_path(self) -> None:
        """Send the path to the terminal's clipboard."""
        path = self._chosen
        if path is not None:
            self.post_message(CopyText(str(path), "the path"))

    def action_export(self) -> None:
        """Save a copy where the program saves things."""
        path = self._chosen
        if path is not None:
            folder = save_folder_or_say(self.app)
            if folder is None:
                return
            target = folder / f"import-{self._number}-{path.name}"
            session = self.session
            about = {"what": f"{path.stem} file", "import": self._number, "to": str(target)}

            def copy() -> None:
                with session.journal.recording(Act.EXPORTED, session.district.name, about):
                    _copy(path, target)

            self.ask(copy, lambda _: self.tell(f"Saved as {target}."), self._not_saved)

    def _not_saved(self, error: BaseException) -> None:
        if isinstance(error, OSError):  # it went meanwhile
            self.tell(f"The file could not be copied: {error.strerror}.")
        else:
            self.show_error(error, "The file could not be copied")


def _copy(path: Path, target: Path) -> None:
    with path.open("rb") as source, private_writer(target) as file:
        shutil.copyfileobj(source, file)
