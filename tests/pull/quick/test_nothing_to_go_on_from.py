"""Where a quick pull has nothing to go on from it says so, and changes nothing."""

from __future__ import annotations

import dataclasses

import pytest

from aeries_tui.errors import NotAllowedNow
from engine import Station
from pull.quick.changing import district, let_all_be_quick


def test_no_quick_pull_goes_on_after_an_undo_that_was_approved_late(station: Station) -> None:
    station.aeries = aeries = district()
    station.map(7, 8, 9, 10)
    station.pull()
    aeries.lists["7/students"][1]["LastName"] = "Married"
    station.pull()  # 2
    aeries.remember()
    waiting = station.undo(2, plan_only=True)["import"]  # 3
    station.pull()  # 4, nothing new
    station.approve(waiting)
    let_all_be_quick(station)
    with pytest.raises(NotAllowedNow, match="taken back"):
        station.pull(quick=True)


def test_no_quick_pull_goes_on_at_another_server(station: Station) -> None:
    station.aeries = district()
    station.map(7, 8, 9, 10)
    station.pull()
    let_all_be_quick(station)
    station.aeries = district()
    station.credential = dataclasses.replace(station.credential, url="https://real.example/aeries")
    document = station.pull(quick=True)
    assert document["outcome"] == "error"
    assert "Instance URL is another" in document["problem"]["message"]
