"""A simulated district that is being served, as tests and benchmarks hold and steer it."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from aeries_tui.demo import served
from aeries_tui.demo.running import Running
from simulator.district import EditedDistrict
from simulator.serve import running_of
from simulator.state import SteeredState

_PATIENCE = 30.0


class ServedDistrict(served.ServedDistrict):
    """A running server with its control end points; a context manager that stops it.

    Made by `in_this_process` or `as_process`.
    """

    MODULE: ClassVar[str] = "simulator.serve"
    ENVIRONMENT: ClassVar[Mapping[str, str]] = {"PYTHONPATH": str(Path(__file__).parents[1])}
    _stop: Callable[[], None] | None = None

    @classmethod
    def in_this_process(cls, students: int, seed: int = 1, *, port: int = 0, **options: Any) -> Self:
        """Serve in a thread.

        Args:
            students: students on day 0.
            seed: another one gives another district.
            port: 0 for any that is free.
            options: those of `EditedDistrict` (day, percent, year, defects) and of `SteeredState`
                (certificate, roots, manners).
        """
        own = {name: options.pop(name) for name in ("day", "percent", "year", "defects") if name in options}
        state = SteeredState(EditedDistrict(students, seed, **own), **options)
        running = running_of(state, port)
        served = cls(running.url, running.port, state.keys)
        served._stop = in_thread(running)
        return served

    def close(self) -> None:
        """Stop serving."""
        if self._stop is not None:
            self._stop()
        super().close()

    def control(self, method: str, path: str, told: object = None) -> dict[str, Any]:
        """Call a control end point.

        Raises:
            ValueError: the server did not take what it was told.
        """
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            body = None if told is None else json.dumps(told)
            headers = {"Connection": "close", "Authorization": f"Bearer {self.keys['token']}"}
            line.request(method, f"/control/{path}", body, headers)
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
        """Change latency_ms, capacity, shed_above, gzip, bytes_per_second, default_year or now."""
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


def in_thread(running: Running) -> Callable[[], None]:
    """Serve in a thread.

    Returns:
        what stops it and waits until it has ended.
    """
    thread = threading.Thread(target=running.until_stopped, name="simulated-district", daemon=True)
    thread.start()

    def stop() -> None:
        running.stop()
        thread.join(_PATIENCE)

    return stop
