"""One pull per district; the kernel lets go when a process dies."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from aeries_tui.errors import Busy, MasterError
from aeries_tui.pull.lock import holder, locked

HOLD = (
    "import sys; from pathlib import Path; from aeries_tui.pull.lock import locked\n"
    "with locked(Path(sys.argv[1]), 'pull'):\n    print('held', flush=True); sys.stdin.read()"
)


def holding(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path) -> None:
    assert holder(tmp_path / "pull.lock") is None


def test_whoever_holds_it_is_named_to_the_second(tmp_path: Path) -> None:
    process = holding(tmp_path / "pull.lock")
    try:
        found = holder(tmp_path / "pull.lock")
        assert found is not None
        assert (found.pid, found.what) == (process.pid, "pull")
        with (
            pytest.raises(Busy, match=rf"process {process.pid} \(pull\)") as caught,
            locked(tmp_path / "pull.lock", "approve"),
        ):
            pass
        assert caught.value.exit_status == 75
    finally:
        let_go(process)


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    let_go(holding(tmp_path / "pull.lock"))
    assert holder(tmp_path / "pull.lock") is None
    with locked(tmp_path / "pull.lock", "pull"):
        found = holder(tmp_path / "pull.lock")
        assert found is not None
        assert found.pid == os.getpid()
    assert holder(tmp_path / "pull.lock") is None


def test_looking_at_the_lock_keeps_nobody_from_taking_it(tmp_path: Path) -> None:
    path = tmp_path / "pull.lock"
    with locked(path, "pull"):
        pass
    looking, done = threading.Event(), threading.Event()

    def look() -> None:
        while not done.is_set():
            holder(path)
            looking.set()

    watchers = [threading.Thread(target=look) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    try:
        assert looking.wait(10)
        for _ in range(20):
            with locked(path, "pull"):
                pass
    finally:
        done.set()
        for watcher in watchers:
            watcher.join()


def test_a_file_with_nonsense_in_it_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "pull.lock"
    path.write_text("not json")
    handle = os.open(path, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        found = holder(path)
        assert found is not None
        assert found.pid == 0
        with pytest.raises(Busy, match="another process"), locked(path, "pull"):
            pass
    finally:
        os.close(handle)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MasterError, match="No such file"), locked(tmp_path / "gone" / "pull.lock", "pull"):
        pass


def test_the_lock_is_for_its_owner_alone(tmp_path: Path) -> None:
    with locked(tmp_path / "pull.lock", "pull"):
        assert (tmp_path / "pull.lock").stat().st_mode & 0o777 == 0o600
