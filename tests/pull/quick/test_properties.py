"""Whatever happens in Aeries, a quick pull leaves a full one nothing to do but what was deleted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aeries_tui.settings import Guard, GuardLimits
from engine import Station, fast_directory
from engine.forms import LONG
from engine.served import Roster, serve

from .changing import CHANGES, DELETIONS, SCHOOLS, Change, actions, district, let_all_be_quick, quick

Happening = tuple[Change, int, int]


def happenings(*changes: Change) -> st.SearchStrategy[list[Happening]]:
    one = st.tuples(st.sampled_from(changes), st.integers(0, 30), st.integers(0, 30))
    return st.lists(one, min_size=1, max_size=8)


def pulled(root: Path, by_school: bool) -> Station:
    station = Station(root)
    station.set("pull", staff="school" if by_school else "teaching")
    # In a district this small what happens here may well be a surprise; the guard is not what these tests are about.
    limits = GuardLimits(loss_percent=100, change_percent=100, blanked_percent=100)
    station.settings = replace(station.settings, guard=Guard(limits))
    station.aeries = district()
    station.map(*SCHOOLS)
    station.pull()
    let_all_be_quick(station)
    return station


@settings(max_examples=400 if LONG else 16, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=happenings(*CHANGES), second=happenings(*CHANGES), by_school=st.booleans())
def test_after_quick_pulls_a_full_one_finds_nothing_to_do(
    first: list[Happening], second: list[Happening], by_school: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with fast_directory(tmp_path_factory.getbasetemp()) as root:
        station = pulled(root, by_school)
        for happened in (first, second):
            for change, a, b in happened:
                change(station.aeries, a, b)
            quick(station)
            station.aeries.remember()
        document = station.pull()
        assert document["outcome"] in {"completed", "completed_with_error"}
        assert not actions(document)


@settings(max_examples=200 if LONG else 8, deadline=None, suppress_health_check=list(HealthCheck))
@given(happened=happenings(*DELETIONS), touched=st.booleans())
def test_what_is_deleted_is_left_to_the_full_pull(
    happened: list[Happening], touched: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with fast_directory(tmp_path_factory.getbasetemp()) as root:
        station = pulled(root, by_school=False)
        aeries = station.aeries
        before = station.all_active()
        for change, a, b in happened:
            change(aeries, a, b)
        if touched:
            aeries.name_everything()
        quick(station)
        after = station.all_active()
        assert {kind: keys - after[kind] for kind, keys in before.items() if keys - after[kind]} == {}


@pytest.fixture(scope="module")
def simulated() -> dict[int, list[tuple[int, float]]]:
    """By seed, the days that go by: how many at a time, and how many percent of the students each changes."""
    return {11: [(1, 2), (2, 1)], 12: [(1, 6), (1, 0)]}


@pytest.mark.parametrize("seed", [11, 12])
def test_a_simulated_district_is_as_it_truly_is_after_quick_pulls(
    seed: int, simulated: dict[int, list[tuple[int, float]]], fast_path: Path
) -> None:
    with serve(1200, seed) as roster:
        station = roster.station(fast_path)
        station.pull_over_http()
        let_all_be_quick(station)
        day = 0
        for days, percent in simulated[seed]:
            day += days
            roster.served.set_day(day, percent)
            quick(station, over_http=True)
            assert truly_active(roster) == active(station)
        assert not actions(station.pull_over_http())


def active(station: Station) -> dict[str, set[str]]:
    return {kind: {"_".join(map(str, key)) for key in keys} for kind, keys in station.all_active().items()}


def truly_active(roster: Roster) -> dict[str, set[str]]:
    return {kind: set(ids) for kind, ids in roster.served.true_ids().items()}
