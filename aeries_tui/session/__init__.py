"""What the screens are about: the chosen district, its files, and the pull that may run on it."""

from aeries_tui.session.command_process import CommandProcess
from aeries_tui.session.session import RunningPull, Session
from aeries_tui.session.watch import Seen, Watch

__all__ = ["CommandProcess", "RunningPull", "Seen", "Session", "Watch"]
