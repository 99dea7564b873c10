"""Whoever stops a pull finds it cancelled in the book of imports, however early the signal came."""

from __future__ import annotations

import os
import signal
from typing import Any
from unittest.mock import patch

import pytest

from aeries_tui.pull import run
from engine import PaperAeries, Station


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["clear_old_pulls", "open_log", "watermark_trouble", "stop_signals"])
def test_a_signal_between_the_book_and_the_loop_cancels(station: Station, moment: str, number: int) -> None:
    station.aeries = PaperAeries.usual()
    station.map(7, 8, 9)
    usual = getattr(run, moment)

    def stopped_there(*given: Any, **named: Any) -> Any:
        os.kill(os.getpid(), number)
        return usual(*given, **named)

    with patch.object(run, moment, stopped_there):
        document = station.pull()
    assert document["outcome"] == "cancelled"
    assert "The pull was cancelled; nothing was changed. It can be resumed." in station.echoed
    assert station.pull(resume=True)["outcome"].startswith("completed")
