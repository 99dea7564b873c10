"""What a person decides: approve or discard a plan that waits, or take an applied import back."""

from __future__ import annotations

import contextlib
import sqlite3

from aeries_tui.errors import MasterError, NotAllowedNow, WrongUse
from aeries_tui.master.database import clear_errors, connect, immediate
from aeries_tui.master.imports import imports
from aeries_tui.master.roster.apply import Decision, apply_plan, attached, copy_books
from aeries_tui.master.roster.plan import new_plan
from aeries_tui.master.roster.undo import must_be_undoable, plan_undo, year_without
from aeries_tui.outcome import Outcome
from aeries_tui.pull.folder import check_cache_file, log_file, plan_file
from aeries_tui.pull.lock import locked
from aeries_tui.pull.log import add_line, mark_done
from aeries_tui.pull.recovery import recover
from aeries_tui.pull.request import user_name
from aeries_tui.pull.run import outcome_of
from aeries_tui.pull.stages.files import drop_staging, finish_import
from aeries_tui.pull.stages.guard import guard, write_reasons
from aeries_tui.settings import DistrictPlaces, Settings, private_dir


def approve(district: DistrictPlaces, settings: Settings, number: int, reason: str) -> Outcome:
    """Apply a plan that waits, in this user's name.

    Raises:
        NotFound, NotAllowedNow: there is none, it does not wait, or it is stale.
        WrongUse: no reason was given.
        Busy: a pull is running.
    """
    reason = _needed(reason)
    with locked(district.lock, "approve"), contextlib.closing(connect(district.master)) as master:
        recover(district, master, settings.accounts)
        _must_wait(master, number)
        outcome = outcome_of(master, number)
        apply_plan(master, plan_file(district, number), number, outcome, Decision(user_name(), reason))
        _tell(district, number, f"Approved by {user_name()} and applied: {reason}", "apply")
        finish_import(district, master, number, settings.accounts)
        _tell(district, number, f"Import {number}: {outcome.look.label}.", "files")
        return outcome


def discard(district: DistrictPlaces, settings: Settings, number: int, reason: str) -> None:
    """Throw a plan that waits away, in this user's name; raises as `approve` does."""
    reason = _needed(reason)
    with locked(district.lock, "discard"), contextlib.closing(connect(district.master)) as master:
        recover(district, master, settings.accounts)
        _must_wait(master, number)
        imports.discard(master, number, user_name(), reason)
        drop_staging(district, number)
        check_cache_file(district, number).unlink(missing_ok=True)
        _tell(district, number, f"Discarded by {user_name()}; nothing was changed: {reason}")


def _tell(district: DistrictPlaces, number: int, sentence: str, *done: str) -> None:
    """Go on with the log of the pull that made the plan; a log that can't be written holds nothing up."""
    path = log_file(district, number)
    with contextlib.suppress(MasterError):
        add_line(path, "info", sentence)
        for stage in done:
            mark_done(path, stage)


def undo(district: DistrictPlaces, settings: Settings, number: int, *, plan_only: bool = False) -> int:
    """Take import `number` back; the result is an import of its own, guarded as any other.

    Returns:
        The number of the new import. It is held when the guard says so, or `plan_only`.

    Raises:
        NotFound, NotAllowedNow: there is none, or it can't be taken back.
        Busy: a pull is running.
    """
    with locked(district.lock, "undo"), contextlib.closing(connect(district.master)) as master:
        recover(district, master, settings.accounts)
        must_be_undoable(master, number)
        new = imports.begin(master, kind="undo", trigger="manual", undoes=number)
        imports.set_source(master, new, year_without(master, number), "")
        folder = private_dir(district.pulls / str(new))
        _plan(district, settings, master, number, new)
        path = folder / "plan.sqlite3"
        with clear_errors(path), attached(master, path), immediate(master):
            copy_books(master, new)
        if plan_only or imports.holds(master, new):
            imports.close(master, new, Outcome.HELD)
            return new
        apply_plan(master, path, new, Outcome.COMPLETED)
        finish_import(district, master, new, settings.accounts)
        return new


def _plan(
    district: DistrictPlaces, settings: Settings, master: sqlite3.Connection, number: int, new: int
) -> None:
    with new_plan(plan_file(district, new), district.master) as plan:
        plan.connection.execute("BEGIN")
        plan_undo(plan, number)
        write_reasons(plan, guard(plan, settings.guard, frozenset(), (None, None)))
        plan.write_about("import_id", new)
        plan.connection.execute("COMMIT")


def _must_wait(master: sqlite3.Connection, number: int) -> None:
    found = imports.get(master, number)
    if found.outcome is not Outcome.HELD:
        raise NotAllowedNow(
            f"Import {number} does not wait for a decision; it is {found.outcome.look.label}.",
            meaning="Nothing was changed.",
        )


def _needed(reason: str) -> str:
    cleaned = " ".join(reason.split())
    if not cleaned:
        raise WrongUse("A reason is needed.", meaning="Nothing was changed.", remedy="Give it with --reason.")
    return cleaned
