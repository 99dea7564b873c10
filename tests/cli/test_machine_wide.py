"""The commands about a machine's districts say what they would do, refuse what is not theirs to do, and repeat their flags."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aeries_tui.alarms.status_file import StatusFile, write_status
from aeries_tui.cli import schedule, status
from aeries_tui.operations import machine_import, machine_status
from aeries_tui.outcome import Outcome
from aeries_tui.settings import Places
from cli.conftest import Machine


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)


def test_a_setup_is_shown_before_anybody_is_asked(machine: Machine, root: None) -> None:
    said = machine("setup", "--system", "--plan", "--json")
    assert said.status == 0
    assert said.json["done"] is False
    assert any("make the account aeries-tui" in step for step in said.json["steps"])
    asked = machine("setup", "--system")
    assert asked.status == 2
    assert "make the account aeries-tui" in asked.out
    assert "Add --yes to have it done." in asked.err
    assert machine("setup", "--system", "--undo").status == 2, "nothing was set up"


def test_only_root_sets_a_machine_up(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    said = machine("setup", "--system", "--yes")
    assert said.status == 2
    assert "Only root can set up a machine." in said.err


@pytest.mark.parametrize("words", [("preview",), ("install",), ("remove",)])
def test_a_users_own_districts_get_no_timer_of_the_machine(machine: Machine, words: tuple[str, ...]) -> None:
    machine.add()
    said = machine("schedule", *words, "--system")
    assert said.status == 2
    assert "aeries-tui setup --system --move-districts" in said.err


@pytest.mark.parametrize("what", ["install", "remove"])
def test_the_machines_timer_is_asked_for_by_name_and_is_roots(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    places = Places(machine.root / "config", machine.root / "data")
    for module in (schedule, machine_import):
        monkeypatch.setattr(module, "MACHINE", places)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert f"Type: aeries-tui schedule {what} --system" in machine("schedule", what).err
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert f"Type: sudo aeries-tui schedule {what} --system" in machine("schedule", what).err
    said = machine("schedule", what, "--system")
    assert said.status == 2
    assert "Type it with sudo in front." in said.err


def test_whether_a_run_could_work_is_told(machine: Machine) -> None:
    machine.add()
    assert "could work as" in machine("schedule", "test").out
    machine("credentials", "change", "demo", "--daily-import", "03:30")
    (machine.root / "data" / "demo" / "imports").mkdir(parents=True)
    (machine.root / "data" / "demo" / "pulls").touch()
    said = machine("schedule", "test", "--json")
    assert said.status == 5
    assert said.json["wanted"]["begin"] == "03:30"
    assert "pulls" in said.json["problem"]["message"]


def test_a_quiet_pull_says_only_what_no_import_tells(machine: Machine) -> None:
    machine.map_all()
    said = machine("pull", "--acknowledge", "--quiet")
    assert (said.status, said.out, said.err) == (4, "", "")
    (machine.root / "config" / "config.toml").write_text("nonsense")
    said = machine("pull", "--quiet")
    assert said.status == 2
    assert "config.toml" in said.err


def test_a_monitor_without_a_district_reads_what_the_machines_tell(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (status, machine_status):
        monkeypatch.setattr(module, "STATUS_DIR", tmp_path)
    good = "2026-11-01T03:30:00Z"
    told = StatusFile("oak", good, 7, Outcome.HELD, good, Outcome.COMPLETED, good, 26.0, {"student": 3}, {})
    write_status(tmp_path, told, mode=0o644)
    said = machine("status", "--json")
    assert said.status == 3
    assert json.loads(said.out)["district"] == "oak"
    assert "There is no district of your own" in said.err
    every = machine("status", "--all")
    assert every.status == 3
    assert "oak: A plan waits for a person" in every.out


@pytest.mark.parametrize("words", [("paths",), ("credentials", "list")])
def test_who_has_no_district_is_told_of_the_machines(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    for module in ("maintenance", "credentials"):
        monkeypatch.setattr(
            f"aeries_tui.cli.{module}.hint_of_machine", lambda places: "This machine has some."
        )
    assert "This machine has some." in machine(*words).err
    machine.add()
    assert "This machine has some." not in machine(*words).err


def test_a_certificate_from_systemd_needs_no_test(machine: Machine) -> None:
    machine.add()
    said = machine("credentials", "change", "demo", "--certificate-systemd", "aeries")
    assert said.status == 0
    assert "systemd gives the certificate to the service alone" in said.err
    findings = {one["what"]: one["state"] for one in machine("doctor", "--json").json["findings"]}
    assert findings["server"] == "notice"
