"""A description of what is shared, double or taken names the others."""

from __future__ import annotations

import pytest

from engine import PaperAeries, Station, student


@pytest.mark.parametrize(
    ("code", "record", "named"),
    [
        ("REC-USERNAME-TAKEN", "8111", "belongs to student 7001"),
        ("REC-EMAIL-SHARED", "7001", "student 8111"),
        ("REC-EMAIL-SHARED", "8111", "student 7001"),
        ("REC-DUPLICATE", "7000", "student numbers 0, 77"),
    ],
)
def test_the_others_are_named(station: Station, code: str, record: str, named: str) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.lists["7/students"] += [
        student(7, 7000, LastName="Other", StudentNumber=77),
        student(7, 8111, StudentEmailAddress="s7001@example.org"),
    ]
    station.map(7, 8, 9)
    told = station.descriptions(station.pull()["import"], code)
    assert [one.message for one in told if one.record == record and named in one.message]
