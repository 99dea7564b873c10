"""`status`: how a district stands, or all of them, for people and monitors."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence

from aeries_tui.alarms import Verdict, parse_age, worst
from aeries_tui.alarms.verdict import State
from aeries_tui.cli.chosen import all_are_meant, chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.cli.side_by_side import Districts
from aeries_tui.operations.deliveries import states_of
from aeries_tui.operations.district import District, find_district
from aeries_tui.operations.machine_status import told_districts
from aeries_tui.operations.overview import Glance, caught_up, glance_of
from aeries_tui.operations.roster_service import ServiceStanding, service_standing
from aeries_tui.operations.timers import next_import, timers
from aeries_tui.settings import Settings, find_places, load_settings
from aeries_tui.settings.machine import MACHINE, STATUS_DIR
from aeries_tui.text import in_bytes, took_in_figures

_HEADER = (
    "District", "State", "Ended", "Took", "Students", "Changes", "Usual", "Held", "Stale", "Next", "Disk",
)  # fmt: skip
_TIMES = frozenset({"Ended", "Next"})


def status(options: argparse.Namespace) -> int:
    """How each district stands; the exit status is that of the gravest."""
    every = all_are_meant(options)
    places = find_places()
    if places != MACHINE and not places.credentials_file.exists() and STATUS_DIR.is_dir():
        say(f"There is no district of your own; this is what the machine's tell in {STATUS_DIR}.")
        told = told_districts(getattr(options, "district", None), every=every)
        return _tell_all(told, options) if every else _tell(told[0], {}, options)
    if every:
        settings = load_settings(places.config_file)
        found = caught_up(places, settings)
        if not found:
            find_district(None)  # raises, as without --all
        return _tell_all(found, options, settings)
    district = chosen_district(options)
    return _tell(glance_of(district), _looks_of_deliveries(district), options, service_standing(district))


def _ages(options: argparse.Namespace) -> tuple[dt.datetime, dt.timedelta | None]:
    """Now, and how old a good import may be; None for the setting. Raises WrongUse."""
    return dt.datetime.now(dt.UTC), parse_age(options.max_age) if options.max_age else None


def _tell(
    found: Glance,
    looks: dict[str, str],
    options: argparse.Namespace,
    service: ServiceStanding | None = None,
) -> int:
    verdict = found.verdict(*_ages(options))
    if options.json:
        of_service = service.document() if service is not None else None
        print_document(verdict.standing(looks, of_service, found.at_work))
    else:
        line(f"{verdict.district}: {verdict.sentence}")
        if found.running is not None:
            line(
                f"  at work now: {found.running.what}, since {_moment(dt.datetime.fromisoformat(found.running.since))}"
            )
        if looks:
            line(f"  deliveries: {_listed(looks)}")
        if service is not None:
            line(f"  roster service: {service.sentence}. {service.answering.sentence}")
    return verdict.exit_status


def _tell_all(found: Sequence[Glance], options: argparse.Namespace, settings: Settings | None = None) -> int:
    now, max_age = _ages(options)
    verdicts = [one.verdict(now, max_age) for one in found]
    nexts = _nexts(found, settings, now)
    looks = [_looks(one, settings) for one in found]
    if options.json:
        rows = zip(found, verdicts, looks, nexts, strict=True)
        documents = [
            one.standing(verdict, look, at.isoformat() if at else None) for one, verdict, look, at in rows
        ]
        print_document(Districts(documents))
        return worst(verdicts)
    zone = f"{now.astimezone():%Z}"
    header = [f"{title} {zone}" if title in _TIMES else title for title in _HEADER]
    table(header, [_row(*three) for three in zip(found, verdicts, nexts, strict=True)])
    for verdict, look in zip(verdicts, looks, strict=True):
        if verdict.state is not State.OK:
            line(f"{verdict.district}: {verdict.sentence}")
        if look:
            line(f"{verdict.district}: deliveries: {_listed(look)}")
    return worst(verdicts)


def _nexts(found: Sequence[Glance], settings: Settings | None, now: dt.datetime) -> list[dt.datetime | None]:
    """When the daily import of each runs next."""
    if settings is None:
        return [None] * len(found)
    installed = timers(find_places(), [one.name for one in found])
    return [
        next_import(one.credential, settings, now, installed) if one.credential else None for one in found
    ]


def _row(one: Glance, verdict: Verdict, next_run: dt.datetime | None) -> tuple[object, ...]:
    """The cells of a district; what is not known is a hyphen."""
    known = one.known
    state = "interrupted" if one.is_interrupted else verdict.state.value.replace("_", " ")
    if one.running is not None:
        state = f"{one.running.what}, {state}"
    ended = dt.datetime.fromisoformat(known.latest_ended_at) if known.latest_ended_at else None
    figures = (known.active.get("student"), known.changed, known.usual)
    return (
        one.name, state, _moment(ended), took_in_figures(known.seconds) or "-",
        *("-" if figure is None else f"{figure:,}" for figure in figures),
        known.held or "-", known.stale or "-", _moment(next_run), in_bytes(known.disk) if known.disk else "-",
    )  # fmt: skip


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone():%m-%d %H:%M}" if at else "-"


def _listed(looks: dict[str, str]) -> str:
    return ", ".join(f"{name} {look}" for name, look in looks.items())


def _looks(one: Glance, settings: Settings | None) -> dict[str, str]:
    """How the deliveries of a district stand, which its Master says; where none are declared it is not asked."""
    if settings is None or not settings.deliveries:
        return {}
    return _looks_of_deliveries(find_district(one.name))


def _looks_of_deliveries(district: District) -> dict[str, str]:
    if not district.files.master.exists():
        return {}
    return {one.name: one.look for one in states_of(district)}
