"""Which ways of starting the daily import this machine has."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from aeries_tui.errors import NotAllowedNow
from aeries_tui.schedule.cron import CronScheduler
from aeries_tui.schedule.daily_import import DailyImport
from aeries_tui.schedule.job import Scheduler
from aeries_tui.schedule.systemd import SystemdScheduler, systemd_runs
from aeries_tui.schedule.unit_pair import directories
from aeries_tui.schedule.units import Scope
from aeries_tui.settings import Places
from aeries_tui.settings.machine import MACHINE, SERVICE_USER


def schedulers(places: Places, env: Mapping[str, str] | None = None) -> tuple[Scheduler, ...]:
    """All ways this machine has for the districts of some places, the preferred first.

    The machine's districts are started by the system's manager or from the crontab of the service, a user's by their own
    manager or from their own crontab; nobody's districts ever touch the jobs of others.

    Args:
        places: whose configuration.
        env: the environment, for the user's directories; None for this process's own.
    """
    of_machine = places == MACHINE
    available: list[Scheduler] = []
    if systemd_runs():
        scope: Scope = "system" if of_machine else "user"
        available.append(SystemdScheduler(scope, directories(scope, env)))
    if shutil.which("crontab"):
        for_service = of_machine and os.geteuid() == 0  # only root may name another's
        available.append(CronScheduler(user=SERVICE_USER if for_service else None))
    return tuple(available)


def choose(places: Places, wanted: DailyImport, *, env: Mapping[str, str] | None = None) -> Scheduler:
    """The way to install with: systemd where it runs, else cron.

    Args:
        places: whose configuration.
        wanted: what is to be installed.
        env: the environment; None for this process's own.

    Raises:
        NotAllowedNow: the machine has neither.
    """
    available = schedulers(places, env)
    if not available:
        raise NotAllowedNow(
            "This machine has no systemd at work and no crontab command.",
            meaning="Nothing was installed.",
            remedy=f"Start `{wanted.by_hand}` by whatever starts jobs here, once a day.",
        )
    return available[0]
