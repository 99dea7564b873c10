"""The live log."""

from aeries_tui.listing import LogLevel, LogLine, LogSource
from aeries_tui.widgets.log.live import LiveLog, SaveLog
from aeries_tui.widgets.log.memory import ListLog

__all__ = ["ListLog", "LiveLog", "LogLevel", "LogLine", "LogSource", "SaveLog"]
