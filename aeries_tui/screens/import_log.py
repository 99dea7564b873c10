"""The log of one import."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from aeries_tui.screens.base import DistrictScreen
from aeries_tui.screens.pull_log import PullLogSource, save_pull_log
from aeries_tui.widgets.bindings import bindings_of
from aeries_tui.widgets.log import LiveLog, SaveLog


class ImportLogScreen(DistrictScreen):
    """The log, from its beginning.

    Args:
        number: the import.
        path: its log.
    """

    KEYS = "import log"
    PLACE = "results"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("import log")

    def __init__(self, number: int, path: Path) -> None:
        super().__init__()
        self._number = number
        self._source = PullLogSource(path)
        self._log = LiveLog(self._source, empty="The log has no such lines.")

    def body(self) -> ComposeResult:
        """The log."""
        yield self._log

    def on_mount(self) -> None:
        """Give the keys to the log."""
        self._log.focus()

    def on_unmount(self) -> None:
        """Let go of the file."""
        self._source.close()

    @on(SaveLog)
    def _save(self, event: SaveLog) -> None:
        event.stop()
        save_pull_log(self, event.log_widget, self._number, self._source)
