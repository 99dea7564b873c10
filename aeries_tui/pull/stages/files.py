"""The last stage of an applied import: accounts, files, and what may be thrown away."""

from __future__ import annotations

import contextlib
import sqlite3

from aeries_tui.errors import MasterError
from aeries_tui.exports.import_files import write_import_files
from aeries_tui.master import comparisons
from aeries_tui.master.accounts import ensure_accounts
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.check_cache_key import cached_import
from aeries_tui.master.imports.superseded import superseded_by
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.pull.folder import check_cache_file, log_file
from aeries_tui.pull.log import add_line
from aeries_tui.pull.set_aside import set_unusable_aside
from aeries_tui.settings import Accounts, DistrictPlaces


def finish_import(
    district: DistrictPlaces, master: sqlite3.Connection, number: int, accounts: Accounts
) -> None:
    """Make the accounts that are missing, write the files, then drop the staging; may be done again after a kill.

    Args:
        district: where the district's files are.
        master: the Master after the import was applied.
        number: the import.
        accounts: [accounts] of the settings.

    Raises:
        MasterError: the disk; the Master itself stays applied, and the next start tries again.
    """
    folder = district.pulls / str(number)
    with clear_errors(folder):
        ensure_accounts(master, accounts, number)
        imports.add_notes(master, number, set_unusable_aside(district.imports / str(number)))
        files = write_import_files(master, folder / "plan.sqlite3", district.imports / str(number), number)
        result.files_done(master, number, files)
        drop_staging(district, number)
        drop_superseded(district, master, number)
        drop_known(district, cached_import(master))
        comparisons.drop_old(district.comparisons)


def drop_staging(district: DistrictPlaces, number: int) -> None:
    """Remove the staged pages and the plan of an import; its log stays."""
    for path in sorted((district.pulls / str(number)).glob("p*.sqlite3*")):
        path.unlink(missing_ok=True)


def drop_superseded(district: DistrictPlaces, master: sqlite3.Connection, number: int) -> None:
    """Remove the plans that an import has overtaken, and say so in the logs of those who made them."""
    for one in superseded_by(master, number):
        drop_staging(district, one)
        with contextlib.suppress(MasterError):  # a log that can't be written holds nothing up
            add_line(log_file(district, one), "info", f"Superseded by import {number}; nothing was changed.")


def drop_known(district: DistrictPlaces, keep: int | None) -> None:
    """Remove the books of all checks but one."""
    kept = None if keep is None else check_cache_file(district, keep)
    for path in sorted(district.pulls.glob("*/known.sqlite3*")):
        if path != kept:
            path.unlink(missing_ok=True)
