"""A simulated district that is being served by a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import ClassVar, Self

import msgspec

from aeries_tui.documents import Document
from aeries_tui.errors import AeriesTuiError


class Ready(Document, frozen=True):
    """A simulated district that is served.

    Attributes:
        url: the Instance URL.
        port: on the loopback.
        certificate: what it accepts.
        token: what steers it, where it can be steered.
    """

    url: str
    port: int
    certificate: str
    token: str | msgspec.UnsetType = msgspec.UNSET


class ServedDistrict:
    """A running simulated server; a context manager that stops it. Made by `as_process`.

    Attributes:
        MODULE: what is run to serve it.
        ENVIRONMENT: what is set for that besides.
        url: the Instance URL.
        certificate: what it accepts.
        port: on the loopback.
        process: the process that serves, or none.
        keys: what else it told when it was ready.
    """

    MODULE: ClassVar[str] = "aeries_tui.demo.serve"
    ENVIRONMENT: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        url: str,
        port: int,
        keys: Mapping[str, str],
        *,
        process: subprocess.Popen[str] | None = None,
    ) -> None:
        self.url, self.port, self.keys = url, port, keys
        self.certificate = keys["certificate"]
        self.process = process

    @classmethod
    def as_process(cls, students: int, seed: int = 1, *arguments: str) -> Self:
        """Serve in a process of its own, which ends with this one.

        Args:
            students: students on day 0.
            seed: another one gives another district.
            arguments: further options of that module.

        Raises:
            AeriesTuiError: it did not start.
        """
        command = [sys.executable, "-m", cls.MODULE, "--students", str(students)]
        command += ["--seed", str(seed), "--until-input-ends", *arguments]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **cls.ENVIRONMENT},
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _end(process)
            raise AeriesTuiError(
                "The simulated district did not start.",
                remedy="Read the lines above; another port may help.",
            )
        ready = json.loads(line)
        del ready["format_version"]
        return cls(ready.pop("url"), ready.pop("port"), ready, process=process)

    def close(self) -> None:
        """Stop serving."""
        if self.process is not None:
            _end(self.process)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
