"""What is stored of a record of each collection: what both versions of the standard give of it, without its id and dates.

The words are those of 1.2 and of the CSV bundle (`exports.oneroster.tables`): the same ids, people and days.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

import msgspec


class Collection(IntEnum):
    """The collections, by the number under which they are stored."""

    SESSIONS = 1
    ORGS = 2
    COURSES = 3
    CLASSES = 4
    USERS = 5
    ENROLLMENTS = 6
    DEMOGRAPHICS = 7


class Session(msgspec.Struct, array_like=True, frozen=True):
    """An academic session."""

    title: str
    type: str
    start: str
    end: str
    parent: str
    year: str


class Org(msgspec.Struct, array_like=True, frozen=True):
    """The district or a school."""

    name: str
    type: str
    identifier: str
    parent: str


class Course(msgspec.Struct, array_like=True, frozen=True):
    """A course."""

    title: str
    code: str
    grades: list[str]
    org: str
    year: str


class Class(msgspec.Struct, array_like=True, frozen=True):
    """A section or homeroom."""

    title: str
    code: str
    type: str
    location: str
    grades: list[str]
    course: str
    school: str
    terms: list[str]
    periods: list[str]


class User(msgspec.Struct, array_like=True, frozen=True):
    """A student or a member of staff."""

    username: str
    number: str
    given: str
    family: str
    middle: str
    email: str
    grade: str
    preferred_given: str
    preferred_family: str
    primary_org: str
    role: str
    orgs: list[str]


class Enrollment(msgspec.Struct, array_like=True, frozen=True):
    """Somebody in a class."""

    cls: str
    school: str
    user: str
    role: str
    primary: str
    begin: str
    end: str


class Demographics(msgspec.Struct, array_like=True, frozen=True):
    """Of a student."""

    born: str
    sex: str


Body: TypeAlias = Session | Org | Course | Class | User | Enrollment | Demographics

TYPES: dict[Collection, type[Body]] = {
    Collection.SESSIONS: Session,
    Collection.ORGS: Org,
    Collection.COURSES: Course,
    Collection.CLASSES: Class,
    Collection.USERS: User,
    Collection.ENROLLMENTS: Enrollment,
    Collection.DEMOGRAPHICS: Demographics,
}
"""The body of each collection's records."""

DECODERS = {collection: msgspec.json.Decoder(body) for collection, body in TYPES.items()}
"""Each collection's decoder: `DECODERS[Collection.USERS].decode(text)`."""


def emptied(body: Body, sourced_id: str, text: str) -> Body:
    """What is left of a record of somebody of whom nothing more is to be told.

    Args:
        body: the record.
        sourced_id: of the user; for the user name, which 1.1 demands.
        text: for the names, which both versions demand, of a record that is gone too.
    """
    if isinstance(body, User):
        return User(
            sourced_id, "", text, text, "", "", "", "", "", body.primary_org, body.role, body.orgs
        )  # fmt: skip
    if isinstance(body, Enrollment):
        return msgspec.structs.replace(body, begin="", end="")
    return Demographics("", "") if isinstance(body, Demographics) else body


encode = msgspec.json.Encoder().encode
"""A body as it is stored."""
