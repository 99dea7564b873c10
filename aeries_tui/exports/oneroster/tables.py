"""The files of a OneRoster CSV bundle, 1.1 and 1.2: names, columns in order, and what may stand in them.

Source: OneRoster, sections 1 (files), 2 (manifest), 3 (types) and 5 (columns).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Version = Literal["1.1", "1.2"]
Form = Literal[
    "id", "text", "list", "date", "year", "choice", "grades", "user_ids", "reference", "references"
]

VERSIONS: tuple[Version, ...] = ("1.1", "1.2")

GRADES = (
    "IT", "PR", "PK", "TK", "KG", *(f"{grade:02}" for grade in range(1, 14)), "PS", "UG", "Other",
)  # fmt: skip
"""The CEDS codes for a grade (OneRoster, section 6)."""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: as in the header.
        form: what its cells look like.
        required: no cell may be blank.
        choices: the values of a `choice`.
        extensible: `ext:` and a word of one's own may stand there as well.
        target: for references, the file whose `sourcedId` is meant.
        target_type: the `type` the target must have, or blank for any.
    """

    name: str
    form: Form = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    extensible: bool = False
    target: str = ""
    target_type: str = ""


def _required(name: str, form: Form = "text") -> Column:
    return Column(name, form, required=True)


def _choice(name: str, *choices: str, required: bool = False, extensible: bool = False) -> Column:
    return Column(name, "choice", required, choices, extensible)


def _to(name: str, target: str, *, required: bool = False, kind: str = "", many: bool = False) -> Column:
    return Column(name, "references" if many else "reference", required, target=target, target_type=kind)


_HEAD = (
    _required("sourcedId", "id"),
    _choice("status", "active", "tobedeleted"),
    Column("dateLastModified"),
)
_TRUE_FALSE = ("true", "false")


def _academic_sessions(newer: bool) -> tuple[Column, ...]:
    return (
        *_HEAD,
        _required("title"),
        _choice(
            "type", "gradingPeriod", "semester", "schoolYear", "term", required=True, extensible=newer
        ),
        _required("startDate", "date"),
        _required("endDate", "date"),
        _to("parentSourcedId", "academicSessions"),
        _required("schoolYear", "year"),
    )  # fmt: skip


def _orgs(newer: bool) -> tuple[Column, ...]:
    types = ("department", "school", "district", "local", "state", "national")
    return (
        *_HEAD,
        _required("name"),
        _choice("type", *types, required=True, extensible=newer),
        Column("identifier"),
        _to("parentSourcedId", "orgs"),
    )


_COURSES = (
    *_HEAD,
    _to("schoolYearSourcedId", "academicSessions", kind="schoolYear"),
    _required("title"),
    Column("courseCode"),
    Column("grades", "grades"),
    _to("orgSourcedId", "orgs", required=True),
    Column("subjects", "list"),
    Column("subjectCodes", "list"),
)


def _classes(newer: bool) -> tuple[Column, ...]:
    return (
        *_HEAD,
        _required("title"),
        Column("grades", "grades"),
        _to("courseSourcedId", "courses", required=True),
        Column("classCode"),
        _choice("classType", "homeroom", "scheduled", required=True, extensible=newer),
        Column("location"),
        _to("schoolSourcedId", "orgs", required=True, kind="school"),
        _to("termSourcedIds", "academicSessions", required=True, many=True),
        Column("subjects", "list"),
        Column("subjectCodes", "list"),
        Column("periods", "list"),
    )


_NAMES = (_required("givenName"), _required("familyName"), Column("middleName"), Column("identifier"))
_WAYS = (Column("email"), Column("sms"), Column("phone"))
_LAST = (_to("agentSourcedIds", "users", many=True), Column("grades", "grades"), Column("password"))
_USER_ROLES_11 = ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher")
_USERS_11 = (
    *_HEAD,
    _choice("enabledUser", *_TRUE_FALSE, required=True),
    _to("orgSourcedIds", "orgs", required=True, many=True),
    _choice("role", *_USER_ROLES_11, required=True),
    _required("username"),
    Column("userIds", "user_ids"),
    *_NAMES,
    *_WAYS,
    *_LAST,
)
_USERS_12 = (
    *_HEAD,
    _choice("enabledUser", *_TRUE_FALSE, required=True),
    _required("username"),
    Column("userIds", "user_ids"),
    *_NAMES,
    *_WAYS,
    *_LAST,
    Column("userMasterIdentifier"),
    Column("preferredGivenName"),
    Column("preferredMiddleName"),
    Column("preferredFamilyName"),
    _to("primaryOrgSourcedId", "orgs"),
    Column("pronouns"),
)
_ROLES = (
    *_HEAD,
    _to("userSourcedId", "users", required=True),
    _choice("roleType", "primary", "secondary", required=True),
    _choice(
        "role", "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor",
        "relative", "siteAdministrator", "student", "systemAdministrator", "teacher",
        required=True, extensible=True,
    ),
    Column("beginDate", "date"),
    Column("endDate", "date"),
    _to("orgSourcedId", "orgs", required=True),
    Column("userProfileSourcedId"),
)  # fmt: skip


def _enrollments(newer: bool) -> tuple[Column, ...]:
    roles = ("administrator", "proctor", "student", "teacher")
    return (
        *_HEAD,
        _to("classSourcedId", "classes", required=True),
        _to("schoolSourcedId", "orgs", required=True, kind="school"),
        _to("userSourcedId", "users", required=True),
        _choice("role", *roles, required=True, extensible=newer),
        _choice("primary", *_TRUE_FALSE),
        Column("beginDate", "date"),
        Column("endDate", "date"),
    )


def _demographics(newer: bool) -> tuple[Column, ...]:
    races = (
        "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
        "hispanicOrLatinoEthnicity",
    )  # fmt: skip
    sexes = ("male", "female", "unspecified", "other") if newer else ("male", "female")
    return (
        _to("sourcedId", "users", required=True),
        *_HEAD[1:],
        Column("birthDate", "date"),
        _choice("sex", *sexes),
        *(_choice(race, *_TRUE_FALSE) for race in races),
        Column("countryOfBirthCode"),
        Column("stateOfBirthAbbreviation"),
        Column("cityOfBirth"),
        Column("publicSchoolResidenceStatus"),
    )


def _roster(newer: bool) -> dict[str, tuple[Column, ...]]:
    files = {
        "academicSessions": _academic_sessions(newer),
        "orgs": _orgs(newer),
        "courses": _COURSES,
        "classes": _classes(newer),
        "users": _USERS_12 if newer else _USERS_11,
        "roles": _ROLES,
        "enrollments": _enrollments(newer),
        "demographics": _demographics(newer),
    }
    if not newer:
        del files["roles"]
    return files


WRITTEN: dict[Version, dict[str, tuple[Column, ...]]] = {"1.1": _roster(False), "1.2": _roster(True)}
"""The files this program writes, in the order in which their rows refer to each other, with their columns."""

_IN_BOTH = (
    "academicSessions", "categories", "classes", "classResources", "courses", "courseResources", "demographics",
    "enrollments", "lineItems", "orgs", "resources", "results", "users",
)  # fmt: skip
_ONLY_12 = (
    "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds", "resultScoreScales",
    "roles", "scoreScales", "userProfiles", "userResources",
)  # fmt: skip

STANDARD_FILES: dict[Version, tuple[str, ...]] = {
    "1.1": _IN_BOTH,
    "1.2": tuple(sorted((*_IN_BOTH, *_ONLY_12), key=str.lower)),
}
"""Every data file of the standard; the manifest has a row for each, also for those not sent."""

MANIFEST_HEADER = ("propertyName", "value")
MANIFEST_VERSION = "1.0"


def names_of(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """The header of a file."""
    return tuple(column.name for column in columns)
