"""Which requests go wrong, and how: the matrix of faults, told to the server at run time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aeries_tui.demo.routes import AREA_OF, Call

ENDPOINTS: tuple[str, ...] = (
    "systeminfo", "schools", "school", "terms", "codes", "student_changes", *AREA_OF,
)  # fmt: skip
"""The names by which faults and the log call the end points."""

LINE_KINDS: tuple[str, ...] = (
    "reset_before_headers", "reset_in_body", "truncated", "stalled_body", "slow_drip", "timeout",
)  # fmt: skip
"""What happens to the connection."""
PROXY_KINDS: tuple[str, ...] = (
    "status", "throttled", "ntlm", "html_200", "redirect_signin_same_host", "redirect_other_host",
    "echo_certificate", "empty_body", "null_body", "deep_nesting",
)  # fmt: skip
"""Answers given in place of the right one, to whoever asks."""
BODY_KINDS: tuple[str, ...] = ("truncated_right_length", "invalid_json", "bom", "big")
"""What happens to the bytes of the right answer."""
ROW_KINDS: tuple[str, ...] = (
    "wrong_types", "missing_ids", "null_list", "object_list", "duplicate_rows", "unknown_fields",
    "other_school", "empty_list", "one_bad_record",
)  # fmt: skip
"""What happens to the records of the right answer."""
PAGE_KINDS: tuple[str, ...] = ("paging_ignored", "paging_shift", "page_cap", "past_end_404")
"""What happens to the paging of students."""
KINDS = (*LINE_KINDS, *PROXY_KINDS, *BODY_KINDS, *ROW_KINDS, *PAGE_KINDS)

_DEFAULTS: dict[str, dict[str, Any]] = {
    "slow_drip": {"seconds": 0.1, "chunks": 20},
    "status": {"status": 500, "html": False},
    "throttled": {"retry_after": None, "date_in": None},
    "redirect_other_host": {"url": "http://localhost:9/elsewhere"},
    "echo_certificate": {"status": 500},
    "deep_nesting": {"depth": 100_000},
    "big": {"bytes": 40_000_000},
    "other_school": {"school": None},
    "one_bad_record": {"every": 1},
    "paging_shift": {"remove": 0, "insert": 0},
    "page_cap": {"rows": 100},
}  # fmt: skip


@dataclass
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: one of `KINDS`.
        endpoint: the end point it befalls, or "*" for all.
        school: only this school, or any.
        first: the first of the matching requests that it befalls, from 1.
        last: the last one, or none.
        times: how often at most.
        args: what the kind wants to know.
        seen: how many requests matched.
        done: how many it befell.
    """

    kind: str
    endpoint: str = "*"
    school: int | None = None
    first: int = 1
    last: int | None = None
    times: int | None = None
    args: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    done: int = 0

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Fault:
        """A fault as the control end point is told it: kind, and optionally endpoint, school,
        nth or from, until and times, args.

        Raises:
            ValueError: a word of it is unknown.
        """
        known = {"kind", "endpoint", "school", "nth", "from", "until", "times", "args"}
        kind, endpoint = str(told.get("kind", "")), told.get("endpoint", "*")
        if set(told) - known or kind not in KINDS or endpoint not in ("*", *ENDPOINTS):
            raise ValueError(
                f"A fault has {sorted(known)}; kind is one of {list(KINDS)}, "
                f"endpoint * or one of {list(ENDPOINTS)}."
            )
        args = {**_DEFAULTS.get(kind, {}), **told.get("args", {})}
        if set(args) - set(_DEFAULTS.get(kind, {})):
            raise ValueError(f"{kind} takes {list(_DEFAULTS.get(kind, {}))}.")
        nth = told.get("nth")
        return cls(
            kind=kind,
            endpoint=endpoint,
            school=told.get("school"),
            first=nth or told.get("from", 1),
            last=nth or told.get("until"),
            times=told.get("times"),
            args=args,
        )

    def befalls(self, call: Call) -> bool:
        """Whether it befalls this request; counts it."""
        if self.endpoint not in ("*", call.endpoint) or self.school not in (None, call.school):
            return False
        self.seen += 1
        if self.seen < self.first or (self.last is not None and self.seen > self.last):
            return False
        if self.times is not None and self.done >= self.times:
            return False
        self.done += 1
        return True


class Faults:
    """All faults in force; the first that befalls a request is the one it suffers."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._faults.append(fault)

    def clear(self) -> None:
        """All is well again."""
        self._faults.clear()

    def of(self, call: Call) -> Fault | None:
        """The fault that befalls a request, if any."""
        return next((fault for fault in self._faults if fault.befalls(call)), None)

    def described(self) -> list[dict[str, Any]]:
        """The faults in force with what they have done so far."""
        return [
            {"kind": f.kind, "endpoint": f.endpoint, "school": f.school, "seen": f.seen, "done": f.done}
            for f in self._faults
        ]
