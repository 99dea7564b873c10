"""Each rule of OneRoster, section 7, broken on purpose."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from aeries_tui.exports.oneroster import VERSIONS, Fault, Version, check_bundle
from exports.bundles import Files, put, read, records, say, write

Harm = Callable[[Files], None]


def harmed(good: dict[Version, Path], folder: Path, version: Version, harm: Harm) -> list[Fault]:
    files = read(good[version])
    harm(files)
    return check_bundle(write(folder / "harmed.zip", files))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_good_bundle_has_no_faults(good: dict[Version, Path], tmp_path: Path, version: Version) -> None:
    assert check_bundle(good[version]) == []
    assert harmed(good, tmp_path, version, lambda files: None) == []


def without(file: str) -> Harm:
    return lambda files: files.pop(file) and None


def more(file: str, *rows: list[str]) -> Harm:
    return lambda files: files.__setitem__(file, [*files.get(file, []), *rows])


def header(file: str, *names: str) -> Harm:
    return lambda files: files[file].__setitem__(0, list(names) or files[file][0][::-1])


def only_header(file: str) -> Harm:
    return lambda files: files.__setitem__(file, files[file][:1])


def again(file: str) -> Harm:
    return lambda files: files[file].append(files[file][1])


def both_primary(files: Files) -> None:
    at = files["enrollments"][0].index("primary")
    first = next(row for row in files["enrollments"][1:] if row[at] == "true")
    other = next(row for row in files["enrollments"][1:] if row[6] == "teacher" and row[5] != first[5])
    files["enrollments"].append(["another", "", "", first[3], first[4], other[5], "teacher", "true", "", ""])


def circle(files: Files) -> None:
    put("orgs", "parentSourcedId", files["orgs"][2][0])(files)
    put("orgs", "parentSourcedId", files["orgs"][1][0], 2)(files)


CASES: dict[str, tuple[int, Harm]] = {
    "no manifest": (1, without("manifest")),
    "the header propertyValue": (1, header("manifest", "propertyName", "propertyValue")),
    "a version that a spreadsheet spoiled": (1, say("manifest.version", "1")),
    "no version": (1, say("oneroster.version", "")),
    "an unknown property": (1, say("file.students", "bulk")),
    "a file of the standard not told": (1, say("file.lineItems", "")),
    "a file told and not there": (1, say("file.lineItems", "bulk")),
    "a file there and told absent": (1, say("file.orgs", "absent")),
    "a delta": (1, say("file.orgs", "delta")),
    "a property twice": (1, more("manifest", ["source.systemName", "Aeries"])),
    "an extra file": (1, more("readme", ["a"])),
    "a file in a folder": (1, more("csv/orgs", ["a"])),
    "another order": (2, header("classes")),
    "a row too long": (2, more("orgs", ["9", "", "", "n", "school", "", "0", "more"])),
    "a blank title": (3, put("courses", "title", "")),
    "a blank reference": (3, put("classes", "termSourcedIds", "")),
    "a wrong word": (4, put("orgs", "type", "School")),
    "a day that does not exist": (4, put("academicSessions", "endDate", "2027-02-30")),
    "a year in two parts": (4, put("academicSessions", "schoolYear", "2026-2027")),
    "an end before the start": (4, put("academicSessions", "endDate", "2001-01-01")),
    "a grade without its zero": (4, put("classes", "grades", "9,10")),
    "userIds without braces": (4, put("users", "userIds", "Aeries:1")),
    "a line break": (4, put("courses", "title", "Math\n1")),
    "a byte-order mark": (4, put("courses", "title", "\ufeffMath")),
    "dates outside the term": (4, put("enrollments", "beginDate", "2020-01-01")),
    "a status in a bulk file": (4, put("orgs", "status", "active")),
    "an id twice": (5, again("users")),
    "a missing org": (6, put("classes", "schoolSourcedId", "1")),
    "a missing item of a list": (6, put("classes", "termSourcedIds", "994_Y,994_Q")),
    "a circle of orgs": (6, circle),
    "demographics of nobody": (6, put("demographics", "sourcedId", "nobody")),
    "a class at the district": (7, put("classes", "schoolSourcedId", "0")),
    "a term as school year": (7, put("courses", "schoolYearSourcedId", "994_F")),
    "two primary teachers": (8, both_primary),
    "a primary student": (8, put("enrollments", "primary", "true", -1)),
    "a header without a row": (9, only_header("demographics")),
    "subjects without codes": (10, put("courses", "subjects", "Math,Art")),
    "codes without subjects": (10, put("classes", "subjectCodes", "02")),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("rule", "harm"), CASES.values(), ids=CASES.keys())
def test_each_rule_is_checked(
    good: dict[Version, Path], tmp_path: Path, version: Version, rule: int, harm: Harm
) -> None:
    faults = harmed(good, tmp_path, version, harm)
    assert rule in {fault.rule for fault in faults}, [str(fault) for fault in faults]


def test_a_list_of_orgs_is_followed_in_11(good: dict[Version, Path], tmp_path: Path) -> None:
    (fault,) = harmed(good, tmp_path, "1.1", put("users", "orgSourcedIds", "994,77777"))
    assert (fault.rule, fault.file, fault.line, fault.column) == (6, "users.csv", 2, "orgSourcedIds")


@pytest.mark.parametrize(
    "harm",
    [again("roles"), put("users", "primaryOrgSourcedId", "0")],
    ids=["two primary roles", "a home without a role"],
)
def test_the_roles_of_12_are_checked(good: dict[Version, Path], tmp_path: Path, harm: Harm) -> None:
    assert 8 in {fault.rule for fault in harmed(good, tmp_path, "1.2", harm)}


def test_plain_administrator_is_no_role_of_12(good: dict[Version, Path], tmp_path: Path) -> None:
    (fault,) = harmed(good, tmp_path, "1.2", put("roles", "role", "administrator"))
    assert (fault.rule, fault.column) == (4, "role")


def test_an_extension_stands_in_12_only(good: dict[Version, Path], tmp_path: Path) -> None:
    change = put("orgs", "type", "ext:annex")
    assert harmed(good, tmp_path, "1.1", change) != []
    assert [fault for fault in harmed(good, tmp_path, "1.2", change) if fault.rule == 4] == []


def test_a_check_tells_where_and_never_what(good: dict[Version, Path], tmp_path: Path) -> None:
    (fault,) = harmed(good, tmp_path, "1.1", put("users", "role", "secretstudent", 3))
    assert str(fault) == "users.csv, line 4, role: It is not one of the words of the standard. (rule 4)"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip", b"text"])
def test_what_is_no_zip_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    (fault,) = check_bundle(path)
    assert fault.rule == 1


def test_bytes_that_are_not_utf8_are_told(good: dict[Version, Path], tmp_path: Path) -> None:
    files = read(good["1.1"])
    orgs = files.pop("orgs")
    path = write(tmp_path / "latin.zip", files)
    with zipfile.ZipFile(path, "a") as bundle:
        orgs[1][orgs[0].index("name")] = "José Martí"
        lines = "\r\n".join(",".join(row) for row in orgs)
        bundle.writestr("orgs.csv", lines.encode("latin-1"))
    assert 4 in {fault.rule for fault in check_bundle(path)}


def test_every_user_has_a_role_in_12(good: dict[Version, Path]) -> None:
    files = read(good["1.2"])
    users = {user["sourcedId"] for user in records(files, "users")}
    assert {role["userSourcedId"] for role in records(files, "roles")} == users
