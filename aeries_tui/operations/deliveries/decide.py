"""What a person decides of a set that is held."""

from __future__ import annotations

import sqlite3

from aeries_tui.audit import Act
from aeries_tui.errors import NotAllowedNow, WrongUse
from aeries_tui.master.imports.deliveries import DeliverySet, SetState, decide_set, get_set
from aeries_tui.operations.deliveries.known import Delivered, find_delivery
from aeries_tui.operations.deliveries.outbox import working
from aeries_tui.operations.deliveries.sending import send
from aeries_tui.operations.district import District
from aeries_tui.who import user_name


def approve_set(district: District, number: int, reason: str) -> Delivered:
    """Let a held set go, in this user's name, and send it.

    Raises:
        WrongUse: there is no reason.
        NotFound, NotAllowedNow: there is no such set, or it is not held.
        ConfigurationError: its delivery can't be used any more.
        Busy, MasterError: as `deliver_due`.
    """
    with working(district) as db:
        held = _held(db, number)
        wanted = find_delivery(district, held.name)
        if wanted.to.in_words != held.target:
            raise NotAllowedNow(
                f"The set was made for {held.target}, and {held.name} goes to {wanted.to.in_words} now.",
                meaning="Nothing was sent.",
                remedy=f"Make a new one: aeries-tui deliveries run {held.name}",
            )
        _decide(district, db, held, SetState.WAITING, reason)
        return send(district, db, wanted, get_set(db, number))


def discard_set(district: District, number: int, reason: str) -> None:
    """Throw a held set away, in this user's name; raises as `approve_set` does."""
    with working(district) as db:
        _decide(district, db, _held(db, number), SetState.DISCARDED, reason)


def _held(db: sqlite3.Connection, number: int) -> DeliverySet:
    found = get_set(db, number)
    if found.state is not SetState.HELD:
        raise NotAllowedNow(
            f"Set {number} is not held: it is {found.state}.",
            meaning="Nothing was changed.",
            remedy="See aeries-tui deliveries list.",
        )
    return found


def _decide(
    district: District, db: sqlite3.Connection, held: DeliverySet, state: SetState, reason: str
) -> None:
    reason = " ".join(reason.split())
    if not reason:
        raise WrongUse("A reason is needed.", meaning="Nothing was changed.", remedy="Give it with --reason.")
    verdict = "discarded" if state is SetState.DISCARDED else "approved"
    about = {"what": f"delivery {held.name}", "set": held.id, "verdict": verdict}
    with district.journal.recording(Act.DELIVERY_DECIDED, district.name, about):
        decide_set(db, held.id, state, user_name(), reason)
