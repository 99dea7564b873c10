"""One timer for all districts takes the place of one each; there are never both."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aeries_tui.errors import MasterError, NotAllowedNow
from aeries_tui.operations import daily_import, machine_import, one_timer, service_facts, timers
from aeries_tui.operations.credentials import remove_credential
from aeries_tui.operations.district import District
from aeries_tui.operations.doctor import examine
from aeries_tui.operations.one_timer import install_all, preview_all, remove_all
from aeries_tui.operations.service_facts import AllFacts, facts_of
from aeries_tui.operations.timers import Timers, next_import
from aeries_tui.processes import Finished
from aeries_tui.schedule import ALL
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import Directories
from aeries_tui.secret import Secret
from aeries_tui.settings import Credential, CredentialStore, InFile, Places, Pull, Settings, private_dir
from aeries_tui.settings.fields import date_ranges
from aeries_tui.settings.machine import Account
from schedule.conftest import RememberingSystemd

NOW = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SystemdScheduler:
    where = Directories(tmp_path / "units", tmp_path / "stamps")
    found = SystemdScheduler("user", where, RememberingSystemd(where))
    for module in (daily_import, one_timer, timers):
        monkeypatch.setattr(module, "schedulers", lambda places: (found,))
    monkeypatch.setattr("aeries_tui.operations.credentials.schedulers", lambda places: (found,))
    for module in (daily_import, one_timer):
        monkeypatch.setattr(module, "choose", lambda places, wanted: found)
    return found


@pytest.fixture
def districts(tmp_path: Path) -> dict[str, District]:
    """Three districts; the daily import of the last is off."""
    places = Places(private_dir(tmp_path / "etc"), private_dir(tmp_path / "var"))
    store = CredentialStore(places.credentials_file)
    for name, begin in (("oak", dt.time(3, 30)), ("elm", dt.time(2, 0)), ("off", None)):
        store.add(Credential(name, "https://x.example", InFile(Secret("c" * 32)), begin))
    return {one.name: District(places, Settings(), one, places.district(one.name)) for one in store.all()}


def test_it_takes_the_place_of_the_timers_of_single_districts(
    scheduler: SystemdScheduler, districts: dict[str, District]
) -> None:
    oak = districts["oak"]
    daily_import.install(oak)
    planned = preview_all(oak.places, oak.settings)
    assert any("pull --all --jobs auto --window 120m" in one.text for one in planned)
    _, notes = install_all(oak.places, oak.settings)
    assert any("takes the place of the timers of oak" in note for note in notes)
    assert any("starts 2 districts" in note for note in notes)
    assert scheduler.installed({"oak", "elm", ALL}) == {ALL}
    for begin in (daily_import.install, daily_import.preview):
        with pytest.raises(NotAllowedNow, match="would be pulled twice") as caught:
            begin(oak)
        assert "schedule remove --all" in caught.value.remedy
    assert remove_all(oak.places) == [scheduler.mechanism]
    assert remove_all(oak.places) == []
    daily_import.install(oak)


def test_each_district_is_shown_with_its_own_moment(
    scheduler: SystemdScheduler, districts: dict[str, District]
) -> None:
    oak = districts["oak"]
    install_all(oak.places, oak.settings)
    status = daily_import.daily_import_status(oak, NOW)
    assert status.agreement == "agrees"
    assert "one for all districts: this one begins at" in status.mechanism
    first = status.next_runs[0].at
    assert dt.time(3, 30) <= first.time() < dt.time(5, 30)
    assert next_import(oak.credential, oak.settings, NOW, timers.timers(oak.places, ["oak"])) == first
    assert daily_import.agreement(districts["off"]) == "off"
    assert {one.what: one.state for one in examine(oak, online=False)}["daily import"] == "good"
    # Another begin of the first, and the timer is not what the settings say.
    CredentialStore(oak.places.credentials_file).remove("elm")
    late = daily_import.daily_import_status(oak, NOW)
    assert late.agreement == "differs"
    assert "schedule install --all" in late.sentence


def test_both_at_once_are_told(scheduler: SystemdScheduler, districts: dict[str, District]) -> None:
    oak = districts["oak"]
    daily_import.install(oak)
    found = daily_import._wanted(oak)
    assert found is not None
    install_all(oak.places, oak.settings)
    scheduler.install(found)
    status = daily_import.daily_import_status(oak, NOW)
    assert status.agreement == "twice"
    assert status.sentence.endswith("aeries-tui schedule remove --district oak")
    assert {one.what: one.state for one in examine(oak, online=False)}["daily import"] == "bad"


def test_with_the_last_district_the_timer_goes(
    scheduler: SystemdScheduler, districts: dict[str, District]
) -> None:
    places, settings = districts["oak"].places, Settings()
    install_all(places, settings)
    for name in ("oak", "elm"):
        remove_credential(places, settings, name)
        assert ALL in scheduler.installed({ALL})
    with pytest.raises(NotAllowedNow, match="every district is off"):
        install_all(places, settings)
    remove_credential(places, settings, "off")
    assert scheduler.installed({ALL}) == frozenset()


def test_the_next_run_leaves_days_of_rest_out_and_is_none_without_a_timer(
    districts: dict[str, District],
) -> None:
    oak = districts["oak"].credential
    assert next_import(oak, Settings(), NOW, Timers()) is None
    assert next_import(districts["off"].credential, Settings(), NOW, Timers()) is None
    mine = Timers(districts=frozenset({"oak"}))
    usual = next_import(oak, Settings(), NOW, mine)
    assert usual is not None
    rest = Settings(pull=Pull(blackout_dates=date_ranges([str(usual.date())])))
    later = next_import(oak, rest, NOW, mine)
    assert later is not None
    assert later.date() == usual.date() + dt.timedelta(days=1)


class Machine:
    """A machine whose service tells what it is given."""

    def __init__(self, where: Directories, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: dict[str, Any] = {}
        self.tried: list[str] = []
        machine = self

        class Remembering(SystemdScheduler):
            def try_out(self, service: str, district: str) -> str:
                machine.tried.append(f"{district}: {service}")
                return json.dumps(machine.told)

        self.scheduler = Remembering("system", where, RememberingSystemd(where), account_exists=lambda: True)
        service = Account("aeries-tui", 4711, 4711, "/var/lib/aeries-tui")
        monkeypatch.setattr(machine_import, "service_account", lambda: service)
        monkeypatch.setattr(machine_import, "choose", lambda places, wanted: self.scheduler)
        for module in (machine_import, timers):
            monkeypatch.setattr(module, "schedulers", lambda places: (self.scheduler,))
        monkeypatch.setattr(
            service_facts.processes,
            "run",
            lambda *argv, **options: Finished("exited", 0, json.dumps(self.told).encode()),
        )


def test_the_machines_is_installed_once_it_was_tried_and_names_who_could_not_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, districts: dict[str, District]
) -> None:
    machine = Machine(Directories(tmp_path / "units", tmp_path / "stamps"), monkeypatch)
    broken = facts_of(districts["elm"], MasterError("It can't write there."), [])
    machine.told = msgspec.to_builtins(AllFacts([facts_of(districts["oak"], None, []), broken], 5000))
    _, notes = machine_import.install_all({})
    assert "elm could not work now: It can't write there." in notes
    assert machine.tried[0].startswith(f"{ALL}: ")
    assert "User=aeries-tui" in machine.tried[0]
    assert "--window 720m" in machine.tried[0]
    assert machine.scheduler.installed({ALL}) == {ALL}
    found = machine_import.tried(None)
    assert found["oak"] is None
    assert found["elm"] is not None
    with pytest.raises(NotAllowedNow, match="would be pulled twice"):
        timers.refuse_beside(districts["oak"].places, "oak")
    assert machine_import.remove_all() == [machine.scheduler.mechanism]
    machine.told = msgspec.to_builtins(AllFacts([broken], 120))
    with pytest.raises(MasterError, match="can't write there"):
        machine_import.install_all({})
    assert machine.scheduler.installed({ALL}) == frozenset()
