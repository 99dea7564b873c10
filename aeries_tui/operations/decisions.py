"""What a person decides: approve or discard a plan that waits, or take an applied import back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from aeries_tui.audit import Act
from aeries_tui.errors import MasterError, NotAllowedNow, WrongUse
from aeries_tui.master.database import connect, immediate
from aeries_tui.master.imports import imports, result
from aeries_tui.master.roster.apply import Decision, apply_plan, attached, copy_books
from aeries_tui.master.roster.plan import new_plan
from aeries_tui.master.roster.undo import must_be_undoable, plan_undo, year_without
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.operations.district import District
from aeries_tui.operations.follow_up import Imported, follow_up
from aeries_tui.operations.kept_status import keep_status
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import Ended, closed_on_failure, ended_after
from aeries_tui.pull.district_checks import DistrictChecks, apply_checked
from aeries_tui.pull.folder import check_cache_file, log_file, plan_file
from aeries_tui.pull.lock import locked
from aeries_tui.pull.log import add_line, mark_done
from aeries_tui.pull.recovery import recover
from aeries_tui.pull.set_aside import begin_folder
from aeries_tui.pull.stages.files import drop_staging, finish_import
from aeries_tui.pull.stages.guard import guard, write_reasons
from aeries_tui.settings import DistrictPlaces
from aeries_tui.who import user_name


def approve(district: District, number: int, reason: str) -> Imported:
    """Apply a plan that waits, in this user's name, and see to what follows.

    Raises:
        NotFound, NotAllowedNow: there is none, it does not wait, or it is stale.
        WrongUse: no reason was given.
        Busy: a pull is running.
        MasterError: the Master or its disk can't be used; nothing was applied.
    """
    reason = _needed(reason)
    files, accounts = district.files, district.settings.accounts
    lost: list[str] = []
    with (
        district.journal.recording(Act.APPROVED, district.name, {"import": number}, lost=lost),
        _locked_master(district, "approve") as master,
    ):
        _must_wait(master, number)
        checks = DistrictChecks(district.settings, number)
        outcome = apply_checked(master, plan_file(files, number), checks, Decision(user_name(), reason))
        _tell(files, number, f"Approved by {user_name()} and applied: {reason}", "apply")
        ended = ended_after(
            master, files.master, number, outcome, lambda: finish_import(files, master, number, accounts)
        )
        done = ("files",) if ended.outcome is outcome else ()
        _tell(files, number, f"Import {number}: {ended.outcome.look.label}.", *done)
    return _with(follow_up(district, ended), lost)


def discard(district: District, number: int, reason: str) -> None:
    """Throw a plan that waits away, in this user's name; raises as `approve` does."""
    reason = _needed(reason)
    with (
        district.journal.recording(Act.DISCARDED, district.name, {"import": number}),
        _locked_master(district, "discard") as master,
    ):
        _must_wait(master, number)
        imports.discard(master, number, user_name(), reason)
        with contextlib.suppress(OSError):  # decided it is; what is left lying goes at the next start
            drop_staging(district.files, number)
            check_cache_file(district.files, number).unlink(missing_ok=True)
        _tell(district.files, number, f"Discarded by {user_name()}; nothing was changed: {reason}")
    keep_status(district)


def undo(district: District, number: int, *, plan_only: bool = False) -> Imported:
    """Take import `number` back, and see to what follows; the result is an import of its own, guarded as any other.

    It is held when the guard says so, or `plan_only`.

    Raises:
        NotFound, NotAllowedNow: there is none, or it can't be taken back.
        Busy: a pull is running.
        MasterError: the Master or its disk can't be used; nothing was applied.
    """
    files, accounts = district.files, district.settings.accounts
    lost: list[str] = []
    with (
        district.journal.recording(Act.UNDONE, district.name, {"import": number}, lost=lost) as told,
        _locked_master(district, "undo") as master,
    ):
        must_be_undoable(master, number)
        new = imports.begin(master, kind="undo", trigger="manual", undoes=number)
        told["by_import"] = new
        with closed_on_failure(master, files.master, new):
            imports.set_source(master, new, year_without(master, number), "")
            imports.add_notes(master, new, begin_folder(files, new)[1])
            path = plan_file(files, new)
            _plan(district, path, number, new)
            with attached(master, path), immediate(master):
                copy_books(master, new)
            if plan_only or result.holds(master, new):
                imports.close(master, new, Outcome.HELD)
                ended = Ended(new, Outcome.HELD)
                told["held"] = True
            else:
                apply_plan(master, path, new)
                ended = ended_after(
                    master, files.master, new, Outcome.COMPLETED,
                    lambda: finish_import(files, master, new, accounts),
                )  # fmt: skip
    return _with(follow_up(district, ended), lost)


def _with(imported: Imported, lost: list[str]) -> Imported:
    """The same, with what the journal could not be told."""
    return replace(imported, failed=lost + imported.failed)


@contextlib.contextmanager
def _locked_master(district: District, what: str) -> Iterator[sqlite3.Connection]:
    """The Master for somebody who is alone with it, once what was killed before is in the books."""
    path = district.files.master
    with locked(district.files.lock, what), clear_errors(path), contextlib.closing(connect(path)) as master:
        recover(district.files, master, district.settings.accounts)
        yield master


def _tell(files: DistrictPlaces, number: int, sentence: str, *done: str) -> None:
    """Go on with the log of the pull that made the plan; a log that can't be written holds nothing up."""
    path = log_file(files, number)
    with contextlib.suppress(MasterError):
        add_line(path, "info", sentence)
        for stage in done:
            mark_done(path, stage)


def _plan(district: District, path: Path, number: int, new: int) -> None:
    with new_plan(path, district.files.master) as plan, immediate(plan.connection):
        plan_undo(plan, number)
        write_reasons(plan, guard(plan, district.settings.guard, frozenset(), (None, None)))
        plan.write_about("import_id", new)


def _must_wait(master: sqlite3.Connection, number: int) -> None:
    entry = imports.get(master, number)
    if entry.superseded_by is not None:
        raise NotAllowedNow(
            f"The plan of import {number} was superseded by import {entry.superseded_by}.",
            meaning="Nothing was changed.",
            remedy=f"See what that one did: aeries-tui results {entry.superseded_by}. For what Aeries has now, pull again.",
        )
    if entry.outcome is not Outcome.HELD:
        raise NotAllowedNow(
            f"Import {number} does not wait for a decision; it is {entry.outcome.look.label}.",
            meaning="Nothing was changed.",
        )


def _needed(reason: str) -> str:
    cleaned = " ".join(reason.split())
    if not cleaned:
        raise WrongUse("A reason is needed.", meaning="Nothing was changed.", remedy="Give it with --reason.")
    return cleaned
