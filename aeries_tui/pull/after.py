"""The command that the settings name is started after an import, with the paths of its files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping

from aeries_tui import processes
from aeries_tui.errors import MasterError
from aeries_tui.master import imports
from aeries_tui.master.database import connect
from aeries_tui.pull.folder import log_file
from aeries_tui.pull.log import Level, add_line
from aeries_tui.settings import Credential, DistrictPlaces, Settings
from aeries_tui.settings.certificate import secret_variables
from aeries_tui.words import Outcome


def run_after_import(
    district: DistrictPlaces,
    credential: Credential,
    settings: Settings,
    number: int,
    *,
    env: Mapping[str, str] | None = None,
    run: processes.Runner = processes.run,
) -> processes.Finished | None:
    """Start `exports.after_import` for an import that was applied; what fails there is logged, never raised.

    The command gets the paths of the staff and the student file as further arguments, and
    AERIES_TUI_DISTRICT, AERIES_TUI_IMPORT and AERIES_TUI_OUTCOME; not the certificate.

    Args:
        district: where its files are.
        credential: whose certificate is kept from the command.
        settings: config.toml.
        number: the import.
        env: the environment the command's is made from; None for this process's own.
        run: what runs the command.

    Returns:
        How the command ended; None where there is none, or the import has no files to give.
    """
    command, seconds = settings.exports.after_import, settings.exports.after_import_timeout_seconds
    if not command:
        return None
    try:
        outcome, paths = _files(district, number)
    except MasterError as error:
        _log(district, number, "warning", f"The command after the import was not started: {error.message}")
        return None
    if not paths:
        return None
    hidden = {*secret_variables(credential.source), "CREDENTIALS_DIRECTORY"}
    inherited = os.environ if env is None else env
    its_own = {name: value for name, value in inherited.items() if name not in hidden} | {
        "AERIES_TUI_DISTRICT": district.name,
        "AERIES_TUI_IMPORT": str(number),
        "AERIES_TUI_OUTCOME": outcome.value,
    }
    ended = run([*command, *paths], timeout=seconds, env=its_own)
    _log(
        district,
        number,
        "info" if ended.ok else "warning",
        f"The command after the import {ended.in_words()}.",
    )
    return ended


def _files(district: DistrictPlaces, number: int) -> tuple[Outcome, list[str]]:
    """The outcome of an import, and the paths of its files, staff first; none before they are all written."""
    with contextlib.closing(connect(district.master, read_only=True)) as master:
        found = imports.get(master, number)
        document = imports.results_document(master, number, district.name)
    if not (found.applied and found.files_written):
        return found.outcome, []
    return found.outcome, [str(file["path"]) for file in document["files"]]


def _log(district: DistrictPlaces, number: int, level: Level, message: str) -> None:
    with contextlib.suppress(MasterError):
        add_line(log_file(district, number), level, message)
