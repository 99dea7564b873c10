"""What can go wrong with a schedule."""

from __future__ import annotations

from aeries_tui.errors import AeriesTuiError


class ScheduleError(AeriesTuiError):
    """systemd or cron refused; says what it said and what to do."""
