"""Bundles against frictionless, which knows nothing of this program but the tables in `standard`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aeries_tui.exports.oneroster import VERSIONS, Version, check_bundle
from exports.bundles import Files, put, read, write
from exports.standard import frictionless_errors


@pytest.mark.parametrize("version", VERSIONS)
def test_a_bundle_is_right_by_the_standard(
    whole: dict[Version, Path], tmp_path: Path, version: Version
) -> None:
    assert frictionless_errors(whole[version], tmp_path, version) == []


def twice(files: Files) -> None:
    files["enrollments"].append(files["enrollments"][1])


def swapped(files: Files) -> None:
    for row in files["classes"]:
        row[3], row[4] = row[4], row[3]


def short(files: Files) -> None:
    files["orgs"][1].pop()


def taken_out(files: Files) -> None:
    del files["orgs"]


BREAKS: dict[str, Callable[[Files], None]] = {
    "an id that stands twice": twice,
    "columns in another order": swapped,
    "a row without its last cell": short,
    "a file that is missing": taken_out,
    "a required cell left blank": put("users", "givenName", ""),
    "a role that is none": put("enrollments", "role", "Principal"),
    "a grade that is none": put("classes", "grades", "9"),
    "a date the wrong way round": put("academicSessions", "startDate", "08/12/2026"),
    "a school that is not there": put("enrollments", "schoolSourcedId", "77777"),
    "a user that is not there": put("enrollments", "userSourcedId", "nobody"),
    "a course that is not there": put("classes", "courseSourcedId", "nothing"),
    "a term that is not there": put("classes", "termSourcedIds", "994_Q"),
    "an id with a blank": put("courses", "sourcedId", "a b"),
    "a status in a bulk file": put("users", "status", "active"),
    "TRUE": put("users", "enabledUser", "TRUE"),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("harm", BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_copy_is_told_by_frictionless_and_by_the_check(
    good: dict[Version, Path], tmp_path: Path, version: Version, harm: Callable[[Files], None]
) -> None:
    files = read(good[version])
    harm(files)
    broken = write(tmp_path / "broken.zip", files)
    (tmp_path / "files").mkdir()
    assert frictionless_errors(broken, tmp_path / "files", version) != []
    assert check_bundle(broken) != []
