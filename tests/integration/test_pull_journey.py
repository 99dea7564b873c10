"""Whole pulls over real HTTP against what the simulated district says it holds, counted without the pull."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from engine import Station, adds_up
from engine.served import Roster, serve
from simulator.truth import KINDS


def ids(station: Station) -> dict[str, set[str]]:
    """The active records as the simulated district names them."""
    return {
        kind: {"_".join(str(part) for part in key) for key in keys}
        for kind, keys in station.all_active().items()
        if kind in KINDS
    }


def truth(roster: Roster, codes: list[int]) -> dict[str, set[str]]:
    return {kind: set(found) for kind, found in roster.served.true_ids(codes).items()}


def differences(found: dict[str, set[str]], right: dict[str, set[str]]) -> dict[str, tuple[Any, Any]]:
    """What is missing and what is too much, by kind, the first of each."""
    return {
        kind: (sorted(right[kind] - found[kind])[:5], sorted(found[kind] - right[kind])[:5])
        for kind in right
        if right[kind] != found[kind]
    }


@pytest.mark.parametrize(("students", "seed"), [(1, 1), (60, 2), (700, 3), (3000, 4)])
def test_a_pull_ends_with_exactly_what_the_district_holds(fast_path: Path, students: int, seed: int) -> None:
    with serve(students, seed) as roster:
        codes = roster.codes()
        station = roster.station(fast_path, codes)
        document = station.pull_over_http()
        assert differences(ids(station), truth(roster, codes)) == {}
        assert {kind: count["active"] for kind, count in document["counts"].items()} == roster.served.truth(
            codes
        )
        assert adds_up(document)
        assert all(scope["state"] == "complete" for scope in document["scopes"])
        before = station.roster()
        again = station.pull_over_http()
        assert station.roster() == before
        assert adds_up(again)
        assert all(
            count["created"] == count["updated"] == count["reactivated"] == count["deactivated"] == 0
            for count in again["counts"].values()
        )


def test_days_go_by_and_every_pull_ends_with_the_truth(fast_path: Path) -> None:
    with serve(600, 7) as roster:
        codes = roster.codes()
        station = roster.station(fast_path, codes)
        station.pull_over_http()
        for day in (1, 2, 5, 9, 4, 30):
            roster.served.set_day(day, 2.0)
            document = station.pull_over_http()
            if document["outcome"] == "held":
                station.approve(document["import"])
            assert differences(ids(station), truth(roster, codes)) == {}, f"day {day}"
            assert adds_up(document)


def test_only_the_mapped_schools_are_pulled(fast_path: Path) -> None:
    with serve(900, 5) as roster:
        codes = roster.codes()[::2]
        station = roster.station(fast_path, codes)
        station.pull_over_http()
        assert differences(ids(station), truth(roster, codes)) == {}
        asked = {entry["school"] for entry in roster.served.requests()["requests"]} - {None}
        assert asked <= set(codes)


def test_a_file_row_stands_for_every_person_that_was_judged(fast_path: Path) -> None:
    with serve(300, 6) as roster:
        station = roster.station(fast_path)
        document = station.pull_over_http()
        for file in document["files"]:
            with Path(file["path"]).open(encoding="utf-8", newline="") as handle:
                rows = list(csv.DictReader(handle))
            assert len(rows) == file["records"] >= document["counts"][file["kind"]]["active"]
            active = {row[f"{file['kind']}_id"] for row in rows if row["active"] == "1"}
            assert active == ids(station)[file["kind"]]


def test_a_small_page_size_and_many_requests_change_nothing(fast_path: Path) -> None:
    with serve(700, 3) as roster:
        codes = roster.codes()
        station = roster.station(fast_path, codes)
        station.set("source", page_size=7, requests_at_a_time=1, requests_ceiling=1)
        station.pull_over_http()
        assert differences(ids(station), truth(roster, codes)) == {}
        before = station.roster()
        station.set("source", page_size=5000, requests_at_a_time=8, requests_ceiling=8)
        station.pull_over_http()
        assert station.roster() == before


def test_the_permissions_of_the_certificate_come_and_go_without_harm(fast_path: Path) -> None:
    with serve(300, 8) as roster:
        codes = roster.codes()
        station = roster.station(fast_path, codes)
        station.pull_over_http()
        before = station.contents()
        areas = (
            "Student Data",
            "Class Schedules/History",
            "Teacher Data",
            "Staff Data",
            "Master Schedule",
            "Course Data",
        )
        for area in areas:
            roster.served.grant(area, "403")
            document = station.pull_over_http()
            assert document["outcome"] == "completed_with_error", area
            assert document["descriptions"]["SRC-PERMISSION"] >= 1
            assert station.contents() == before, area
            assert adds_up(document)
            roster.served.grant(area)
        assert station.pull_over_http()["counts"]["student"]["updated"] == 0


def test_nobody_s_name_and_no_certificate_is_in_any_log(fast_path: Path) -> None:
    with serve(60, 2) as roster:
        station = roster.station(fast_path)
        document = station.pull_over_http()
        lines = " ".join(station.log(document["import"])).lower()
        names = {str(n) for row in station.query("SELECT last_name, first_name FROM student") for n in row}
        assert not {name for name in names if len(name) > 3 and f" {name.lower()} " in f" {lines} "}
        assert roster.served.certificate.lower() not in lines
