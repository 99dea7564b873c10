"""What the system refuses is told in sentences, and never changes what became of an import."""

import errno
import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from aeries_tui.errors import ConfigurationError
from aeries_tui.settings import find_places

from .conftest import Machine

PROGRAM = f"{sys.executable} -m aeries_tui"


def in_shell(words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", f"{PROGRAM} {words}"], env={**os.environ, **env}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["pull --acknowledge", "pull --acknowledge --json"])
def test_an_import_keeps_its_status_where_its_output_meets_a_full_disk(
    machine: Machine, words: str, unbuffered: str
) -> None:
    machine.map_all()
    usual = in_shell("pull --acknowledge").returncode
    done = in_shell(f"{words} > /dev/full", PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == usual
    assert "The output could not be written: the disk is full." in done.stderr
    assert "defect" not in done.stderr
    assert machine("results", "--json").json["import"] == 2


def test_a_command_that_only_tells_ends_as_failed_where_its_output_is_lost(machine: Machine) -> None:
    done = in_shell("paths > /dev/full")
    assert done.returncode == 5
    assert "The output could not be written: the disk is full." in done.stderr


def test_an_import_keeps_its_status_where_standard_error_is_full(machine: Machine) -> None:
    machine.map_all()
    usual = in_shell("pull --acknowledge").returncode
    assert in_shell("pull --acknowledge 2> /dev/full").returncode == usual
    assert in_shell("pull --acknowledge > /dev/full 2>&1").returncode == usual


def test_an_undo_that_waits_keeps_its_status_where_its_reader_has_gone(machine: Machine) -> None:
    machine.map_all()
    machine("pull", "--acknowledge")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "aeries_tui", "undo", "1"], stdout=gone, check=False, timeout=60
        )
    assert done.returncode == 3


def test_no_home_directory_is_told_with_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    for env in ({}, {"HOME": ""}):
        with pytest.raises(ConfigurationError, match="no home directory") as caught:
            find_places(env)
        assert "AERIES_TUI_DATA_DIR" in caught.value.remedy
    places = {"AERIES_TUI_CONFIG_DIR": "/c", "AERIES_TUI_DATA_DIR": "/d"}
    assert find_places(places).data_dir == Path("/d")


def test_a_share_without_flock_is_named(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.map_all()

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    for words in (
        ("pull", "--acknowledge"), ("undo", "1"), ("discard", "1", "--reason", "x"),
        ("credentials", "change", "demo", "--no-test", "--daily-import", "off"), ("status",), ("doctor",),
    ):  # fmt: skip
        said = machine(*words)
        assert said.status != 1, words
        assert "defect" not in said.err, words
        if words[0] not in {"status", "doctor"}:
            assert "network share" in said.err, words
            assert "AERIES_TUI_DATA_DIR" in said.err, words


def test_a_share_without_record_locks_is_named_at_once(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.map_all()
    path = machine.root / "data" / "demo" / "master.sqlite3"

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", refuse)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        # To SQLite a lock that the file system refuses looks like one that another program holds.
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        said = machine("schools", "list")
        other.execute("ROLLBACK")
    assert said.status == 5
    assert "network share" in said.err
    assert "AERIES_TUI_DATA_DIR" in said.err
