"""A small program of the shared widgets, for the tests; runnable in a terminal as well."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from aeries_tui.keys import Keymap
from aeries_tui.listing import Column, Interrupted, LogLine, Row, RowKey
from aeries_tui.outcome import Outcome
from aeries_tui.text import holds, words_of
from aeries_tui.widgets.base import TerminalApp
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.footer import KeyBar
from aeries_tui.widgets.log import ListLog, LiveLog
from aeries_tui.widgets.messages import MessageLine
from aeries_tui.widgets.nav import NavBar
from aeries_tui.widgets.status import outcome_cell
from aeries_tui.widgets.table import PagedTable, RowSource
from aeries_tui.widgets.theme import Look, choose_look

HOSTILE = (
    "Roosevelt [/x]",
    "Lincoln [closed] Elem",
    "[/",
    "\x1b[31mRed\x1b[0m\x07 bell",
    "abc\u202edcba\u202c",
    "שלום עולם",
    "東京小学校",
    "e\u0301" * 5 + "\u0301" * 40,
    "x" * 200,
    "half \ud800 a pair",
    "two\nlines\tand a tab",
    "👩\u200d👩\u200d👧 family ✔\ufe0f",
)
COLUMNS = (
    Column("id", "ID", align="right"),
    Column("name", "Name", flex=2),
    Column("school", "School", flex=1, max_width=30),
    Column("status", "Status", min_width=12),
)


class VirtualRows:
    """Any number of rows that nobody holds; filters by whole thousands, sorts by turning round.

    Args:
        total: how many.
        gate: while it is clear, every call waits; None never waits.
    """

    columns = COLUMNS
    filterable = True

    def __init__(self, total: int = 1_000_000, gate: threading.Event | None = None) -> None:
        self._total, self._gate = total, gate
        self._step, self._descending = 1, False
        self._broken = threading.Event()
        self.asked: list[tuple[int, int]] = []

    def _wait(self) -> None:
        while self._gate is not None and not self._gate.wait(0.01):
            if self._broken.is_set():
                self._broken.clear()
                raise Interrupted

    def _row(self, index: int) -> Row:
        number = index * self._step
        number = self._total - 1 - number if self._descending else number
        status = outcome_cell(list(Outcome)[number % 8])
        return Row(number, (f"{number:,}", f"Student {number}", HOSTILE[number % len(HOSTILE)], status))

    def count(self) -> int:
        self._wait()
        return self._total // self._step

    def rows(self, offset: int, limit: int) -> Sequence[Row]:
        self._wait()
        self.asked.append((offset, limit))
        return [self._row(index) for index in range(offset, min(offset + limit, self._total // self._step))]

    def find(self, text: str, start: int, backwards: bool = False) -> int | None:
        self._wait()
        words = words_of(text)
        end = -1 if backwards else self._total // self._step
        self._broken.clear()
        for index in range(start, end, -1 if backwards else 1):
            if self._broken.is_set():
                raise Interrupted
            if holds(str(self._row(index).cells[1]), words):
                return index
        return None

    def matches(self, text: str, at: int) -> tuple[int, int]:
        self._wait()
        words = words_of(text)
        total = min(self._total // self._step, 10_000)
        found = [index for index in range(total) if holds(str(self._row(index).cells[1]), words)]
        return sum(index <= at for index in found), len(found)

    def index_of(self, key: RowKey) -> int | None:
        self._wait()
        number = self._total - 1 - int(key) if self._descending else int(key)
        return number // self._step if number % self._step == 0 else None

    def _like(self, step: int, descending: bool) -> VirtualRows:
        view = VirtualRows(self._total, self._gate)
        view._step, view._descending, view.asked, view._broken = step, descending, self.asked, self._broken
        return view

    def with_filter(self, text: str) -> VirtualRows:
        return self._like(10_000_000 if text == "nobody" else 1000 if text else 1, self._descending)

    def with_sort(self, column: str | None, descending: bool = False) -> VirtualRows:
        return self._like(self._step, column is not None and descending)

    def interrupt(self) -> None:
        self._broken.set()

    def close(self) -> None:
        return None


class ListScreen(Screen[None]):
    KEYS = "people"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("people")

    def __init__(self, source: RowSource, *, markable: bool = True) -> None:
        super().__init__()
        self.table = PagedTable(
            source, empty="Nobody here yet. Press 4 to pull.", name="people", markable=markable
        )

    def compose(self) -> ComposeResult:
        yield NavBar("people")
        yield self.table
        yield MessageLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.table.focus()


class LogScreen(Screen[None]):
    KEYS = "pull"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("pull")

    def __init__(self, source: ListLog) -> None:
        super().__init__()
        self.log_widget = LiveLog(source)

    def compose(self) -> ComposeResult:
        yield NavBar("pull")
        yield self.log_widget
        yield MessageLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self.log_widget.focus()


class SampleApp(TerminalApp[None]):
    def __init__(
        self,
        first: Screen[None],
        look: Look | None = None,
        keymap: Keymap | None = None,
        save_folder: Path | None = None,
    ) -> None:
        super().__init__(look or Look(), keymap, save_folder)
        self.first = first
        self.went: list[str] = []
        self.heard: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self.first)

    def action_go(self, screen: str) -> None:
        self.went.append(screen)


def some_log(lines: int = 500) -> ListLog:
    log = ListLog()
    log.extend(
        LogLine(
            "08:15:02",
            "error" if n % 100 == 99 else "warning" if n % 10 == 9 else "info",
            f"line {n} [closed]",
        )
        for n in range(lines)
    )
    return log


if __name__ == "__main__":
    screen = LogScreen(some_log()) if sys.argv[1:] == ["log"] else ListScreen(VirtualRows())
    SampleApp(screen, choose_look(os.environ)).run(mouse=False)
