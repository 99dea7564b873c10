"""What follows an import, however it was started: the district's own command, deliveries, and the alarms."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass, replace

from aeries_tui.alarms import PullReport, raise_alarms
from aeries_tui.errors import AeriesTuiError, MasterError
from aeries_tui.master.imports import imports, result
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.operations.after_import_command import run_after_import
from aeries_tui.operations.deliveries import deliver_due, states_of
from aeries_tui.operations.district import District
from aeries_tui.operations.kept_status import keep_status
from aeries_tui.outcome import Outcome
from aeries_tui.pull.after_apply import Ended


@dataclass(frozen=True)
class Imported:
    """An import that came to its end, and what failed of that which follows it, in sentences."""

    ended: Ended
    failed: list[str]

    @property
    def number(self) -> int:
        """Of the import."""
        return self.ended.number


def follow_up(district: District, ended: Ended, begun: dt.datetime | None = None) -> Imported:
    """Start the district's command, send what is to be delivered, and raise the alarms; changes nothing about the import, and never raises for a disk.

    Args:
        district: whose import.
        ended: the import.
        begun: when it began, for the alarms of one that can't be read; None for now.
    """
    failed = _start_command(district)
    delivered, undelivered = _deliver(district)
    failed += undelivered
    try:
        report = report_of(district, ended.number)
        if ended.untold is not None:
            report = replace(report, outcome=ended.outcome)
    except MasterError:
        report = _unread(district, ended.number, ended.outcome, begun or dt.datetime.now(dt.UTC))
    report = replace(report, deliveries=delivered)
    return Imported(ended, failed + _raise(district, report) + keep_status(district))


def _start_command(district: District) -> list[str]:
    try:
        done = run_after_import(district.files, district.settings)
    except MasterError as error:
        if not district.settings.exports.after_import:
            return []
        return [f"exports.after_import was not started: {error.message} It is after the next import."]
    return [
        f"exports.after_import {ended.in_words()}; the import itself is as it was."
        for ended in done
        if not ended.ok
    ]


def _deliver(district: District) -> tuple[dict[str, str], list[str]]:
    """How each delivery stands after what was due, and what must be told of them."""
    try:
        told = [one.sentence for one in deliver_due(district)]
        return {one.name: one.look for one in states_of(district)}, list(filter(None, told))
    except AeriesTuiError as error:
        if not district.settings.deliveries:
            return {}, []
        return {}, [f"Deliveries were not made: {error.message} They are after the next import."]


def tell_without_import(district: District, begun: dt.datetime) -> list[str]:
    """Raise the alarms of a pull that ended without an import to be told from: the disk, or a defect.

    Args:
        district: whose pull it was.
        begun: when it was started.

    Returns:
        What failed of it, in sentences.
    """
    return _raise(district, _unread(district, None, Outcome.ERROR, begun))


def _unread(district: District, number: int | None, outcome: Outcome, begun: dt.datetime) -> PullReport:
    """What the alarms need to know of a pull of which the book says nothing, or can't be read."""
    previous = good = None
    with contextlib.suppress(AeriesTuiError), district.reading() as db:
        previous, good = imports.previous_verdict(db), imports.last_good(db)
    return PullReport(
        district=district.name,
        number=number,
        outcome=outcome,
        previous=previous.outcome if previous else None,
        started=begun,
        ended=dt.datetime.now(dt.UTC),
        last_good_at=_ended(good),
    )


def report_of(district: District, number: int) -> PullReport:
    """What the alarms need to know of an import: counts and codes, no names."""
    with district.reading() as db:
        entry = imports.get(db, number)
        # Only a pull recovers from a pull; an undo or a restore brings nothing new from Aeries.
        previous = imports.previous_verdict(db, before=number) if entry.kind == "pull" else None
        holds = result.holds(db, number) if entry.outcome is Outcome.HELD else []
        return PullReport(
            district=district.name,
            number=number,
            outcome=entry.outcome,
            previous=previous.outcome if previous else None,
            started=_moment(entry.started_at),
            ended=_moment(entry.ended_at or entry.started_at),
            last_good_at=_ended(imports.last_good(db)),
            counts=result.counts(db, number),
            codes=description_codes(db, number),
            held=tuple(dict.fromkeys(hold.code for hold in holds)),
        )


def _raise(district: District, report: PullReport) -> list[str]:
    raised = raise_alarms(report, district.settings.alarms, ca_file=district.settings.source.ca_file)
    return [
        f"The alarm by {delivery.channel} failed: {delivery.detail}"
        for delivery in raised.deliveries
        if not delivery.ok
    ]


def _ended(entry: imports.Import | None) -> dt.datetime | None:
    return _moment(entry.ended_at) if entry is not None and entry.ended_at else None


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
