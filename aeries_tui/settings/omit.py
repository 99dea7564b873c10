"""Fields of Aeries that need not be kept (`pull.omit`), and how they are named."""

from __future__ import annotations

import difflib

from aeries_tui.settings.fields import Unfit

OMITTABLE: dict[str, str] = {
    "student.state_student_id": "StateStudentID",
    "student.middle_name": "MiddleName",
    "student.preferred_last_name": "LastNameAlias",
    "student.preferred_first_name": "FirstNameAlias",
    "student.gender": "Gender",
    "student.birthdate": "Birthdate",
    "student.email": "StudentEmailAddress",
    "student.login_id": "NetworkLoginID",
    "school_enrollment.student_number": "StudentNumber",
    "school_enrollment.leave_date": "SchoolLeaveDate",
    "school_enrollment.track": "Track",
    "staff.middle_name": "MiddleName",
    "staff.name_suffix": "NameSuffix",
    "staff.email": "EmailAddress",
    "staff.user_name": "UserName",
    "staff.login_id": "NetworkLoginID",
    "staff.hr_id": "HumanResourcesSystemID",
    "staff.state_educator_id": "StateEducatorID",
    "staff.title": "Title",
}
"""Each field that a roster can do without, by kind and column, with its name in Aeries."""

DEMOGRAPHICS = ("student.gender", "student.birthdate")
"""What the file of demographics of a OneRoster bundle is made of, and nothing else needs."""


def omitted_fields(value: object) -> tuple[str, ...]:
    """A list of fields, each by Aeries' name, the column's, or kind and column; as kind and column, in one order."""
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Unfit('a list of fields like ["Birthdate", "Gender"]')
    chosen = {field for word in value for field in _meant(word)}
    return tuple(field for field in OMITTABLE if field in chosen)


def _meant(word: str) -> list[str]:
    said = word.strip().casefold()
    found = [
        field
        for field, wire in OMITTABLE.items()
        if said in {field, field.partition(".")[2], wire.casefold()}
    ]
    if not found:
        names = sorted(set(OMITTABLE.values()))
        near = difflib.get_close_matches(word, names, 1)
        hint = f' (is "{near[0]}" meant?)' if near else ""
        raise Unfit(f"a list of fields out of {', '.join(names)}{hint}; the others are needed")
    return found
