"""Runs another program for a bounded time and keeps a bounded part of what it prints.

Used for a command that hands out the certificate, for alarms, for the command after an
import and for systemctl; tests pass a `Runner` of their own.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Literal, Protocol

Ending = Literal["exited", "timed_out", "not_started"]

KEPT = 1_000_000
"""Bytes kept of each output; the rest is read and dropped."""


@dataclass(frozen=True)
class Finished:
    """How a program ended.

    Attributes:
        ending: exited by itself, killed at its time limit, or never started.
        status: exit status; negative for a signal; None unless it exited.
        stdout, stderr: what it printed, at most `KEPT` bytes each; hidden from repr, since a
            program may print a secret.
        reason: why it could not start, in the system's words; otherwise blank.
    """

    ending: Ending
    status: int | None
    stdout: bytes = b""
    stderr: bytes = b""
    reason: str = ""

    @property
    def ok(self) -> bool:
        """It exited with status 0."""
        return self.status == 0

    def __repr__(self) -> str:
        return f"Finished(ending={self.ending!r}, status={self.status!r}, reason={self.reason!r})"

    def in_words(self) -> str:
        """The ending as the rest of a sentence: "ended with status 2"."""
        if self.ending == "timed_out":
            return "did not end in time"
        if self.ending == "not_started":
            return f"could not be started ({self.reason})"
        if self.status is not None and self.status < 0:
            return f"was ended by signal {-self.status}"
        return f"ended with status {self.status}"


def account_name() -> str:
    """The name of the account that this process runs under; its number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


CARRIED = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ",
    "LANG", "LANGUAGE", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
    "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "AERIES_TUI_CONFIG_DIR", "AERIES_TUI_DATA_DIR",
)  # fmt: skip
"""The variables that a command of the settings gets of this program's own: to find itself, its files and this program."""

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def plain_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a command that the settings name: what a program needs to run, and no secret.

    The certificate, tokens and whatever else stands in this program's environment stay behind: only `CARRIED` passes,
    and the variables of proxies without a password.

    Args:
        env: what is passed on from; None for this process's own.
    """
    env = os.environ if env is None else env
    passed = {name: env[name] for name in CARRIED if name in env}
    proxies = {name: value for name, value in env.items() if name.lower() in _PROXIES and "@" not in value}
    return passed | proxies


class Runner(Protocol):
    """What runs a program; `run` in earnest, a function of their own in tests."""

    def __call__(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
    ) -> Finished:
        """Run `argv` and wait for its end."""


def run(
    argv: Sequence[str],
    *,
    timeout: float,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    account: tuple[int, int] | None = None,
) -> Finished:
    """Run a program without a shell, in a session of its own, and wait for it.

    At the time limit it is killed together with what it started. It has no terminal, so
    it can't ask a question behind the UI's back.

    Args:
        argv: program and arguments.
        timeout: seconds until it is killed.
        stdin: what it reads on standard input.
        env: its whole environment; None for this program's own.
        account: user and group it runs as, which only root may choose; None for this program's own.
    """
    uid, gid = account or (None, None)
    try:
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else dict(env),
            start_new_session=True,
            user=uid,
            group=gid,
            extra_groups=[] if account is not None and os.geteuid() == 0 else None,
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        return Finished("not_started", None, reason=getattr(error, "strerror", None) or str(error))
    out, err = bytearray(), bytearray()
    helpers = _serve_pipes(process, stdin, out, err)
    ending: Ending = "exited"
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        ending = "timed_out"
    finally:
        if process.returncode is None:
            _kill_session(process.pid)
            process.wait()
    for helper in helpers:
        helper.join(1.0)  # what the program left in the background may hold its pipes open: not waited for
    status = process.returncode if ending == "exited" else None
    return Finished(ending, status, bytes(out), bytes(err))


def _serve_pipes(
    process: subprocess.Popen[bytes], stdin: bytes, out: bytearray, err: bytearray
) -> list[threading.Thread]:
    """Feed and drain the program's three pipes, each in a thread, so that none blocks another."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    helpers = [
        threading.Thread(target=_drain, args=(process.stdout, out), daemon=True),
        threading.Thread(target=_drain, args=(process.stderr, err), daemon=True),
        threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True),
    ]
    for helper in helpers:
        helper.start()
    return helpers


def _drain(pipe: IO[bytes], kept: bytearray) -> None:
    """Read a pipe to its end, keeping the first `KEPT` bytes, and close it."""
    with contextlib.suppress(OSError), pipe:
        while chunk := os.read(pipe.fileno(), 65536):
            kept += chunk[: max(0, KEPT - len(kept))]


def _feed(pipe: IO[bytes], text: bytes) -> None:
    """Write standard input and close it; a program that does not read it is no failure."""
    with contextlib.suppress(OSError), pipe:
        pipe.write(text)


def _kill_session(pid: int) -> None:
    """Kill the program's whole process group, which is its session's only one unless it made more."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
