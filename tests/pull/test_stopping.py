"""Whoever stops a pull finds it cancelled in the book of imports, however early the signal came."""

from __future__ import annotations

import os
import signal
from typing import Any
from unittest.mock import patch

import pytest

from aeries_tui.master.imports import imports
from aeries_tui.operations import follow_up
from aeries_tui.operations.follow_up import Imported
from aeries_tui.operations.pull_roster import PullOptions, pull_roster
from aeries_tui.outcome import Outcome
from aeries_tui.pull import beginning, run
from aeries_tui.pull.signals import interrupted_by_signals, noting_signals, signals_held_back
from engine import PaperAeries, Station


@pytest.fixture
def mapped(station: Station) -> Station:
    """A district that could be pulled."""
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    return station


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["clear_old_pulls", "open_log", "watermark_trouble", "stop_signals"])
def test_a_signal_between_the_book_and_the_loop_cancels(mapped: Station, moment: str, number: int) -> None:
    usual = getattr(run, moment)

    def stopped_there(*given: Any, **named: Any) -> Any:
        os.kill(os.getpid(), number)
        return usual(*given, **named)

    with patch.object(run, moment, stopped_there):
        document = mapped.pull()
    assert document["outcome"] == "cancelled"
    assert "The pull was cancelled; nothing was changed. It can be resumed." in mapped.echoed
    assert mapped.pull(resume=True)["outcome"].startswith("completed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_a_pull_looks_whether_it_can_begin_ends_it_without_a_trace(
    mapped: Station, number: int
) -> None:

    def stopped_there(*given: Any) -> None:
        os.kill(os.getpid(), number)

    before = signal.getsignal(signal.SIGTERM)
    with patch.object(beginning, "recover", stopped_there), pytest.raises(KeyboardInterrupt):
        mapped.pull()
    with mapped.master() as db:
        assert imports.every(db) == []
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_after_the_import_does_not_make_it_a_cancelled_one(mapped: Station, number: int) -> None:

    def stopped_there(*given: Any) -> None:
        os.kill(os.getpid(), number)

    with (
        mapped.answering(),
        patch.object(follow_up, "run_after_import", stopped_there),
        noting_signals() as heard,
    ):
        imported = pull_roster(mapped.as_district(), PullOptions(acknowledge=True))
    assert isinstance(imported, Imported)
    assert imported.ended.outcome is Outcome.COMPLETED
    assert "A signal ended what follows an import" in imported.failed[0]
    assert heard == [number]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_finds_the_import_decided_is_known_to_who_would_go_on(
    mapped: Station, number: int
) -> None:
    usual = run.apply_checked

    def stopped_there(*given: Any) -> Any:
        os.kill(os.getpid(), number)
        return usual(*given)

    with patch.object(run, "apply_checked", stopped_there), noting_signals() as heard:
        document = mapped.pull()
    assert document["outcome"] == "completed"
    assert heard == [number]


def test_two_signals_of_one_moment_are_one_wish(mapped: Station) -> None:
    def stopped_there(*given: Any, **named: Any) -> Any:
        for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
            os.kill(os.getpid(), number)
        return fetch(*given, **named)

    fetch = run.fetch_all
    with patch.object(run, "fetch_all", stopped_there):
        assert mapped.pull()["outcome"] == "cancelled"


def test_every_handler_is_as_it_was_whatever_was_raised(mapped: Station) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    for error in (KeyboardInterrupt, ValueError):
        with pytest.raises(error), signals_held_back(), interrupted_by_signals():
            raise error
    with signals_held_back(), signals_held_back():
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt), interrupted_by_signals():
            raise AssertionError("It was not heard.")
    assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
