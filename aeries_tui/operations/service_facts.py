"""What the service's account tells root of a district: what its daily import wants, and whether a run could work.

Root reads no file of the service's and runs nothing that one of them names: it asks the program itself, run as the
service's account, and checks each value before it becomes a unit or a line.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from pathlib import Path

import msgspec

from aeries_tui import processes
from aeries_tui.documents import Document, Refusal
from aeries_tui.errors import AeriesTuiError, NotAllowedNow, Problem, error_of, kind_of
from aeries_tui.operations.district import District
from aeries_tui.schedule import DailyImport, ScheduleError, wanted_schedule
from aeries_tui.schedule.daily_import import this_program
from aeries_tui.settings import Pull
from aeries_tui.settings.certificate import valid_systemd_name
from aeries_tui.settings.district_names import check_district_name
from aeries_tui.settings.fields import Unfit, date_ranges
from aeries_tui.settings.machine import MACHINE, SERVICE_USER, Account
from aeries_tui.settings.places import CONFIG_DIR_VARIABLE, DATA_DIR_VARIABLE


class Wanted(msgspec.Struct, frozen=True):
    """The daily import of a district, without any secret.

    Attributes:
        begin: the time of day, `HH:MM`.
        zone: of that time.
        delay_minutes: it begins up to so much later.
        make_up: one that was missed is made up for.
        longest_seconds: after which it is ended.
        writes: directories that it writes to.
        reads_variables: it needs variables that the machine's administrator sets.
        systemd_secrets: names of secrets that systemd hands it.
    """

    begin: str
    zone: str
    delay_minutes: int
    make_up: bool
    longest_seconds: int
    writes: list[str]
    reads_variables: bool
    systemd_secrets: list[str]


class Facts(Document, frozen=True):
    """What the service's account says of a district: its daily import, without any secret, and what to know of it.

    Attributes:
        district: its name.
        problem: what a run would end with; None where it could work.
        error: what a caller can do about that, such as `Busy`; blank where there is none.
        wanted: the daily import; None where it is off.
        notes: what a person should know, in sentences.
        blackout_dates: days, and ranges of days, on which a run does nothing.
    """

    district: str
    problem: Problem | None
    error: str
    wanted: Wanted | None
    notes: list[str]
    blackout_dates: list[str]


class AllFacts(Document, frozen=True):
    """The facts of all districts.

    Attributes:
        districts: of each.
        window_minutes: over which one timer of all spreads them, by the setting.
    """

    districts: list[Facts]
    window_minutes: int


def facts_of(district: District, problem: AeriesTuiError | None, notes: list[str]) -> Facts:
    """The facts about a district, for `aeries-tui schedule test --json`."""
    wanted = wanted_schedule(district.credential, district.settings, district.places)
    told = None
    if wanted is not None:
        told = Wanted(
            f"{wanted.begin:%H:%M}", wanted.zone, wanted.delay_minutes, wanted.make_up, wanted.longest_seconds,
            [str(path) for path in wanted.writes], wanted.reads_variables, list(wanted.systemd_secrets),
        )  # fmt: skip
    return Facts(
        district.name,
        problem.problem if problem else None,
        kind_of(problem) if problem else "",
        told,
        notes,
        [str(days) for days in district.settings.pull.blackout_dates],
    )


def ask_service(account: Account, district: str | None, env: Mapping[str, str]) -> Facts:
    """Ask the program, run as the service, what it knows of a district and whether it could work.

    Raises:
        AeriesTuiError: what it ended with, such as a config.toml that can't be read.
    """
    return _told(*_asked(account, ["--district", district] if district else [], env))


def ask_service_of_all(account: Account, env: Mapping[str, str]) -> AllFacts:
    """The same of all districts."""
    return told_of_all(*_asked(account, ["--all"], env))


def _asked(account: Account, which: list[str], env: Mapping[str, str]) -> tuple[str, str]:
    """What the program printed, run as the service, and how it ended."""
    words = ["schedule", "test", "--json", *which]
    plain = processes.plain_environment(env) | {
        "HOME": account.home, "LOGNAME": account.name, "USER": account.name,
        CONFIG_DIR_VARIABLE: str(MACHINE.config_dir), DATA_DIR_VARIABLE: str(MACHINE.data_dir),
    }  # fmt: skip
    ended = processes.run(
        [*this_program(), *words], timeout=120.0, env=plain, account=(account.uid, account.gid)
    )
    return ended.stdout.decode("utf-8", "replace"), ended.in_words()


def window_of(facts: AllFacts) -> int:
    """The minutes of the window, within what the setting takes."""
    return min(max(facts.window_minutes, 0), 720)


def wanted_of(facts: Facts) -> DailyImport:
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


def pull_of(facts: Facts) -> Pull:
    """The settings of pulls that say when a run does nothing; days that are none are left out."""
    try:
        return Pull(blackout_dates=date_ranges(facts.blackout_dates))
    except Unfit:
        return Pull()


def _told(text: str, ending: str) -> Facts:
    """What the program printed, as facts; raises the error that it printed in their place."""
    try:
        return msgspec.json.decode(text, type=Facts)
    except msgspec.MsgspecError:
        raise _refusal(text, ending) from None


def told_of_all(text: str, ending: str = "printed nothing that can be read") -> AllFacts:
    """What the program printed, as facts of all districts; raises the error that it printed in their place."""
    try:
        return msgspec.json.decode(text, type=AllFacts)
    except msgspec.MsgspecError:
        raise _refusal(text, ending) from None


def _refusal(text: str, ending: str) -> AeriesTuiError:
    """The error that the program printed in the place of facts."""
    try:
        refusal = msgspec.json.decode(text, type=Refusal)
    except msgspec.MsgspecError:
        return ScheduleError(
            f"{SERVICE_USER} can't run aeries-tui: it {ending}.",
            meaning="Nothing was installed.",
            remedy="Install the program where every account can read it: see aeries-tui help server.",
        )
    return error_of(refusal.error, refusal.problem)


def problem_in(text: str) -> AeriesTuiError | None:
    """What a run would end with, by what the program printed; None where it could work."""
    try:
        facts = _told(text, "printed nothing that can be read")
    except AeriesTuiError as error:
        return error
    return error_of(facts.error, facts.problem) if facts.problem else None


def problem_of_all(facts: AllFacts) -> AeriesTuiError | None:
    """What a run for all districts would end with; None where one of them could work, for the others say so themselves."""
    problems = [error_of(one.error, one.problem) for one in facts.districts if one.problem and one.wanted]
    some_work = any(one.problem is None and one.wanted for one in facts.districts)
    return problems[0] if problems and not some_work else None
