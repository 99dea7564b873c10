"""A machine over this one: its own processes, network and files, of which nothing is left when it is shut down."""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aeries_tui

_HERE = Path(__file__).parent
_PYTHON = "/usr/bin/python3"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NAMESPACES = ["--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup"]
PROGRAM = "/opt/aeries-tui/bin/aeries-tui"

_INSTALL = f"""\
set -e
{_PYTHON} -m venv --without-pip /opt/aeries-tui
packages=$(echo /opt/aeries-tui/lib/python3*/site-packages)
cp -r "$1/." "$packages/"
rm -rf "$packages"/__editable__* "$packages/aeries_tui"
cp -r "$2" "$packages/aeries_tui"
cat > {PROGRAM} <<'END'
#!/opt/aeries-tui/bin/python3
import sys
from aeries_tui.__main__ import main
sys.exit(main())
END
chmod 755 {PROGRAM}
"""


@dataclass(frozen=True)
class Ran:
    """How a command in the machine ended, and what it printed."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Machine:
    """A machine that runs.

    Attributes:
        pid: its process 1, as seen from here.
    """

    pid: int

    def __call__(self, *words: str, typed: str = "", **env: str) -> Ran:
        """Run a command there as root, with the environment of a fresh login."""
        ended = subprocess.run(
            [
                "nsenter", "--target", str(self.pid), *_NAMESPACES, "--root", "--wd", "--",
                "env", "-i", f"PATH={_PATH}", "HOME=/root", "LANG=C.UTF-8", "LOGNAME=root",
                *(f"{name}={value}" for name, value in env.items()), *words,
            ],
            input=typed, capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        return Ran(ended.returncode, ended.stdout, ended.stderr)

    def sh(self, script: str, *words: str) -> str:
        """What a script printed there; AssertionError where it fails."""
        ran = self("sh", "-c", script, "sh", *words)
        assert ran.status == 0, ran
        return ran.out

    def put(self, data: bytes, place: str) -> None:
        """Write a file there."""
        ran = self("sh", "-c", 'base64 -d > "$1"', "sh", place, typed=b64encode(data).decode())
        assert ran.status == 0, ran

    def until(self, what: Callable[[], bool], seconds: float) -> None:
        """Wait for a condition; AssertionError where it does not come."""
        deadline = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < deadline, "it did not come"
            time.sleep(0.5)

    def listing(self) -> list[str]:
        """Everything in /etc, /var and /usr: mode, owner, group and name; not what the system itself keeps writing."""
        own = "|".join((
            "/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/gshadow-", "/etc/.pwd.lock", "/etc/mtab", "/etc/ld.so.cache",
            "/var/log", "/var/lib/systemd/random-seed", "/var/lib/systemd/timers", "/var/lib/dpkg", "/var/spool", "/var/tmp",
            "/var/cache", "/var/lib/private",
        ))  # fmt: skip
        found = self.sh(
            "find /etc /var /usr/local -printf '%M %u %g %p %l\\n' | grep -v -E '(/__pycache__|\\.pyc|/var/tmp/|/var/log)' | sort"
        )
        names = tuple(own.split("|"))
        return [line for line in found.splitlines() if not line.split(" ", 3)[3].startswith(names)]


def why_none() -> str:
    """Why no machine can be made here; blank where one can."""
    for program in ("unshare", "nsenter", "useradd"):
        if shutil.which(program, path=_PATH) is None:
            return f"there is no {program}"
    try:
        version = subprocess.run(
            [_PYTHON, "-c", "import sys, venv; print(sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return f"there is no {_PYTHON} with venv"
    if version != str(sys.version_info[:2]):
        return f"{_PYTHON} is of another version than the one that runs the tests"
    ended = subprocess.run(["unshare", *_NAMESPACES, "--fork", "true"], capture_output=True, check=False)
    return "" if ended.returncode == 0 else "namespaces are refused here"


@contextlib.contextmanager
def machine(kind: Literal["systemd", "plain"]) -> Iterator[Machine]:
    """A machine with the program in /opt, as `aeries-tui help server` installs it; shut down when the block ends."""
    with tempfile.TemporaryDirectory(prefix="machine-") as over:
        process = subprocess.Popen(
            ["unshare", *_NAMESPACES, "--fork", "--kill-child", str(_HERE / "boot.sh"), over, kind],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            made = Machine(_child_of(process.pid))
            ready = ["systemctl", "is-system-running"] if kind == "systemd" else ["test", "!", "-e", "/old"]
            words = {"running", "degraded", ""}
            made.until(
                lambda: (ran := made(*ready)).out.strip() in words and (bool(ran.out) or ran.status == 0), 30
            )
            packages, package = sysconfig.get_path("purelib"), str(Path(aeries_tui.__file__).parent)
            made.sh(_INSTALL, packages, package)
            yield made
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()


def _child_of(pid: int) -> int:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.05)
    raise AssertionError("the machine did not start")
