"""Writing the feeds that others get: queried behind the fence, checked by their own rules, and whole or not at all."""

from aeries_tui.exports.feeds.rules import Breach
from aeries_tui.exports.feeds.write import FeedReport, WrittenFile, write_feed, written_file

__all__ = ["Breach", "FeedReport", "WrittenFile", "write_feed", "written_file"]
