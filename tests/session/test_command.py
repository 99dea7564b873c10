"""Decisions as processes: what they are told in private, and how they say no."""

from __future__ import annotations

import subprocess
from unittest.mock import patch

import pytest

from aeries_tui.errors import AeriesTuiError, Busy, NotAllowedNow, NotFound, WrongUse
from aeries_tui.master.imports import imports
from aeries_tui.pull.lock import locked
from aeries_tui.session import CommandProcess
from aeries_tui.session.command import run_command
from engine import PaperAeries, Station

REASON = "Maria Lopez moved away\nsays her mother"


@pytest.fixture
def held(station: Station) -> Station:
    """A district whose first plan waits."""
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.pull(plan_only=True)
    return station


def test_the_reason_of_a_decision_stands_in_no_list_of_processes(held: Station) -> None:
    words = ["approve", "1", "--reason-stdin", "--district", "demo", "--json"]
    with patch("subprocess.Popen", wraps=subprocess.Popen) as started:
        process = CommandProcess(held.places, words, typed=REASON)
    process.wait()
    seen = repr(started.call_args)
    assert "--reason-stdin" in seen
    assert "Maria" not in seen, "neither in the words nor in the environment"
    assert process.refusal() is None
    process.leave()
    with held.master() as db:
        assert imports.get(db, 1).decided_reason == "Maria Lopez moved away says her mother"


@pytest.mark.parametrize(
    ("words", "typed", "kind", "status"),
    [
        (["approve", "99", "--reason-stdin"], "why", NotFound, 2),
        (["discard", "1", "--reason-stdin"], " \n", WrongUse, 2),
        (["undo", "1"], "", NotAllowedNow, 2),
    ],
)
def test_what_a_process_says_no_with_comes_back_as_the_error_it_was(
    held: Station, words: list[str], typed: str, kind: type[AeriesTuiError], status: int
) -> None:
    with pytest.raises(AeriesTuiError) as caught:
        run_command(held.places, "demo", words, typed=typed)
    assert type(caught.value) is kind
    assert caught.value.exit_status == status
    assert caught.value.meaning == "Nothing was changed." or kind is NotFound


def test_a_process_that_finds_the_district_in_use_says_busy(held: Station) -> None:
    with locked(held.district.lock, "pull"), pytest.raises(Busy) as caught:
        run_command(held.places, "demo", ["discard", "1", "--reason-stdin"], typed="why")
    assert caught.value.exit_status == 75


def test_a_process_that_reads_nothing_is_no_trouble(held: Station) -> None:
    run_command(held.places, "demo", ["results", "1"], typed="x" * 1_000_000)
