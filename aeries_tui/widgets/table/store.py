"""The rows behind a table: asked for page by page, in the background, in the order and filter wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from textual.message_pump import MessagePump

from aeries_tui.listing import Interrupted, Row, RowKey, RowSource
from aeries_tui.widgets.background import Background
from aeries_tui.widgets.pages import PAGE, Pages

T = TypeVar("T")

OPEN_PATIENCE = 0.03
"""Seconds the screen waits for a source to open, so that a fast one is painted at once."""

PAGE_PATIENCE = 0.012
"""Seconds a paint waits for pages it lacks."""


@dataclass(frozen=True, slots=True)
class RowQuery:
    """Which rows, in which order: the words they hold, the column sorted by."""

    text: str = ""
    column: str | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A source read as wanted: its view, how many rows, where the kept row went, its first pages."""

    view: RowSource
    wanted: RowQuery
    count: int
    kept: int | None
    pages: dict[int, Sequence[Row]]


def _opened(base: RowSource, wanted: RowQuery, key: RowKey | None, near: int) -> Opened:
    view = base.with_sort(wanted.column, wanted.descending).with_filter(wanted.text)
    count = view.count()
    kept = view.index_of(key) if key is not None else None
    place = kept if kept is not None else min(near, max(0, count - 1))
    numbers = dict.fromkeys((0, place // PAGE))
    return Opened(view, wanted, count, kept, {number: view.rows(number * PAGE, PAGE) for number in numbers})


class RowStore:
    """Rows of one source; never keeps the screen waiting.

    Attributes:
        asked: filter and order that were asked for last.
        wanted: filter and order of the rows that are there.
        count: how many those are.
        busy: whether others are being read.

    Args:
        owner: the widget it works for.
        on_opened: told when other rows are there.
        on_page: told when a page came that was missing, and whether it came too late for the paint.
        on_failed: told when the source could not be read.
    """

    def __init__(
        self,
        owner: MessagePump,
        on_opened: Callable[[Opened], None],
        on_page: Callable[[Sequence[Row], bool], None],
        on_failed: Callable[[BaseException], None],
    ) -> None:
        self._background = Background(owner, "rows")
        self._on_opened = on_opened
        self._on_page = on_page
        self._on_failed = on_failed
        self._base: RowSource | None = None
        self._view: RowSource | None = None
        self._pages: Pages[Row] = Pages()
        self._pending: set[int] = set()
        self._turn = 0
        self._interrupts = 0
        self.asked = RowQuery()
        self.wanted = RowQuery()
        self.count = 0
        self.busy = False

    @property
    def base(self) -> RowSource | None:
        """The source as it was given."""
        return self._base

    @property
    def view(self) -> RowSource | None:
        """The source as it is shown: filtered and sorted."""
        return self._view

    def open(self, base: RowSource, wanted: RowQuery, *, key: RowKey | None = None, near: int = 0) -> None:
        """Read a source; what is shown stays until the new rows are there.

        Args:
            base: the source as given.
            wanted: filter and order.
            key: the row to find again.
            near: the place to read around where there is no such row.
        """
        if self.busy and self._base is not None:
            self._base.interrupt()
        self._turn += 1
        turn = self._turn
        self._base, self.asked = base, wanted
        self.busy = True

        def answered(opened: Opened) -> None:
            if turn != self._turn:
                self._give_back(opened.view)
            else:
                self._swap(opened)

        def failed(problem: BaseException) -> None:
            if turn == self._turn:
                self.busy = False
                self._on_failed(problem)

        self._background.ask(
            lambda: _opened(base, wanted, key, near), answered, failed, patience=OPEN_PATIENCE
        )

    def _swap(self, opened: Opened) -> None:
        old, self._view = self._view, opened.view
        self.wanted, self.count, self.busy = opened.wanted, opened.count, False
        self._pages.clear()
        self._pending.clear()
        for number, rows in opened.pages.items():
            self._pages.put(number, rows)
        self._on_opened(opened)
        if old is not None:
            self._give_back(old)

    def _give_back(self, view: RowSource) -> None:
        self._background.ask(view.close, _ignore, _ignore)

    def row(self, index: int) -> Row | None:
        """The row at a place, None where it has to be fetched first."""
        return self._pages.get(index)

    def need(self, indexes: Iterable[int]) -> None:
        """Fetch the pages of these rows where they are missing; waits for quick ones."""
        view = self._view
        if view is None:
            return
        for number in self._pages.missing(indexes):
            if number not in self._pending:
                self._pending.add(number)
                self._fetch(view, number)

    def _fetch(self, view: RowSource, number: int) -> None:
        waited = True

        def answered(rows: Sequence[Row]) -> None:
            if view is self._view:
                self._pending.discard(number)
                self._pages.put(number, rows)
                self._on_page(rows, not waited)

        def failed(problem: BaseException) -> None:
            if view is not self._view:
                return
            self._pending.discard(number)
            if isinstance(problem, Interrupted):
                self._on_page((), True)
            else:
                self._on_failed(problem)

        waited = self._background.ask(
            lambda: view.rows(number * PAGE, PAGE), answered, failed, patience=PAGE_PATIENCE
        )

    def find(
        self,
        text: str,
        start: int,
        backwards: bool,
        found: Callable[[int | None], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Look for the next row that holds the text, beyond the end from the other end on."""
        view, last = self._view, self.count - 1
        if view is None or last < 0:
            found(None)
            return

        begun = self._interrupts

        def question() -> int | None:
            if begun != self._interrupts:  # ended while it waited for its turn
                raise Interrupted
            place = view.find(text, start, backwards) if 0 <= start <= last else None
            return view.find(text, last if backwards else 0, backwards) if place is None else place

        self._background.ask(question, found, failed, patience=OPEN_PATIENCE)

    def count_matches(
        self,
        text: str,
        at: int,
        counted: Callable[[tuple[int, int]], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Count the rows that hold the text: those up to a place, and all."""
        view = self._view
        begun = self._interrupts

        def question() -> tuple[int, int]:
            if view is None or begun != self._interrupts:
                raise Interrupted
            return view.matches(text, at)

        self._background.ask(question, counted, failed)

    def ask_keys(self, answered: Callable[[Sequence[RowKey]], None]) -> None:
        """Read the keys of all rows that are there; not answered where others are there by then."""
        view, count = self._view, self.count
        if view is None:
            return

        def read(keys: Sequence[RowKey]) -> None:
            if view is self._view:
                answered(keys)

        def failed(problem: BaseException) -> None:
            if view is self._view and not isinstance(problem, Interrupted):
                self._on_failed(problem)

        self._background.ask(
            lambda: [row.key for row in view.rows(0, count)], read, failed, patience=OPEN_PATIENCE
        )

    def ask(
        self,
        question: Callable[[], T],
        answered: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Do something else with the source in its turn, in the background."""
        self._background.ask(question, answered, failed)

    def interrupt(self) -> None:
        """End what the source is doing, and the searches that wait for their turn."""
        self._interrupts += 1
        if self._base is not None:
            self._base.interrupt()

    def close(self) -> None:
        """Give everything back; the source as it was given is the giver's to close."""
        self.interrupt()
        if self._view is not None:
            self._give_back(self._view)
        self._background.close()


def _ignore(_: object) -> None:
    return None
