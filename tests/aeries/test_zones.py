"""The server's zone by the name that Windows gives it."""

from __future__ import annotations

import pytest

from aeries_tui.aeries.zones import _AS_SHOWN, _BY_ID, zone_named


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("Pacific Daylight Time", "America/Los_Angeles"),
        ("US Mountain Standard Time", "America/Phoenix"),
        ("(UTC-07:00) Arizona", "America/Phoenix"),
        ("(GMT-06:00)  Central Time (US & Canada)", "America/Chicago"),
        ("Hawaiian Standard Time", "Pacific/Honolulu"),
        ("America/Denver", "America/Denver"),
        ("UTC", "Etc/UTC"),
    ],
)
def test_a_zone_is_found_by_its_id_by_how_windows_shows_it_and_by_its_iana_name(name: str, key: str) -> None:
    found = zone_named(name)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("name", ["", " ", "Lummerland Standard Time", "../etc/passwd", "(UTC-08:00)", "\0"])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


@pytest.mark.parametrize("name", [*_BY_ID, *_AS_SHOWN])
def test_every_zone_that_is_listed_exists(name: str) -> None:
    assert zone_named(name) is not None
