"""A simulated district that is being served, as tests, benchmarks and the demonstration hold it."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

from aeries_tui.demo.district import SimulatedDistrict
from aeries_tui.demo.running import Running, in_thread
from aeries_tui.demo.state import State
from aeries_tui.errors import AeriesTuiError


class ServedDistrict:
    """A running simulated server; a context manager that stops it.

    Made by `in_this_process` or `as_process`.

    Attributes:
        url: the Instance URL.
        certificate: what it accepts.
        port: on the loopback.
        process: the process that serves, or none.
    """

    def __init__(
        self, url: str, certificate: str, port: int, *, process: subprocess.Popen[str] | None = None
    ) -> None:
        self.url, self.certificate, self.port = url, certificate, port
        self.process = process
        self._stop = self._stop_process

    @classmethod
    def in_this_process(cls, students: int, seed: int = 1, *, port: int = 0, **options: Any) -> Self:
        """Serve in a thread.

        Args:
            students: students on day 0.
            seed: another one gives another district.
            port: 0 for any that is free.
            options: those of `SimulatedDistrict` (day, percent, year, defects) and of `State`
                (certificate, roots, manners).
        """
        own = {name: options.pop(name) for name in ("day", "percent", "year", "defects") if name in options}
        state = State(SimulatedDistrict(students, seed, **own), **options)
        running = Running(state, port)
        served = cls(running.url, state.certificate, running.port)
        served._stop = in_thread(running)
        return served

    @classmethod
    def as_process(cls, students: int, seed: int = 1, *arguments: str) -> Self:
        """Serve in a process of its own, which ends with this one.

        Args:
            students: students on day 0.
            seed: another one gives another district.
            arguments: further options of `aeries_tui.demo.serve`.

        Raises:
            AeriesTuiError: it did not start.
        """
        command = [sys.executable, "-m", "aeries_tui.demo.serve", "--students", str(students)]
        command += ["--seed", str(seed), "--until-input-ends", *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _end(process)
            raise AeriesTuiError(
                "The simulated district did not start.",
                remedy="Read the lines above; another port may help.",
            )
        ready = json.loads(line)
        return cls(ready["url"], ready["certificate"], ready["port"], process=process)

    def _stop_process(self) -> None:
        if self.process is not None:
            _end(self.process)

    def close(self) -> None:
        """Stop serving."""
        self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def control(self, method: str, path: str, told: object = None) -> dict[str, Any]:
        """Call a control end point.

        Raises:
            ValueError: the server did not take what it was told.
        """
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            body = None if told is None else json.dumps(told)
            line.request(method, f"/control/{path}", body, {"Connection": "close"})
            with line.getresponse() as answer:
                document: dict[str, Any] = json.loads(answer.read())
                if answer.status != 200:
                    raise ValueError(document.get("error", ""))
        finally:
            line.close()
        return document

    def fault(self, kind: str, endpoint: str = "*", **told: Any) -> None:
        """Put a fault in force; `first` and `until`, `nth`, `times`, `school`, `args` as in `Fault`."""
        if "first" in told:
            told["from"] = told.pop("first")
        self.control("POST", "faults", {"kind": kind, "endpoint": endpoint, **told})

    def heal(self) -> None:
        """End all faults."""
        self.control("DELETE", "faults")

    def reset(self) -> None:
        """Make everything as it was when the server began, and begin the log anew."""
        self.control("POST", "reset")

    def requests(self) -> dict[str, Any]:
        """The requests so far: count, at_once, by_endpoint, bytes, requests."""
        return self.control("GET", "requests")

    def forget_requests(self) -> None:
        """Begin the count of requests anew."""
        self.control("DELETE", "requests")

    def set_day(self, day: int, percent: float | None = None) -> None:
        """Let days go by, or go back."""
        self.control("POST", "day", {"day": day} | ({} if percent is None else {"percent": percent}))

    def grant(self, area: str, state: str = "granted") -> None:
        """Set a permission area to "granted", "401" or "403"."""
        self.control("POST", "permissions", {area: state})

    def set_certificate(self, certificate: str) -> None:
        """Accept another certificate from now on; `certificate` of this object stays the old one."""
        self.control("POST", "certificate", {"certificate": certificate})

    def behave(self, **told: Any) -> None:
        """Change latency_ms, capacity, shed_above, gzip, default_year or now."""
        self.control("POST", "server", told)

    def edit(self, *edits: Mapping[str, Any]) -> None:
        """Stage records; see `Edit.read`."""
        self.control("POST", "edit", [dict(edit) for edit in edits])

    def clear_edits(self) -> None:
        """Take all edits back."""
        self.control("DELETE", "edit")

    def truth(self, schools: Iterable[int] | None = None) -> dict[str, int]:
        """How many records of each kind a right pull of the mapped schools ends with."""
        counts: dict[str, int] = self.control("GET", f"truth{_query(schools)}")["counts"]
        return counts

    def true_ids(self, schools: Iterable[int] | None = None) -> dict[str, list[str]]:
        """The ids of those records; see `Truth`."""
        query = _query(schools)
        ids: dict[str, list[str]] = self.control("GET", f"truth{query}{'&' if query else '?'}ids=1")["ids"]
        return ids

    def schools(self) -> list[dict[str, Any]]:
        """The schools that have students: code, name, schedule, students."""
        schools: list[dict[str, Any]] = self.control("GET", "schools")["schools"]
        return schools


def _query(schools: Iterable[int] | None) -> str:
    return "" if schools is None else "?schools=" + ",".join(str(code) for code in schools)


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
