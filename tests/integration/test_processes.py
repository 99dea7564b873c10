"""The pull as the command that a timer runs: signals, two at once, and where the certificate is not."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from aeries_tui.pull.lock import holder
from aeries_tui.pull.log import LogReader
from engine import Station
from engine.served import Roster, serve

PATIENCE = 60.0


@pytest.fixture
def roster() -> Iterator[Roster]:
    with serve(60, 2) as served:
        yield served


@pytest.fixture
def ready(roster: Roster, fast_path: Path) -> Station:
    return roster.station(fast_path)


def command(station: Station, *arguments: str) -> subprocess.Popen[str]:
    places = station.places
    env = {
        **os.environ, "AERIES_TUI_CONFIG_DIR": str(places.config_dir), "AERIES_TUI_DATA_DIR": str(places.data_dir)
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "aeries_tui", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=env,
    )  # fmt: skip


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for something that another process brings about."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"{what} never came true"
        time.sleep(0.01)


def is_reading(station: Station) -> bool:
    folders = sorted(station.district.pulls.glob("*/log.sqlite3"))
    if not folders:
        return False
    with LogReader(folders[-1]) as reader:
        return any(stage.name == "fetch" and stage.state == "running" for stage in reader.stages())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cancels_a_pull_and_it_can_be_resumed(roster: Roster, ready: Station, number: int) -> None:
    roster.served.fault("timeout", "classes")
    process = command(ready, "pull", "--acknowledge")
    until(lambda: is_reading(ready), "the pull read")
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert "Traceback" not in err + out
    assert ready.query("SELECT outcome, applied FROM import") == [("cancelled", 0)]
    assert ready.query("SELECT count(*) FROM student") == [(0,)]
    assert holder(ready.district.lock) is None
    roster.served.heal()
    document = ready.pull_over_http(resume=True)
    assert document["outcome"].startswith("completed")
    assert {kind: count["active"] for kind, count in document["counts"].items()} == roster.served.truth()


def test_a_second_signal_ends_it_at_once_and_that_is_safe(roster: Roster, ready: Station) -> None:
    roster.served.fault("timeout", "classes")
    process = command(ready, "pull", "--acknowledge")
    until(lambda: is_reading(ready), "the pull read")
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode in {130, -signal.SIGINT}
    roster.served.heal()
    assert ready.pull_over_http()["outcome"].startswith("completed")


def test_a_second_pull_says_who_is_at_it_and_leaves(roster: Roster, ready: Station) -> None:
    roster.served.fault("timeout", "classes")
    first = command(ready, "pull", "--acknowledge")
    try:
        until(lambda: is_reading(ready), "the pull read")
        second = command(ready, "pull")
        out, err = second.communicate(timeout=PATIENCE)
        assert second.returncode == 75
        assert str(first.pid) in err
        assert out == ""
        assert "Traceback" not in err
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=PATIENCE)


def spellings(certificate: str) -> list[bytes]:
    """How the certificate might stand in a file."""
    plain = certificate.encode()
    return [
        plain.lower(),
        plain.hex().encode(),
        base64.b64encode(plain).lower()[:-4],
        quote(certificate).lower().encode(),
    ]


def holding(root: Path, certificate: str) -> list[str]:
    """Files below `root` that hold the certificate in any spelling."""
    return [
        path.name
        for path in sorted(root.rglob("*"))
        if path.is_file()
        if any(
            form in path.read_bytes().lower() or form in path.name.lower().encode()
            for form in spellings(certificate)
        )
    ]


def test_the_certificate_is_nowhere_but_in_credentials_toml(roster: Roster, ready: Station) -> None:
    certificate = roster.served.certificate
    root = ready.places.config_dir.parent
    told: list[str] = []
    seen: list[bytes] = []
    together = {
        "staff": "echo_certificate",
        "courses": "redirect_other_host",
        "sections": "html_200",
        "teachers": "wrong_types",
    }
    for faults in ({"*": "echo_certificate"}, together, {**together, "students": "timeout"}):
        roster.served.heal()
        for endpoint, fault in faults.items():
            roster.served.fault(fault, endpoint)
        process = command(ready, "pull", "--acknowledge", "--json")
        if "students" in faults:
            until(lambda: is_reading(ready), "the pull read")
            seen += [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
            process.send_signal(signal.SIGINT)
        told += process.communicate(timeout=PATIENCE)
    roster.served.heal()
    ready.set("source", page_size=7)
    held = ready.pull_over_http(plan_only=True)["import"]
    ready.approve(held)
    ready.undo(held)
    for arguments in (
        ("descriptions", str(held), "--json"),
        ("log", str(held)),
        ("credentials", "list", "--json"),
        ("check", "--json"),
        ("doctor",),
    ):
        told += command(ready, *arguments).communicate(timeout=PATIENCE)
    assert holding(root, certificate) == ["credentials.toml"]
    text = " ".join(told).lower().encode() + b" ".join(seen).lower()
    assert not [form for form in spellings(certificate) if form in text]
    assert "Traceback" not in " ".join(told)
    assert json.loads(told[0])["import"] == 1


def test_no_name_of_anybody_is_in_a_log_or_on_standard_error(roster: Roster, ready: Station) -> None:
    process = command(ready, "pull", "--acknowledge")
    _, err = process.communicate(timeout=PATIENCE)
    names = {
        str(name)
        for table in ("student", "staff")
        for row in ready.query(f"SELECT last_name, first_name FROM {table}")
        for name in row
        if name and len(str(name)) > 3
    }
    lines = " ".join(ready.log(1)) + err
    assert not {name for name in names if re.search(rf"\b{re.escape(name)}\b", lines)}


def test_files_and_directories_are_for_their_owner_alone(ready: Station) -> None:
    ready.pull_over_http()
    ready.pull_over_http(plan_only=True)
    for path in ready.places.config_dir.parent.rglob("*"):
        allowed = 0o700 if path.is_dir() else 0o600
        assert path.stat().st_mode & 0o777 & ~allowed == 0, path
