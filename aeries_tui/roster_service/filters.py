"""The `filter` of a request: its grammar, and whether a record fits (OneRoster REST, section 5).

What is not understood is an error, never left out: the consumer would take the longer list for the answer.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from aeries_tui.exports.oneroster.tables import Version
from aeries_tui.master.served.reading import Version as Stored
from aeries_tui.roster_service.bodies import Collection
from aeries_tui.roster_service.names import Kind, kind_of
from aeries_tui.roster_service.records import Record, View
from aeries_tui.roster_service.times import moment, stamp_text

_CLAUSE = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)\s*(!=|>=|<=|=|>|<|~)\s*'((?:[^']|'')*)'")
_LOGIC = re.compile(r"\s+(AND|OR|and|or)(?=\s)")
_MOST_CLAUSES = 20
_LONGEST = 250
_WITHOUT_CASE = frozenset({"email", "username"})
"""What people type: consumers search by it, and its case means nothing."""

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip

_PLAIN: dict[Collection, dict[str, str]] = {
    Collection.SESSIONS: {"title": "title", "type": "type", "schoolYear": "year", "parent.sourcedId": "parent"},
    Collection.ORGS: {"name": "name", "type": "type", "identifier": "identifier"},
    Collection.COURSES: {"title": "title", "courseCode": "code", "org.sourcedId": "org"},
    Collection.CLASSES: {
        "title": "title", "classCode": "code", "classType": "type", "course.sourcedId": "course",
        "school.sourcedId": "school", "terms.sourcedId": "terms",
    },
    Collection.USERS: {
        "username": "username", "givenName": "given", "familyName": "family", "email": "email",
        "identifier": "number", "userIds.identifier": "number", "grades": "grade",
    },
    Collection.ENROLLMENTS: {
        "role": "role", "primary": "primary", "class.sourcedId": "cls", "user.sourcedId": "user",
        "school.sourcedId": "school",
    },
}  # fmt: skip
"""Names whose values can be taken from what is stored, without making the record first."""


class Unfit(Exception):
    """A filter that can't be understood; its text says why, and holds no value of it."""


@dataclass(frozen=True)
class Clause:
    """One comparison.

    Attributes:
        name: of the value, dots between the steps to it.
        kind: what stands there.
        sign: one of `= != > >= < <= ~`.
        value: to compare with.
        moment: the value in microseconds since 1970, where moments are compared.
    """

    name: str
    kind: Kind
    sign: str
    value: str
    moment: int | None

    def fits(self, found: list[str]) -> bool:
        """Whether the values under the name fit: of a list any one does, or for `=` the whole of it."""
        if self.sign == "!=":
            return not self._any_equal(found)
        if self.sign == "=":
            return self._any_equal(found)
        if self.sign == "~":
            wanted = self.value.casefold()
            return any(wanted in one.casefold() for one in found)
        compare = _COMPARE[self.sign]
        if self.moment is not None:
            return any(compare(moment(one), self.moment) for one in found)
        return any(compare(one, self.value) for one in found)

    def _any_equal(self, found: list[str]) -> bool:
        if self.moment is not None:
            return any(moment(one) == self.moment for one in found)
        if self.name in _WITHOUT_CASE:
            wanted = self.value.casefold()
            return any(one.casefold() == wanted for one in found)
        return self.value in found or (len(found) > 1 and self.value == ",".join(found))


@dataclass(frozen=True)
class Filter:
    """A filter that was understood.

    Attributes:
        clauses: its comparisons.
        logic: whether all or any of them must fit.
    """

    clauses: tuple[Clause, ...]
    logic: Literal["AND", "OR"]

    @property
    def looks_at_the_gone(self) -> bool:
        """Whether it asks by what tells of records that are gone: only then are they in the list."""
        return any(clause.name in {"status", "dateLastModified"} for clause in self.clauses)

    @property
    def since(self) -> int | None:
        """The moment, in microseconds since 1970, up to which no record fits, whatever else it holds; None for none."""
        after = [
            clause.moment
            for clause in self.clauses
            if clause.name == "dateLastModified" and clause.sign in {">", ">="} and clause.moment is not None
        ]
        return max(after) if after and (self.logic == "AND" or len(self.clauses) == 1) else None

    def equal_to(self, name: str) -> str | None:
        """The only value that can fit under a name; None where several can."""
        if self.logic == "OR" and len(self.clauses) > 1:
            return None
        return next((c.value for c in self.clauses if c.name == name and c.sign == "="), None)


def parse_filter(text: str, version: Version, collection: Collection) -> Filter:
    """The filter that a text says; raises Unfit."""
    clauses: list[Clause] = []
    logic = ""
    place = 0
    while True:
        found = _CLAUSE.match(text, place)
        if found is None:
            raise Unfit("The filter is not of the form field='value'.")
        clauses.append(_clause(found[1], found[2], found[3].replace("''", "'"), version, collection))
        place = found.end()
        if not text[place:].strip():
            break
        word = _LOGIC.match(text, place)
        if word is None:
            raise Unfit("Between two comparisons of the filter there must be AND or OR.")
        if logic and logic != word[1].upper():
            raise Unfit("AND and OR can't be mixed in one filter.")
        logic, place = word[1].upper(), word.end()
        if len(clauses) >= _MOST_CLAUSES:
            raise Unfit(f"The filter has more than {_MOST_CLAUSES} comparisons.")
    return Filter(tuple(clauses), "OR" if logic == "OR" else "AND")


def _clause(name: str, sign: str, value: str, version: Version, collection: Collection) -> Clause:
    kind = kind_of(version, collection, name)
    if kind is None:
        raise Unfit("The filter names a field that these records don't have.")
    if len(value) > _LONGEST or "\0" in value:
        raise Unfit(f"A value of the filter is longer than {_LONGEST} characters, or no text.")
    compared = moment(value) if kind in {"day", "moment"} and sign != "~" else None
    if compared is None and kind in {"day", "moment"} and sign != "~":
        raise Unfit("A value of the filter is neither a day nor a moment, such as 2026-11-28T01:00:00.000Z.")
    return Clause(name, kind, sign, value, compared)


class Test:
    """Whether records of a collection fit a filter, as somebody sees them."""

    def __init__(self, wanted: Filter, view: View, collection: Collection) -> None:
        self._filter, self._view, self._collection = wanted, view, collection
        self._joined = any if wanted.logic == "OR" else all
        self._ways = [self._way(clause) for clause in wanted.clauses]

    def __call__(self, stored: Stored, status: str) -> bool:
        """Whether one fits."""
        return self._joined(way(stored, status) for way in self._ways)

    def _way(self, clause: Clause) -> Callable[[Stored, str], bool]:
        view, collection = self._view, self._collection
        if clause.name == "dateLastModified" and clause.moment is not None:
            fit = {
                state: clause.sign in {"=", ">=", "<="} if stamp * 1000 == clause.moment
                else clause.sign == "!=" or (clause.sign[0] == ">" and stamp * 1000 > clause.moment)
                or (clause.sign[0] == "<" and stamp * 1000 < clause.moment)
                for state, stamp in view.stamps.items()
            }  # fmt: skip
            return lambda stored, status: fit[view.changed_in(stored)]
        return lambda stored, status: clause.fits(value_of(view, collection, stored, status, clause.name))


def value_of(view: View, collection: Collection, stored: Stored, status: str, name: str) -> list[str]:
    """The texts under a name of a record, which is made only where they can't be told from what is stored."""
    if name in _TOLD:
        return [_TOLD[name](view, stored, status)]
    plain = _PLAIN.get(collection, {}).get(name)
    if plain is None:
        return values(view.record(collection, stored, status), name)
    value = getattr(view.body(collection, stored), plain)
    return value if isinstance(value, list) else [value] if value else []


_TOLD: dict[str, Callable[[View, Stored, str], str]] = {
    "status": lambda view, stored, status: status,
    "sourcedId": lambda view, stored, status: stored.sourced_id,
    "dateLastModified": lambda view, stored, status: stamp_text(view.modified(stored)),
}


def values(record: Record, name: str) -> list[str]:
    """The texts under a name of a record, through lists; each once: somebody has one role, at however many schools."""
    found: list[object] = [record]
    for step in name.split("."):
        below = [one.get(step) for one in found if isinstance(one, dict)]
        found = [one for value in below for one in (value if isinstance(value, list) else [value])]
    return list(dict.fromkeys(str(one) for one in found if one is not None and not isinstance(one, dict)))
