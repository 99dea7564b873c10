"""The command that the settings name is started after an import, with the paths of its files."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping

from aeries_tui import processes
from aeries_tui.errors import Busy, MasterError
from aeries_tui.master.database import connect
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.outbox import hook_done, pending_hooks
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.pull.folder import log_file
from aeries_tui.pull.lock import locked
from aeries_tui.pull.log import Level, add_line
from aeries_tui.settings import DistrictPlaces, Settings
from aeries_tui.trust import run_named


def run_after_import(
    district: DistrictPlaces,
    settings: Settings,
    *,
    env: Mapping[str, str] | None = None,
    run: processes.Runner = run_named,
) -> list[processes.Finished]:
    """Start `exports.after_import` for each import in the outbox; what fails of it is logged.

    Mostly that is the import just applied. One whose files could not be written stays there until they are. The command
    is never started twice at a time: where it runs already, whoever started it goes on with what came into the outbox since.
    After a kill it may be started a second time for the same import.
    The command gets the paths of the staff and the student file as further arguments, and beside a plain environment
    AERIES_TUI_DISTRICT, AERIES_TUI_IMPORT and AERIES_TUI_OUTCOME.

    Args:
        district: where its files are.
        settings: config.toml.
        env: the environment the command's is made from; None for this process's own.
        run: what runs the command.

    Returns:
        How the command ended for each import whose files it got.

    Raises:
        MasterError: the disk or the Master; what was not started stays in the outbox.
    """
    ended = []
    with (
        contextlib.suppress(Busy),
        locked(district.lock.with_name("after.lock"), "after_import"),
        clear_errors(district.master),
        contextlib.closing(connect(district.master)) as master,
    ):
        while (waiting := _next(master)) is not None:
            if settings.exports.after_import:
                paths = [file.path for file in result.files(master, waiting.id)]
                ended.append(_start(district, settings, waiting, paths, env, run))
            hook_done(master, waiting.id)
    return ended


def _next(master: sqlite3.Connection) -> imports.Import | None:
    """The oldest import in the outbox that has its files."""
    waiting = (imports.get(master, number) for number in pending_hooks(master))
    return next((found for found in waiting if found.files_written), None)


def _start(
    district: DistrictPlaces,
    settings: Settings,
    entry: imports.Import,
    paths: list[str],
    env: Mapping[str, str] | None,
    run: processes.Runner,
) -> processes.Finished:
    its_own = processes.plain_environment(env) | {
        "AERIES_TUI_DISTRICT": district.name,
        "AERIES_TUI_IMPORT": str(entry.id),
        "AERIES_TUI_OUTCOME": entry.outcome.value,
    }
    exports = settings.exports
    ended = run([*exports.after_import, *paths], timeout=exports.after_import_timeout_seconds, env=its_own)
    _log(
        district,
        entry.id,
        "info" if ended.ok else "warning",
        f"The command after the import {ended.in_words()}.",
    )
    return ended


def _log(district: DistrictPlaces, number: int, level: Level, message: str) -> None:
    with contextlib.suppress(MasterError):
        add_line(log_file(district, number), level, message)
