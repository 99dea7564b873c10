"""What is answered about the roster: lists and single records of one state, for one consumer."""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, repeat
from typing import Any

from aeries_tui.master.served import reading, states
from aeries_tui.master.served.consumers import Consumer
from aeries_tui.roster_service.answers import Answer, Header, Refused, to_json
from aeries_tui.roster_service.finding import find_list, is_of, is_small
from aeries_tui.roster_service.lists import Asked, Lists
from aeries_tui.roster_service.operations import BASE_OF, Operation
from aeries_tui.roster_service.parameters import Parameters, read_parameters
from aeries_tui.roster_service.records import ENVELOPES, Record, View

_MOST_WALKS = 2_000
_WHOLE = 1_000
"""Records up to which an answer is made whole."""
_PIECE = 250
"""Records of a larger one that are made at a time: many peers that take nothing may not fill the memory."""


@dataclass(frozen=True)
class Request:
    """A request for records.

    Attributes:
        operation: what for.
        path: below the root, as it was asked.
        query: as it came.
        consumer: who asks.
        head: only the headers are given, and no record is read.
    """

    operation: Operation
    path: str
    query: bytes
    consumer: Consumer
    head: bool = False


class Behind:
    """Says that a request begins a walk, or is for one record, and that there is a newer state to make first."""


class Roster:
    """Answers requests; used by one thread.

    Args:
        root: the address before `/ims/oneroster`, as products see it.

    Attributes:
        lists: those that were found.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self.lists = Lists()
        self._walks: OrderedDict[tuple[object, ...], tuple[int, float]] = OrderedDict()
        self._stamps: dict[int, int] = {}

    def answer(
        self, db: sqlite3.Connection, request: Request, is_behind: Callable[[sqlite3.Connection], bool]
    ) -> Answer | Asked | Behind:
        """The answer; or the list that is to be found first, which takes its time.

        Args:
            db: the file of the service.
            request: which.
            is_behind: tells whether there is a newer state to make.

        Raises:
            Refused: it can't be answered.
        """
        parameters = read_parameters(request.query, request.operation)
        if not self._goes_on(db, request, parameters) and is_behind(db):
            return Behind()
        state = self._state_of(db, request, parameters)
        operation = request.operation
        view = View(
            operation.version, self._root + BASE_OF[operation.version], request.consumer.schools or None, self._stamps
        )  # fmt: skip
        if operation.single is not None:
            return self._single(db, operation, parameters, view, state)
        asked = Asked(operation, parameters, view, state)
        numbers = self.lists.get(asked)
        if numbers is None:
            if not is_small(asked):
                return asked
            numbers = find_list(asked, db)
            self.lists.keep(asked, numbers)
        return self._page(db, request, asked, numbers)

    # Which state

    def _state_of(self, db: sqlite3.Connection, request: Request, parameters: Parameters) -> int:
        newest = states.shown(db)
        if newest is None:
            raise Refused(
                503, "server_busy", "There is no roster to give yet.", [("retry-after", "300")]
            )  # fmt: skip
        if self._stamps.get(newest.number) != newest.stamp:  # another state, or `show` had to stamp it anew
            self._stamps = states.stamps(db)
        if parameters.state is not None:
            if not states.can_be_read(db, parameters.state):
                raise Refused(400, "invaliddata", "This walk began too long ago. Begin it anew at offset 0.")
            return parameters.state
        if request.operation.single is not None:
            return newest.number
        if parameters.offset == 0:
            self._begin_walk(request, parameters, newest.number)
            return newest.number
        return self._walk_of(db, request, parameters) or newest.number

    def _goes_on(self, db: sqlite3.Connection, request: Request, parameters: Parameters) -> bool:
        """Whether a request goes on with a walk that began before, and so needs no newer state."""
        return parameters.state is not None or (
            parameters.offset > 0 and self._walk_of(db, request, parameters) is not None
        )

    def _walk(self, request: Request, parameters: Parameters) -> tuple[object, ...]:
        return request.consumer.name, request.path, parameters.same

    def _begin_walk(self, request: Request, parameters: Parameters, state: int) -> None:
        """Whoever counts offsets without the links goes on in the state of offset 0."""
        self._walks[self._walk(request, parameters)] = (state, time.monotonic())
        self._walks.move_to_end(self._walk(request, parameters))
        while len(self._walks) > _MOST_WALKS:
            self._walks.popitem(last=False)

    def _walk_of(self, db: sqlite3.Connection, request: Request, parameters: Parameters) -> int | None:
        state, since = self._walks.get(self._walk(request, parameters), (0, 0.0))
        if not state or time.monotonic() - since > states.KEPT_SECONDS:
            return None
        return state if states.can_be_read(db, state) else None

    # Records

    def _single(
        self, db: sqlite3.Connection, operation: Operation, parameters: Parameters, view: View, state: int
    ) -> Answer:
        assert operation.single is not None
        stored = reading.by_id(db, operation.collection, state, operation.single)
        status = None if stored is None else view.status(stored)
        if stored is None or status is None or not is_of(operation, stored):
            raise Refused(404, "unknownobject", "There is no such record.")
        record = _selected(view.record(operation.collection, stored, status), parameters)
        body = {ENVELOPES[operation.collection][1]: record}
        return Answer(200, to_json(_warned(body, operation, parameters)), (("x-total-count", "1"),), 1, state)

    def _page(self, db: sqlite3.Connection, request: Request, asked: Asked, numbers: array[int]) -> Answer:
        operation, parameters, view, state = asked.operation, asked.parameters, asked.view, asked.state
        wanted = numbers[parameters.offset : parameters.offset + parameters.limit]
        headers = (
            ("x-total-count", str(len(numbers))),
            *self._links(request, parameters, state, len(numbers)),
        )
        name = ENVELOPES[operation.collection][0]
        if len(wanted) <= _WHOLE:
            body = {name: self._records(db, operation, parameters, view, wanted)}
            return Answer(200, to_json(_warned(body, operation, parameters)), headers, len(wanted), state)
        head, _, tail = to_json(_warned({name: [None]}, operation, parameters)).partition(b"null")
        commas = chain([b""], repeat(b","))
        pieces = [
            partial(self._piece, operation, parameters, view, wanted[place : place + _PIECE], commas)
            for place in range(0, len(wanted), _PIECE)
        ]
        return Answer(200, head, headers, len(wanted), state, [*pieces, lambda db: tail])

    def _records(
        self,
        db: sqlite3.Connection,
        operation: Operation,
        parameters: Parameters,
        view: View,
        numbers: Sequence[int],
    ) -> list[Record]:
        return [
            _selected(view.record(operation.collection, stored, view.status(stored) or ""), parameters)
            for stored in reading.versions(db, numbers)
        ]

    def _piece(
        self,
        operation: Operation,
        parameters: Parameters,
        view: View,
        numbers: Sequence[int],
        commas: Iterator[bytes],
        db: sqlite3.Connection,
    ) -> bytes:
        """Some records of a long answer; none where all of them were erased while it is given."""
        records = self._records(db, operation, parameters, view, numbers)
        return next(commas) + to_json(records)[1:-1] if records else b""

    def _links(self, request: Request, parameters: Parameters, state: int, total: int) -> tuple[Header, ...]:
        """The other pages of the walk, each with the state that it began with."""
        limit, offset = parameters.limit, parameters.offset
        places = {"first": 0, "last": max(total - 1, 0) // limit * limit}
        if offset > 0:
            places["prev"] = max(0, min(offset, total) - limit)
        if offset + limit < total:
            places["next"] = offset + limit
        address = self._root + request.operation.path
        told = ", ".join(
            f'<{parameters.link(address, place, state)}>; rel="{name}"' for name, place in places.items()
        )
        return (("link", told),)


def _selected(record: Record, parameters: Parameters) -> Record:
    if parameters.fields is None:
        return record
    return {name: value for name, value in record.items() if name in parameters.fields}


def _warned(body: dict[str, Any], operation: Operation, parameters: Parameters) -> dict[str, Any]:
    """With the warning that 1.1 has, and 1.2 has not, where something was passed over."""
    if parameters.odd and operation.version == "1.1":
        told = "A field that these records don't have was passed over."
        body["statusInfoSet"] = [
            {
                "imsx_codeMajor": "success", "imsx_severity": "warning", "imsx_codeMinor": parameters.odd,
                "imsx_description": told,
            }
        ]  # fmt: skip
    return body
