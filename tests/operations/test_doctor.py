"""The doctor tells what is wrong around a district, and from when on."""

from __future__ import annotations

import datetime as dt
import os
from collections import namedtuple
from unittest.mock import patch

import httpx
import pytest

from aeries_tui.operations import doctor
from aeries_tui.operations.doctor import LEAST_FREE_BYTES, Finding, examine
from engine import PaperAeries, Station
from engine.paper import as_json

Usage = namedtuple("Usage", "total used free")
NOW = dt.datetime(2026, 10, 5, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    station.pull()
    return station


def findings(station: Station, *, online: bool = False) -> dict[str, Finding]:
    with station.answering(), patch.object(doctor, "agreement", return_value="agrees"):
        found = examine(station.as_district(), online=online)
    return {one.what: one for one in found}


def test_a_district_that_is_well_has_nothing_to_remedy(pulled: Station) -> None:
    found = findings(pulled)
    assert {one.state for one in found.values()} == {"good"}
    assert not any(one.remedy for one in found.values())


@pytest.mark.parametrize(
    ("free", "size", "state"),
    [
        (LEAST_FREE_BYTES, 10, "good"), (LEAST_FREE_BYTES - 1, 10, "bad"),
        (3 * LEAST_FREE_BYTES, LEAST_FREE_BYTES, "good"), (3 * LEAST_FREE_BYTES - 1, LEAST_FREE_BYTES, "bad"),
    ],
)  # fmt: skip
def test_a_pull_wants_room_for_three_masters_and_for_a_small_one_half_a_gigabyte(
    station: Station, monkeypatch: pytest.MonkeyPatch, free: int, size: int, state: str
) -> None:
    station.district.master.touch()
    os.truncate(station.district.master, size)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Usage(10**12, 0, free))
    assert doctor._disk(station.district).state == state


def test_what_others_can_get_at_is_named_with_the_command(pulled: Station) -> None:
    pulled.district.master.chmod(0o640)
    found = findings(pulled)["permissions"]
    assert (found.state, found.remedy) == ("bad", f"Type: chmod 600 '{pulled.district.master}'")


def test_lists_that_could_not_be_read_lately_are_counted(pulled: Station) -> None:
    pulled.aeries.faults["7/classes"] = as_json(None)
    pulled.pull()
    found = findings(pulled)
    assert (found["lists"].state, found["lists"].message.split()[0]) == ("notice", "1")


class Clock(dt.datetime):
    """A machine on which it is NOW."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return NOW.astimezone(tz)


@pytest.mark.parametrize(
    ("told", "state", "says"),
    [
        ("2026-10-05T08:00:00.0000000-07:00", "good", "differ by 0 seconds"),
        ("2026-10-05T08:05:00.0000000-07:00", "good", "differ by 300 seconds"),
        ("2026-10-05T08:05:01.0000000-07:00", "notice", "differ by 5 minutes"),
        ("2026-10-05T07:50:00-07:00", "notice", "differ by 10 minutes"),
        ("2026-10-05T08:00:00", "good", "without a zone"),
        ("noon", "notice", "does not tell its time"),
        (None, "notice", "does not tell its time"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("days", "tls"), [(22, "good"), (20, "notice")])
def test_the_servers_clock_and_certificate_are_looked_at(
    pulled: Station,
    monkeypatch: pytest.MonkeyPatch,
    told: str | None,
    state: str,
    says: str,
    days: int,
    tls: str,
) -> None:
    monkeypatch.setattr(doctor.dt, "datetime", Clock)
    ends = NOW + dt.timedelta(days=days, hours=1)
    monkeypatch.setattr(doctor, "server_certificate_ends", lambda address, ca_file: ends)
    pulled.aeries.faults["systeminfo"] = as_json({"AeriesVersion": "9.26", "CurrentDateTime": told})
    found = findings(pulled, online=True)
    assert found["clock"].state == state
    assert says in found["clock"].message
    assert (found["TLS"].state, bool(found["TLS"].remedy)) == (tls, tls == "notice")


def test_a_server_that_does_not_answer_is_bad(pulled: Station) -> None:
    pulled.aeries.faults["systeminfo"] = httpx.ConnectError("nobody")
    assert findings(pulled, online=True)["server"].state == "bad"
