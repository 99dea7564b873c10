"""Which school year is read, and which day it is there."""

from __future__ import annotations

import asyncio
import datetime as dt

import httpx
import pytest

from aeries_tui.aeries import Feed
from aeries_tui.operations.update_schools import read_schools
from aeries_tui.pull.stages.connect import year_by
from engine import PaperAeries, Station

BOTH = ["2026-2027", "2025-2026"]


@pytest.fixture
def last_year(station: Station) -> Station:
    """An Aeries in October 2026 whose default is still the year before, and that has both."""
    station.aeries = PaperAeries.usual()
    station.aeries.year, station.aeries.years = "2025-2026", list(BOTH)
    station.map(7, 8)
    return station


def test_every_request_after_the_first_names_the_school_year(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.pull()
    assert station.aeries.years_named[0] is None
    assert set(station.aeries.years_named[1:]) == {"2026"}
    station.aeries.years_named.clear()
    station.explain("student", 7000)
    station.explain("staff", 70)
    asked = zip(
        station.aeries.asked[-len(station.aeries.years_named) :], station.aeries.years_named, strict=True
    )
    assert {year for path, year in asked if path != "systeminfo"} == {"2026"}


@pytest.mark.parametrize(("chosen", "named"), [("", [None, "2025"]), ("2026-2027", ["2026", "2026"])])
def test_the_list_of_schools_is_that_of_the_year(
    last_year: Station, chosen: str, named: list[str | None]
) -> None:
    last_year.set("pull", school_year=chosen)
    with last_year.answering():
        asyncio.run(read_schools(last_year.credential, last_year.settings, last_year.places.host_slots))
    assert last_year.aeries.years_named == named


def test_a_first_pull_of_a_year_that_is_not_held_waits_and_names_both(last_year: Station) -> None:
    document = last_year.pull()
    assert (document["outcome"], document["problem"]["code"]) == ("held", "RUN-HELD-YEAR")
    assert "2025-2026" in document["problem"]["message"]
    assert "pull --year 2026-2027" in document["problem"]["message"]
    assert last_year.active("student") == set()


def test_approved_it_is_the_year_of_the_roster_and_not_asked_about_again(last_year: Station) -> None:
    last_year.approve(last_year.pull()["import"])
    document = last_year.pull()
    assert (document["outcome"], document["school_year"]) == ("completed", "2025-2026")


@pytest.mark.parametrize("how", ["asked for", "set"])
def test_a_year_that_was_chosen_is_pulled(last_year: Station, how: str) -> None:
    if how == "set":
        last_year.set("pull", school_year="2026-2027")
    document = last_year.pull(**({"year": "2026-2027"} if how == "asked for" else {}))
    assert (document["outcome"], document["school_year"]) == ("completed", "2026-2027")
    assert set(last_year.aeries.years_named) == {"2026"}


def test_an_old_year_that_was_chosen_is_not_doubted(last_year: Station) -> None:
    assert last_year.pull(year="2025-2026")["outcome"] == "completed"


def test_another_year_than_the_masters_waits_even_where_it_was_chosen(last_year: Station) -> None:
    last_year.pull(year="2025-2026")
    assert last_year.pull(year="2026-2027")["problem"]["code"] == "RUN-HELD-YEAR"


def test_a_year_that_aeries_does_not_have_is_an_error_and_nothing_is_read(last_year: Station) -> None:
    document = last_year.pull(year="2019-2020")
    assert (document["outcome"], document["problem"]["code"]) == ("error", "SRC-YEAR")
    assert set(last_year.aeries.asked) == {"systeminfo"}


def test_a_year_that_an_old_aeries_can_not_confirm_waits_once(last_year: Station) -> None:
    last_year.aeries.faults["systeminfo"] = httpx.Response(404)
    document = last_year.pull(year="2026-2027")
    assert (document["outcome"], document["problem"]["code"]) == ("held", "RUN-HELD-YEAR")
    assert set(last_year.aeries.years_named) == {"2026"}
    last_year.approve(document["import"])
    assert last_year.pull(year="2026-2027")["outcome"] == "completed"


@pytest.mark.parametrize(
    ("day", "available", "held"),
    [
        ("2026-10-05", BOTH, "2026-2027"),
        ("2027-06-30", BOTH, "2026-2027"),
        ("2027-07-01", BOTH, "2026-2027"),
        ("2027-07-01", ["2027-2028", *BOTH], "2027-2028"),
        ("2027-06-30", ["2027-2028", *BOTH], "2026-2027"),
        ("2026-10-05", ["2024-2025", "2025-2026"], "2025-2026"),
        ("2026-06-30", ["2026-2027"], "2026-2027"),
        ("2026-10-05", [], "2026-2027"),
        ("2026-10-05", ["", "Demo"], "2026-2027"),
    ],
)
def test_the_year_that_is_held_is_the_last_that_has_begun_of_those_there_are(
    day: str, available: list[str], held: str
) -> None:
    assert year_by(dt.date.fromisoformat(day), available) == held


PACIFIC = "(UTC-08:00) Pacific Time (US & Canada)"
CLOCKS = {
    "an instant in UTC is the evening before": ("2026-10-06T03:00:00Z", PACIFIC, "2026-10-05"),
    "so is one with seven digits": ("2026-10-06T03:00:00.0000000+00:00", "Pacific Standard Time", "2026-10-05"),
    "one of another zone is turned too": ("2026-10-05T23:30:00-07:00", "Eastern Standard Time", "2026-10-06"),
    "text without a zone is taken as it stands": ("2026-10-06T03:00:00", PACIFIC, "2026-10-06"),
    "a zone that is not known leaves the text's day": ("2026-10-06T03:00:00Z", "Lummerland", "2026-10-06"),
    "so does none": ("2026-10-06T03:00:00Z", None, "2026-10-06"),
}  # fmt: skip


@pytest.mark.parametrize("says", CLOCKS)
def test_the_day_is_the_districts(station: Station, says: str) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.clock, station.aeries.zone, day = CLOCKS[says]
    station.map(7, 8)
    number = station.pull()["import"]
    assert station.query("SELECT day FROM import WHERE id = ?", number) == [(day,)]
    told = [line for line in station.log(number) if "zone" in line]
    assert bool(told) is (station.aeries.zone in {None, "Lummerland"})


def test_a_clock_that_can_not_be_read_is_told(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.clock = "10/5/2026 6:30:00 AM"
    station.map(7, 8)
    station.pull()
    (note,) = station.notes()
    assert "clock of Aeries (10/5/2026 6:30:00 AM) can't be read; the day is that of this machine" in note


def test_the_change_feeds_are_asked_in_the_servers_own_time(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.aeries.zone, station.aeries.clock = PACIFIC, "2026-10-06T03:00:00Z"
    station.map(7, 8)
    station.pull()
    station.aeries.clock = "2026-10-06T05:00:00Z"
    station.aeries.lists.update({f"{feed.value}/2026/10/05/19/50": [] for feed in Feed})
    assert station.pull(quick=True)["outcome"] == "completed"
