"""Deliveries that are due, one that is wanted now, one that is only tried."""

from __future__ import annotations

import sqlite3
import tempfile
from pathlib import Path

from aeries_tui.errors import AeriesTuiError
from aeries_tui.exports.deliveries import try_folder, try_sftp
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.deliveries import (
    DeliverySet,
    SetState,
    add_set,
    delivered_last,
    files_of,
    newest_import_made,
    pending_set,
    receiver_is_known,
)
from aeries_tui.operations.deliveries.known import Delivered, find_delivery, known_deliveries
from aeries_tui.operations.deliveries.making import MAKING, Made, contents, make, making, why_held
from aeries_tui.operations.deliveries.outbox import is_lost, keep, working
from aeries_tui.operations.deliveries.sending import send, tag
from aeries_tui.operations.district import District
from aeries_tui.settings.deliveries import BrokenDelivery, Delivery, Folder


def deliver_due(district: District, *, by_hand: bool = False) -> list[Delivered]:
    """Send what follows the newest import, and what an earlier try left in the outbox; what fails of one stops no other.

    Args:
        district: whose.
        by_hand: make and send every delivery now, whatever it follows.

    Raises:
        Busy: deliveries of the district are under way.
        MasterError: the Master or its disk can't be used.
    """
    known = known_deliveries(district)
    if not known:
        return []
    with working(district) as db:
        return [
            Delivered(one.name, None, one.problem)
            if isinstance(one, BrokenDelivery)
            else _deliver(district, db, one, by_hand=by_hand)
            for one in known
        ]


def run_delivery(district: District, name: str) -> Delivered:
    """Make and send a delivery now, whatever it follows.

    Raises:
        NotFound, ConfigurationError: as `find_delivery`.
        Busy, MasterError: as `deliver_due`.
    """
    wanted = find_delivery(district, name)
    with working(district) as db:
        return _deliver(district, db, wanted, by_hand=True)


def try_delivery(district: District, name: str) -> tuple[Made, list[str]]:
    """Make a set for a try, and see whether the receiver can be reached and lets files be written; sends nothing.

    Returns:
        The set, whose files are gone when this returns, and why it would be held.

    Raises:
        NotFound, ConfigurationError: as `find_delivery`.
        QueryRefused, NotAllowedNow: a feed can't be written.
        Undelivered: the receiver can't be reached, or refuses.
        Busy, MasterError: as `deliver_due`.
    """
    wanted = find_delivery(district, name)
    with working(district) as db, making(district.files) as folder:
        made = make(district, db, wanted, folder)
        why = why_held(db, wanted, made)
        if isinstance(wanted.to, Folder):
            try_folder(tag(district, wanted), Path(wanted.to.path))
        else:
            with tempfile.TemporaryDirectory(prefix=MAKING, dir=district.files.outbox) as beside:
                try_sftp(tag(district, wanted), Path(beside), wanted.to)
        return made, why


def _deliver(district: District, db: sqlite3.Connection, wanted: Delivery, *, by_hand: bool) -> Delivered:
    pending = pending_set(db, wanted.name)
    lost = pending is not None and is_lost(district, wanted, pending)
    if lost:
        pending = None
    if pending is not None and pending.state is SetState.PLACING:
        sent = send(district, db, wanted, pending)
        if sent.problem:
            return sent
        pending = None
    if by_hand or lost or _is_due(db, wanted):
        try:
            found = _renew(district, db, wanted)
        except AeriesTuiError as error:
            return _unmade(db, wanted, error)
    elif pending is not None:
        found = pending
    else:
        return Delivered(wanted.name, None)
    return (
        send(district, db, wanted, found)
        if found.state is SetState.WAITING
        else Delivered(wanted.name, found)
    )


def _is_due(db: sqlite3.Connection, wanted: Delivery) -> bool:
    newest = imports.latest_applied(db)
    return (
        newest is not None
        and newest.outcome in wanted.after
        and newest_import_made(db, wanted.name) < newest.id
    )


def _unmade(db: sqlite3.Connection, wanted: Delivery, error: AeriesTuiError) -> Delivered:
    """Where no set can be made the books say so, and what is in the outbox for an older import stays there."""
    problem = f"{error.message} {error.remedy}".strip()
    newest = imports.latest_applied(db)
    pending = pending_set(db, wanted.name)
    if pending is None:
        pending = add_set(
            db, wanted.name, wanted.to.in_words, newest.id if newest else 0, SetState.FAILED, problem=problem
        )
    return Delivered(wanted.name, pending, problem)


def _renew(district: District, db: sqlite3.Connection, wanted: Delivery) -> DeliverySet:
    """Make a set, judge it, and put it into the outbox; or find that nothing changed."""
    target = wanted.to.in_words
    with making(district.files) as folder:
        made = make(district, db, wanted, folder)
        pending = pending_set(db, wanted.name)
        if (
            pending is not None
            and pending.state is SetState.HELD
            and not is_lost(district, wanted, pending)
            and contents(files_of(db, pending.id)) == made.contents
        ):
            return pending
        if not wanted.always and _is_there(db, wanted, made):
            return add_set(db, wanted.name, target, made.import_id, SetState.UNCHANGED)
        why = why_held(db, wanted, made)
        return add_set(
            db, wanted.name, target, made.import_id, SetState.HELD if why else SetState.WAITING,
            files=made.files, held_for=why, left_out=sum(out for out, _ in made.left_out.values()),
            keep=lambda number: keep(folder, district.files.outbox / str(number)),
        )  # fmt: skip


def _is_there(db: sqlite3.Connection, wanted: Delivery, made: Made) -> bool:
    """Whether the receiver has just what was made."""
    last = delivered_last(db, wanted.name)
    return (
        last is not None
        and last.target == wanted.to.in_words
        and receiver_is_known(db, wanted.name)
        and contents(files_of(db, last.id)) == made.contents
    )
