"""An audit counts only where every package was looked up."""

from __future__ import annotations

import json

from supply.audit import findings

CLEAN = {"name": "one", "version": "1", "vulns": []}
BAD = {"name": "two", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
SKIPPED = {"name": "two", "skip_reason": "Dependency not found"}


def told(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies})


def test_a_known_vulnerability_is_named_with_the_version_that_mends_it() -> None:
    assert findings(told(CLEAN, BAD), 2) == ["two 2: PYSEC-1, mended in 2.1."]


def test_nothing_known_of_every_package_is_nothing_found() -> None:
    assert findings(told(CLEAN, {**BAD, "vulns": []}), 2) == []


def test_a_package_that_was_skipped_or_left_out_makes_it_no_audit() -> None:
    assert findings(told(CLEAN, SKIPPED), 2) is None
    assert findings(told(CLEAN), 2) is None


def test_what_is_no_answer_is_no_audit() -> None:
    for output in ("", "Traceback", "[]", "null", "{}"):
        assert findings(output, 0) is None
