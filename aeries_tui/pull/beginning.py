"""What a pull needs before it begins: the lock, the Master put right, the certificate, and mapped schools."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass

from aeries_tui.aeries import normalise_address
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.database import connect
from aeries_tui.master.imports import imports
from aeries_tui.master.sqlite_errors import clear_errors
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import Ended
from aeries_tui.pull.lock import locked
from aeries_tui.pull.recovery import recover, stopped_pull
from aeries_tui.pull.request import PullRequest, as_asked_before, ready_to_pull
from aeries_tui.pull.set_aside import set_folders_aside
from aeries_tui.pull.signals import signals_held_back
from aeries_tui.schedule import TRIGGER
from aeries_tui.secret import Secret


@dataclass(frozen=True)
class Found:
    """What a pull begins with.

    Attributes:
        request: what is asked for.
        master: the Master, for as long as the pull runs.
        stopped: the pull that it goes on from, if it is to.
        secret: the certificate.
        address: of the API.
        mapped: Aeries schools.
        aside: what was set aside, in sentences.
    """

    request: PullRequest
    master: sqlite3.Connection
    stopped: imports.Import | None
    secret: Secret
    address: str
    mapped: frozenset[int]
    aside: tuple[str, ...]


def begin_import(master: sqlite3.Connection, request: PullRequest, resumed_from: int | None = None) -> int:
    """Write the import's line into the book; returns its number."""
    return imports.begin(
        master, kind="pull", trigger=request.trigger, plan_only=request.plan_only, quick=request.quick,
        asked_year=request.year or None, resumed_from=resumed_from,
    )  # fmt: skip


def find(request: PullRequest, opened: contextlib.ExitStack) -> Found | Ended:
    """Take the lock, open the Master, put right what a kill left, and look whether a pull can begin.

    Args:
        request: what is asked for.
        opened: closes lock and Master.

    Returns:
        What the pull begins with. Where nobody looks, what must be put right first is an import that ended in ERROR.

    Raises:
        Busy: another pull of the district is running.
        WrongUse: something must be put right first.
        MasterError: the Master or its disk can't be used.
    """
    request.district.create()
    opened.enter_context(locked(request.district.lock, "pull"))
    opened.enter_context(clear_errors(request.district.master))
    master = opened.enter_context(contextlib.closing(connect(request.district.master)))
    aside = set_folders_aside(request.district)
    recover(request.district, master, request.settings.accounts)
    stopped = stopped_pull(request.district, master) if request.resume else None
    request = as_asked_before(request, stopped)
    try:
        secret = request.credential.resolve()
        address = normalise_address(request.credential.url).api
        mapped = ready_to_pull(master, request)
    except AeriesTuiError as error:
        if request.trigger != TRIGGER:
            raise
        with signals_held_back():
            number = begin_import(master, request)
            imports.close(master, number, Outcome.ERROR, error)
        return Ended(number, Outcome.ERROR)
    return Found(request, master, stopped, secret, address, mapped, tuple(aside))
