"""`schedule` and `status`: the daily import, and how the district stands, for people and monitors."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from dataclasses import replace

from aeries_tui.alarms import Verdict, worst
from aeries_tui.cli.chosen import chosen_district, chosen_districts
from aeries_tui.cli.output import line, page, print_json, say, tell
from aeries_tui.errors import NotAllowedNow
from aeries_tui.operations import daily_import, machine_import
from aeries_tui.operations.deliveries import states_of
from aeries_tui.operations.district import District
from aeries_tui.operations.machine_import import must_be_the_machines
from aeries_tui.operations.machine_status import told_standings
from aeries_tui.operations.service_facts import facts_of
from aeries_tui.operations.standing import standing_of
from aeries_tui.processes import account_name
from aeries_tui.schedule import ScheduleStatus
from aeries_tui.settings import find_places
from aeries_tui.settings.machine import MACHINE, STATUS_DIR


def show(options: argparse.Namespace) -> int:
    """The next runs, the last one, and whether timer and setting agree."""
    now = dt.datetime.now(dt.UTC)
    statuses = [daily_import.daily_import_status(district, now) for district in chosen_districts(options)]
    if options.json:
        documents = [status.document() for status in statuses]
        print_json({"districts": documents} if options.all else documents[0])
    else:
        for status in statuses:
            _print(status)
    return 0


def _print(status: ScheduleStatus) -> None:
    line(f"{status.district}: daily import {status.begin or 'off'}")
    line(f"  {status.sentence}")
    if status.mechanism:
        line(f"  by {status.mechanism}")
    for run in status.next_runs:
        line(f"  next  {run.at:%a %Y-%m-%d %H:%M %Z}{'  (blackout: does nothing)' if run.blackout else ''}")
    line(f"  last  {status.last_run:%a %Y-%m-%d %H:%M %Z}" if status.last_run else "  last  never")
    for note in status.notes:
        line(f"  {note}")


def preview(options: argparse.Namespace) -> int:
    """Print the files that installing would write."""
    district = chosen_district(options)
    if options.system and district.places != MACHINE:
        must_be_the_machines(district.places)
    planned = daily_import.preview(district)
    if options.json:
        print_json({"files": [{"place": file.place, "text": file.text} for file in planned]})
        return 0
    for file in planned:
        line(f"# {file.place}")
        page(file.text)
    return 0


def test(options: argparse.Namespace) -> int:
    """Look whether a daily import could work as this account."""
    from aeries_tui.operations.workable import problem_of

    district = chosen_district(options)
    problem = problem_of(district)
    if options.json:
        notes = list(daily_import.advice(district)) if problem is None else []
        print_json(facts_of(district, problem, notes))
    elif problem is None:
        line(f"{district.name}: a daily import could work as {account_name()}.")
    if problem is not None:
        tell(problem)
    return problem.exit_status if problem else 0


def install(options: argparse.Namespace) -> int:
    """Write and start the timer."""
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
        print_json(status.document())
    else:
        _print(replace(status, notes=()))
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take the timer away; nothing of it is left."""
    if _is_of_machine(options):
        removed = machine_import.remove(getattr(options, "district", None))
    else:
        removed = daily_import.remove(chosen_district(options))
    say(f"Removed: {', '.join(removed)}." if removed else "There was nothing to remove.")
    if options.json:
        print_json({"removed": removed})
    return 0


def _is_of_machine(options: argparse.Namespace) -> bool:
    """Whether the machine's timer is meant; says so where it is and was not asked for, or is asked for and can't be."""
    places = find_places()
    sudo = "" if os.geteuid() == 0 else "sudo "
    if places == MACHINE and not options.system:
        raise NotAllowedNow(
            f"These are the machine's districts ({places.config_dir}), whose timers are the machine's.",
            meaning="Nothing was changed.",
            remedy=f"Type: {sudo}aeries-tui schedule {options.schedule_command} --system",
        )
    if options.system:
        must_be_the_machines(places)
    return options.system is True


def status(options: argparse.Namespace) -> int:
    """How each district stands; the exit status is that of the gravest."""
    told = _standings(options)
    if options.json:
        documents = [{**verdict.document(), "deliveries": looks} for verdict, looks in told]
        print_json({"districts": documents} if options.all else documents[0])
    else:
        for verdict, looks in told:
            line(f"{verdict.district}: {verdict.sentence}")
            if looks:
                line(f"  deliveries: {', '.join(f'{name} {look}' for name, look in looks.items())}")
    return worst(verdict for verdict, _ in told)


def _standings(options: argparse.Namespace) -> list[tuple[Verdict, dict[str, str]]]:
    """Of this user's districts; where there is none, of the machine's, by what they tell everybody."""
    places = find_places()
    if places != MACHINE and not places.credentials_file.exists() and STATUS_DIR.is_dir():
        say(f"There is no district of your own; this is what the machine's tell in {STATUS_DIR}.")
        told = told_standings(getattr(options, "district", None), options.max_age, every=options.all)
        return [(verdict, {}) for verdict in told]
    return [
        (standing_of(district, options.max_age), _looks_of_deliveries(district))
        for district in chosen_districts(options)
    ]


def _looks_of_deliveries(district: District) -> dict[str, str]:
    if not district.files.master.exists():
        return {}
    return {one.name: one.look for one in states_of(district)}
