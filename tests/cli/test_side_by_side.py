"""`--all --jobs`: every district in a process of its own; one that fails does not touch the rest."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import IO

import pytest

from aeries_tui.__main__ import main
from aeries_tui.cli import run
from aeries_tui.operations.district import District
from aeries_tui.operations.job_processes import Job, JobProcesses
from aeries_tui.operations.pull_roster import Skipped
from aeries_tui.operations.side_by_side import run_side_by_side, usual_jobs
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


def map_good_ones(several: Machine) -> None:
    """Map all schools of the two whose certificate is right."""
    for name in ("one", "three"):
        several("schools", "update", "--district", name)
        several("schools", "create-ali", "--from-aeries", "all", "--district", name)


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


def test_deliveries_of_all_are_sent_side_by_side_and_each_is_told(several: Machine) -> None:
    map_good_ones(several)
    for name in ("one", "three"):
        assert several("pull", "--acknowledge", "--district", name).status in {0, 4}
    receiver = several.root / "receiver"
    for name in ("one", "two", "three"):
        (receiver / name).mkdir(parents=True)
    declared = (
        f'[[deliveries]]\nname = "vendor"\nfeeds = ["staff"]\nto = "{receiver}/{{district}}"\nafter = []\n'
    )
    broken = '[[deliveries]]\nname = "bus"\ndistrict = "three"\nfeeds = ["staff"]\nto = "/nowhere/at/all"\n'
    (several.root / "config" / "config.toml").write_text(declared + broken)
    said = several("deliveries", "run", "--all", "--jobs", "2", "--json")
    by_name = {one["district"]: one for one in said.json["districts"]}
    assert {one["name"]: one["state"] for one in by_name["one"]["deliveries"]} == {"vendor": "ok"}
    assert {one["name"]: one["state"] for one in by_name["three"]["deliveries"]} == {
        "vendor": "ok",
        "bus": "failed",
    }
    assert "no District Master" in by_name["two"]["problem"]["message"]
    assert said.status == 5
    assert "one: vendor ok, " in said.err and "three: bus failed (" in said.err
    assert (receiver / "three" / "staff.csv").exists() and not list((receiver / "two").iterdir())
    in_turn = several("deliveries", "run", "bus", "--all", "--json")
    assert [(one["district"], one["state"]) for one in in_turn.json["districts"]] == [("three", "failed")]
    one_of_them = several("deliveries", "run", "vendor", "--all", "--only", "one", "--jobs", "auto", "--json")
    assert one_of_them.json["districts"][0]["newest"]["state"] == "unchanged"
    unknown = several("deliveries", "run", "vender", "--all", "--jobs", "2")
    assert (unknown.status, "No district has a delivery vender" in unknown.err) == (2, True)


@pytest.mark.parametrize("command", [("check",), ("schools", "update"), ("pull", "--acknowledge")])
def test_districts_on_one_server_ask_together_no_more_than_it_bears(
    several: Machine, command: Sequence[str]
) -> None:
    map_good_ones(several)
    (several.root / "config" / "config.toml").write_text("[source]\nhost_requests = 2\n")
    several.served.behave(latency_ms=20)
    several.served.forget_requests()
    said = several(*command, "--all", "--jobs", "3", "--json")
    assert len(said.json["districts"]) == 3
    assert several.served.requests()["at_once"] <= 2


def test_without_a_number_as_many_jobs_run_as_the_machine_bears(several: Machine) -> None:
    many = f"3 districts, {min(usual_jobs(), 3)} side by side."
    assert several("check", "--all", "--jobs", "--json").err.startswith(many)
    assert several("check", "--all", "--jobs", "auto").err.startswith(many)


def test_jobs_needs_all(several: Machine) -> None:
    assert several("pull", "--jobs", "2").status == 2
    assert several("deliveries", "run", "--jobs", "2").status == 2
    assert several("pull", "--all", "--jobs", "0").status == 2
    assert several("pull", "--all", "--jobs", "1000").status == 2
    assert "no number from 1 to 64" in several("pull", "--all", "--jobs", "0").err


def test_all_and_one_of_them_are_not_both_meant(several: Machine) -> None:
    for words in (
        ("pull", "--all"), ("pull", "--all", "--jobs", "2"), ("check", "--all"), ("deliveries", "run", "--all"),
        ("status", "--all"), ("schedule", "preview", "--all"), ("schedule", "remove", "--all"),
    ):  # fmt: skip
        said = several(*words, "--district", "one")
        assert (said.status, "--all means every district" in said.err) == (2, True), words
    assert several("--district", "one", "pull", "--all").status == 2


def test_at_the_end_all_are_counted_and_those_to_look_at_are_named(several: Machine) -> None:
    said = several("schools", "update", "--all", "--jobs", "3")
    assert said.err.splitlines()[0] == "3 districts, 3 side by side."
    assert said.err.splitlines()[-1] == "3 districts: 2 well, 1 failed (two)."
    assert "one: 0 of " in said.err and " schools mapped, " in said.err
    (told,) = [line for line in said.err.splitlines() if line.startswith("two: ")]
    assert told.startswith("two: failed, ")
    assert "Compare the certificate letter by letter" in told
    none = several("pull", "--all", "--jobs", "2", "--window", "0m")
    assert none.err.splitlines() == ["No district has a daily import that is on."]


def test_a_signal_ends_all_cleanly_and_the_others_do_not_begin(several: Machine) -> None:
    map_good_ones(several)
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


def test_a_defect_of_whoever_waits_leaves_no_district_at_work(
    several: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Job] = []
    start = JobProcesses.start

    def remembered(
        self: JobProcesses, name: str, words: Sequence[str], out: IO[bytes], err: IO[bytes]
    ) -> Job:
        started.append(start(self, name, words, out, err))
        return started[-1]

    def fails_at_the_second(text: str) -> None:
        if len(started) == 2:
            raise RuntimeError(text)

    monkeypatch.setattr(JobProcesses, "start", remembered)
    several.served.fault(kind="timeout", endpoint="*")
    with pytest.raises(RuntimeError, match="three begins"):
        run_side_by_side(["one", "three"], ["check"], 2, fails_at_the_second, run)
    assert [job.poll() is not None for job in started] == [True, True]


def test_only_those_that_are_named_are_worked_on(several: Machine) -> None:
    said = several("check", "--all", "--jobs", "2", "--only", "one", "--json")
    assert [one["district"] for one in said.json["districts"]] == ["one"]
    assert said.status == 0
    in_turn = several("check", "--all", "--only", "three", "--json")
    assert [one["district"] for one in in_turn.json["districts"]] == ["three"]
    assert "There is no district elm" in several("check", "--all", "--only", "elm").err
    assert several("pull", "--only", "one").status == 2


def test_in_a_window_those_with_a_daily_import_begin_at_their_moment(several: Machine) -> None:
    several("credentials", "change", "one", "--daily-import", "03:30", "--no-test")
    several("credentials", "change", "three", "--daily-import", "03:30", "--no-test")
    said = several("pull", "--all", "--jobs", "2", "--window", "0m", "--json")
    assert [one["district"] for one in said.json["districts"]] == ["one", "three"]
    assert "Each begins at its own moment" in said.err
    assert all("problem" in one for one in said.json["districts"])
    quiet = several("pull", "--all", "--jobs", "2", "--window", "0m", "--quiet", "--json")
    assert "begins" not in quiet.err
    assert quiet.err.count("one: ") == 1
    for words in (
        ["--window", "2h"],
        ["--all", "--window", "2h"],
        ["--all", "--jobs", "1", "--window", "2d"],
    ):
        assert several("pull", *words).status == 2


def test_who_waits_for_its_moment_does_not_begin_once_cancelled() -> None:
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    heard: list[str] = []
    timer.start()
    (done,) = run_side_by_side(["one"], ["check"], 1, heard.append, run, waits={"one": 3600})
    timer.join()
    assert done.status == 130
    assert (done.document["error"], done.document["problem"]["meaning"]) == (
        "Cancelled",
        "Nothing was changed.",
    )
    assert heard == ["Cancelled: those that run end cleanly, the others do not begin."]


def test_where_several_timers_are_missing_the_one_for_all_is_told(several: Machine) -> None:
    for_all = "aeries-tui schedule install --all"
    several("credentials", "change", "one", "--daily-import", "02:00")
    one_missing = several("schedule", "show", "--all")
    assert "aeries-tui schedule install --district one" in one_missing.out
    assert for_all not in one_missing.err
    several("credentials", "change", "three", "--daily-import", "02:00")
    assert for_all in several("schedule", "show", "--all").err
    assert for_all not in several("schedule", "show", "--district", "one").err


@pytest.mark.parametrize("options", [["--quiet"], ["--json"], []])
def test_what_a_pull_says_beside_its_import_is_told_of_its_district(
    several: Machine, options: Sequence[str]
) -> None:
    map_good_ones(several)
    (several.root / "config" / "config.toml").write_text(
        '[exports]\nafter_import = ["false"]\n[alarms]\ncommand = ["false"]\non = ["completed_with_error", "error"]\n'
    )
    alone = several("pull", "--district", "one", "--acknowledge", "--quiet").err.splitlines()
    assert len(alone) == 2
    beside = several(
        "pull", "--all", "--jobs", "2", "--acknowledge", "--only", "three", "--only", "two", *options
    )
    lines = beside.err.splitlines()
    assert [f"three: {sentence}" for sentence in alone] == [
        line for line in lines if line.startswith("three: ") and ("exports" in line or "alarm" in line)
    ]
    assert sum("map at least one school" in line for line in lines) == 1


@pytest.mark.parametrize(
    "command",
    [("pull",), ("check",), ("schools", "update"), ("deliveries", "run"), ("schedule", "show"), ("status",)],
)
@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_where_there_is_no_district_at_all_nothing_is_well(
    machine: Machine, command: Sequence[str], jobs: Sequence[str]
) -> None:
    if jobs and command[0] in {"schedule", "status"}:
        jobs = ()
    said = machine(*command, "--all", *jobs)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("There is no district yet.\nAdd one: aeries-tui credentials add")


def test_of_many_districts_not_all_are_named_where_none_was(machine: Machine) -> None:
    text = "".join(
        f'[districts.oak-{number:02}]\nurl = "{machine.served.url}"\ncertificate = "{"c" * 32}"\n'
        for number in range(60)
    )
    folder = machine.root / "config"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "credentials.toml").write_text(text)
    (folder / "credentials.toml").chmod(0o600)
    said = machine("status")
    assert said.status == 2
    assert said.err.endswith("oak-10, oak-11 and 48 more; or --all, where the command has it.\n")
    assert len(said.err) < 300


def test_who_cancels_between_two_districts_is_told_of_those_before(
    several: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled_at_the_second(district: District, *_: object) -> Skipped:
        if district.name == "three":
            raise KeyboardInterrupt
        return Skipped("Its daily import is off.")

    monkeypatch.setattr("aeries_tui.cli.pull.pull_roster", cancelled_at_the_second)
    said = several("pull", "--all", "--json")
    assert said.status == 130
    first, second = said.json["districts"]
    assert (first["district"], first["skipped"]) == ("one", "Its daily import is off.")
    assert second["district"] == "three"
    assert second["problem"]["message"] == "It was cancelled before it began."


def test_who_cancels_before_any_command_is_there_sees_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def cancelled(words: Sequence[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("aeries_tui.cli.run", cancelled)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 130


def test_a_quiet_pull_names_only_the_districts_of_which_it_says_something(several: Machine) -> None:
    map_good_ones(several)
    said = several("pull", "--all", "--quiet", "--acknowledge").err.splitlines()
    assert said[0] == "== two"
    assert not any(line.startswith("== ") for line in said[1:])
    beside = several("pull", "--all", "--jobs", "2", "--only", "one", "--only", "two").err
    assert re.search(r"^one: Completed with ERROR, \d+ students, \d+ s \([12] of 2\)$", beside, re.MULTILINE)
