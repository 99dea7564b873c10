from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from aeries_tui.widgets import garbage


class Knot:
    """Something that refers to itself, so that only a look for garbage takes it away."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _thresholds() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.fixture
def old_knot() -> weakref.ref[Knot]:
    """What has become old and is garbage since."""
    kept = [Knot()]
    gc.collect(1)
    knot = weakref.ref(kept[0])
    kept.clear()
    return knot


def test_much_that_is_new_leads_to_no_look_at_what_is_old(old_knot: weakref.ref[Knot]) -> None:
    garbage.look_only_when_quiet()
    new: list[list[int]] = [[] for _ in range(500_000)]
    assert new and old_knot() is not None


def test_a_look_is_made_where_one_is_due(
    old_knot: weakref.ref[Knot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 10))
    garbage.look_if_due()
    assert old_knot() is not None
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 50))
    garbage.look_if_due()
    assert old_knot() is None
