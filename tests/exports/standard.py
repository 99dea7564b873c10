"""The tables of the standard as frictionless wants them, written down from OneRoster, section 5, and not from the program.

Each line: column, `!` where it must be filled, then what stands in it: a type, `a|b` for an
enumeration, or `>file` for a reference.
"""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

from frictionless import Package, system

HEAD = "sourcedId! id\nstatus nothing\ndateLastModified nothing\n"
GRADES = "^((IT|PR|PK|TK|KG|0[1-9]|1[0-3]|PS|UG|Other)(,(IT|PR|PK|TK|KG|0[1-9]|1[0-3]|PS|UG|Other))*)$"

TABLES_11 = {
    "academicSessions": HEAD
    + """title! text
type! gradingPeriod|semester|schoolYear|term
startDate! date
endDate! date
parentSourcedId >academicSessions
schoolYear! year""",
    "orgs": HEAD
    + """name! text
type! department|school|district|local|state|national
identifier text
parentSourcedId >orgs""",
    "courses": HEAD
    + """schoolYearSourcedId >academicSessions
title! text
courseCode text
grades grades
orgSourcedId! >orgs
subjects text
subjectCodes text""",
    "classes": HEAD
    + """title! text
grades grades
courseSourcedId! >courses
classCode text
classType! homeroom|scheduled
location text
schoolSourcedId! >orgs
termSourcedIds! >academicSessions
subjects text
subjectCodes text
periods text""",
    "users": HEAD
    + """enabledUser! true|false
orgSourcedIds! text
role! administrator|aide|guardian|parent|proctor|relative|student|teacher
username! text
userIds ids
givenName! text
familyName! text
middleName text
identifier text
email text
sms text
phone text
agentSourcedIds text
grades grades
password nothing""",
    "enrollments": HEAD
    + """classSourcedId! >classes
schoolSourcedId! >orgs
userSourcedId! >users
role! administrator|proctor|student|teacher
primary true|false
beginDate date
endDate date""",
    "demographics": """sourcedId! >users
status nothing
dateLastModified nothing
birthDate date
sex male|female
americanIndianOrAlaskaNative true|false
asian true|false
blackOrAfricanAmerican true|false
nativeHawaiianOrOtherPacificIslander true|false
white true|false
demographicRaceTwoOrMoreRaces true|false
hispanicOrLatinoEthnicity true|false
countryOfBirthCode text
stateOfBirthAbbreviation text
cityOfBirth text
publicSchoolResidenceStatus text""",
}
TABLES_12 = {
    **TABLES_11,
    "users": HEAD
    + """enabledUser! true|false
username! text
userIds ids
givenName! text
familyName! text
middleName text
identifier text
email text
sms text
phone text
agentSourcedIds text
grades grades
password nothing
userMasterIdentifier text
preferredGivenName text
preferredMiddleName text
preferredFamilyName text
primaryOrgSourcedId >orgs
pronouns text""",
    "roles": HEAD
    + """userSourcedId! >users
roleType! primary|secondary
role! aide|counselor|districtAdministrator|guardian|parent|principal|proctor|relative|siteAdministrator|student|systemAdministrator|teacher
beginDate date
endDate date
orgSourcedId! >orgs
userProfileSourcedId text""",
    "demographics": TABLES_11["demographics"].replace("male|female", "male|female|unspecified|other"),
}
TABLES = {"1.1": TABLES_11, "1.2": TABLES_12}
FORMS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "nothing": {"type": "string", "constraints": {"maxLength": 0}},
    "id": {"type": "string", "constraints": {"pattern": "^[0-9A-Za-z._-]{1,100}$", "unique": True}},
    "ids": {"type": "string", "constraints": {"pattern": "^\\{[^{}:]+:[^{}:]+\\}(,\\{[^{}:]+:[^{}:]+\\})*$"}},
    "date": {"type": "date", "format": "%Y-%m-%d"},
    "year": {"type": "year"},
    "grades": {"type": "string", "constraints": {"pattern": GRADES}},
}


def _field(line: str) -> tuple[dict[str, Any], str]:
    """A column's description, and the file it refers to."""
    name, form = line.split(" ", 1)
    target = form[1:] if form.startswith(">") else ""
    if target:
        described: dict[str, Any] = {"type": "string"}
    elif "|" in form:
        described = {"type": "string", "constraints": {"enum": form.split("|")}}
    else:
        described = FORMS[form]
    constraints = dict(described.get("constraints", {}))
    if name.endswith("!"):
        constraints["required"] = True
    return {**described, "name": name.rstrip("!"), "constraints": constraints}, target


def descriptor(version: str, files: list[str]) -> dict[str, Any]:
    """A data package of these files."""
    resources = []
    for file in files:
        fields, keys = [], []
        for line in TABLES[version][file].splitlines():
            field, target = _field(line)
            fields.append(field)
            if target:
                reference = {"resource": "" if target == file else target.lower(), "fields": ["sourcedId"]}
                keys.append({"fields": [field["name"]], "reference": reference})
        schema = {"fields": fields, "primaryKey": ["sourcedId"], "foreignKeys": keys}
        resources.append(
            {
                "name": file.lower(), "path": f"{file}.csv", "encoding": "utf-8", "schema": schema,
                "dialect": {"csv": {"lineTerminator": "\r\n"}},
            }
        )  # fmt: skip
    return {"name": "oneroster", "resources": resources}


def frictionless_errors(bundle: Path, folder: Path, version: str) -> list[str]:
    """What frictionless finds wrong with a bundle, unpacked into `folder`: file, row, column, kind of error."""
    with zipfile.ZipFile(bundle) as opened:
        opened.extractall(folder)
        names = [name.removesuffix(".csv") for name in opened.namelist()]
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as handle:
        said = dict(list(csv.reader(handle))[1:])
    sent = sorted(name.removeprefix("file.") for name, state in said.items() if state == "bulk")
    if sorted(name for name in names if name != "manifest") != sent:
        return ["manifest.csv: does not agree with the ZIP"]
    with system.use_context(trusted=True):
        package = Package.from_descriptor(descriptor(version, sent), basepath=str(folder))
        report = package.validate(limit_errors=20)
    if report.valid:
        return []
    return [
        f"{task.name}.csv {error.type} {getattr(error, 'row_number', '')} {getattr(error, 'field_name', '')} {error.note}"
        for task in report.tasks
        for error in task.errors
    ] or [str(error) for error in report.errors]
