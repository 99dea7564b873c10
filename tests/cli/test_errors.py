"""Errors for people: what happened, what it means, what to do; the right status, nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from aeries_tui.pull.stages.check import students
from cli.conftest import Machine


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "html_200", "endpoint": "schools"}, "SRC-GATEWAY"),
        ({"kind": "html_200", "endpoint": "*"}, "SRC-LOGIN-PAGE"),
        ({"kind": "status", "endpoint": "schools", "args": {"status": 501}}, "SRC-SERVER"),
        ({"kind": "ntlm", "endpoint": "*"}, "SRC-WINDOWS-AUTH"),
        ({"kind": "redirect_other_host", "endpoint": "schools"}, "SRC-GATEWAY"),
        ({"kind": "redirect_other_host", "endpoint": "*"}, "SRC-URL"),
    ],
)
def test_each_failure_of_the_source_has_its_own_code(
    machine: Machine, fault: dict[str, object], code: str
) -> None:
    machine.map_all()
    before = machine("pull", "--acknowledge", "--json").json["counts"]
    machine.served.fault(**fault)  # type: ignore[arg-type]
    said = machine("pull", "--json")
    assert said.status == 5
    assert said.json["outcome"] == "error"
    assert said.json["problem"]["code"] == code
    assert "Nothing was changed" in said.json["problem"]["meaning"]
    machine.served.heal()
    after = machine("pull", "--json").json["counts"]
    assert {k: c["active"] for k, c in after.items()} == {k: c["active"] for k, c in before.items()}


def test_a_wrong_path_and_a_server_that_is_down_are_told_apart(machine: Machine) -> None:
    machine.map_all()
    host = machine.served.url.rsplit("/", 1)[0]
    machine("credentials", "change", "demo", "--url", f"{host}/nothing-here", "--no-test")
    wrong = machine("pull", "--acknowledge", "--json")
    assert (wrong.status, wrong.json["problem"]["code"]) == (5, "SRC-URL")
    machine("credentials", "change", "demo", "--url", "http://127.0.0.1:9", "--no-test")
    down = machine("pull", "--json")
    assert (down.status, down.json["problem"]["code"]) == (5, "SRC-SERVER")


def test_a_new_certificate_is_tested_before_it_replaces_the_old(machine: Machine) -> None:
    machine.add()
    said = machine(
        "credentials", "change", "demo", "--certificate-stdin", typed="Wr0ngCertificateWr0ngCertificate\n"
    )
    assert said.status == 5
    assert machine("check").status == 0


def test_a_missing_permission_leaves_its_lists_stale_and_everybody_in(machine: Machine) -> None:
    machine.map_all()
    before = machine("pull", "--acknowledge", "--json").json["counts"]
    machine.served.grant("Class Schedules/History", "401")
    said = machine("pull", "--json")
    assert said.status == 4
    states = {s["state"] for s in said.json["scopes"] if s["endpoint"] == "classes"}
    assert states == {"denied"}
    assert said.json["descriptions"]["SRC-PERMISSION"] >= 1
    assert {k: c["active"] for k, c in said.json["counts"].items()} == {
        k: c["active"] for k, c in before.items()
    }


def test_a_wrong_key_in_the_settings_is_named_with_the_nearest_one(machine: Machine) -> None:
    machine.add()
    (machine.root / "config" / "config.toml").write_text("[pull]\nstaf = 'school'\n", encoding="utf-8")
    said = machine("check")
    assert said.status == 2
    assert "staf" in said.err
    assert "staff" in said.err


def test_credentials_that_others_can_read_are_refused_with_the_command_to_type(machine: Machine) -> None:
    machine.add()
    path = machine.root / "config" / "credentials.toml"
    path.chmod(0o644)
    said = machine("check")
    assert said.status == 2
    assert f"chmod 600 {path}" in said.err.replace("'", "")


def test_an_error_with_json_is_one_document(machine: Machine) -> None:
    said = machine("results", "--json")
    assert said.status == 2
    assert set(said.json["problem"]) == {"code", "message", "meaning", "remedy"}


def test_no_traceback_reaches_a_user(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: object) -> int:
        raise ZeroDivisionError("Abbott, Allan")

    monkeypatch.setattr("aeries_tui.cli.maintenance.paths", broken)
    said = machine("paths")
    assert said.status == 1
    assert "Traceback" not in said.err
    assert "Abbott" not in said.err
    reports = list((machine.root / "data" / "defects").glob("*.txt"))
    assert len(reports) == 1
    assert "Abbott" not in reports[0].read_text("utf-8")


def test_a_machine_without_memory_is_no_defect(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(_options: object) -> int:
        raise MemoryError

    monkeypatch.setattr("aeries_tui.cli.maintenance.paths", short)
    said = machine("paths", "--json")
    assert (said.status, said.json["error"]) == (5, "MasterError")
    assert "there is not enough memory" in said.json["problem"]["message"]
    assert "whole steps" in said.json["problem"]["meaning"]


def test_a_misspelt_column_in_a_pull_is_a_defect_and_no_matter_of_the_disk(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.map_all()
    right = students._CLEAN
    assert "r.gender" in right
    monkeypatch.setattr(students, "_CLEAN", right.replace("r.gender", "r.gendr"))
    said = machine("pull", "--acknowledge")
    assert said.status == 1
    assert "A defect of aeries-tui ended this command: OperationalError" in said.err
    assert "doctor" not in said.err
    assert "Traceback" not in said.err
    (report,) = (machine.root / "data" / "defects").glob("*.txt")
    assert "students.py" in report.read_text("utf-8")
    assert machine("results", "--json").json["outcome"] == "error"
    monkeypatch.setattr(students, "_CLEAN", right)
    assert machine("pull", "--acknowledge").status in {0, 4}


@pytest.mark.parametrize("words", [["--help"], ["results", "--json"], ["pull", "--help"]])
def test_commands_do_not_import_textual(words: list[str]) -> None:
    code = (
        "import sys, json\nfrom aeries_tui.cli import run\n"
        "try:\n    run(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(json.dumps([m for m in sys.modules if m in ('textual', 'rich', 'httpx')]))"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert json.loads(done.stderr.splitlines()[-1][done.stderr.splitlines()[-1].index("[") :]) == []


def test_without_a_terminal_the_ui_points_to_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aeries_tui"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 2
    assert "--help" in done.stderr
    assert done.stdout == ""


def test_the_headless_demo_goes_through_the_whole_journey() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aeries_tui", "demo", "--headless", "--students", "60"],
        capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "unchanged" in done.stdout


def test_every_help_topic_and_completion_is_there(machine: Machine) -> None:
    for name in ("server", "timers", "terminals", "moving", "privacy", "sql"):
        assert machine("help", name).out.startswith("# ")
    assert machine("help", "nothing").status == 2
    for shell in ("bash", "zsh", "fish"):
        assert "aeries-tui" in machine("completion", shell).out
