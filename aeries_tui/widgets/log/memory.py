"""A `LogSource` in memory, bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock

from aeries_tui.listing import LEVELS, LogLevel, LogLine
from aeries_tui.text import holds, words_of


class ListLog:
    """The last lines of a log, in memory. Lines are added from any thread.

    Args:
        keep: lines kept at most; older ones are dropped a tenth at a time.
    """

    def __init__(self, keep: int = 20_000) -> None:
        self._keep = keep
        self._lock = Lock()
        self._by_level: dict[LogLevel, list[LogLine]] = {level: [] for level in LEVELS}
        self._lines: deque[LogLine] = deque()
        self.epoch = 0

    def extend(self, lines: Iterable[LogLine]) -> None:
        """Add lines at the end."""
        with self._lock:
            for line in lines:
                self._lines.append(line)
                for level in LEVELS[: LEVELS.index(line.level) + 1]:
                    self._by_level[level].append(line)
            if len(self._lines) > self._keep:
                self._drop(len(self._lines) - self._keep + self._keep // 10)

    def append(self, line: LogLine) -> None:
        """Add one line at the end."""
        self.extend((line,))

    def _drop(self, lines: int) -> None:
        for _ in range(min(lines, len(self._lines))):
            self._lines.popleft()
        for place, level in enumerate(LEVELS):
            self._by_level[level] = [line for line in self._lines if LEVELS.index(line.level) >= place]
        self.epoch += 1

    def count(self, level: LogLevel) -> int:
        """How many lines there are of this level and graver ones."""
        with self._lock:
            return len(self._by_level[level])

    def lines(self, offset: int, limit: int, level: LogLevel) -> Sequence[LogLine]:
        """The lines of this level and graver ones from `offset`, at most `limit`."""
        with self._lock:
            return self._by_level[level][offset : offset + limit]

    def find(self, text: str, start: int, backwards: bool, level: LogLevel) -> int | None:
        """The offset of the next line that holds every word of the text."""
        words = words_of(text)
        with self._lock:
            shown = self._by_level[level]
            return next(
                (i for i in _places(len(shown), start, backwards) if holds(shown[i].text, words)), None
            )

    def matches(self, text: str, at: int, level: LogLevel) -> tuple[int, int]:
        """How many lines hold every word of the text: those up to the offset `at`, and all."""
        words = words_of(text)
        with self._lock:
            found = [place for place, line in enumerate(self._by_level[level]) if holds(line.text, words)]
        return sum(place <= at for place in found), len(found)

    def find_level(self, wanted: LogLevel, start: int, backwards: bool, level: LogLevel) -> int | None:
        """The offset of the next line of level `wanted`."""
        with self._lock:
            shown = self._by_level[level]
            return next((i for i in _places(len(shown), start, backwards) if shown[i].level == wanted), None)

    def interrupt(self) -> None:
        """Nothing here takes long."""


def _places(count: int, start: int, backwards: bool) -> range:
    return range(min(start, count - 1), -1, -1) if backwards else range(max(0, start), count)
