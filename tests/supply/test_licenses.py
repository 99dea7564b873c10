"""Each locked package has a license that may stand beside this program, and stands in the list."""

from __future__ import annotations

import pytest

from supply.licenses import ALLOWED, PAGE, Unlicensed, license_of, page
from supply.lock import LOCK, read_lock


def listed() -> dict[str, str]:
    rows = [
        line.strip("| ").split(" | ")
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("| ")
    ]
    return dict(rows[1:])


def test_the_list_names_what_is_locked_and_nothing_else() -> None:
    assert list(listed()) == sorted(read_lock(LOCK.read_text("utf-8")))
    assert PAGE.read_text("utf-8") == page(listed().items())


def test_no_other_license_than_those_allowed_is_in_the_list() -> None:
    assert {part for license_ in listed().values() for part in license_.split(" OR ")} <= ALLOWED


@pytest.mark.parametrize(
    ("fields", "license_"),
    [
        ([("License-Expression", "MIT")], "MIT"),
        (
            [("License", "BSD-3-Clause"), ("Classifier", "License :: OSI Approved :: BSD License")],
            "BSD-3-Clause",
        ),
        ([("License", "see the file"), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        ([("License-Expression", "MIT OR Apache-2.0")], "MIT OR Apache-2.0"),
    ],
)
def test_a_license_is_told_by_the_package(fields: list[tuple[str, str]], license_: str) -> None:
    assert license_of(fields, "one") == license_


@pytest.mark.parametrize(
    "fields",
    [
        [("Name", "one")],
        [("License-Expression", "AGPL-3.0-only")],
        [("License-Expression", "MIT AND GPL-3.0-only")],
        [("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")],
        [("License-Expression", "BUSL-1.1"), ("Classifier", "Programming Language :: Python")],
    ],
)
def test_a_license_that_is_not_allowed_or_not_told_is_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(Unlicensed, match="one tells"):
        license_of(fields, "one")
