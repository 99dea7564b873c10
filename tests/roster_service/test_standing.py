"""Whether anything answers, what is given, and what the doctor says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.errors import Busy, WrongUse
from aeries_tui.operations.credentials import remove_credential
from aeries_tui.operations.erase_district import erase_district
from aeries_tui.operations.roster_service import add_consumer, answering, service_standing, socket_of
from aeries_tui.operations.roster_service.findings import service_findings
from aeries_tui.pull.lock import locked
from aeries_tui.schedule.unit_pair import Directories
from engine import Station
from roster_service.serving import Serving
from schedule.conftest import RememberingSystemd


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[RememberingSystemd]:
    where = Directories(tmp_path / "units", tmp_path / "stamps")
    found = RememberingSystemd(where)
    prefix = "aeries_tui.operations.roster_service"
    with (
        patch(f"{prefix}.sockets.directories", return_value=where),
        patch(f"{prefix}.answering.directories", return_value=where),
        patch(f"{prefix}.standing.answering", partial(answering, run=found)),
    ):
        yield found


def told(station: Station) -> dict[str, str]:
    return {one.what: one.state for one in service_findings(station.as_district())}


def test_it_is_said_whether_anything_answers(station: Station, systemd: RememberingSystemd) -> None:
    district = station.as_district()
    assert answering(district, systemd).state == "absent"
    unit, wanted = socket_of(district)
    replace(unit, run=systemd).install(wanted)
    listens = answering(district, systemd)
    assert (listens.state, listens.where, listens.is_well) == ("listens", "127.0.0.1:8480", True)
    other = replace(
        district, settings=replace(district.settings, serve=replace(district.settings.serve, port=9))
    )
    assert answering(other, systemd).state == "differs"
    systemd.active.clear()
    stopped = answering(district, systemd)
    assert stopped.state == "stopped" and "127.0.0.1:8480" in stopped.sentence
    with locked(district.files.create().serving, "http://127.0.0.1:8480"):
        runs = answering(district, systemd)
    assert (runs.state, runs.where, runs.is_installed) == ("runs", "http://127.0.0.1:8480", True)
    assert runs.since is not None


async def test_a_service_that_can_not_give_the_newest_is_told_from_one_that_was_not_asked(
    served: Serving, systemd: RememberingSystemd
) -> None:
    station = served.station
    district = station.as_district()
    await served.client().all("/users")
    now = service_standing(district)
    assert now is not None and not now.is_behind and not now.is_late
    station.aeries.lists["7/students"][0]["LastName"] = "Newly"
    await served.pull()
    asked = service_standing(district)
    assert asked is not None and asked.is_behind and not asked.is_late
    with locked(district.files.serving, "http://127.0.0.1:8480"):
        assert not (found := service_standing(district)) or not found.is_late  # it was imported just now
        later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=6)
        with patch("aeries_tui.operations.roster_service.standing._now", return_value=later):
            late = service_standing(district)
            assert late is not None and late.is_late and "can't give the newest" in late.sentence
            assert told(station)["roster service"] == "bad"
    assert late.document().late and late.document().answers == "runs"


def test_the_doctor_says_nothing_of_a_service_that_nobody_may_read(
    station: Station, systemd: RememberingSystemd
) -> None:
    assert told(station) == {}
    station.district.create().served.write_bytes(b"no database, but long enough to be taken for one" * 30)
    assert told(station) == {"roster service": "bad"}
    found = service_standing(station.as_district())
    assert (
        found is not None
        and found.document().problem is not None
        and str(station.district.served) in found.sentence
    )


def test_the_doctor_says_what_keeps_products_from_the_roster(
    station: Station, systemd: RememberingSystemd
) -> None:
    add_consumer(station.as_district(), "product", ["core"], [], None)
    assert told(station) == {"roster service": "notice", "public_url": "notice"}
    serve = replace(station.settings.serve, public_url="https://roster.example.org", address="0.0.0.0")  # noqa: S104
    station.settings = replace(station.settings, serve=serve)
    unit, wanted = socket_of(station.as_district())
    replace(unit, run=systemd).install(wanted)
    assert told(station) == {"roster service": "good", "serve.address": "notice"}
    systemd.active.clear()
    (one, _) = service_findings(station.as_district())
    assert one.state == "bad" and one.remedy == "aeries-tui serve install"


def test_with_the_credential_the_service_goes(station: Station, systemd: RememberingSystemd) -> None:
    unit, wanted = socket_of(station.as_district())
    replace(unit, run=systemd).install(wanted)
    with patch("aeries_tui.operations.credentials.schedulers", return_value=()):
        remove_credential(station.places, station.settings, "demo")
    assert not list(systemd.where.units.glob("*demo*"))


def test_a_district_is_not_erased_beside_a_service_that_gives_it(
    station: Station, systemd: RememberingSystemd
) -> None:
    with locked(station.district.serving, "http://127.0.0.1:8480"), pytest.raises(Busy, match="8480"):
        erase_district(station.as_district(), "the contract has ended")
    assert station.district.master.exists()


def test_any_free_port_is_none_to_install(station: Station, systemd: RememberingSystemd) -> None:
    unit, wanted = socket_of(station.as_district())
    with pytest.raises(WrongUse, match="a port of its own"):
        replace(unit, run=systemd).install(replace(wanted, port=0))
    assert not systemd.calls
