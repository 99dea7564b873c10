"""From the moment an import is applied it stands: what fails after that is told of it, and takes nothing back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aeries_tui.errors import AeriesTuiError, MasterError, Problem
from aeries_tui.master.imports import imports
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.outcome import Outcome


@dataclass(frozen=True)
class Ended:
    """How an import ended, also where the disk keeps the book of imports from saying so.

    Attributes:
        number: of the import.
        outcome: what became of it.
        untold: what went wrong and could not be written into the book; None where the book says all.
    """

    number: int
    outcome: Outcome
    untold: Problem | None = None


def ended_after(
    master: sqlite3.Connection, place: Path, number: int, outcome: Outcome, work: Callable[[], None]
) -> Ended:
    """Do what follows an import that was just applied. What fails of it for the disk or a lock is never raised.

    Args:
        master: the Master.
        place: how the disk is called in an error.
        number: the import.
        outcome: as it was applied. It becomes Completed with ERROR where its files or accounts are missing;
            the next start makes them.
        work: accounts, files, what is thrown away, the log.
    """
    try:
        with clear_errors(place):
            work()
    except AeriesTuiError as error:
        return _told(master, place, number, outcome, error)
    return Ended(number, outcome)


def _told(
    master: sqlite3.Connection, place: Path, number: int, outcome: Outcome, error: AeriesTuiError
) -> Ended:
    try:
        with clear_errors(place):
            is_whole = imports.get(master, number).files_written
    except MasterError:
        is_whole = False
    outcome = outcome if is_whole else Outcome.COMPLETED_WITH_ERROR
    missing = "its log or what can be thrown away" if is_whole else "its accounts, files or report"
    told = MasterError(
        error.message,
        meaning=f"Import {number} was applied: the District Master was brought up to date. Only {missing} could not "
        "be written.",
        remedy=error.remedy if is_whole else f"{error.remedy} What is missing is made at the next start.",
    )
    try:
        with clear_errors(place):
            imports.close(master, number, outcome, told)
    except MasterError:
        return Ended(number, outcome, told.problem)
    return Ended(number, outcome)


@contextlib.contextmanager
def closed_on_failure(master: sqlite3.Connection, place: Path, number: int) -> Iterator[None]:
    """Where an import ends before anything is applied, the book of imports says why, if it can be written."""
    try:
        with clear_errors(place):
            yield
    except AeriesTuiError as error:
        with contextlib.suppress(sqlite3.Error):
            if imports.get(master, number).outcome is Outcome.RUNNING:
                imports.close(master, number, Outcome.ERROR, error)
        raise
