"""The daily import of the machine's districts, as root sees to it: installed once it was tried as the service, removed.

Root reads no file of the service's and runs nothing that one of them names: what is wanted is asked of the program itself,
run as the service's account, and checked before it becomes a unit or a line.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from aeries_tui import processes
from aeries_tui.errors import AeriesTuiError, NotAllowedNow, Problem, error_of, kind_of
from aeries_tui.operations.district import District
from aeries_tui.schedule import DailyImport, ScheduleError, Scheduler, choose, schedulers, wanted_schedule
from aeries_tui.schedule.cron import CronScheduler
from aeries_tui.schedule.daily_import import this_program, with_shell
from aeries_tui.schedule.systemd import SystemdScheduler
from aeries_tui.schedule.units import service_unit
from aeries_tui.settings import Places
from aeries_tui.settings.certificate import valid_systemd_name
from aeries_tui.settings.district_names import check_district_name
from aeries_tui.settings.machine import MACHINE, SERVICE_USER, Account, service_account
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE

TRIED_VARIABLE = "AERIES_TUI_TRIED"
"""Where root leaves for the service's account what became of trying the services: by district a problem, or null."""

_MADE_FOR = re.compile(r"^# Made by aeries-tui for the district (.+);", re.MULTILINE)


class Wanted(msgspec.Struct):
    """The daily import of a district as it is told to root; see `DailyImport`. Times and zones as text, no secret."""

    begin: str
    zone: str
    delay_minutes: int
    make_up: bool
    longest_seconds: int
    writes: list[str]
    reads_variables: bool
    systemd_secrets: list[str]


class Facts(msgspec.Struct):
    """What the service's account says of a district: its daily import, without any secret, and what to know of it.

    Attributes:
        district: its name.
        problem: what a run would end with; None where it could work.
        error: the kind of that error.
        wanted: the daily import; None where it is off.
        notes: what a person should know, in sentences.
    """

    district: str
    problem: Problem | None
    error: str
    wanted: Wanted | None
    notes: list[str]


def facts_of(district: District, problem: AeriesTuiError | None, notes: list[str]) -> Any:
    """The facts about a district as a JSON document, for `aeries-tui schedule test --json`."""
    wanted = wanted_schedule(district.credential, district.settings, district.places)
    told = None
    if wanted is not None:
        told = Wanted(
            f"{wanted.begin:%H:%M}", wanted.zone, wanted.delay_minutes, wanted.make_up, wanted.longest_seconds,
            [str(path) for path in wanted.writes], wanted.reads_variables, list(wanted.systemd_secrets),
        )  # fmt: skip
    return msgspec.to_builtins(
        Facts(
            district.name,
            problem.problem if problem else None,
            kind_of(problem) if problem else "",
            told,
            notes,
        )
    )


def ask_service(account: Account, district: str | None, env: Mapping[str, str]) -> Facts:
    """Ask the program, run as the service, what it knows of a district and whether it could work.

    Raises:
        AeriesTuiError: what it ended with, such as a config.toml that can't be read.
    """
    words = ["schedule", "test", "--json", *(["--district", district] if district else [])]
    plain = processes.plain_environment(env) | {
        "HOME": account.home, "LOGNAME": account.name, "USER": account.name,
        CONFIG_DIR_VARIABLE: str(MACHINE.config_dir), DATA_DIR_VARIABLE: str(MACHINE.data_dir),
    }  # fmt: skip
    ended = processes.run(
        [*this_program(), *words], timeout=120.0, env=plain, account=(account.uid, account.gid)
    )
    return _told(ended.stdout.decode("utf-8", "replace"), ended.in_words())


def install(
    district: str | None, env: Mapping[str, str] | None = None
) -> tuple[DailyImport, Scheduler, list[str]]:
    """Write and start the timer of one of the machine's districts, if the service could do what it is to do.

    Args:
        district: its name; None for the only one.
        env: the environment that is carried into it; None for this process's own.

    Returns:
        What is installed, by what, and what a person should know.

    Raises:
        AeriesTuiError: what a run would end with; nothing was installed.
    """
    env = os.environ if env is None else env
    account = _must_be_set_up()
    facts = ask_service(account, district, env)
    wanted = with_shell(_wanted(facts), env)
    scheduler = choose(MACHINE)
    had = scheduler.carries(wanted.district)
    try_out(scheduler, wanted, account)
    scheduler.install(wanted)
    if isinstance(scheduler, SystemdScheduler):
        scheduler.remove_older(wanted.district, MACHINE.config_dir)
    notes = [*scheduler.notes(wanted), *facts.notes, *shell_notes(wanted, had)]
    return wanted, scheduler, notes


def try_out(scheduler: Scheduler, wanted: DailyImport, account: Account) -> None:
    """Start what would be installed, as the service, but let it only look; raises what a run would end with."""
    if isinstance(scheduler, SystemdScheduler):
        told = scheduler.try_out(service_unit(wanted, "system"), wanted.district)
    else:
        assert isinstance(scheduler, CronScheduler)
        told = scheduler.try_out(wanted, (account.uid, account.gid), account.home)
    problem = _problem(told)
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
    return found


def installed_districts(units: Path) -> Iterator[str]:
    """The districts that have a service of the machine's, by the first line of its unit."""
    for unit in sorted(units.glob("aeries-tui-machine-*.service")):
        try:
            made_for = _MADE_FOR.search(unit.read_text("utf-8", "replace"))
        except OSError:
            continue
        if made_for:
            yield made_for[1]


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
    problem = _problem(scheduler.try_out(scheduler.service_text(district) or "", district))
    if problem is not None:
        raise problem


def _try_line(scheduler: CronScheduler, district: str) -> None:
    account = _must_be_set_up()
    try_out(scheduler, _wanted(ask_service(account, district, os.environ)), account)


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


def _wanted(facts: Facts) -> DailyImport:
    """The daily import that the facts tell, each value checked: they come from an account that root does not trust."""
    told = facts.wanted
    if told is None:
        raise NotAllowedNow(
            f"The daily import of {facts.district} is off.",
            meaning="Nothing was installed.",
            remedy=f"Switch it on: aeries-tui credentials change {facts.district} --daily-import HH:MM",
        )
    try:
        begin, zone = dt.time.fromisoformat(told.begin), zoneinfo.ZoneInfo(told.zone).key
    except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError):
        begin, zone = None, ""
    if begin is None or not all(map(valid_systemd_name, told.systemd_secrets)):
        raise ScheduleError(
            f"What {SERVICE_USER} tells of the daily import can't be: {told.begin!r}, {told.zone!r}, "
            f"{told.systemd_secrets!r}.",
            meaning="Nothing was installed.",
            remedy="See who else can become that account.",
        )
    return DailyImport(
        district=check_district_name(facts.district),
        begin=begin,
        zone=zone,
        delay_minutes=told.delay_minutes,
        make_up=told.make_up,
        longest_seconds=told.longest_seconds,
        places=MACHINE,
        program=this_program(),
        writes=tuple(map(Path, told.writes)),
        reads_variables=told.reads_variables,
        systemd_secrets=tuple(told.systemd_secrets),
    )


def _told(text: str, ending: str) -> Facts:
    """What the program printed, as facts; raises the error that it printed in their place."""
    try:
        return msgspec.json.decode(text, type=Facts)
    except msgspec.MsgspecError:
        pass
    try:
        refusal = msgspec.json.decode(text, type=_Refusal)
    except msgspec.MsgspecError:
        raise ScheduleError(
            f"{SERVICE_USER} can't run aeries-tui: it {ending}.",
            meaning="Nothing was installed.",
            remedy="Install the program where every account can read it: see aeries-tui help server.",
        ) from None
    raise error_of(refusal.error, refusal.problem)


class _Refusal(msgspec.Struct):
    problem: Problem
    error: str


def _problem(text: str) -> AeriesTuiError | None:
    try:
        facts = _told(text, "printed nothing that can be read")
    except AeriesTuiError as error:
        return error
    return error_of(facts.error, facts.problem) if facts.problem else None
