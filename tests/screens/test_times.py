"""Moments are those of the district's clock, wherever the machine stands."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator

import pytest

from aeries_tui.screens.times import listed_time, show_zone, shown_moment

AT = dt.datetime(2027, 7, 15, 3, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    show_zone(None)
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("America/Chicago", "today 22:30 CDT"),
        ("America/Los_Angeles", "today 20:30 PDT"),
        ("Asia/Tokyo", "today 12:30"),
        (None, "today 12:30"),
    ],
)
def test_a_moment_is_shown_in_the_districts_zone_and_says_so_where_the_machine_has_another(
    zone: str | None, shown: str
) -> None:
    show_zone(zone)
    assert shown_moment(AT, today=AT) == shown


def test_the_day_is_that_of_the_district() -> None:
    show_zone("America/Chicago")
    assert shown_moment(AT, today=AT + dt.timedelta(hours=2)) == "yesterday 22:30 CDT"
    show_zone("Asia/Tokyo")
    assert shown_moment(AT, today=AT + dt.timedelta(hours=2)) == "today 12:30"


def test_a_list_has_room_for_it() -> None:
    show_zone("America/Chicago")
    assert listed_time("2024-01-15T03:30:00Z") == "2024-01-14 21:30 CST"
