from __future__ import annotations

import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from unittest.mock import patch

import pytest

from aeries_tui.errors import MasterError
from aeries_tui.operations.after_import_command import run_after_import
from aeries_tui.processes import Finished, run
from engine import CERTIFICATE, PaperAeries, Station

WRITES = "import os, sys; open(sys.argv[1], 'w').write(repr((sys.argv[2:], dict(os.environ))))"


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    return station


def command(station: Station, *argv: str, seconds: float = 60.0) -> None:
    station.set("exports", after_import=argv, after_import_timeout_seconds=seconds)


def test_the_command_gets_the_paths_of_both_files_and_not_the_certificate(
    pulled: Station, tmp_path: Path
) -> None:
    command(pulled, sys.executable, "-c", WRITES, str(tmp_path / "told"))
    env = {"ITS_CERTIFICATE": CERTIFICATE, "PATH": "/usr/bin", "CREDENTIALS_DIRECTORY": "/run/x"}
    (ended,) = run_after_import(pulled.district, pulled.settings, env=env)
    assert ended.ok
    told = (tmp_path / "told").read_text()
    paths, seen = eval(told)  # noqa: S307  written by the line above
    assert paths == [str(pulled.district.imports / "1" / f"{kind}.csv") for kind in ("staff", "student")]
    assert CERTIFICATE not in told
    assert "CREDENTIALS_DIRECTORY" not in seen, "where systemd puts certificates"
    assert {name: value for name, value in seen.items() if name.startswith("AERIES_TUI")} == {
        "AERIES_TUI_DISTRICT": "demo", "AERIES_TUI_IMPORT": "1", "AERIES_TUI_OUTCOME": "completed",
    }  # fmt: skip
    assert any("The command after the import ended with status 0." in line for line in pulled.log(1))


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("/nowhere/at/all",), "could not be started"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "ended with status 3"),
        ((sys.executable, "-c", "import signal; signal.pause()"), "did not end in time"),
    ],
    ids=["missing", "failing", "hanging"],
)
def test_a_failing_command_is_logged_and_fails_nothing(
    pulled: Station, argv: tuple[str, ...], said: str
) -> None:
    command(pulled, *argv, seconds=1.0)
    (ended,) = run_after_import(pulled.district, pulled.settings)
    assert not ended.ok
    assert any(line.startswith("warning") and said in line for line in pulled.log(1))
    assert pulled.document(1)["outcome"] == "completed"


def test_nothing_is_started_without_a_command_or_without_files(pulled: Station) -> None:
    assert run_after_import(pulled.district, pulled.settings) == []
    command(pulled, "/nowhere/at/all")
    pulled.pull(plan_only=True)
    assert run_after_import(pulled.district, pulled.settings) == []


def test_an_import_whose_files_could_not_be_written_is_handed_on_when_they_are(
    pulled: Station, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    command(
        pulled,
        sys.executable,
        "-c",
        "import os, sys; open(sys.argv[1], 'a').write(os.environ['AERIES_TUI_IMPORT'] + ' ')",
        str(told),
    )
    run_after_import(pulled.district, pulled.settings)
    pulled.aeries.lists["7/students"].pop()
    with patch(
        "aeries_tui.pull.stages.files.write_import_files", side_effect=MasterError("The disk is full.")
    ):
        pulled.pull()
        run_after_import(pulled.district, pulled.settings)
    assert told.read_text() == "1 "
    pulled.pull()
    for _ in range(2):
        run_after_import(pulled.district, pulled.settings)
    assert told.read_text() == "1 2 3 "


def test_a_command_that_still_runs_is_not_started_again_and_goes_on_with_what_is_owed_since(
    pulled: Station,
) -> None:
    command(pulled, "upload")
    began, go = threading.Event(), threading.Event()
    calls: list[str] = []

    def slow(
        argv: Sequence[str], *, timeout: float, env: Mapping[str, str] | None = None, stdin: bytes = b""
    ) -> Finished:
        assert env is not None
        calls.append(env["AERIES_TUI_IMPORT"])
        if len(calls) == 1:
            began.set()
            go.wait(20)
        return run([sys.executable, "-c", ""], timeout=20)

    def hand_on() -> None:
        run_after_import(pulled.district, pulled.settings, run=slow)

    first = threading.Thread(target=hand_on)
    first.start()
    began.wait(20)
    pulled.pull()
    hand_on()
    assert calls == ["1"]
    go.set()
    first.join()
    assert calls == ["1", "2"]
