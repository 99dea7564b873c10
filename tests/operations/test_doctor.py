"""The doctor tells what is wrong around a district, and from when on."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections import namedtuple
from unittest.mock import patch

import httpx
import pytest

from aeries_tui.operations import doctor
from aeries_tui.operations.doctor import LEAST_FREE_BYTES, Finding, examine
from aeries_tui.operations.machine_import import TRIED_VARIABLE
from aeries_tui.operations.service_findings import ONLY_ROOT_TRIES
from engine import PaperAeries, Station
from engine.paper import as_json

Usage = namedtuple("Usage", "total used free")
NOW = dt.datetime(2026, 10, 5, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
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
    found = all_of(pulled)
    assert {one.state for one in found} == {"bad"}
    assert f"Type: chmod 600 {pulled.district.master}" in [one.remedy for one in found]


def all_of(station: Station, what: str = "permissions") -> list[Finding]:
    with station.answering(), patch.object(doctor, "agreement", return_value="agrees"):
        return [one for one in examine(station.as_district(), online=False) if one.what == what]


OPENED = {
    "config.toml": lambda station: station.places.config_file,
    "the configuration": lambda station: station.places.config_dir,
    "credentials": lambda station: station.places.credentials_file,
    "the data": lambda station: station.places.data_dir,
    "the district": lambda station: station.district.root,
    "an archive": lambda station: station.district.archives / "2026.sqlite3",
    "a file": lambda station: station.district.imports / "1" / "student.csv",
    "a log": lambda station: station.district.pulls / "1" / "log.sqlite3",
    "what was saved": lambda station: station.places.data_dir / "saved",
    "a saved list": lambda station: station.places.data_dir / "saved" / "people.csv",
}


@pytest.mark.parametrize("what", OPENED)
def test_whatever_others_can_change_is_named_with_what_to_type(pulled: Station, what: str) -> None:
    saved = pulled.places.data_dir / "saved"
    saved.mkdir(mode=0o700)
    for path in (saved / "people.csv", pulled.district.archives / "2026.sqlite3", pulled.places.config_file):
        path.touch(mode=0o600)
    assert [one.state for one in all_of(pulled)] == ["good"]
    path = OPENED[what](pulled)
    path.chmod(0o777 if path.is_dir() else 0o666)
    found = all_of(pulled)
    assert {one.state for one in found} == {"bad"}
    assert any(str(path) in one.message and one.remedy.endswith(str(path)) for one in found)


def test_many_open_files_are_counted(pulled: Station) -> None:
    for number in range(9):
        (pulled.district.imports / f"{number}.csv").touch()
        (pulled.district.imports / f"{number}.csv").chmod(0o644)
    *named, more = all_of(pulled)
    assert len(named) == 5
    assert "4 further files" in more.message
    assert more.remedy == f"Type: chmod -R go= {pulled.places.data_dir}"


def test_a_webhook_in_a_file_that_others_can_read_is_warned_about(pulled: Station) -> None:
    pulled.places.config_file.touch()
    pulled.places.config_file.chmod(0o644)
    assert [one.state for one in all_of(pulled)] == ["good"]
    pulled.set("alarms", webhook="https://hooks.example/T/secret")
    warned, _ = all_of(pulled)
    assert (warned.state, warned.remedy) == ("notice", f"Type: chmod 600 {pulled.places.config_file}")
    assert "secret" not in warned.message


def test_a_command_that_others_could_change_is_named(pulled: Station) -> None:
    program = pulled.places.config_dir / "send"
    program.touch(mode=0o755)
    pulled.set("exports", after_import=(str(program),))
    assert [one.state for one in all_of(pulled)] == ["good"]
    program.chmod(0o757)
    (found,) = all_of(pulled)
    assert (found.state, found.remedy) == ("bad", f"Type: chmod go-w {program}")
    assert found.message.startswith("exports.after_import is not started")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_belongs_to_somebody_else_and_links_that_they_laid_are_named(pulled: Station) -> None:
    master, link = pulled.district.master, pulled.district.imports / "link"
    os.chown(master, 12345, -1)
    link.symlink_to("/etc")
    os.chown(link, 12345, -1, follow_symlinks=False)
    metrics = pulled.places.data_dir.parent / "metrics"
    metrics.mkdir(mode=0o700)
    pulled.set("alarms", prometheus_directory=str(metrics))
    (metrics / "aeries_tui_demo.prom").symlink_to(master)
    os.chown(metrics / "aeries_tui_demo.prom", 12345, -1, follow_symlinks=False)
    told = {one.message: one.remedy for one in all_of(pulled)}
    assert told[f"{master} belongs to 12345, not to root."] == f"Type: sudo chown root {master}"
    assert told[f"{link} is a link that 12345 laid."] == f"Type: rm {link}"
    assert any("on the way to the metrics" in message for message in told)


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
        ("2026-10-05T08:05:00.0000000-07:00", "good", "differ by 5 minutes"),
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


def test_that_no_service_was_tried_is_said_only_where_root_did_not_look(
    pulled: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "MACHINE", pulled.places)
    assert findings(pulled)["service"].remedy == ONLY_ROOT_TRIES
    monkeypatch.setenv(TRIED_VARIABLE, "{}")
    assert "service" not in findings(pulled)


def test_what_stands_in_the_place_of_a_folder_is_named(pulled: Station) -> None:
    shutil.rmtree(pulled.district.pulls)
    pulled.district.pulls.symlink_to("/nonexistent/there")
    (bad,) = (one for one in all_of(pulled) if one.state == "bad")
    assert f"{pulled.district.pulls} can't be used: the link" in bad.message
    assert "which is not there" in bad.message
