"""`status`: how a district stands, or all of them, for people and monitors."""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Sequence

from aeries_tui.alarms import Verdict, parse_age, worst
from aeries_tui.alarms.verdict import State
from aeries_tui.cli.chosen import chosen_district
from aeries_tui.cli.documents import print_document
from aeries_tui.cli.output import line, say, table
from aeries_tui.cli.side_by_side import Districts
from aeries_tui.operations.deliveries import states_of
from aeries_tui.operations.district import District, find_district
from aeries_tui.operations.machine_status import told_districts
from aeries_tui.operations.overview import Glance, caught_up
from aeries_tui.operations.roster_service import ServiceStanding, service_standing
from aeries_tui.operations.standing import standing_of
from aeries_tui.operations.timers import next_import, timers
from aeries_tui.settings import Settings, find_places, load_settings
from aeries_tui.settings.machine import MACHINE, STATUS_DIR
from aeries_tui.text import in_bytes

_HEADER = (
    "District", "State", "Ended", "Took", "Students", "Changes", "Usual", "Held", "Stale", "Next", "Disk",
)  # fmt: skip


def status(options: argparse.Namespace) -> int:
    """How each district stands; the exit status is that of the gravest."""
    places = find_places()
    if places != MACHINE and not places.credentials_file.exists() and STATUS_DIR.is_dir():
        say(f"There is no district of your own; this is what the machine's tell in {STATUS_DIR}.")
        told = told_districts(getattr(options, "district", None), every=options.all)
        return (
            _tell_all(told, options) if options.all else _tell(told[0].verdict(*_ages(options)), {}, options)
        )
    if options.all:
        settings = load_settings(places.config_file)
        return _tell_all(caught_up(places, settings), options, settings)
    district = chosen_district(options)
    return _tell(
        standing_of(district, options.max_age), _looks_of_deliveries(district), options, service_standing(district)
    )  # fmt: skip


def _ages(options: argparse.Namespace) -> tuple[dt.datetime, dt.timedelta | None]:
    """Now, and how old a good import may be; None for the setting. Raises WrongUse."""
    return dt.datetime.now(dt.UTC), parse_age(options.max_age) if options.max_age else None


def _tell(
    verdict: Verdict,
    looks: dict[str, str],
    options: argparse.Namespace,
    service: ServiceStanding | None = None,
) -> int:
    if options.json:
        print_document(verdict.standing(looks, service.document() if service is not None else None))
    else:
        line(f"{verdict.district}: {verdict.sentence}")
        if looks:
            line(f"  deliveries: {_listed(looks)}")
        if service is not None:
            line(f"  roster service: {service.sentence}")
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
    table(_HEADER, [_row(*three) for three in zip(found, verdicts, nexts, strict=True)])
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
    status = one.status
    state = verdict.state.value.replace("_", " ")
    if one.running is not None:
        state = f"{one.running.what}, {state}"
    if status is None:
        return one.name, state, *"-------", _moment(next_run), "-"
    ended = dt.datetime.fromisoformat(status.latest_ended_at) if status.latest_ended_at else None
    figures = (status.active.get("student"), status.changed, status.usual)
    return (
        one.name, state, _moment(ended), _took(status.seconds),
        *("-" if figure is None else f"{figure:,}" for figure in figures),
        status.held or "-", status.stale or "-", _moment(next_run), in_bytes(status.disk),
    )  # fmt: skip


def _moment(at: dt.datetime | None) -> str:
    return f"{at.astimezone():%m-%d %H:%M}" if at else "-"


def _took(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


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
