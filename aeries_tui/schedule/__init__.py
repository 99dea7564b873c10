"""The daily import: a systemd timer or a crontab line, and whether it agrees with the setting."""

from aeries_tui.schedule.choice import choose, schedulers
from aeries_tui.schedule.daily_import import ALL, TRIGGER, TRIGGER_VARIABLE, DailyImport, wanted_schedule
from aeries_tui.schedule.errors import ScheduleError
from aeries_tui.schedule.job import Agreement, Planned, Scheduler
from aeries_tui.schedule.status import (
    NextRun,
    ScheduleStatus,
    by_timer,
    installed_in,
    rests,
    schedule_status,
)
from aeries_tui.schedule.times import next_runs, shown_zone
from aeries_tui.schedule.window import delays, own_begin, together

__all__ = [
    "ALL",
    "TRIGGER",
    "TRIGGER_VARIABLE",
    "Agreement",
    "DailyImport",
    "NextRun",
    "Planned",
    "ScheduleError",
    "ScheduleStatus",
    "Scheduler",
    "by_timer",
    "choose",
    "delays",
    "installed_in",
    "next_runs",
    "own_begin",
    "rests",
    "schedule_status",
    "schedulers",
    "shown_zone",
    "together",
    "wanted_schedule",
]
