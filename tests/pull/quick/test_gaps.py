"""Between full pulls that were not whole a quick pull refuses, or asks again for what was missing; it leaves no gap."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from aeries_tui.errors import NotAllowedNow
from aeries_tui.master.schools import schools
from aeries_tui.settings.fields import DateRange
from engine import Station, student
from engine.paper import as_json
from pull.quick.changing import ChangingAeries, actions, district, let_all_be_quick, quick

DAY = dt.date(2026, 10, 5)
DENIED = httpx.Response(401, json={"Message": "no"})


@pytest.fixture
def aeries(station: Station) -> ChangingAeries:
    """A district that was pulled whole; a quick pull is possible."""
    station.aeries = found = district()
    station.begin(7, 8, 9, 10)
    let_all_be_quick(station)
    return found


def leave_homeroom_3(aeries: ChangingAeries) -> None:
    for row in aeries.lists["9/students"]:
        if row["HomeRoomTeacherNumber"] == "3":
            row["HomeRoomTeacherNumber"] = "1"


def nothing_is_left(station: Station, aeries: ChangingAeries) -> bool:
    """Whether a full pull finds nothing to do."""
    aeries.remember()
    return not actions(station.pull())


def refuses(station: Station) -> bool:
    with pytest.raises(NotAllowedNow, match="no complete pull to go on from"):
        station.pull(quick=True)
    return True


def test_a_pull_without_the_classes_leaves_nothing_to_go_on_from(
    station: Station, aeries: ChangingAeries
) -> None:
    aeries.lists["7/students"][6]["InactiveStatusCode"] = ""
    aeries.faults["7/classes"] = DENIED
    assert station.pull()["outcome"] == "completed_with_error"
    assert refuses(station)


def test_a_pull_without_the_teachers_leaves_nothing_to_go_on_from(
    station: Station, aeries: ChangingAeries
) -> None:
    aeries.faults["9/teachers"] = DENIED
    leave_homeroom_3(aeries)
    station.pull()
    assert refuses(station)


def test_an_incomplete_pull_that_changed_nothing_takes_nothing_away(
    station: Station, aeries: ChangingAeries
) -> None:
    aeries.faults["9/teachers"] = DENIED
    station.pull()
    aeries.faults.clear()
    leave_homeroom_3(aeries)
    quick(station)
    assert nothing_is_left(station, aeries)


def test_a_day_of_additions_only_leaves_nothing_to_go_on_from(
    station: Station, aeries: ChangingAeries
) -> None:
    station.set("pull", additions_only_dates=(DateRange(DAY, DAY),))
    leave_homeroom_3(aeries)
    quick(station)
    station.set("pull", additions_only_dates=())
    assert refuses(station)


def test_a_school_unmapped_in_between_leaves_nothing_to_go_on_from(
    station: Station, aeries: ChangingAeries
) -> None:
    with station.master() as db:
        schools.set_mapping(db, 7, None, by="me")
    aeries.faults["8/teachers"] = httpx.Response(500, json={"Message": "no"})
    document = station.pull()
    if document["outcome"] == "held":
        station.approve(document["import"])
    with station.master() as db:
        schools.set_mapping(db, 7, "ali-7", by="me")
    assert refuses(station)


def test_what_came_only_in_part_is_asked_for_again(station: Station, aeries: ChangingAeries) -> None:
    aeries.lists["7/students"][6]["InactiveStatusCode"] = ""
    real = aeries._single

    def in_part(path: list[str]) -> Any:
        return [*real(path), {"junk": 1}][1:] if path == ["7", "classes", "706"] else real(path)

    aeries._single = in_part  # type: ignore[method-assign]
    quick(station)
    aeries._single = real  # type: ignore[method-assign]
    quick(station)
    assert nothing_is_left(station, aeries)


def test_a_student_who_is_rejected_keeps_no_homeroom(station: Station, aeries: ChangingAeries) -> None:
    leave_homeroom_3(aeries)
    aeries.lists["9/students"].append(student(9, 5001, Grade=77, HomeRoomTeacherNumber="3"))
    quick(station)
    assert nothing_is_left(station, aeries)


def test_another_schedule_type_makes_a_quick_pull_a_full_one(
    station: Station, aeries: ChangingAeries
) -> None:
    for row in aeries.lists["schools"]:
        row["ScheduleType"] = {9: "MasterSchedule", 7: "ElementaryAndMasterSchedule"}.get(
            row["SchoolCode"], row["ScheduleType"]
        )
    station.pull(quick=True)
    assert any("ScheduleType is another now" in line for line in station.echoed)
    assert nothing_is_left(station, aeries)


@pytest.mark.parametrize(("offset", "since"), [("", "06:50"), ("-07:00", "07:50")])
def test_a_clock_that_tells_no_offset_may_have_been_put_back_by_an_hour(
    station: Station, offset: str, since: str
) -> None:
    station.aeries = aeries = district()
    aeries.faults["systeminfo"] = as_json(
        {
            "AeriesVersion": "9.26",
            "DatabaseYear": aeries.year,
            "CurrentDateTime": f"2026-10-05T08:00:00{offset}",
        }
    )
    station.map(7, 8, 9, 10)
    station.pull()
    let_all_be_quick(station)
    quick(station)
    assert {f"{moment:%Y-%m-%d %H:%M}" for moment in aeries.since} == {f"2026-10-05 {since}"}


def test_whom_a_quick_pull_did_not_read_is_left_out_still(station: Station, aeries: ChangingAeries) -> None:
    before = station.query("SELECT kind, person, rule FROM left_out WHERE import_id = 1 ORDER BY 1, 2")
    assert before
    active = [r["StudentID"] for r in aeries.lists["7/students"] if not r["InactiveStatusCode"].strip()]
    gone, other = active[1:3]
    aeries.remember()
    for row in aeries.lists["7/students"]:
        if row["StudentID"] == gone:
            row["InactiveStatusCode"] = "I"
        if row["StudentID"] == other:
            row["FirstName"] = "Another"
    number = quick(station)["import"]
    after = station.query("SELECT kind, person, rule FROM left_out WHERE import_id = ? ORDER BY 1, 2", number)
    assert after == sorted([*before, ("student", gone, "inactive")])
    full = station.pull()["import"]
    assert after == station.query(
        "SELECT kind, person, rule FROM left_out WHERE import_id = ? ORDER BY 1, 2", full
    )


def test_a_quick_pull_stops_before_the_disk_is_full(station: Station, aeries: ChangingAeries) -> None:
    aeries.lists["7/students"][0]["Grade"] = 8
    before = station.roster()
    full = shutil._ntuple_diskusage(10**12, 10**12 - 1_000_000, 1_000_000)
    with patch("aeries_tui.pull.staging.shutil.disk_usage", return_value=full):
        document = station.pull(quick=True)
    assert document["outcome"] == "error"
    assert "reading stops below 200.0 MB" in document["problem"]["message"]
    assert station.roster() == before
    assert quick(station)["outcome"] == "completed"
    assert station.roster() != before
