"""`schedule`: the timer of the daily import."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import replace

from aeries_tui.cli.chosen import all_are_meant, chosen_district, chosen_districts
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import about, line, page, say, tell
from aeries_tui.cli.side_by_side import Districts, gravest
from aeries_tui.documents import Document, refusal_of
from aeries_tui.errors import AeriesTuiError, NotAllowedNow
from aeries_tui.operations import daily_import, machine_import, one_timer
from aeries_tui.operations.district import all_districts
from aeries_tui.operations.machine_import import must_be_the_machines
from aeries_tui.operations.service_facts import AllFacts, facts_of
from aeries_tui.processes import account_name
from aeries_tui.schedule import ScheduleStatus
from aeries_tui.schedule.job import Planned
from aeries_tui.settings import find_places, load_settings
from aeries_tui.settings.machine import MACHINE


class PlannedFiles(Document, frozen=True):
    """The files that installing a timer would write.

    Attributes:
        files: in the order in which they would be written.
    """

    files: Sequence[Planned]


class OneTimer(Document, frozen=True):
    """The one timer of all districts that was installed.

    Attributes:
        mechanism: how it is started.
        notes: what a person should know, in sentences.
    """

    mechanism: str
    notes: Sequence[str]


class TimerRemoved(Document, frozen=True):
    """What was taken away; empty where nothing was there.

    Attributes:
        removed: each, in words.
    """

    removed: Sequence[str]


def show(options: argparse.Namespace) -> int:
    """The next runs, the last one, and whether timer and setting agree."""
    now = dt.datetime.now(dt.UTC)
    statuses: list[ScheduleStatus] = []
    documents: list[Document] = []
    exits = [0]
    for district in chosen_districts(options):
        try:
            statuses.append(daily_import.daily_import_status(district, now))
        except AeriesTuiError as error:
            if not options.all:
                raise
            _tell_of(district.name, error)
            documents.append(refusal_of(error, district.name))
            exits.append(error.exit_status)
            continue
        documents.append(statuses[-1].document())
        if not options.json:
            _print(statuses[-1])
    if options.json:
        print_document(Districts(documents) if options.all else documents[0])
    if sum(status.agreement == "missing" for status in statuses) > 1:
        flags = " --all --system" if find_places() == MACHINE else " --all"
        say(f"One timer for all of them, in the place of one each: aeries-tui schedule install{flags}")
    return gravest(exits)


def _tell_of(district: str, error: AeriesTuiError) -> None:
    """Tell of one of all districts what is wrong with it."""
    say(f"{district}:")
    with about(district):
        tell(error)


def _print(status: ScheduleStatus) -> None:
    line(f"{status.district}: daily import {status.begin or 'off'}")
    line(f"  {status.sentence}")
    if status.mechanism:
        line(f"  by {status.mechanism}")
    for run in status.next_runs:
        line(f"  next  {run.at:%a %Y-%m-%d %H:%M %Z}{'  (blackout: does nothing)' if run.blackout else ''}")
    # In the zone of those to come, where there are any.
    zone = status.next_runs[0].at.tzinfo if status.next_runs else None
    last = status.last_run.astimezone(zone) if status.last_run else None
    line(f"  last  {last:%a %Y-%m-%d %H:%M %Z}" if last else "  last  never")
    for note in status.notes:
        line(f"  {note}")


def preview(options: argparse.Namespace) -> int:
    """Print the files that installing would write."""
    places = find_places()
    if options.system and places != MACHINE:
        must_be_the_machines(places)
    if all_are_meant(options):
        planned = one_timer.preview_all(places, load_settings(places.config_file))
    else:
        planned = daily_import.preview(chosen_district(options))
    if options.json:
        print_document(PlannedFiles(planned))
        return 0
    for file in planned:
        line(f"# {file.place}")
        page(file.text)
    return 0


def test(options: argparse.Namespace) -> int:
    """Look whether a daily import could work as this account."""
    from aeries_tui.operations.workable import problem_of

    if all_are_meant(options):
        return _test_all(options)
    district = chosen_district(options)
    problem = problem_of(district)
    if options.json:
        notes = list(daily_import.advice(district)) if problem is None else []
        print_document(facts_of(district, problem, notes))
    elif problem is None:
        line(f"{district.name}: a daily import could work as {account_name()}.")
    if problem is not None:
        tell(problem)
    return problem.exit_status if problem else 0


def _test_all(options: argparse.Namespace) -> int:
    """The same for every district whose daily import is on; the exit status is the first problem's where none could work."""
    from aeries_tui.operations.workable import problem_of

    districts = all_districts()
    problems = [problem_of(one) for one in districts]
    if options.json:
        facts = [
            facts_of(one, problem, list(daily_import.advice(one)) if problem is None else [])
            for one, problem in zip(districts, problems, strict=True)
        ]
        window = load_settings(find_places().config_file).schedule.window_minutes
        print_document(AllFacts(facts, window))
    for one, problem in zip(districts, problems, strict=True):
        if problem is not None:
            _tell_of(one.name, problem)
        elif not options.json:
            line(f"{one.name}: a daily import could work as {account_name()}.")
    return gravest([problem.exit_status if problem else 0 for problem in problems])


def install(options: argparse.Namespace) -> int:
    """Write and start the timer."""
    if all_are_meant(options):
        return _install_all(options)
    if _is_of_machine(options):
        status, scheduler = machine_import.install(getattr(options, "district", None))
        notes = list(status.notes)
    else:
        district = chosen_district(options)
        scheduler, notes = daily_import.install(district)
        status = daily_import.daily_import_status(district, dt.datetime.now(dt.UTC))
    say(f"Installed: {scheduler.mechanism}.")
    for note in notes:
        say(note)
    if options.json:
        print_document(status.document())
    else:
        _print(replace(status, notes=()))
    return 0


def _install_all(options: argparse.Namespace) -> int:
    """Write and start the one timer of all districts."""
    if _is_of_machine(options):
        scheduler, notes = machine_import.install_all()
    else:
        places = find_places()
        scheduler, notes = one_timer.install_all(places, load_settings(places.config_file))
    if options.json:
        print_document(OneTimer(scheduler.mechanism, notes))
    say(f"Installed: {scheduler.mechanism}, one for all districts.")
    for note in notes:
        say(note)
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take the timer away; nothing of it is left."""
    of_machine = _is_of_machine(options)
    if all_are_meant(options):
        removed = machine_import.remove_all() if of_machine else one_timer.remove_all(find_places())
    elif of_machine:
        removed = machine_import.remove(getattr(options, "district", None))
    else:
        removed = daily_import.remove(chosen_district(options))
    say(f"Removed: {', '.join(removed)}." if removed else "There was nothing to remove.")
    if options.json:
        print_document(TimerRemoved(removed))
    return 0


def _is_of_machine(options: argparse.Namespace) -> bool:
    """Whether the machine's timer is meant; says so where it is and was not asked for, or is asked for and can't be."""
    places = find_places()
    sudo = "" if os.geteuid() == 0 else "sudo "
    if places == MACHINE and not options.system:
        raise NotAllowedNow(
            f"These are the machine's districts ({places.config_dir}), whose timers are the machine's.",
            meaning="Nothing was changed.",
            remedy=f"Type: {sudo}aeries-tui schedule {options.schedule_command}{' --all' if options.all else ''} --system",
        )
    if options.system:
        must_be_the_machines(places)
    return options.system is True
