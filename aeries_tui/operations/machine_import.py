"""The daily import of the machine's districts, as root sees to it: installed once it was tried as the service, removed."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from aeries_tui.errors import AeriesTuiError, NotAllowedNow, Problem
from aeries_tui.operations.service_facts import (
    ask_service,
    ask_service_of_all,
    problem_in,
    problem_of_all,
    pull_of,
    told_of_all,
    wanted_of,
    window_of,
)
from aeries_tui.operations.timers import installed_of, moments, refuse_beside, require_some, without_single
from aeries_tui.schedule import (
    ALL,
    DailyImport,
    Scheduler,
    ScheduleStatus,
    choose,
    schedule_status,
    schedulers,
    together,
)
from aeries_tui.schedule.cron import CronScheduler
from aeries_tui.schedule.daily_import import with_shell
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.units import service_unit
from aeries_tui.settings import Places
from aeries_tui.settings.machine import MACHINE, SERVICE_USER, Account, service_account

TRIED_VARIABLE = "AERIES_TUI_TRIED"
"""Where root leaves for the service's account what became of trying the services: by district a problem, or null."""

_MADE_FOR = re.compile(r"^# Made by aeries-tui for the district (.+);", re.MULTILINE)


def install(district: str | None, env: Mapping[str, str] | None = None) -> tuple[ScheduleStatus, Scheduler]:
    """Write and start the timer of one of the machine's districts, if the service could do what it is to do.

    Args:
        district: its name; None for the only one.
        env: the environment that is carried into it; None for this process's own.

    Returns:
        How the daily import stands now, with what a person should know, and what it is installed with.

    Raises:
        AeriesTuiError: what a run would end with; nothing was installed.
    """
    env = os.environ if env is None else env
    account = _must_be_set_up()
    facts = ask_service(account, district, env)
    wanted = with_shell(wanted_of(facts), env)
    refuse_beside(MACHINE, wanted.district)
    scheduler = choose(MACHINE, wanted)
    had = scheduler.carries(wanted.district)
    try_out(scheduler, wanted, account)
    scheduler.install(wanted)
    if isinstance(scheduler, SystemdScheduler):
        scheduler.remove_older(wanted.district, MACHINE.config_dir)
    notes = [*scheduler.notes(wanted), *facts.notes, *shell_notes(wanted, had)]
    status = schedule_status(wanted.district, wanted, scheduler, pull_of(facts), now=dt.datetime.now(dt.UTC))
    return replace(status, notes=tuple(notes), flags=" --system"), scheduler


def install_all(env: Mapping[str, str] | None = None) -> tuple[Scheduler, list[str]]:
    """Write and start the one timer of all the machine's districts, in the place of those of single ones.

    Args:
        env: the environment that is carried into it; None for this process's own.

    Returns:
        What it is installed with, and what a person should know.

    Raises:
        AeriesTuiError: what a run would end with for every district; nothing was installed.
    """
    env = os.environ if env is None else env
    account = _must_be_set_up()
    facts = ask_service_of_all(account, env)
    each = [wanted_of(one) for one in facts.districts if one.wanted is not None]
    require_some(each)
    made = with_shell(together(each, window_of(facts), dt.date.today()), env)
    scheduler = choose(MACHINE, made)
    had = scheduler.carries(ALL)
    try_out(scheduler, made, account)
    scheduler.install(made)
    broken = [
        f"{one.district} could not work now: {one.problem.message}"
        for one in facts.districts
        if one.problem and one.wanted
    ]
    notes = [*scheduler.notes(made), *moments(each, made), *broken]
    notes += without_single(MACHINE, [one.district for one in facts.districts])
    return scheduler, [*notes, *shell_notes(made, had)]


def remove_all() -> list[str]:
    """Take the one timer of all the machine's districts away; returns the mechanisms it was taken from."""
    return [one.mechanism for one in schedulers(MACHINE) if one.remove(ALL)]


def try_out(scheduler: Scheduler, wanted: DailyImport, account: Account) -> None:
    """Start what would be installed, as the service, but let it only look; raises what a run would end with."""
    if isinstance(scheduler, SystemdScheduler):
        told = scheduler.try_out(service_unit(wanted, "system"), wanted.district)
    else:
        assert isinstance(scheduler, CronScheduler)
        told = scheduler.try_out(wanted, (account.uid, account.gid), account.home)
    problem = problem_of_all(told_of_all(told)) if wanted.window is not None else problem_in(told)
    if problem is not None:
        raise problem


def tried(district: str | None) -> dict[str, Problem | None]:
    """By district: what the installed jobs, started for a try, would end with; None for those that could work.

    Args:
        district: only this one's; None for all that are installed.
    """
    found: dict[str, Problem | None] = {}
    for scheduler in schedulers(MACHINE):
        if isinstance(scheduler, SystemdScheduler):
            names, look = list(installed_districts(scheduler.where.units)), partial(_try_service, scheduler)
        else:
            assert isinstance(scheduler, CronScheduler)
            names, look = scheduler.districts(), partial(_try_line, scheduler)
        found |= {name: _problem_of(look, name) for name in names if district in {None, name}}
        if ALL in installed_of(scheduler, {ALL}):
            tried_all = _try_all(scheduler)
            found |= {name: problem for name, problem in tried_all.items() if district in {None, name}}
    return found


def _try_all(scheduler: Scheduler) -> dict[str, Problem | None]:
    """By district: what the one timer of all, started for a try, would end with for it."""
    account = _must_be_set_up()
    facts = ask_service_of_all(account, os.environ)
    names = [one.district for one in facts.districts if one.wanted is not None]
    try:
        if isinstance(scheduler, SystemdScheduler):
            told = told_of_all(scheduler.try_out(scheduler.service_text(ALL) or "", ALL))
        else:
            assert isinstance(scheduler, CronScheduler)
            each = [wanted_of(one) for one in facts.districts if one.wanted is not None]
            made = together(each, window_of(facts), dt.date.today())
            told = told_of_all(scheduler.try_out(made, (account.uid, account.gid), account.home))
    except AeriesTuiError as error:
        return dict.fromkeys(names, error.problem)
    return {one.district: one.problem for one in told.districts if one.wanted is not None}


def installed_districts(units: Path) -> Iterator[str]:
    """The districts that have a service of the machine's, by the first line of its unit."""
    for unit in sorted(units.glob("aeries-tui-machine-*.service")):
        try:
            made_for = _MADE_FOR.search(unit.read_text("utf-8", "replace"))
        except OSError:
            continue
        if made_for:
            yield made_for[1]


def root_has_looked() -> bool:
    """Whether root has just tried all services that are installed, perhaps none."""
    return TRIED_VARIABLE in os.environ


def tried_before(district: str, env: Mapping[str, str] | None = None) -> tuple[bool, Problem | None]:
    """Whether root has just tried a district's service, and what it would end with; None where it could work."""
    try:
        found = msgspec.json.decode(
            (os.environ if env is None else env).get(TRIED_VARIABLE, "{}"), type=dict[str, Problem | None]
        )
    except msgspec.MsgspecError:
        return False, None
    return district in found, found.get(district)


def _try_service(scheduler: SystemdScheduler, district: str) -> None:
    problem = problem_in(scheduler.try_out(scheduler.service_text(district) or "", district))
    if problem is not None:
        raise problem


def _try_line(scheduler: CronScheduler, district: str) -> None:
    account = _must_be_set_up()
    try_out(scheduler, wanted_of(ask_service(account, district, os.environ)), account)


def _problem_of(look: Callable[[str], None], district: str) -> Problem | None:
    try:
        look(district)
    except AeriesTuiError as error:
        return error.problem
    return None


def remove(district: str | None) -> list[str]:
    """Take the timer of one of the machine's districts away; returns the mechanisms it was taken from.

    Args:
        district: its name, which needs no credential any more; None for the only one.
    """
    name = district or ask_service(_must_be_set_up(), None, os.environ).district
    removed = []
    for scheduler in schedulers(MACHINE):
        older = isinstance(scheduler, SystemdScheduler) and scheduler.remove_older(name, MACHINE.config_dir)
        if scheduler.remove(name) or older:
            removed.append(scheduler.mechanism)
    return removed


def shell_notes(wanted: DailyImport, had: frozenset[str]) -> Iterator[str]:
    """Which variables of the shell a run gets, and which it got before and no more.

    Args:
        wanted: what is installed now.
        had: the names that were in the job before.
    """
    if wanted.carried:
        yield f"Its runs get from this shell: {', '.join(f'{name}={value}' for name, value in wanted.carried.items())}"
    gone = sorted(had - {*wanted.carried, *wanted.withheld})
    if gone:
        yield f"{', '.join(gone)}, which it had before, is not set in this shell, so its runs do not get it any more."


def must_be_the_machines(places: Places) -> None:
    """Raise NotAllowedNow where a timer of the machine is asked for and the districts are somebody's own."""
    if places == MACHINE:
        if os.geteuid() == 0:
            return
        raise NotAllowedNow(
            "A timer of the machine is root's to install and to remove.",
            meaning="Nothing was changed.",
            remedy="Type it with sudo in front.",
        )
    raise NotAllowedNow(
        f"A timer of the machine runs as {SERVICE_USER}, who can't read these districts: {places.config_dir}.",
        meaning="Nothing was changed.",
        remedy="Type: aeries-tui setup --system --move-districts, then aeries-tui schedule install --system",
    )


def _must_be_set_up() -> Account:
    account = service_account()
    if account is None:
        raise NotAllowedNow(
            f"The service runs as the user {SERVICE_USER}, who does not exist on this machine.",
            meaning="Nothing was installed.",
            remedy="Type: aeries-tui setup --system",
        )
    return account
