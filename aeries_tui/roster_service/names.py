"""The names that a record of each model can have (OneRoster REST, section 7): what can be filtered, sorted and selected by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from aeries_tui.exports.oneroster.tables import Version
from aeries_tui.roster_service.bodies import Collection

Kind = Literal["text", "day", "moment", "free"]
"""What stands there: text, a day, a moment, or an object of which nothing is known."""

Names = Mapping[str, Kind]

_BASE: dict[str, Kind] = {
    "sourcedId": "text", "status": "text", "dateLastModified": "moment", "metadata": "free",
}  # fmt: skip


def _ref(*names: str) -> dict[str, Kind]:
    return {f"{name}.{part}": "text" for name in names for part in ("href", "sourcedId", "type")}


def _text(*names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, "text")


def _days(*names: str) -> dict[str, Kind]:
    return dict.fromkeys(names, "day")


_COMMON: dict[Collection, dict[str, Kind]] = {
    Collection.SESSIONS: _text("title", "type", "schoolYear") | _days("startDate", "endDate") | _ref("parent", "children"),
    Collection.ORGS: _text("name", "type", "identifier") | _ref("parent", "children"),
    Collection.COURSES: _text("title", "courseCode", "grades", "subjects", "subjectCodes")
    | _ref("schoolYear", "org", "resources"),
    Collection.CLASSES: _text(
        "title", "classCode", "classType", "location", "grades", "subjects", "subjectCodes", "periods"
    )
    | _ref("course", "school", "terms", "resources"),
    Collection.USERS: _text(
        "username", "userIds.type", "userIds.identifier", "enabledUser", "givenName", "familyName", "middleName",
        "identifier", "email", "sms", "phone", "grades", "password",
    )
    | _ref("agents"),
    Collection.ENROLLMENTS: _text("role", "primary") | _days("beginDate", "endDate") | _ref("user", "class", "school"),
    Collection.DEMOGRAPHICS: _days("birthDate")
    | _text(
        "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity",
        "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus",
    ),
}  # fmt: skip
_USERS: dict[Version, dict[str, Kind]] = {
    "1.1": _text("role") | _ref("orgs"),
    "1.2": _text(
        "userMasterIdentifier", "preferredFirstName", "preferredMiddleName", "preferredLastName", "pronouns",
        "roles.roleType", "roles.role", "roles.userProfile", "userProfiles.profileId", "userProfiles.profileType",
        "userProfiles.vendorId", "userProfiles.applicationId", "userProfiles.description",
    )
    | _days("roles.beginDate", "roles.endDate")
    | _ref("primaryOrg", "roles.org", "resources"),
}  # fmt: skip


def _of(version: Version, collection: Collection) -> Names:
    own = _USERS[version] if collection is Collection.USERS else {}
    return {**_BASE, **_COMMON[collection], **own}


NAMES: dict[tuple[Version, Collection], Names] = {
    (version, collection): _of(version, collection) for version in ("1.1", "1.2") for collection in Collection
}
"""Every name of a value, dots between the steps to it."""

TOP: dict[tuple[Version, Collection], frozenset[str]] = {
    key: frozenset(name.partition(".")[0] for name in names) for key, names in NAMES.items()
}
"""The names that stand in a record itself."""


def kind_of(version: Version, collection: Collection, name: str) -> Kind | None:
    """What stands under a name; None for one that no record has."""
    if name.startswith("metadata."):
        return "free"
    return NAMES[version, collection].get(name)
