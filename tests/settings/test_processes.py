"""Other programs run for a bounded time and are told apart by how they ended."""

import os
import sys
import time
from pathlib import Path

import pytest

from aeries_tui.processes import KEPT, Finished, plain_environment, run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_and_status_come_back() -> None:
    ended = run(python("import sys; print(sys.stdin.read().upper()); sys.exit(3)"), timeout=20, stdin=b"abc")
    assert (ended.ending, ended.status, ended.stdout) == ("exited", 3, b"ABC\n")
    assert not ended.ok
    assert ended.in_words() == "ended with status 3"


def test_a_program_that_reads_nothing_is_no_failure() -> None:
    assert run(python("pass"), timeout=20, stdin=b"x" * 1_000_000).ok


def test_a_missing_program_is_said() -> None:
    ended = run(["/no/such/program"], timeout=1)
    assert ended.ending == "not_started"
    assert "No such file" in ended.in_words()


def test_a_word_with_a_null_byte_is_said() -> None:
    assert run(["true\0"], timeout=1).ending == "not_started"


def test_at_the_time_limit_it_is_killed_with_its_children() -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    began = time.monotonic()
    ended = run(python(code), timeout=1.5)
    assert ended.ending == "timed_out"
    assert ended.in_words() == "did not end in time"
    assert time.monotonic() - began < 30
    child = int(ended.stdout)
    deadline = time.monotonic() + 20
    while alive(child):
        assert time.monotonic() < deadline


def test_what_is_left_in_the_background_is_not_waited_for() -> None:
    code = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid)\n"
    )
    ended = run(python(code), timeout=30)
    assert ended.ok
    os.kill(int(ended.stdout), 9)


def test_endless_output_is_kept_only_in_part() -> None:
    ended = run(python(f"import sys; sys.stdout.write('x' * {KEPT * 3})"), timeout=30)
    assert ended.ok
    assert len(ended.stdout) == KEPT


def test_it_has_no_terminal() -> None:
    assert run(python("open('/dev/tty')"), timeout=20).status == 1


def test_a_signal_is_said() -> None:
    ended = run(python("import os; os.kill(os.getpid(), 9)"), timeout=20)
    assert ended.in_words() == "was ended by signal 9"


def test_output_is_not_in_the_repr() -> None:
    assert "hidden" not in repr(Finished("exited", 0, b"hidden", b"hidden"))


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_command_of_the_settings_gets_what_a_program_needs_and_no_secret() -> None:
    env = {
        "PATH": "/usr/bin", "HOME": "/home/a", "LANG": "C.UTF-8", "TZ": "UTC", "AERIES_TUI_DATA_DIR": "/data",
        "https_proxy": "http://proxy:3128", "NO_PROXY": ".example.org", "HTTPS_PROXY": "http://me:pw@proxy:3128",
        "AERIES_TUI_CERTIFICATE": "c", "WEBHOOK_SECRET": "s", "CREDENTIALS_DIRECTORY": "/run/x", "AWS_SECRET_KEY": "k",
        "LD_PRELOAD": "/tmp/x.so", "PYTHONPATH": "/tmp", "TEXTUAL_LOG": "/tmp/log",
    }  # fmt: skip
    assert set(plain_environment(env)) == {
        "PATH", "HOME", "LANG", "TZ", "AERIES_TUI_DATA_DIR", "https_proxy", "NO_PROXY",
    }  # fmt: skip


def test_without_another_environment_it_is_made_from_this_programs_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", "s")
    assert "WEBHOOK_SECRET" not in plain_environment()
    assert plain_environment()["PATH"] == os.environ["PATH"]
