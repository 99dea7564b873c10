"""The matrix of faults: every list suffers every fault, at one school, all the time and only once.

The suite runs a short form, in which every list and every fault come up. All cells:

    AERIES_TUI_TESTS=long pytest -n 2 tests/integration/test_fault_matrix.py
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine import Station, adds_up, fast_directory
from engine.forms import LONG
from engine.served import Roster, serve

BOUND = 30.0
"""Seconds; a healthy pull of this district takes half a second, and the time-outs below are short."""

CONNECTING = ("systeminfo", "schools")
WIDE = ("staff", "courses")
OF_SCHOOL = ("students", "teachers", "sections", "classes")
ENDPOINTS = CONNECTING + WIDE + OF_SCHOOL


@dataclass(frozen=True)
class Fault:
    """A fault, and how a roster list that suffers it all the time is judged.

    Attributes:
        codes: one of these stands in the descriptions; none where the list is as good as whole.
        heals: suffered only once, it is overcome by trying again.
        may_lose: the answer is a right one of fewer records: the guard, not the reader, stands in the way.
    """

    kind: str
    codes: frozenset[str] = frozenset()
    heals: bool = True
    may_lose: bool = False
    args: tuple[tuple[str, Any], ...] = field(default=())

    @property
    def name(self) -> str:
        return "-".join([self.kind, *(str(value) for _, value in self.args)])


def fault(kind: str, *codes: str, heals: bool = True, may_lose: bool = False, **args: Any) -> Fault:
    return Fault(kind, frozenset(codes), heals, may_lose, tuple(args.items()))


FAULTS = [
    fault("reset_before_headers", "SRC-SERVER"),
    fault("reset_in_body", "SRC-SERVER", "SRC-TRUNCATED"),
    fault("truncated", "SRC-TRUNCATED"),
    fault("truncated_right_length", "SRC-TRUNCATED"),
    fault("stalled_body", "SRC-TIMEOUT"),
    fault("slow_drip", "SRC-TIMEOUT", seconds=0.2, chunks=20),
    fault("timeout", "SRC-TIMEOUT"),
    fault("empty_body", "SRC-TRUNCATED"),
    fault("null_body", "SRC-SERVER"),
    fault("bom"),
    fault("invalid_json", "SRC-TRUNCATED", "REC-UNREADABLE", heals=False),
    fault("html_200", "SRC-GATEWAY"),
    fault("redirect_signin_same_host", "SRC-GATEWAY"),
    fault("redirect_other_host", "SRC-GATEWAY"),
    fault("echo_certificate", "SRC-SERVER"),
    fault("ntlm", "SRC-PERMISSION", "SRC-WINDOWS-AUTH", heals=False),
    *(fault("status", "SRC-PERMISSION", heals=False, status=status) for status in (401, 403)),
    fault("status", "SRC-SERVER", heals=False, status=404),
    *(fault("status", "SRC-SERVER", status=status) for status in (500, 502, 503, 504)),
    fault("status", "SRC-SERVER", heals=False, status=501),
    fault("throttled", "SRC-THROTTLED", retry_after=1),
    fault("throttled", "SRC-THROTTLED", date_in=1),
    fault("throttled", "SRC-THROTTLED"),
    fault("wrong_types", "REC-TYPE", heals=False),
    fault("missing_ids", "REC-REQUIRED", heals=False),
    fault("one_bad_record", "REC-TYPE", heals=False),
    fault("null_list", "SRC-SERVER"),
    fault("object_list", heals=False, may_lose=True),
    fault("empty_list", heals=False, may_lose=True),
    fault("duplicate_rows"),
    fault("deep_nesting", "REC-UNREADABLE", "SRC-TRUNCATED", heals=False),
    fault("big"),
    fault("unknown_fields"),
    fault("other_school", "REF-SCHOOL", heals=False),
    *(fault(kind) for kind in ("paging_ignored", "past_end_404")),
    fault("page_cap", rows=7),
    fault("paging_shift", insert=3),
    fault("paging_shift", remove=3),
]


@dataclass(frozen=True)
class Cell:
    """One list, one fault, always or once."""

    endpoint: str
    fault: Fault
    once: bool

    @property
    def name(self) -> str:
        return f"{self.endpoint}-{self.fault.name}-{'once' if self.once else 'always'}"


def makes_sense(endpoint: str, fault: Fault) -> bool:
    if fault.kind.startswith(("paging", "page_", "past_end")):
        return endpoint == "students"
    return fault.kind != "other_school" or endpoint in OF_SCHOOL


CELLS = [
    Cell(endpoint, fault, once)
    for endpoint in ENDPOINTS
    for fault in FAULTS
    for once in (False, True)
    if makes_sense(endpoint, fault)
]


def short_form() -> list[Cell]:
    """Every fault once, every list about equally often, slow ones least."""
    found = []
    for place, one in enumerate(FAULTS):
        fitting = [cell for cell in CELLS if cell.fault is one]
        found.append(fitting[(place * 5) % len(fitting)])
    return found


@pytest.fixture(scope="module")
def roster() -> Iterator[Roster]:
    with serve(150, 11) as served:
        yield served


@pytest.fixture(scope="module")
def healthy(roster: Roster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station that has pulled the district, and returns to that state after each cell."""
    with fast_directory(tmp_path_factory.mktemp("matrix")) as path:
        station = roster.station(path)
        station.hurry()
        station.usual = station.pull_over_http()
        yield station


def suffer(roster: Roster, cell: Cell) -> int | None:
    """Put the cell's fault in force; returns the school that it befalls."""
    elementary, traditional = roster.codes()[:2]
    school = {"teachers": elementary}.get(cell.endpoint, traditional) if cell.endpoint in OF_SCHOOL else None
    told: dict[str, Any] = {"args": dict(cell.fault.args)}
    if school is not None:
        told["school"] = school
    if cell.once:
        told["times"] = 1
    if cell.fault.kind == "other_school":
        told["args"] = {"school": elementary if school == traditional else traditional}
    roster.served.fault(cell.fault.kind, cell.endpoint, **told)
    return school


@pytest.mark.parametrize("cell", CELLS if LONG else short_form(), ids=lambda cell: cell.name)
def test_no_fault_takes_anybody_away(cell: Cell, roster: Roster, healthy: Station) -> None:
    station = healthy
    before, active = station.contents(), station.all_active()
    usual = station.usual
    school = suffer(roster, cell)
    begun = time.monotonic()
    try:
        document = station.pull_over_http()
    finally:
        roster.served.heal()
    assert time.monotonic() - begun < BOUND
    assert document["outcome"] in {"completed", "completed_with_error", "error", "held"}
    assert_accounted(document)
    if document["outcome"] in {"error", "held"}:
        assert document["problem"]["code"]
        assert station.contents() == before
    lost = {kind: found - station.active(kind) for kind, found in active.items()}
    if cell.fault.may_lose and document["outcome"] != "held":
        assert sum(map(len, lost.values())) < 10, "a list of fewer records was let through without a question"
        put_right(station, before)
    else:
        assert not any(lost.values())
        assert station.contents() == before
    if cell.endpoint not in CONNECTING:
        assert_judged(cell, document, usual, school)
    assert_silent(station, document, roster.served.certificate)


def assert_accounted(document: dict[str, Any]) -> None:
    if document["counts"]:
        assert adds_up(document)
    else:
        assert document["outcome"] == "error"


def assert_judged(cell: Cell, document: dict[str, Any], usual: dict[str, Any], school: int | None) -> None:
    """The right code and the right outcome."""
    scope = next(s for s in document["scopes"] if (s["endpoint"], s["school"]) == (cell.endpoint, school))
    is_well = not cell.fault.codes or (cell.once and cell.fault.heals)
    if cell.fault.may_lose or is_an_empty_list(cell):
        return
    if is_well:
        assert scope["state"] == "complete"
        assert document["outcome"] == usual["outcome"]
        assert set(document["descriptions"]) == set(usual["descriptions"])
    elif cell.once and scope["state"] == "complete":
        # Only a part of the list suffered it, or reading it again overcame it.
        assert document["outcome"] in {usual["outcome"], "completed_with_error"}
    elif {"REC-TYPE", "REC-UNREADABLE", "REC-REQUIRED"} & cell.fault.codes:
        assert set(document["descriptions"]) & cell.fault.codes
        assert document["outcome"] == "completed_with_error"
    else:
        assert scope["state"] in {"failed", "denied"}
        assert set(document["descriptions"]) & cell.fault.codes
        assert document["outcome"] == "completed_with_error"


def is_an_empty_list(cell: Cell) -> bool:
    """The other school is an elementary one: its lists of sections and classes hold no row that could betray it."""
    return cell.fault.kind == "other_school" and cell.endpoint in {"sections", "classes"}


def assert_silent(station: Station, document: dict[str, Any], certificate: str) -> None:
    """No certificate, whatever the server echoed; one printable line each."""
    lines = [*station.log(document["import"]), *(d.message for d in station.descriptions(document["import"]))]
    assert certificate.lower() not in " ".join(lines).lower()
    assert all(line.isprintable() for line in lines)


def put_right(station: Station, before: dict[str, list[Any]]) -> None:
    """The next healthy pull brings everybody back as themselves."""
    station.pull_over_http()
    assert station.contents() == before


def test_when_everything_fails_the_import_is_an_error_and_nothing_changes(
    roster: Roster, healthy: Station
) -> None:
    before = healthy.contents()
    for kind, code in (("status", "SRC-SERVER"), ("html_200", "SRC-LOGIN-PAGE"), ("timeout", "SRC-TIMEOUT")):
        roster.served.fault(kind)
        begun = time.monotonic()
        try:
            document = healthy.pull_over_http()
        finally:
            roster.served.heal()
        assert time.monotonic() - begun < BOUND
        assert (document["outcome"], document["problem"]["code"]) == ("error", code)
        assert healthy.contents() == before
