"""Where a quick pull has nothing to go on from it says so, and changes nothing."""

from __future__ import annotations

import dataclasses

import pytest

from aeries_tui.errors import NotAllowedNow
from engine import Station, homeroom_teacher
from pull.quick.changing import district, let_all_be_quick


def test_no_quick_pull_goes_on_after_an_undo_that_was_approved_late(station: Station) -> None:
    station.aeries = aeries = district()
    station.begin(7, 8, 9, 10)
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
    station.begin(7, 8, 9, 10)
    let_all_be_quick(station)
    station.aeries = district()
    station.credential = dataclasses.replace(station.credential, url="https://real.example/aeries")
    document = station.pull(quick=True)
    assert document["outcome"] == "error"
    assert "Instance URL is another" in document["problem"]["message"]


@pytest.mark.parametrize("quick", [False, True])
def test_an_unreadable_teacher_record_keeps_whom_it_named_also_in_a_quick_pull(
    station: Station, quick: bool
) -> None:
    station.aeries = aeries = district()
    places = ("StaffID1", "StaffID2", "StaffID3")
    for code in (7, 8, 9, 10):
        for row in aeries.lists[f"{code}/teachers"]:
            row.update({place: 0 for place in places if row[place] == 5})
    aeries.lists["7/teachers"].append(homeroom_teacher(7, 4, 5))
    aeries.remember()
    station.begin(7, 8, 9, 10)
    aeries.lists["7/teachers"][-1]["StaffID1"] = "abc"
    station.pull()
    assert (5,) in station.active("staff")
    aeries.remember()
    next(row for row in aeries.lists["staff"] if row["ID"] == 5)["LastName"] = "Newname"
    let_all_be_quick(station)
    station.pull(quick=quick)
    assert (5,) in station.active("staff")
