from __future__ import annotations

import asyncio
import threading

import pytest

from aeries_tui.errors import SourceError
from aeries_tui.session.background_task import BackgroundTask, Stopped


async def _answer() -> int:
    return 42


def test_an_errand_brings_its_answer() -> None:
    assert BackgroundTask(_answer, 5, "It").run() == 42


def test_what_goes_wrong_comes_back_as_it_is() -> None:
    async def wrong() -> int:
        raise SourceError("No.")

    with pytest.raises(SourceError, match="No"):
        BackgroundTask(wrong, 5, "It").run()


def test_it_ends_at_its_deadline() -> None:
    async def never() -> int:
        await asyncio.Event().wait()
        return 1

    with pytest.raises(SourceError, match=r"The test was not done after 0\.01 seconds"):
        BackgroundTask(never, 0.01, "The test").run()


def test_it_ends_when_it_is_told_to() -> None:
    begun = threading.Event()

    async def never() -> int:
        begun.set()
        await asyncio.Event().wait()
        return 1

    errand = BackgroundTask(never, 60, "The test")
    told = threading.Thread(target=lambda: (begun.wait(), errand.stop()))
    told.start()
    with pytest.raises(Stopped, match="The test was stopped"):
        errand.run()
    told.join()


def test_stopped_before_it_began_it_never_asks() -> None:
    errand = BackgroundTask(_answer, 60, "It")
    errand.stop()
    with pytest.raises(Stopped):
        errand.run()
