"""Finding the records of a list: by keys or by the index alone where that tells, else by looking its records through."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from aeries_tui.exports.oneroster.tables import VERSIONS, Version
from aeries_tui.master.served import reading
from aeries_tui.master.served.reading import Version as Stored
from aeries_tui.master.served.reading import Wanted
from aeries_tui.roster_service.bodies import Class, Collection, Enrollment, Session
from aeries_tui.roster_service.filters import Filter, Test, value_of
from aeries_tui.roster_service.lists import Asked
from aeries_tui.roster_service.operations import Operation
from aeries_tui.roster_service.records import body_of

_WITH_SCHOOL = frozenset({"terms", "classes", "enrollments"})
"""Whose ids begin with the code of their school."""

_STATUSES: dict[str, Literal["active", "tobedeleted"]] = {"active": "active", "tobedeleted": "tobedeleted"}

_KINDS: dict[tuple[Version, Collection], str] = {
    ("1.1", Collection.USERS): "role",
    ("1.2", Collection.USERS): "roles.role",
    **{(version, Collection.ENROLLMENTS): "role" for version in VERSIONS},
    **{(version, Collection.SESSIONS): "type" for version in VERSIONS},
    **{(version, Collection.ORGS): "type" for version in VERSIONS},
}
"""Under which name the kind of a record stands in it."""

_SAME_ROLES = frozenset({"student", "teacher"})
"""Roles that are the same words in both versions, and no other's."""

_SINGULAR = {"students": "student", "teachers": "teacher", "users": ""}


def is_small(asked: Asked) -> bool:
    """Whether a list is found by keys, so that nobody waits for it; others are found by looking all records through."""
    if asked.operation.parents:
        (outer, _), name = asked.operation.parents[-1], asked.operation.name.rpartition("/")[2]
        return outer in {"classes", *_SINGULAR} or name in _WITH_SCHOOL
    return _key_of(asked) is not None


def find_list(asked: Asked, db: sqlite3.Connection) -> array[int]:
    """The numbers of the versions in a list, in its order; `db` is the file of the service."""
    return _Finder(db).find(asked)


class _Finder:
    """Finds lists."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def find(self, asked: Asked) -> array[int]:
        operation, view, parameters = asked.operation, asked.view, asked.parameters
        wanted, sort = parameters.filter, parameters.sort
        if not operation.parents and not sort and (wanted is None or not _rest(asked, wanted)):
            return reading.listed(self._db, _wanted(asked))
        if sort:
            keys = (
                (stored.id, "\0".join(value_of(view, operation.collection, stored, status, sort)))
                for stored, status in self._fitting(asked)
            )
            return reading.in_order(self._db, keys, descending=parameters.descending)
        return array("I", [stored.id for stored, _ in self._fitting(asked)])

    def _fitting(self, asked: Asked) -> Iterator[tuple[Stored, str]]:
        """The records of a list, with their status, by rank."""
        operation, view, wanted = asked.operation, asked.view, asked.parameters.filter
        with_gone = wanted is not None and wanted.looks_at_the_gone
        fits = None if wanted is None else Test(wanted, view, operation.collection)
        for stored in self._candidates(asked):
            status = view.status(stored)
            if status is None or (status != "active" and not with_gone) or not is_of(operation, stored):
                continue
            if fits is None or fits(stored, status):
                yield stored, status

    def _candidates(self, asked: Asked) -> Iterable[Stored]:
        """The versions among which those of a list are, by rank."""
        if asked.operation.parents:
            return self._nested(asked)
        key = _key_of(asked)
        if key is None:
            return reading.all_of(self._db, _wanted(asked))
        name, value = key
        if name == "user.sourcedId":
            return reading.linked(self._db, asked.state, value)
        if name == "class.sourcedId":
            return self._enrollments(asked.state, value)
        found = reading.by_id(self._db, asked.operation.collection, asked.state, value)
        return [] if found is None else [found]

    def _nested(self, asked: Asked) -> Iterable[Stored]:
        if not self._are_seen(asked):
            return []
        (outer, number), name = asked.operation.parents[-1], asked.operation.name.rpartition("/")[2]
        state = asked.state
        if outer == "schools":
            return self._of_school(asked, number, name)
        if outer == "classes":
            members = self._enrollments(state, number)
            if name == "enrollments":
                return members
            role = _SINGULAR[name]
            ids = [_member(one).user for one in members if one.is_active and one.kind == role]
            return reading.by_ids(self._db, Collection.USERS, state, ids)
        if outer in _SINGULAR:
            mine = reading.linked(self._db, state, number)
            return reading.by_ids(
                self._db, Collection.CLASSES, state, [_member(one).cls for one in mine if one.is_active]
            )
        every = reading.all_of(self._db, Wanted(asked.operation.collection, state, status=""))
        return (one for one in every if _is_below(outer, number, asked.operation.collection, one))

    def _of_school(self, asked: Asked, number: str, name: str) -> Iterable[Stored]:
        collection, state = asked.operation.collection, asked.state
        if name not in _WITH_SCHOOL:
            return reading.all_of(self._db, replace(_wanted(asked), school=number))
        found = reading.with_prefix(self._db, collection, state, f"{number}_")
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
    return operation.type in {"", stored.kind}


def _wanted(asked: Asked) -> Wanted:
    """What the index alone tells of a list; by the rest of a filter its records are looked at."""
    operation, wanted = asked.operation, asked.parameters.filter
    found = Wanted(operation.collection, asked.state, operation.type, seen=asked.view.schools)
    if wanted is None:
        return found
    status = wanted.equal_to("status")
    return replace(
        found,
        kind=operation.type or _kind(asked, wanted),
        status="" if wanted.looks_at_the_gone and status is None else _STATUSES.get(status or "active", ""),
        since=_first_state(asked, wanted),
    )


def _kind(asked: Asked, wanted: Filter) -> str:
    """The role or type that a filter asks for; blank for any."""
    name = _KINDS.get((asked.operation.version, asked.operation.collection))
    kind = None if name is None else wanted.equal_to(name)
    if name == "role" and asked.operation.collection is Collection.USERS and kind not in _SAME_ROLES:
        return ""  # others of 1.1 are several of those that are stored
    return "" if kind is None or "," in kind else kind  # a list is compared as a whole, too


def _rest(asked: Asked, wanted: Filter) -> bool:
    """Whether a filter asks for more than the index tells."""
    if wanted.logic == "OR" and len(wanted.clauses) > 1:
        return True
    kind, status = _kind(asked, wanted), wanted.equal_to("status")
    name = _KINDS.get((asked.operation.version, asked.operation.collection))
    told = {("status", "=", status)} if status in _STATUSES else set()
    if kind and asked.operation.type in {"", kind}:
        told.add((str(name), "=", kind))
    return any(
        (clause.name, clause.sign, clause.value) not in told
        and not (clause.name == "dateLastModified" and clause.sign in {">", ">="})
        for clause in wanted.clauses
    )


def _key_of(asked: Asked) -> tuple[str, str] | None:
    """The name and value in a filter by which a list is found without looking all records through."""
    wanted = asked.parameters.filter
    if wanted is None:
        return None
    names = ["sourcedId"]
    if asked.operation.collection is Collection.ENROLLMENTS:
        names += ["user.sourcedId", "class.sourcedId"]
    return next(((name, value) for name in names if (value := wanted.equal_to(name)) is not None), None)


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
