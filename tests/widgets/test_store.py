"""Rows that were asked for before something else was asked are never shown in its place."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

import pytest
from textual.message_pump import MessagePump

from aeries_tui.listing import Column, Row, RowKey
from aeries_tui.widgets.pages import PAGE
from aeries_tui.widgets.table.store import Opened, RowQuery, RowStore


class Turn:
    """The owner's turns: answers wait until the test takes them."""

    app = None

    def __init__(self) -> None:
        self._calls: queue.Queue[Callable[[], object]] = queue.Queue()

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        self._calls.put(lambda: callback(*args))
        return True

    def take(self) -> None:
        """Take the next answer; waits for it."""
        self._calls.get(timeout=20)()

    def take_the_later_of_two(self) -> None:
        """Take the second answer to come, as happens where that one is waited for; the first stays."""
        first, second = (self._calls.get(timeout=20) for _ in range(2))
        self._calls.put(first)
        second()


class Slow:
    """A source whose rows bear the filter's text; what a filter's gate holds back comes when it is opened."""

    columns = (Column("name", "Name"),)
    filterable = True

    def __init__(self, gates: dict[str, threading.Event], closed: list[str], text: str = "") -> None:
        self._gates, self._closed, self._text = gates, closed, text

    def _wait(self) -> None:
        gate = self._gates.get(self._text)
        assert gate is None or gate.wait(20)

    def count(self) -> int:
        self._wait()
        if self._text == "broken":
            raise OSError("broken")
        return 10 * PAGE

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        self._wait()
        return [Row(number, (f"{self._text} {number}",)) for number in range(offset, offset + limit)]

    def find(self, text: str, start: int, backwards: bool = False) -> int | None:
        return None

    def matches(self, text: str, at: int) -> tuple[int, int]:
        return 0, 0

    def index_of(self, key: RowKey) -> int | None:
        return int(key)

    def with_filter(self, text: str) -> Slow:
        return Slow(self._gates, self._closed, text)

    def with_sort(self, column: str | None, descending: bool = False) -> Slow:
        return self

    def interrupt(self) -> None:
        return None

    def close(self) -> None:
        self._closed.append(self._text)


class Shown:
    """A store whose source's filters can be held back, and what its screen was told."""

    def __init__(self, *held: str) -> None:
        self.gates = {text: threading.Event() for text in held}
        self.closed: list[str] = []
        self.opened: list[str] = []
        self.failed: list[str] = []
        self.pages: list[int] = []
        self.turn = Turn()
        self._source = Slow(self.gates, self.closed)

        def on_opened(opened: Opened) -> None:
            self.opened.append(opened.wanted.text)

        self.store = RowStore(
            cast(MessagePump, self.turn),
            on_opened,
            lambda rows, late: self.pages.append(len(rows)),
            lambda problem: self.failed.append(str(problem)),
        )

    def filter(self, text: str) -> None:
        self.store.open(self._source, RowQuery(text))

    def cell(self, index: int) -> Any:
        row = self.store.row(index)
        return None if row is None else row.cells[0]


@pytest.fixture
def made() -> Iterator[list[Shown]]:
    found: list[Shown] = []
    yield found
    for shown in found:
        for gate in shown.gates.values():
            gate.set()
        shown.store.close()


def shown_with(made: list[Shown], *held: str) -> Shown:
    made.append(Shown(*held))
    return made[-1]


def test_rows_of_a_filter_that_was_changed_meanwhile_are_never_shown(made: list[Shown]) -> None:
    shown = shown_with(made, "old", "new")
    shown.filter("old")
    shown.filter("new")
    shown.gates["old"].set()
    shown.turn.take()
    assert (shown.opened, shown.store.busy) == ([], True)
    shown.gates["new"].set()
    while not shown.opened:
        shown.turn.take()
    assert (shown.opened, shown.cell(0), shown.store.busy) == (["new"], "new 0", False)
    assert shown.closed == ["old"], "what nobody looks at is given back"


def test_a_filter_that_was_changed_meanwhile_fails_unheard(made: list[Shown]) -> None:
    shown = shown_with(made, "broken")
    shown.filter("broken")
    shown.filter("new")
    shown.gates["broken"].set()
    while not shown.opened:
        shown.turn.take()
    assert (shown.opened, shown.failed, shown.cell(0)) == (["new"], [], "new 0")


def test_what_is_shown_stays_until_the_new_rows_are_there(made: list[Shown]) -> None:
    shown = shown_with(made, "new")
    shown.filter("old")
    shown.filter("new")
    assert (shown.cell(0), shown.store.wanted.text, shown.store.busy) == ("old 0", "old", True)


def test_a_page_that_comes_after_the_filter_was_changed_is_not_put_among_the_new_rows(
    made: list[Shown],
) -> None:
    shown = shown_with(made, "old")
    shown.gates["old"].set()
    shown.filter("old")
    shown.gates["old"].clear()
    shown.store.need([3 * PAGE])
    shown.filter("new")
    shown.gates["old"].set()
    shown.turn.take_the_later_of_two()
    assert shown.opened == ["old", "new"]
    shown.turn.take()
    assert (shown.cell(3 * PAGE), shown.pages) == (None, [])
