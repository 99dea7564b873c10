"""The paths of the service (OneRoster REST, section 3): which records each one gives, and to whom it is open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from aeries_tui.exports.oneroster.tables import Version
from aeries_tui.roster_service.bodies import Collection

BASES: Mapping[str, Version] = {"/ims/oneroster/v1p1": "1.1", "/ims/oneroster/rostering/v1p2": "1.2"}
"""Before the paths of each version, below the root."""

BASE_OF: Mapping[Version, str] = {version: base for base, version in BASES.items()}

TOKEN = "/token"  # noqa: S105 - a path
"""Where tokens are given out, below the root."""

Scope = Literal["core", "roster", "demographics"]

_LISTS: dict[str, tuple[Collection, str]] = {
    "academicSessions": (Collection.SESSIONS, ""),
    "terms": (Collection.SESSIONS, "term"),
    "gradingPeriods": (Collection.SESSIONS, "gradingPeriod"),
    "orgs": (Collection.ORGS, ""),
    "schools": (Collection.ORGS, "school"),
    "courses": (Collection.COURSES, ""),
    "classes": (Collection.CLASSES, ""),
    "users": (Collection.USERS, ""),
    "students": (Collection.USERS, "student"),
    "teachers": (Collection.USERS, "teacher"),
    "enrollments": (Collection.ENROLLMENTS, ""),
    "demographics": (Collection.DEMOGRAPHICS, ""),
}
"""Each list at the root: its collection, and the type or role of its records; blank for all."""

_NESTED = frozenset(
    {
        ("schools", "classes"), ("schools", "courses"), ("schools", "enrollments"), ("schools", "students"),
        ("schools", "teachers"), ("schools", "terms"), ("classes", "students"), ("classes", "teachers"),
        ("courses", "classes"), ("terms", "classes"), ("terms", "gradingPeriods"), ("students", "classes"),
        ("teachers", "classes"), ("users", "classes"),
    }
)  # fmt: skip
_OF_CLASS = frozenset({"enrollments", "students", "teachers"})


@dataclass(frozen=True)
class Operation:
    """What a path asks for.

    Attributes:
        name: the path with `{id}` for ids, as the journal has it.
        version: of the standard.
        collection: of the records that it gives.
        type: the type or role of its records; blank for all.
        parents: what a nested list is of, the outer first: name and id.
        single: the id of the only record that it gives; None for a list.
    """

    name: str
    version: Version
    collection: Collection
    type: str
    parents: tuple[tuple[str, str], ...] = ()
    single: str | None = None

    @property
    def path(self) -> str:
        """The path of a list below the root, as an address spells it, however it was asked for."""
        ids = iter([quote(number, safe="") for _, number in self.parents])
        return BASE_OF[self.version] + re.sub("{id}", lambda _: next(ids), self.name)

    @property
    def open_to(self) -> frozenset[str]:
        """The scopes of which one is enough."""
        if self.collection is Collection.DEMOGRAPHICS:
            return frozenset({"demographics"})
        return frozenset({"roster"}) if self.parents else frozenset({"core", "roster"})


def find_operation(path: str) -> Operation | None:
    """The operation of a path below the root, as it came over the line; None where there is none."""
    for base, version in BASES.items():
        if path.startswith(base + "/"):
            parts = path[len(base) + 1 :].split("/")
            return _of(version, [_plain(part) for part in parts])
    return None


def _plain(part: str) -> str:
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        return ""


def _of(version: Version, parts: list[str]) -> Operation | None:
    if not all(parts):
        return None
    match parts:
        case [name] if name in _LISTS:
            return Operation(f"/{name}", version, *_LISTS[name])
        case [name, number] if name in _LISTS:
            return Operation(f"/{name}/{{id}}", version, *_LISTS[name], single=number)
        case [outer, number, name] if (outer, name) in _NESTED:
            return Operation(f"/{outer}/{{id}}/{name}", version, *_LISTS[name], ((outer, number),))
        case ["schools", school, "classes", number, name] if name in _OF_CLASS:
            parents = (("schools", school), ("classes", number))
            return Operation(f"/schools/{{id}}/classes/{{id}}/{name}", version, *_LISTS[name], parents)
    return None


SCOPE = re.compile(
    r"https://purl\.imsglobal\.org/spec/or/v1p[12]/scope/(?:roster-(core|demographics)|(roster))\.readonly"
)
"""A scope that this service knows."""


def scope_of(uri: str) -> str | None:
    """The scope of a URI, in a word; None for one of another service."""
    found = SCOPE.fullmatch(uri)
    return None if found is None else found[1] or found[2]


def scope_uris(scopes: frozenset[str]) -> list[str]:
    """The URIs of scopes, of both versions."""
    names = {"core": "roster-core", "roster": "roster", "demographics": "roster-demographics"}
    return [
        f"https://purl.imsglobal.org/spec/or/{version}/scope/{name}.readonly"
        for version in ("v1p1", "v1p2")
        for scope, name in names.items()
        if scope in scopes
    ]
