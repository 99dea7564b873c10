"""The answers of both versions as JSON Schemas, written from the standard's model, and jsonschema's verdict on an answer.

The official OpenAPI file is not to be had as a package. Blank values, which it allows, are faults here: some products
refuse them.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string", "minLength": 1}
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$", "format": "date"}
_MOMENT: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
_FLAG: Schema = {"enum": ["true", "false"]}
_SEVEN_RACES = (
    "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican", "nativeHawaiianOrOtherPacificIslander", "white",
    "demographicRaceTwoOrMoreRaces", "hispanicOrLatinoEthnicity",
)  # fmt: skip
_BASE: Schema = {
    "sourcedId": _TEXT, "status": {"enum": ["active", "tobedeleted"]}, "dateLastModified": _MOMENT,
}  # fmt: skip

SINGLE = {
    "academicSessions": "academicSession", "orgs": "org", "courses": "course", "classes": "class", "users": "user",
    "enrollments": "enrollment", "demographics": "demographics",
}  # fmt: skip


def _closed(required: Schema, optional: Schema) -> Schema:
    return {
        "type": "object", "properties": {**required, **optional}, "required": list(required),
        "additionalProperties": False,
    }  # fmt: skip


def _some(one: Schema) -> Schema:
    return {"type": "array", "items": one, "minItems": 1}


def _texts(*names: str) -> Schema:
    return dict.fromkeys(names, _TEXT)


def _ref(kind: str) -> Schema:
    address = r"^https?://[\w.:\[\]-]+(/[\w.~%-]+)+$"
    return _closed(
        {"href": {"type": "string", "pattern": address}, "sourcedId": _TEXT, "type": {"const": kind}}, {}
    )


def _word(version: str, *words: str) -> Schema:
    """One of these words; 1.2 allows words of one's own as well."""
    own: list[Schema] = [{"type": "string", "pattern": r"^ext:[a-zA-Z0-9._-]+$"}] if version == "1.2" else []
    return {"anyOf": [{"enum": list(words)}, *own]}


def _user(version: str) -> tuple[Schema, Schema]:
    if version == "1.1":
        roles = ("administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher")
        return {"username": _TEXT, "role": {"enum": list(roles)}, "orgs": _some(_ref("org"))}, {}
    words = (
        "aide", "counselor", "districtAdministrator", "guardian", "parent", "principal", "proctor", "relative",
        "siteAdministrator", "student", "systemAdministrator", "teacher",
    )  # fmt: skip
    role = _closed(
        {"roleType": {"enum": ["primary", "secondary"]}, "role": _word(version, *words), "org": _ref("org")},
        {"beginDate": _DAY, "endDate": _DAY},
    )
    return {"roles": _some(role)}, {
        "primaryOrg": _ref("org"),
        **_texts(
            "username", "preferredFirstName", "preferredMiddleName", "preferredLastName", "pronouns",
            "userMasterIdentifier",
        ),
    }  # fmt: skip


def _models(version: str) -> dict[str, tuple[Schema, Schema]]:
    """What a record of each list must have and may have, beside what all have."""
    session, org = _ref("academicSession"), _ref("org")
    subjects = {"grades": _some(_TEXT), "subjects": _some(_TEXT), "subjectCodes": _some(_TEXT)}
    user_required, user_optional = _user(version)
    return {
        "academicSessions": (
            {
                "title": _TEXT, "startDate": _DAY, "endDate": _DAY,
                "type": _word(version, "gradingPeriod", "semester", "schoolYear", "term"),
                "schoolYear": {"type": "string", "pattern": r"^\d{4}$"},
            },
            {"parent": session, "children": _some(session)},
        ),
        "orgs": (
            {
                "name": _TEXT, "identifier": _TEXT,
                "type": _word(version, "department", "district", "local", "national", "school", "state"),
            },
            {"parent": org, "children": _some(org)},
        ),
        "courses": ({"title": _TEXT, "courseCode": _TEXT}, {"schoolYear": session, "org": org, **subjects}),
        "classes": (
            {"title": _TEXT, "course": _ref("course"), "school": org, "terms": _some(session)},
            {
                "classType": _word(version, "homeroom", "scheduled"), "periods": _some(_TEXT), **subjects,
                **_texts("classCode", "location"),
            },
        ),
        "users": (
            {"enabledUser": _FLAG, "givenName": _TEXT, "familyName": _TEXT, **user_required},
            {
                "userIds": _some(_closed(_texts("type", "identifier"), {})), "grades": _some(_TEXT),
                "agents": _some(_ref("user")), **_texts("middleName", "identifier", "email", "sms", "phone"),
                **user_optional,
            },
        ),
        "enrollments": (
            {
                "user": _ref("user"), "class": _ref("class"), "school": org,
                "role": _word(version, "administrator", "proctor", "student", "teacher"), "primary": _FLAG,
            },
            {"beginDate": _DAY, "endDate": _DAY},
        ),
        "demographics": (
            {},
            {
                "birthDate": _DAY, "sex": _sex(version), **dict.fromkeys(_SEVEN_RACES, _FLAG),
                **_texts("countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth", "publicSchoolResidenceStatus"),
            },
        ),
    }  # fmt: skip


def _sex(version: str) -> Schema:
    return {"enum": ["male", "female"]} if version == "1.1" else _word(version, "male", "female", "unspecified", "other")  # fmt: skip


_STATUS: Schema = _closed(
    {"imsx_codeMajor": {"const": "failure"}, "imsx_severity": {"const": "error"}},
    {
        "imsx_description": _TEXT,
        "imsx_CodeMinor": _closed(
            {
                "imsx_codeMinorField": _some(
                    _closed(
                        {
                            "imsx_codeMinorFieldName": _TEXT,
                            "imsx_codeMinorFieldValue": {
                                "enum": [
                                    "fullsuccess", "invalid_filter_field", "invalid_selection_field", "invaliddata",
                                    "unauthorisedrequest", "forbidden", "server_busy", "unknownobject",
                                    "internal_server_error",
                                ]
                            },
                        },
                        {},
                    )
                )
            },
            {},
        ),
    },
)  # fmt: skip


def schema(version: str, file: str, *, is_list: bool, is_selection: bool = False) -> Schema:
    """What an answer with records must be.

    Args:
        version: of the standard.
        file: the list that they are of, as `users`.
        is_list: or one record.
        is_selection: whether `fields` named what is wanted, so that anything may be missing.
    """
    required, optional = _models(version)[file]
    record = _closed({**_BASE, **required}, optional)
    if is_selection:
        del record["required"]
    if is_list:
        return _closed({file: {"type": "array", "items": record}}, {})
    return _closed({SINGLE[file]: record}, {})


@functools.cache
def _validator(version: str, file: str, is_list: bool, is_selection: bool) -> Validator:
    from jsonschema import Draft202012Validator, FormatChecker

    made = schema(version, file, is_list=is_list, is_selection=is_selection) if file else _STATUS
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made, format_checker=FormatChecker())


def faults(version: str, file: str, document: object, *, is_list: bool = True, is_selection: bool = False) -> list[str]:  # fmt: skip
    """What is wrong with an answer, in sentences of the validator's; arguments as of `schema`, no file for an error."""
    found = _validator(version, file, is_list, is_selection).iter_errors(document)
    return [f"{one.json_path}: {one.message}"[:300] for one in found]


LINK = re.compile(r'<https://[\w.~%/?&=+-]+>; rel="(first|last|next|prev)"')
"""One part of a `Link` header."""
