"""Root installs the machine's timers by what the service's account tells, checked, and once the service was tried."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from aeries_tui.errors import AeriesTuiError, ConfigurationError, MasterError, NotAllowedNow, Problem
from aeries_tui.operations import machine_import, service_facts, workable
from aeries_tui.operations.daily_import import advice, flags_for
from aeries_tui.operations.district import District
from aeries_tui.operations.machine_import import install, installed_districts, tried, tried_before
from aeries_tui.operations.service_facts import Facts, facts_of
from aeries_tui.operations.workable import problem_of, require_workable
from aeries_tui.processes import Finished
from aeries_tui.schedule import DailyImport, ScheduleError, Scheduler
from aeries_tui.schedule.cron import CronScheduler
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.unit_pair import Directories
from aeries_tui.secret import Secret
from aeries_tui.settings import (
    Alarms,
    Credential,
    FromSystemd,
    InEnvironment,
    InFile,
    Places,
    Pull,
    Settings,
    Source,
)
from aeries_tui.settings.credential import time_of_day
from aeries_tui.settings.fields import date_ranges
from aeries_tui.settings.machine import MACHINE, Account

SERVICE = Account("aeries-tui", 4711, 4711, "/var/lib/aeries-tui")


def district_in(root: Path, **credential: Any) -> District:
    places = Places(root / "etc", root / "var")
    made = Credential(
        "lincoln", "https://x.example", credential.pop("source", InFile(Secret("c" * 32))), **credential
    )
    district = District(places, Settings(), made, places.district("lincoln"))
    district.files.create()
    places.config_dir.mkdir()
    district.store.add(made)
    return district


@pytest.fixture
def district(tmp_path: Path) -> District:
    return district_in(tmp_path, daily_import=time_of_day("03:30"))


@pytest.fixture
def told(district: District) -> dict[str, Any]:
    found: dict[str, Any] = facts(district, None, ["a note"])
    return found


def facts(*about: Any) -> Any:
    """What the service's account tells, as root reads it."""
    return msgspec.to_builtins(facts_of(*about))


class Machine:
    """A machine whose service tells what it is given, and whose scheduler remembers."""

    def __init__(self, where: Directories, monkeypatch: pytest.MonkeyPatch) -> None:
        self.installed: list[DailyImport] = []
        self.tried: list[str] = []
        self.told: object = None
        self.service_says: object = None
        self.accounts: list[object] = []
        machine = self

        class Remembering(SystemdScheduler):
            def install(self, wanted: DailyImport) -> None:
                machine.installed.append(wanted)

            def try_out(self, service: str, district: str) -> str:
                machine.tried.append(service)
                return json.dumps(machine.service_says or machine.told)

            def notes(self, wanted: DailyImport) -> tuple[str, ...]:
                return ()

        self.scheduler: Scheduler = Remembering("system", where)
        monkeypatch.setattr(machine_import, "choose", lambda places, wanted: self.scheduler)
        monkeypatch.setattr(machine_import, "schedulers", lambda places: (self.scheduler,))
        monkeypatch.setattr(machine_import, "service_account", lambda: SERVICE)
        monkeypatch.setattr(service_facts.processes, "run", self.run)

    def run(self, argv: object, **others: object) -> Finished:
        self.accounts.append(others.get("account"))
        return Finished("exited", 0, json.dumps(self.told).encode())


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(Directories(tmp_path, tmp_path), monkeypatch)


def test_a_timer_is_installed_once_its_service_was_tried(machine: Machine, told: dict[str, Any]) -> None:
    machine.told = told
    status, _ = install(None, {"HTTPS_PROXY": "http://proxy.example:3128"})
    assert machine.accounts == [(4711, 4711)]
    (wanted,) = machine.installed
    assert (wanted.district, wanted.places, f"{wanted.begin:%H:%M}") == ("lincoln", MACHINE, "03:30")
    assert "User=aeries-tui" in machine.tried[0]
    assert "a note" in status.notes
    assert status.flags == " --system"
    assert any("HTTPS_PROXY=http://proxy.example:3128" in note for note in status.notes)


def test_a_service_that_could_not_work_gets_no_timer(
    machine: Machine, told: dict[str, Any], district: District
) -> None:
    machine.told = told
    machine.service_says = facts(district, MasterError("It can't write there.", remedy="Type: chown"), [])
    with pytest.raises(MasterError, match="can't write there"):
        install(None, {})
    assert machine.installed == []


def test_what_the_service_can_not_read_is_said_as_it_says_it(machine: Machine) -> None:
    problem = Problem("", "config.toml can't be read.", "", "See who may read it.")
    machine.told = {"problem": msgspec.to_builtins(problem), "error": "ConfigurationError"}
    with pytest.raises(ConfigurationError, match="toml can't be read"):
        install("lincoln", {})
    machine.told = "gibberish"
    with pytest.raises(ScheduleError, match="aeries-tui can't run aeries-tui"):
        install("lincoln", {})
    assert machine.installed == machine.tried == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("zone", "Nowhere/At all"), ("begin", "half past three"), ("systemd_secrets", ["../../etc/shadow"]),
     ("delay_minutes", "x"), ("writes", ["relative"])],
)  # fmt: skip
def test_root_takes_no_value_from_the_service_unseen(
    machine: Machine, told: dict[str, Any], field: str, value: object
) -> None:
    told["wanted"][field] = value
    machine.told = told
    with pytest.raises(AeriesTuiError):
        install(None, {})
    assert machine.installed == machine.tried == []


def test_the_days_on_which_a_run_does_nothing_are_told(
    machine: Machine, told: dict[str, Any], district: District
) -> None:
    every_day = date_ranges(["2020-01-01..2099-12-31"])
    resting = replace(district, settings=Settings(pull=Pull(blackout_dates=every_day)))
    machine.told = facts(resting, None, [])
    status, _ = install(None, {})
    assert all(run.blackout for run in status.next_runs)
    machine.told = told | {"blackout_dates": ["christmas"]}
    assert not any(run.blackout for run in install(None, {})[0].next_runs)


def test_a_daily_import_that_is_off_is_not_installed(machine: Machine, told: dict[str, Any]) -> None:
    machine.told = told | {"wanted": None}
    with pytest.raises(NotAllowedNow, match="The daily import of lincoln is off"):
        install(None, {})


def test_facts_hold_no_secret(told: dict[str, Any]) -> None:
    assert "cccc" not in json.dumps(told)
    assert msgspec.convert(told, Facts).wanted is not None


def test_the_installed_services_are_tried_and_what_came_of_it_is_handed_on(
    machine: Machine, tmp_path: Path, district: District
) -> None:
    (tmp_path / "aeries-tui-machine-lincoln.service").write_text(
        "# Made by aeries-tui for the district lincoln; made anew\n[Service]\n"
    )
    (tmp_path / "aeries-tui-machine-other.service").write_text("# by hand\n")
    assert list(installed_districts(tmp_path)) == ["lincoln"]
    machine.told = facts(district, MasterError("It can't write there."), [])
    found = tried(None)
    assert found["lincoln"] is not None
    assert found["lincoln"].message == "It can't write there."
    assert tried("oak") == {}
    env = {"AERIES_TUI_TRIED": json.dumps(msgspec.to_builtins(found))}
    assert tried_before("lincoln", env) == (True, found["lincoln"])
    assert tried_before("lincoln", {"AERIES_TUI_TRIED": '{"lincoln": null}'}) == (True, None)
    assert tried_before("lincoln", {}) == tried_before("lincoln", {"AERIES_TUI_TRIED": "x"}) == (False, None)


# Whether a run could work


def test_a_district_in_order_could_be_pulled_and_nothing_is_left_of_the_try(district: District) -> None:
    with district.writing():
        pass
    before = sorted(district.files.root.rglob("*"))
    require_workable(district)
    assert {path.name for path in set(district.files.root.rglob("*")) - set(before)} <= {"pull.lock"}


Break = Callable[[District], District]


def without_variable(district: District) -> District:
    return replace(district, credential=replace(district.credential, source=InEnvironment("NOT_SET_HERE")))


def without_credential(district: District) -> District:
    return replace(district, credential=replace(district.credential, source=FromSystemd("aeries")))


def with_hook(district: District) -> District:
    alarms = Alarms(webhook="https://x.org", webhook_secret=InEnvironment("NOT_SET_HERE"))
    return replace(district, settings=Settings(alarms=alarms))


def with_authority(district: District) -> District:
    return replace(district, settings=Settings(source=Source(ca_file="/not/there.pem")))


def with_file_for_folder(district: District) -> District:
    district.files.imports.rmdir()
    district.files.imports.touch()
    return district


def with_damage(district: District) -> District:
    district.files.master.write_text("no database " * 1000)
    return district


@pytest.mark.parametrize(
    "broken",
    [without_variable, without_credential, with_hook, with_authority, with_file_for_folder, with_damage],
)
def test_what_a_run_would_end_with_is_said_before(district: District, broken: Break) -> None:
    problem = problem_of(broken(district))
    assert problem is not None
    assert problem.message


def test_what_another_account_left_is_named_with_what_to_type(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    (district.files.imports / "7").mkdir()
    mine = os.geteuid()
    monkeypatch.setattr(workable.os, "geteuid", lambda: mine + 1)
    problem = problem_of(district)
    assert problem is not None
    assert "imports/7 belongs to another account" in problem.message
    assert "chown -R" in problem.remedy


def test_what_keeps_each_run_from_doing_anything_is_told(district: District) -> None:
    unmapped, unacknowledged = advice(district)
    assert "aeries-tui schools update" in unmapped
    assert "aeries-tui pull --acknowledge" in unacknowledged


def test_a_remedy_repeats_the_flags_that_it_needs(district: District) -> None:
    assert flags_for(district) == ""
    district.store.add(Credential("oak park", "https://y.example", InFile(Secret("d" * 32))))
    assert flags_for(district) == " --district lincoln"


def test_a_line_of_a_crontab_is_tried_too(
    machine: Machine, told: dict[str, Any], monkeypatch: pytest.MonkeyPatch, district: District
) -> None:
    looked: list[DailyImport] = []

    class Cron(CronScheduler):
        def districts(self) -> list[str]:
            return ["lincoln", "oak"]

        def try_out(self, wanted: DailyImport, account: tuple[int, int], home: str) -> str:
            looked.append(wanted)
            return json.dumps(facts(district, MasterError("It can't write there."), []))

    machine.scheduler = Cron()
    machine.told = told
    found = tried("lincoln")
    assert list(found) == ["lincoln"]
    assert found["lincoln"] is not None
    assert found["lincoln"].message == "It can't write there."
    assert [wanted.places for wanted in looked] == [MACHINE]
