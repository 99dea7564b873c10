"""Sending a set of files whole: to a folder, or to an SFTP server."""

from aeries_tui.exports.deliveries.errors import Undelivered
from aeries_tui.exports.deliveries.folder import send_to_folder, try_folder
from aeries_tui.exports.deliveries.judge import content_of, held_for
from aeries_tui.exports.deliveries.load import Load
from aeries_tui.exports.deliveries.sftp import send_by_sftp, try_sftp

__all__ = [
    "Load",
    "Undelivered",
    "content_of",
    "held_for",
    "send_by_sftp",
    "send_to_folder",
    "try_folder",
    "try_sftp",
]
