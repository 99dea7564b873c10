"""The rows of a table as a CSV file, written bit by bit between the table's own questions."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from aeries_tui.errors import AeriesTuiError
from aeries_tui.exports.cells import cell
from aeries_tui.listing import RowSource, cell_text
from aeries_tui.settings import private_text_writer
from aeries_tui.text import clean_text
from aeries_tui.widgets.table.store import RowStore

BATCH = 2_000
"""Rows read at a time, so that scrolling goes on meanwhile."""


def harmless_cell(text: str) -> str:
    """The text as a spreadsheet shows it and does not compute it; plain numbers stay numbers."""
    return cell(clean_text(text))


class _Saving:
    """One file on its way."""

    def __init__(self, store: RowStore, path: Path, say: Callable[[str], None]) -> None:
        self._store = store
        self._path = path
        self._writing = ExitStack()
        self._say = say
        self._view: RowSource | None = None
        self._file: TextIO | None = None
        self._written = 0

    def step(self) -> bool:
        """Write the next rows; whether that was all. Runs in the background thread."""
        if self._view is None or self._file is None:
            self._begin()
            return False
        rows = self._view.rows(self._written, BATCH)
        writer = csv.writer(self._file)
        writer.writerows([harmless_cell(cell_text(one)) for one in row.cells] for row in rows)
        self._written += len(rows)
        if len(rows) == BATCH:
            return False
        self._view.close()
        self._writing.close()
        return True

    def _begin(self) -> None:
        base, wanted = self._store.base, self._store.wanted
        assert base is not None
        self._view = base.with_sort(wanted.column, wanted.descending).with_filter(wanted.text)
        self._file = self._writing.enter_context(private_text_writer(self._path))
        csv.writer(self._file).writerow(column.title for column in self._view.columns)

    def go_on(self, done: bool) -> None:
        """Ask for the next step, or say that it is done."""
        if done:
            self._say(f"Saved {self._written:,} rows as {self._path}.")
        else:
            self._store.ask(self.step, self.go_on, self.give_up)

    def give_up(self, problem: BaseException) -> None:
        """Say that there is no file, and take the part away."""
        if self._view is not None:
            self._view.close()
        try:
            self._writing.__exit__(type(problem), problem, problem.__traceback__)
        except AeriesTuiError as told:
            problem = told
        reason = problem.message if isinstance(problem, AeriesTuiError) else f"({type(problem).__name__})"
        self._say(f"The list could not be saved: {reason}")


def save_rows(store: RowStore, folder: Path, name: str, say: Callable[[str], None]) -> None:
    """Save all rows that are shown, filtered and sorted as they are.

    Args:
        store: of the table.
        folder: where to.
        name: of the list; the time is added.
        say: told how it ended.
    """
    path = folder / f"{name}-{time.strftime('%Y%m%d-%H%M%S')}.csv"
    _Saving(store, path, say).go_on(done=False)
