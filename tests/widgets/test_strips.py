"""What was painted goes with its last use: none of it waits for a look for garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.harness import wait_for_text
from tui.sample import LogScreen, SampleApp, some_log


class Watched(Strip):
    """A strip that can be seen to go."""

    __slots__ = ("__weakref__",)


CUTS: dict[str, Callable[[Strip], Any]] = {
    "divided at its end": lambda strip: strip.divide([12]),
    "divided at its end and beyond": lambda strip: strip.divide([12, 20]),
    "cropped to its own width": lambda strip: strip.crop_extend(0, 12, Style()),
    "divided in the middle": lambda strip: strip.divide([5, 12]),
    "cropped to less": lambda strip: strip.crop_extend(2, 8, None),
    "extended": lambda strip: strip.crop_extend(0, 20, None),
}


@pytest.fixture
def no_looks() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_looks")
@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_a_strip_goes_with_its_last_use_however_it_was_cut(cut: Callable[[Strip], Any]) -> None:
    strip = Watched([Segment("Lincoln High")], 12)
    cut(strip)
    gone = weakref.ref(strip)
    del strip
    assert gone() is None


@pytest.mark.parametrize(
    ("cut", "texts"),
    [
        (lambda strip: strip.divide([12]), ["Lincoln High"]),
        (lambda strip: strip.divide([12, 20]), ["Lincoln High"]),
        (lambda strip: strip.divide([7, 12]), ["Lincoln", " High"]),
        (lambda strip: strip.divide([7]), ["Lincoln"]),
        (lambda strip: strip.divide([]), []),
        (lambda strip: [strip.crop_extend(0, 12, None)], ["Lincoln High"]),
        (lambda strip: [strip.crop_extend(-1, 12, None)], ["Lincoln High"]),
        (lambda strip: [strip.crop_extend(8, 14, None)], ["High  "]),
    ],
)
def test_it_is_cut_as_it_always_was(cut: Callable[[Strip], list[Strip]], texts: list[str]) -> None:
    assert [part.text for part in cut(Strip([Segment("Lincoln High")], 12))] == texts


@pytest.fixture
def garbage() -> Iterator[Callable[[], list[Any]]]:
    """What only a look for garbage found since the test began."""

    def found() -> list[Any]:
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        return gc.garbage

    gc.collect()
    yield found
    gc.set_debug(0)
    gc.garbage.clear()


@pytest.mark.usefixtures("no_looks")
async def test_a_screen_that_is_painted_again_and_again_leaves_no_strips_behind(
    garbage: Callable[[], list[Any]],
) -> None:
    app = SampleApp(LogScreen(some_log(500)))
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for_text(pilot, "500 lines")
        for _ in range(3):
            await pilot.press("pageup", "pagedown")
        assert not [one for one in garbage() if isinstance(one, Strip)]
