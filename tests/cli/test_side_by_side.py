"""`--all --jobs`: every district in a process of its own; one that fails does not touch the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from cli.conftest import Machine


@pytest.fixture
def several(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Three districts on one server, of which the second has a wrong certificate."""
    for name in ("one", "three"):
        machine(
            "credentials",
            "add",
            name,
            "--url",
            machine.served.url,
            "--certificate-stdin",
            typed=f"{machine.served.certificate}\n",
        )
    machine(
        "credentials",
        "add",
        "two",
        "--url",
        machine.served.url,
        "--certificate-stdin",
        typed="Wr0ngCertificateWr0ngCertificate\n",
    )
    return machine


def test_districts_are_pulled_side_by_side_and_each_is_told(several: Machine) -> None:
    updated = several("schools", "update", "--all", "--jobs", "3", "--json")
    assert updated.status == 5
    for name in ("one", "three"):
        several("schools", "create-ali", "--from-aeries", "all", "--district", name)
    said = several("pull", "--all", "--jobs", "auto", "--acknowledge", "--json")
    by_name = {one["district"]: one for one in said.json["districts"]}
    assert set(by_name) == {"one", "two", "three"}
    assert by_name["one"]["counts"] == by_name["three"]["counts"]
    assert by_name["one"]["import"] == 1
    assert by_name["two"]["problem"]["message"]
    assert said.status in {2, 5}
    assert sum(line.startswith(("one: ", "two: ", "three: ")) for line in said.err.splitlines()) == 3
    checked = several("check", "--all", "--jobs", "2", "--json")
    assert [one["district"] for one in checked.json["districts"]] == ["one", "three", "two"]


def test_jobs_needs_all(several: Machine) -> None:
    assert several("pull", "--jobs", "2").status == 2
    assert several("pull", "--all", "--jobs", "0").status == 2
    assert several("pull", "--all", "--jobs", "1000").status == 2


def test_a_signal_ends_all_cleanly_and_the_others_do_not_begin(several: Machine) -> None:
    for name in ("one", "three"):
        several("schools", "update", "--district", name)
        several("schools", "create-ali", "--from-aeries", "all", "--district", name)
    several.served.fault(kind="timeout", endpoint="*")
    with subprocess.Popen(
        [sys.executable, "-m", "aeries_tui", "pull", "--all", "--jobs", "1", "--acknowledge", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(os.environ), text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        until = time.monotonic() + 60
        while "begins" not in process.stderr.readline():
            assert time.monotonic() < until
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "It did not begin" in out


def test_the_machine_says_how_many_it_bears() -> None:
    from aeries_tui.operations.side_by_side import usual_jobs

    assert 1 <= usual_jobs() <= 16
