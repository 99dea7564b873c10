"""Records as the two versions of the standard give them (OneRoster REST, section 7).

Blank optional values are left out, flags are the words true and false, and each reference has an address that can be
fetched. Of somebody at several schools a consumer of some schools sees those alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aeries_tui.exports.oneroster.tables import Version
from aeries_tui.exports.oneroster.vocabulary import role_in, sex_in
from aeries_tui.master.served.reading import Version as Stored
from aeries_tui.roster_service.bodies import (
    DECODERS,
    Body,
    Class,
    Collection,
    Course,
    Demographics,
    Enrollment,
    Org,
    Session,
    User,
    emptied,
)
from aeries_tui.roster_service.times import stamp_text

Record = dict[str, Any]

_GONE = "(gone)"

ENVELOPES = {
    Collection.SESSIONS: ("academicSessions", "academicSession"),
    Collection.ORGS: ("orgs", "org"),
    Collection.COURSES: ("courses", "course"),
    Collection.CLASSES: ("classes", "class"),
    Collection.USERS: ("users", "user"),
    Collection.ENROLLMENTS: ("enrollments", "enrollment"),
    Collection.DEMOGRAPHICS: ("demographics", "demographics"),
}
"""Under which name a list and a single record of a collection stand; the path never decides it."""


@dataclass(frozen=True)
class View:
    """How somebody sees the records.

    Attributes:
        version: of the standard.
        base: the address before the paths of that version.
        schools: the codes of the schools that may be seen; None for all.
        stamps: the stamp of each state.
    """

    version: Version
    base: str
    schools: frozenset[str] | None
    stamps: Mapping[int, int]

    def status(self, stored: Stored) -> str | None:
        """The status of a record; None for one that is of other schools alone.

        One that has left the schools that may be seen is gone for whoever may see no other.
        """
        if self._is_elsewhere(stored):
            assert self.schools is not None
            return None if self.schools.isdisjoint(stored.former.split()) else "tobedeleted"
        return "active" if stored.is_active else "tobedeleted"

    def _is_elsewhere(self, stored: Stored) -> bool:
        """Whether a record is of schools alone that may not be seen."""
        return (
            self.schools is not None
            and bool(stored.schools)
            and self.schools.isdisjoint(stored.schools.split())
        )

    def changed_in(self, stored: Stored) -> int:
        """The state in which a record was changed last; of one that has left, in which it left: what came after is not told."""
        return stored.left_in if self._is_elsewhere(stored) else stored.from_state

    def modified(self, stored: Stored) -> int:
        """When a record was changed last, in milliseconds since 1970."""
        return self.stamps[self.changed_in(stored)]

    def record(self, collection: Collection, stored: Stored, status: str) -> Record:
        """A record as it is given."""
        made: Record = {
            "sourcedId": stored.sourced_id,
            "status": status,
            "dateLastModified": stamp_text(self.modified(stored)),
        }
        _ADD[collection](self, made, self.body(collection, stored))
        return made

    def body(self, collection: Collection, stored: Stored) -> Body:
        """What may be told of a record: of somebody who left for schools that may not be seen, that they are gone."""
        body = body_of(collection, stored)
        return emptied(body, stored.sourced_id, _GONE) if self._is_elsewhere(stored) else body

    def ref(self, kind: str, path: str, sourced_id: str) -> dict[str, str]:
        """A reference to another record."""
        return {"href": f"{self.base}/{path}/{sourced_id}", "sourcedId": sourced_id, "type": kind}

    def org(self, sourced_id: str) -> dict[str, str]:
        """A reference to a school or the district."""
        return self.ref("org", "orgs", sourced_id)

    def session(self, sourced_id: str) -> dict[str, str]:
        """A reference to an academic session."""
        return self.ref("academicSession", "academicSessions", sourced_id)

    def seen(self, orgs: list[str]) -> list[str]:
        """Those of somebody's orgs that may be seen; all of a record that has gone from there, which needs one."""
        if self.schools is None:
            return orgs
        return [one for one in orgs if one in self.schools]


def _session(view: View, made: Record, body: Session) -> None:
    made["title"], made["type"] = body.title, body.type
    made["startDate"], made["endDate"] = body.start, body.end
    if body.parent:
        made["parent"] = view.session(body.parent)
    made["schoolYear"] = body.year


def _org(view: View, made: Record, body: Org) -> None:
    made["name"], made["type"], made["identifier"] = body.name, body.type, body.identifier
    if body.parent:
        made["parent"] = view.org(body.parent)


def _course(view: View, made: Record, body: Course) -> None:
    made["title"] = body.title
    made["schoolYear"] = view.session(body.year)
    made["courseCode"] = body.code
    if body.grades:
        made["grades"] = body.grades
    made["org"] = view.org(body.org)


def _class(view: View, made: Record, body: Class) -> None:
    made["title"] = body.title
    _filled(made, classCode=body.code)
    made["classType"] = body.type
    _filled(made, location=body.location, grades=body.grades)
    made["course"] = view.ref("course", "courses", body.course)
    made["school"] = view.org(body.school)
    made["terms"] = [view.session(term) for term in body.terms]
    _filled(made, periods=body.periods)


def _user(view: View, made: Record, body: User) -> None:
    made["enabledUser"] = "true"
    made["username"] = body.username
    if body.number:
        made["userIds"] = [{"type": "Aeries", "identifier": body.number}]
        made["identifier"] = body.number
    made["givenName"], made["familyName"] = body.given, body.family
    if body.middle:
        made["middleName"] = body.middle
    if body.email:
        made["email"] = body.email
    if body.grade:
        made["grades"] = [body.grade]
    # A record that has gone from all schools that may be seen still needs one, and may not name another.
    orgs = view.seen(body.orgs) or sorted(view.schools or ())[:1]
    if view.version == "1.1":
        made["role"] = role_in(body.role, view.version)
        made["orgs"] = [view.org(org) for org in orgs]
        return
    _filled(made, preferredFirstName=body.preferred_given, preferredLastName=body.preferred_family)
    made["primaryOrg"] = view.org(body.primary_org if body.primary_org in orgs else orgs[0])
    made["roles"] = [{"roleType": "primary", "role": body.role, "org": view.org(org)} for org in orgs]


def _enrollment(view: View, made: Record, body: Enrollment) -> None:
    made["user"] = view.ref("user", "users", body.user)
    made["class"] = view.ref("class", "classes", body.cls)
    made["school"] = view.org(body.school)
    made["role"], made["primary"] = body.role, body.primary
    if body.begin:
        made["beginDate"] = body.begin
    if body.end:
        made["endDate"] = body.end


def _demographics(view: View, made: Record, body: Demographics) -> None:
    if body.born:
        made["birthDate"] = body.born
    if sex := sex_in(body.sex, view.version):
        made["sex"] = sex


def _filled(made: Record, **values: str | list[str]) -> None:
    made.update((name, value) for name, value in values.items() if value)


_ADD: dict[Collection, Callable[[View, Record, Any], None]] = {
    Collection.SESSIONS: _session,
    Collection.ORGS: _org,
    Collection.COURSES: _course,
    Collection.CLASSES: _class,
    Collection.USERS: _user,
    Collection.ENROLLMENTS: _enrollment,
    Collection.DEMOGRAPHICS: _demographics,
}


def body_of(collection: Collection, stored: Stored) -> Body:
    """What is stored of a record."""
    return DECODERS[collection].decode(stored.body)
