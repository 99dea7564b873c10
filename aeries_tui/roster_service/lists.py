"""The records of a list, as numbers of versions: found once for each state, consumer's schools and filter, then sliced.

So a page costs the same at any offset, its total is known, and all pages of a walk are of one state.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from aeries_tui.master.served import reading
from aeries_tui.master.served.reading import Version as Stored
from aeries_tui.roster_service.bodies import Class, Collection, Enrollment, Org, Session, User
from aeries_tui.roster_service.filters import Filter, Test, values
from aeries_tui.roster_service.operations import Operation
from aeries_tui.roster_service.parameters import Parameters
from aeries_tui.roster_service.records import View, body_of

_MOST_BYTES = 32_000_000
"""Lists that are kept for the next page: some ten of all enrollments of 100,000 students."""

_SINGULAR = {"students": "student", "teachers": "teacher", "users": ""}


@dataclass(frozen=True)
class Asked:
    """A list that is asked for, of one state.

    Attributes:
        operation: which.
        parameters: filter and order; where the page lies does not matter.
        view: for whom.
        state: the number of the state.
    """

    operation: Operation
    parameters: Parameters
    view: View
    state: int

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same list."""
        found = self.parameters
        return (
            self.state, self.operation, self.view.schools, found.filter, found.sort, found.descending,
        )  # fmt: skip


class Lists:
    """Finds lists, and keeps those asked for last.

    Args:
        db: the file of the service; used by one thread.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._kept: OrderedDict[tuple[object, ...], array[int]] = OrderedDict()
        self._bytes = 0

    def numbers(self, asked: Asked) -> array[int]:
        """The numbers of the versions in a list, in its order."""
        found = self._kept.get(asked.key)
        if found is None:
            found = self._find(asked)
            self._keep(asked.key, found)
        self._kept.move_to_end(asked.key)
        return found

    def _keep(self, key: tuple[object, ...], numbers: array[int]) -> None:
        self._kept[key] = numbers
        self._bytes += _size(numbers)
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])

    def _find(self, asked: Asked) -> array[int]:
        quick = self._quickly(asked)
        if quick is not None:
            return quick
        operation, view, parameters = asked.operation, asked.view, asked.parameters
        wanted = parameters.filter
        with_gone = wanted is not None and wanted.looks_at_the_gone
        fits = None if wanted is None else Test(wanted, view, operation.collection)
        numbers = array("I")
        order: list[tuple[list[str], int]] = []
        for stored in self._candidates(asked):
            status = view.status(stored)
            if status is None or (status != "active" and not with_gone) or not is_of(operation, stored):
                continue
            if fits is not None and not fits(stored, status):
                continue
            if parameters.sort:
                record = view.record(operation.collection, stored, status)
                order.append((values(record, parameters.sort), stored.id))
            else:
                numbers.append(stored.id)
        if parameters.sort:
            order.sort(key=lambda one: one[0], reverse=parameters.descending)
            numbers.extend(number for _, number in order)
        return numbers

    def _quickly(self, asked: Asked) -> array[int] | None:
        """Lists that the index alone can tell: the whole of a collection, or what changed since."""
        operation, wanted = asked.operation, asked.parameters.filter
        if asked.view.schools is not None or operation.type or operation.parents or asked.parameters.sort:
            return None
        if wanted is None or wanted.is_only_of_status():
            return reading.listed(self._db, operation.collection, asked.state, tombstones=False)
        if len(wanted.clauses) == 1 and wanted.since is not None:
            since = _first_state(asked, wanted)
            return reading.listed(self._db, operation.collection, asked.state, tombstones=True, since=since)
        return None

    def _candidates(self, asked: Asked) -> Iterable[Stored]:
        """The versions among which those of a list are, by rank."""
        operation, wanted = asked.operation, asked.parameters.filter
        if operation.parents:
            return self._nested(asked)
        if wanted is not None:
            name = wanted.equal_to("sourcedId")
            if name is not None:
                found = reading.by_id(self._db, operation.collection, asked.state, name)
                return [] if found is None else [found]
            if operation.collection is Collection.ENROLLMENTS:
                user, section = wanted.equal_to("user.sourcedId"), wanted.equal_to("class.sourcedId")
                if user is not None:
                    return reading.linked(self._db, asked.state, user)
                if section is not None:
                    return self._enrollments(asked.state, section)
        since = 0 if wanted is None else _first_state(asked, wanted)
        return reading.all_of(self._db, operation.collection, asked.state, since)

    def _nested(self, asked: Asked) -> Iterable[Stored]:
        if not self._are_seen(asked):
            return []
        (outer, number), name = asked.operation.parents[-1], asked.operation.name.rpartition("/")[2]
        state = asked.state
        if outer == "schools":
            return self._of_school(state, number, name, asked.operation.collection)
        if outer == "classes":
            members = self._enrollments(state, number)
            if name == "enrollments":
                return members
            role = _SINGULAR[name]
            ids = [_member(one).user for one in members if one.is_active and _member(one).role == role]
            return reading.by_ids(self._db, Collection.USERS, state, ids)
        if outer in _SINGULAR:
            mine = reading.linked(self._db, state, number)
            return reading.by_ids(
                self._db, Collection.CLASSES, state, [_member(one).cls for one in mine if one.is_active]
            )
        every = reading.all_of(self._db, asked.operation.collection, state)
        return (one for one in every if _is_below(outer, number, asked.operation.collection, one))

    def _of_school(self, state: int, number: str, name: str, collection: Collection) -> Iterable[Stored]:
        # The ids of a school's terms, classes and enrollments begin with its code.
        if name in {"terms", "classes", "enrollments"}:
            found: Iterable[Stored] = reading.with_prefix(self._db, collection, state, f"{number}_")
        else:
            found = reading.all_of(self._db, collection, state)
        return (one for one in found if number in one.schools.split())

    def _enrollments(self, state: int, section: str) -> list[Stored]:
        found = reading.with_prefix(self._db, Collection.ENROLLMENTS, state, f"{section}_")
        return [one for one in found if _member(one).cls == section]

    def _are_seen(self, asked: Asked) -> bool:
        """Whether what a nested list is of is there for whoever asks: one of another school is as none."""
        outer_id = ""
        for name, number in asked.operation.parents:
            operation = _PARENTS[name]
            stored = reading.by_id(self._db, operation.collection, asked.state, number)
            if stored is None or asked.view.status(stored) != "active" or not is_of(operation, stored):
                return False
            if outer_id and outer_id not in stored.schools.split():
                return False
            outer_id = number
        return True


_PARENTS = {
    "schools": Operation("", "1.2", Collection.ORGS, "school"),
    "classes": Operation("", "1.2", Collection.CLASSES, ""),
    "courses": Operation("", "1.2", Collection.COURSES, ""),
    "terms": Operation("", "1.2", Collection.SESSIONS, "term"),
    "students": Operation("", "1.2", Collection.USERS, "student"),
    "teachers": Operation("", "1.2", Collection.USERS, "teacher"),
    "users": Operation("", "1.2", Collection.USERS, ""),
}


def is_of(operation: Operation, stored: Stored) -> bool:
    """Whether a record is of the type or role that an operation gives."""
    if not operation.type:
        return True
    body = body_of(operation.collection, stored)
    if isinstance(body, User):
        return body.role == operation.type
    assert isinstance(body, Session | Org)
    return body.type == operation.type


def _member(stored: Stored) -> Enrollment:
    body = body_of(Collection.ENROLLMENTS, stored)
    assert isinstance(body, Enrollment)
    return body


def _is_below(outer: str, number: str, collection: Collection, stored: Stored) -> bool:
    body = body_of(collection, stored)
    if isinstance(body, Class):
        return number == body.course if outer == "courses" else number in body.terms
    assert isinstance(body, Session)
    return body.parent == number


def _first_state(asked: Asked, wanted: Filter) -> int:
    """The first state whose changes can fit a filter by dateLastModified."""
    since = wanted.since
    if since is None:
        return 0
    strict = any(clause.sign == ">" and clause.moment == since for clause in wanted.clauses)
    fit = (
        state
        for state, stamp in asked.view.stamps.items()
        if stamp * 1000 > since or (stamp * 1000 == since and not strict)
    )
    return min(fit, default=asked.state + 1)


def _size(numbers: array[int]) -> int:
    return len(numbers) * numbers.itemsize + 500
