"""Which ways of starting the daily import this machine has."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from aeries_tui.errors import NotAllowedNow
from aeries_tui.schedule.cron import CronScheduler
from aeries_tui.schedule.job import Scheduler
from aeries_tui.schedule.systemd import SystemdScheduler, directories, systemd_runs


def schedulers(env: Mapping[str, str] | None = None) -> tuple[Scheduler, ...]:
    """All ways this machine has, the preferred first: systemd of the user, of the system, cron.

    Args:
        env: the environment, for the user's directories; None for this process's own.
    """
    available: list[Scheduler] = []
    if systemd_runs():
        available += [SystemdScheduler(scope, directories(scope, env)) for scope in ("user", "system")]
    if shutil.which("crontab"):
        available.append(CronScheduler())
    return tuple(available)


def choose(*, system: bool = False, env: Mapping[str, str] | None = None) -> Scheduler:
    """The way to install with: systemd where it runs, else cron.

    Args:
        system: for the whole machine, in place of the user's own.
        env: the environment; None for this process's own.

    Raises:
        NotAllowedNow: the machine has neither, or no systemd for a system-wide timer.
    """
    available = schedulers(env)
    if system:
        available = tuple(
            scheduler
            for scheduler in available
            if isinstance(scheduler, SystemdScheduler) and scheduler.scope == "system"
        )
    if not available:
        raise NotAllowedNow(
            f"This machine has no {'systemd at work' if system else 'systemd at work and no crontab command'}.",
            meaning="Nothing was installed.",
            remedy="Start `aeries-tui pull` by whatever starts jobs here, once a day.",
        )
    return available[0]
