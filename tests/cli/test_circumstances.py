"""Commands where something around them is not as usual: other districts, no streams, odd locales, a wrong environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from aeries_tui.cli import pull as pull_commands
from aeries_tui.errors import MasterError
from aeries_tui.master.database import connect
from aeries_tui.master.imports import imports
from aeries_tui.operations.district import District
from aeries_tui.pull.lock import locked
from aeries_tui.pull.log import open_log
from aeries_tui.secret import Secret
from aeries_tui.settings import CredentialStore, private_dir
from cli.conftest import Machine
from engine import PaperAeries, Station, class_row, student

Pulled = tuple[int, dict[str, Any]]


@pytest.fixture
def districts(machine: Machine) -> Machine:
    """A machine with two districts, east and west."""
    for name in ("east", "west"):
        machine("credentials", "add", name, "--url", machine.served.url, "--certificate-env", "NONE_HERE")
    return machine


def ends_with(*statuses: int, begun: list[str]) -> Callable[[object, District], Pulled]:
    left = list(statuses)

    def one(options: object, district: District) -> Pulled:
        begun.append(district.name)
        return left.pop(0), {}

    return one


def test_who_cancels_a_pull_of_all_cancels_all(districts: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    monkeypatch.setattr(pull_commands, "_pull_one", ends_with(130, 0, begun=begun))
    assert districts("pull", "--all").status == 130
    assert begun == ["east"]


@pytest.mark.parametrize(
    ("statuses", "gravest"), [((2, 4), 2), ((5, 75), 5), ((3, 4), 3), ((0, 4), 4), ((0, 0), 0)]
)
def test_a_failed_district_is_not_hidden_by_a_better_one(
    districts: Machine, monkeypatch: pytest.MonkeyPatch, statuses: tuple[int, int], gravest: int
) -> None:
    monkeypatch.setattr(pull_commands, "_pull_one", ends_with(*statuses, begun=[]))
    assert districts("pull", "--all").status == gravest


def test_a_check_of_all_districts_leaves_none_out(districts: Machine) -> None:
    documents = districts("check", "--all", "--json").json["districts"]
    assert [(one["district"], one["error"]) for one in documents] == [
        ("east", "ConfigurationError"),
        ("west", "ConfigurationError"),
    ]


def test_the_district_may_stand_before_the_command(machine: Machine) -> None:
    machine.add()
    said = machine("--district", "oakland", "results")
    assert said.status == 2
    assert "oakland" in said.err


def alarm_file(machine: Machine, tmp_path: Path) -> Path:
    """Where the alarms of this machine are written to."""
    alarm = tmp_path / "alarm"
    (machine.root / "config" / "config.toml").write_text(
        f'[alarms]\ncommand = ["sh", "-c", "cat > {alarm}"]\n', encoding="utf-8"
    )
    return alarm


def test_an_unattended_pull_that_can_not_begin_is_an_import_and_an_alarm(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    machine("credentials", "change", "demo", "--certificate-command", "false", "--no-test")
    assert machine("pull").status == 2
    monkeypatch.setenv("AERIES_TUI_TRIGGER", "timer")
    alarm = alarm_file(machine, tmp_path)
    assert machine("pull").status == 5
    assert json.loads(alarm.read_text())["events"] == ["error"]
    assert machine("status").status == 5
    assert machine("results", "--json").json["problem"]["message"]


def test_an_unattended_pull_that_ends_by_a_defect_raises_the_alarm(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> None:
        raise ZeroDivisionError

    machine.map_all()
    monkeypatch.setenv("AERIES_TUI_TRIGGER", "timer")
    monkeypatch.setattr("aeries_tui.pull.run.fetch_all", fall)
    alarm = alarm_file(machine, tmp_path)
    assert machine("pull", "--acknowledge").status == 1
    assert json.loads(alarm.read_text())["events"] == ["error"]


def test_an_alarm_after_an_approval_does_not_say_that_nothing_was_changed(
    machine: Machine, tmp_path: Path
) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    assert machine("undo", "1").status == 3
    alarm = alarm_file(machine, tmp_path)
    assert machine("approve", "2", "--reason", "wanted").status == 0
    assert not alarm.exists(), "an undo is no pull: it recovers from nothing"


def test_a_good_pull_after_a_failed_one_is_told_as_recovered(machine: Machine, tmp_path: Path) -> None:
    station = Station(machine.root)
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    alarm = alarm_file(machine, tmp_path)
    with station.answering():
        station.aeries.faults["schools"] = httpx.Response(401, json={"Message": "No."})
        assert machine("pull", "--acknowledge").status == 5
        assert json.loads(alarm.read_text())["events"] == ["error"]
        station.aeries.faults.clear()
        assert machine("pull").status == 0
        told = json.loads(alarm.read_text())
        assert (told["events"], told["previous_outcome"]) == (["recovered"], "error")
        alarm.unlink()
        assert machine("pull").status == 0
        assert not alarm.exists(), "it recovers once"


def test_the_log_is_followed_as_long_as_the_pull_runs(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = Station(machine.root)
    station.map()
    with station.master() as db:
        number = imports.begin(db, kind="pull", trigger="timer")
    path = private_dir(station.district.pulls / str(number)) / "log.sqlite3"
    with open_log(path, Secret("x" * 32), lambda line: None) as log, ExitStack() as working:
        log.write("info", "first")
        log.flush()
        assert machine("log", str(number), "--follow").out.count("\n") == 1, "nobody works on it any more"
        working.enter_context(locked(station.district.lock, "pull"))
        more = iter(["second", "third"])

        def waits() -> None:
            message = next(more, None)
            if message is None:
                working.close()
            else:
                log.write("info", message)
                log.flush()

        monkeypatch.setattr("aeries_tui.cli.log._flush_and_wait", waits)
        followed = machine("log", str(number), "--follow")
    assert [line.split()[-1] for line in followed.out.splitlines()] == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ((7,), "1 record. "), ((7, 7), "2 records. "), ((7, 7, 8), "3 records at 2 schools. "),
    ],
)  # fmt: skip
def test_troubles_say_at_how_many_schools_where_there_are_several(
    machine: Machine, rows: tuple[int, ...], says: str
) -> None:
    station = Station(machine.root)
    station.aeries = PaperAeries.usual()
    for place, code in enumerate(rows):
        station.aeries.lists[f"{code}/students"].append(student(code, 400 + place, FirstName="", LastName=""))
    station.aeries.lists["7/classes"].append(class_row(7, 1, 400))
    station.begin(7, 8, 9)
    out = machine("troubleshooting").out
    assert f"E REC-REQUIRED: {says}" in out
    assert "    1 further record only follows from it." in out


def test_descriptions_go_into_a_pipe_and_not_in_its_place(machine: Machine, tmp_path: Path) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        said = machine("descriptions", "1", "--csv", str(pipe))
        out, _ = reader.communicate(timeout=20)
    assert said.status == 0
    assert pipe.is_fifo()
    assert out.startswith(b"code,severity")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://proxy:port"), ("SSL_CERT_FILE", "/nonexistent.pem"),
        ("SSLKEYLOGFILE", "/nonexistent/x"),
    ],
)  # fmt: skip
def test_a_wrong_environment_is_wrong_use_and_named(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    machine("credentials", "add", "far", "--url", "https://x.invalid/admin", "--certificate-env", "C")
    monkeypatch.setenv("C", "C" * 32)
    monkeypatch.setenv(name, value)
    said = machine("check")
    assert said.status == 2
    assert name in said.err


def test_a_dead_proxy_is_not_blamed_on_the_instance_url(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine("credentials", "add", "far", "--url", "https://x.invalid/admin", "--certificate-env", "C")
    monkeypatch.setenv("C", "C" * 32)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert "proxy" in machine("check", "--json").json["problem"]["message"].lower()


def test_a_pull_with_every_stream_closed_is_a_pull(machine: Machine) -> None:
    machine.map_all()
    command = f"{sys.executable} -m aeries_tui pull --acknowledge <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False, timeout=60).returncode in {0, 4}
    assert machine("results", "--json").json["outcome"].startswith("completed")


@pytest.mark.parametrize("options", [("--json",), ()])
def test_a_letter_that_the_terminal_lacks_ends_nothing(machine: Machine, options: tuple[str, ...]) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    words = ["-m", "aeries_tui", "changes", "1", "--kind", "student", *options]
    done = subprocess.run(
        [sys.executable, *words], env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0
    if options:
        assert json.loads(done.stdout.decode("utf-8"))["changes"]


def test_a_number_too_large_for_an_import_is_wrong_use(machine: Machine) -> None:
    machine.map_all()
    assert machine("results", str(2**63)).status == 2
    assert "'abc' is no whole number" in machine("results", "abc").err


def test_a_check_is_told_even_where_it_can_not_be_noted(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise MasterError("credentials.toml.lock can't be opened: Read-only file system.")

    machine.add()
    monkeypatch.setattr(CredentialStore, "record_test", refuse)
    said = machine("check", "--json")
    assert said.status == 0
    assert said.json["ok"] is True


def test_a_file_that_may_not_be_used_is_told_by_name(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise PermissionError(13, "Permission denied", "/data/demo/master.sqlite3")

    machine.map_all()
    monkeypatch.setattr(Path, "exists", refuse)
    said = machine("status")
    assert said.status == 5
    assert "/data/demo/master.sqlite3" in said.err


def test_a_pull_that_was_killed_is_not_said_to_run(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    with closing(connect(machine.root / "data" / "demo" / "master.sqlite3")) as db:
        imports.begin(db, kind="pull", trigger="timer")
    assert machine("status").status == 5
    assert machine("results", "--json").json["outcome"] == "interrupted"


def test_a_pull_that_runs_is_left_alone(machine: Machine) -> None:
    machine.map_all()
    district = machine.root / "data" / "demo"
    with locked(district / "pull.lock", "pull"), closing(connect(district / "master.sqlite3")) as db:
        imports.begin(db, kind="pull", trigger="timer")
        assert machine("results", "--json").json["outcome"] == "running"
