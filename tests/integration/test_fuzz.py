"""Any JSON, and bytes that are none, from every end point: never a traceback, never a hang, never a control character.

The suite tries a few dozen districts; `AERIES_TUI_TESTS=long pytest tests/integration/test_fuzz.py -s` thousands.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine import PaperAeries, Station, adds_up, fast_directory, school
from engine.forms import LONG
from engine.paper import as_json

EXAMPLES = 4000 if LONG else 40
NAME = "Qzxvname"
"""Stands in every text a fuzzed record holds, so that it is found where no name may be."""

texts = st.one_of(
    st.sampled_from(
        ["", " ", "\x1b[31mred\x1b[0m", "[bold]x[/]", "\u202eleft", "a\x00b", "\ud800", "=1+1", "2026-02-30", "*", "I", "-5", "1e9", "\n\r\t", "0001-01-01T00:00:00", "'; DROP TABLE student; --", "\x9b2J", "\U0001f3eb" * 9]
    ),
    st.text(max_size=12),
).map(lambda text: f"{NAME}{text}" if text.strip() and not text[:1].isdigit() else text)  # fmt: skip
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 20), st.integers(7000, 7010),
    st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**40, 1e308, -0.0, 5.0, 5.5]), texts,
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
PATHS = (
    "schools",
    "staff",
    "courses",
    "7/students",
    "7/teachers",
    "7/sections",
    "7/classes",
    "9/students",
    "9/teachers",
)
USUAL = PaperAeries.usual(students=3).lists


@st.composite
def rows_of(draw: st.DrawFn, path: str) -> Any:
    """The rows of a list with some fields, some rows, or the whole of it replaced by anything at all."""
    rows = [dict(row) for row in USUAL[path]]
    for _ in range(draw(st.integers(0, 5))):
        if not rows:
            break
        row = rows[draw(st.integers(0, len(rows) - 1))]
        if row:
            row[draw(st.sampled_from(sorted(row)))] = draw(values)
    for _ in range(draw(st.integers(0, 2))):
        rows.insert(draw(st.integers(0, len(rows))), draw(values))
    return rows


answers = st.one_of(
    st.tuples(st.just("json"), values),
    st.tuples(st.just("bytes"), st.binary(max_size=40)),
    st.tuples(st.just("cut"), st.integers(0, 300)),
)
districts = st.fixed_dictionaries(
    {}, optional={path: st.one_of(rows_of(path).map(lambda rows: ("json", rows)), answers) for path in PATHS}
)
infos = st.one_of(
    st.none(),
    st.fixed_dictionaries({"AeriesVersion": values, "DatabaseYear": values, "CurrentDateTime": values}),
    values,
)


def body(path: str, answer: tuple[str, Any]) -> httpx.Response:
    how, what = answer
    if how == "json":
        return as_json(what)
    whole = json.dumps(USUAL[path]).encode()
    return httpx.Response(200, content=what if how == "bytes" else whole[:what])


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with fast_directory(tmp_path_factory.mktemp("fuzz")) as folder:
        station = Station(Path(tempfile.mkdtemp(dir=folder)))
        station.aeries = PaperAeries.usual(students=3)
        station.set("source", tries=2)
        station.map(7, 8, 9)
        station.pull()
        yield station


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=not LONG, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(district=districts, info=infos)
def test_whatever_aeries_answers_the_pull_ends_in_words(
    pulled: Station, district: dict[str, Any], info: Any
) -> None:
    pulled.aeries.faults = {path: body(path, answer) for path, answer in district.items()}
    if info is not None:
        # What the server says of itself is nobody's name, and the log may say which school year it gives.
        pulled.aeries.faults["systeminfo"] = as_json(json.loads(json.dumps(info).replace(NAME, "")))
    before = {key for key in pulled.active("school_enrollment") if key[0] == 8}
    begun = time.monotonic()
    document = pulled.pull()
    assert time.monotonic() - begun < 20
    assert document["outcome"] in {"completed", "completed_with_error", "held", "error"}
    assert adds_up(document) if document["counts"] else document["outcome"] == "error"
    assert {key for key in pulled.active("school_enrollment") if key[0] == 8} == before
    assert_harmless(pulled, document)


def assert_harmless(station: Station, document: dict[str, Any]) -> None:
    number = document["import"]
    log = station.log(number)
    assert all(line.isprintable() for line in log)
    assert not [line for line in log if NAME.lower() in line.lower()]
    problem = dict(document["problem"] or {})
    reasons = [reason["message"] for reason in problem.pop("reasons", [])]
    told = [
        *problem.values(),
        *reasons,
        *(note for (note,) in station.query("SELECT notes FROM import WHERE id = ?", number)),
    ]
    for found in station.descriptions(number):
        told += [found.record, found.message, found.field or ""]
    assert not [text for text in told if not text.isprintable()]
    assert not [text for text in (*problem.values(), *reasons) if NAME in text]


def test_a_term_and_a_course_of_control_characters_are_described_harmlessly(station: Station) -> None:
    station.aeries = PaperAeries.usual(students=1)
    station.aeries.lists["schools"][2] = school(7, Terms=[{"TermCode": "F"}])
    station.aeries.lists["7/sections"][0].update(Semester="\x1b[31mX", CourseID="\x9b2J\u202e9")
    station.map(7)
    document = station.pull()
    assert {"REF-TERM", "REF-COURSE"} <= set(document["descriptions"])
    assert_harmless(station, document)
