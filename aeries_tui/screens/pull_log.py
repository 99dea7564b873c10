"""The log of a pull as the live log reads it, and as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from aeries_tui.listing import LEVELS, Interrupted, LogLevel, LogLine
from aeries_tui.pull.log import Line, LogReader
from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.times import local, moment
from aeries_tui.settings import private_text_writer
from aeries_tui.text import clean_text, holds, words_of
from aeries_tui.widgets.copy import save_folder_or_say
from aeries_tui.widgets.log import LiveLog

BATCH = 2_000
"""Lines looked through at a time."""


def _shown(line: Line) -> LogLine:
    at = local(moment(line.at))
    return LogLine(f"{at:%H:%M:%S}", line.level, f"{line.stage}: {line.message}")


class PullLogSource:
    """A `LogSource` over the log of one pull, which may still be written.

    Args:
        path: the log; it need not be there yet.
    """

    epoch = 0

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reader = LogReader(path)
        self._stop = Event()

    def count(self, level: LogLevel) -> int:
        """How many lines there are of this level and graver ones."""
        return self._reader.count(level)

    def lines(self, offset: int, limit: int, level: LogLevel) -> Sequence[LogLine]:
        """The lines from `offset`, at most `limit` of them."""
        return [_shown(line) for line in self._reader.window(offset, limit, level)]

    def find(self, text: str, start: int, backwards: bool, level: LogLevel) -> int | None:
        """The offset of the next line that holds every word of the text."""
        words = words_of(text)
        for place, line in self._walk(start, backwards, level):
            if holds(f"{line.stage}: {line.message}", words):
                return place
        return None

    def matches(self, text: str, at: int, level: LogLevel) -> tuple[int, int]:
        """How many lines hold every word of the text: those up to the offset `at`, and all."""
        words = words_of(text)
        found = [
            place
            for place, line in self._walk(0, False, level)
            if holds(f"{line.stage}: {line.message}", words)
        ]
        return sum(place <= at for place in found), len(found)

    def find_level(self, wanted: LogLevel, start: int, backwards: bool, level: LogLevel) -> int | None:
        """The offset of the next line of level `wanted`."""
        if LEVELS.index(wanted) < LEVELS.index(level):
            return None
        for place, line in self._walk(start, backwards, level):
            if line.level == wanted:
                return place
        return None

    def _walk(self, start: int, backwards: bool, level: LogLevel) -> Iterator[tuple[int, Line]]:
        self._stop.clear()
        place = start
        while place >= 0:
            if self._stop.is_set():
                raise Interrupted
            first = max(0, place - BATCH + 1) if backwards else place
            lines = self._reader.window(first, min(BATCH, place - first + 1) if backwards else BATCH, level)
            numbered = list(enumerate(lines, first))
            yield from reversed(numbered) if backwards else numbered
            if not lines:
                return
            place = first - 1 if backwards else first + len(lines)

    def interrupt(self) -> None:
        """End a search that runs."""
        self._stop.set()

    def close(self) -> None:
        """Let go of the file."""
        self._stop.set()
        self._reader.close()


def write_log(source: Path, target: Path) -> int:
    """Write the whole log as text, 0600, appearing only when complete; returns how many lines it has."""
    last = 0
    with LogReader(source) as reader, private_text_writer(target) as file:
        while batch := reader.lines(after=last, limit=BATCH):
            file.writelines(
                f"{line.at} {line.level:<7} {line.stage:<8} {clean_text(line.message)}\n" for line in batch
            )
            last = batch[-1].id
    return last


def save_pull_log(screen: DistrictScreen, log: LiveLog, number: int, source: PullLogSource | None) -> None:
    """Save the whole log of an import where the program saves things, and say where."""
    if source is None:
        screen.tell("There is no log yet.")
        return
    folder = save_folder_or_say(screen.app)
    if folder is None:
        return
    target = folder / f"import-{number}.log"

    screen.ask(
        lambda: write_log(source.path, target),
        lambda _: log.saved(target),
        lambda error: screen.show_error(error, "The log could not be written"),
    )
