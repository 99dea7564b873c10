"""Running a program as a user does, and what it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Run:
    """One run of one program.

    Attributes:
        wall, cpu: seconds; cpu is its own and its children's.
        peak_mb: of resident memory.
        status: of its exit.
        document: the JSON that it printed.
        requests, wire_bytes, at_once: as the server counted them, `at_once` the most requests at a time; 0 where nobody did.
    """

    wall: float
    cpu: float
    peak_mb: float
    status: int
    document: dict[str, Any] = field(default_factory=dict)
    requests: int = 0
    wire_bytes: int = 0
    at_once: int = 0


def run(arguments: Sequence[str], env: Mapping[str, str] | None = None, stdin: str = "") -> Run:
    """Run `python ARGUMENTS` to its end.

    The peak is the kernel's figure for the child; a parent larger than its child would hide it, so this
    process stays small.

    Raises:
        SystemExit: it failed as no pull should (a status of 1, 2 or 5).
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        # What is installed is compiled once, not at each start.
        own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=out, stderr=err,
            env={**own, **(env or {})}, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(stdin)
        process.stdin.close()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = code = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if code in {1, 2, 5} or code < 0:
            raise SystemExit(f"{' '.join(arguments[:4])}: status {code}\n{err.read()[-2000:]}")
        text = out.read()
    document = json.loads(text) if text.startswith("{") else {}
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code, document)
