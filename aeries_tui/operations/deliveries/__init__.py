"""Deliveries of a district: sets of files that are made of feeds, judged, kept in the outbox, and sent whole.

A set is made of one state of the Master and put into the outbox with its place in the books in one go, so that a kill
leaves either none or a whole one. What is in the outbox is sent until it is there; a newer set of the same delivery
takes its place, unless some of its files may have their names at the receiver already: then it goes first.
"""

from aeries_tui.operations.deliveries.decide import approve_set, discard_set
from aeries_tui.operations.deliveries.known import Delivered, find_delivery, known_deliveries, states_of
from aeries_tui.operations.deliveries.making import Made
from aeries_tui.operations.deliveries.outbox import delivering
from aeries_tui.operations.deliveries.run import deliver_due, run_delivery, try_delivery

__all__ = [
    "Delivered",
    "Made",
    "approve_set",
    "deliver_due",
    "delivering",
    "discard_set",
    "find_delivery",
    "known_deliveries",
    "run_delivery",
    "states_of",
    "try_delivery",
]
