"""What follows an import, however it was started: alarms, and the district's own command."""

from __future__ import annotations

import contextlib
import datetime as dt

from aeries_tui.alarms import GOOD, PullReport, raise_alarms
from aeries_tui.cli.context import Context
from aeries_tui.cli.output import say
from aeries_tui.errors import AeriesTuiError
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.operations.after_import_command import run_after_import
from aeries_tui.outcome import Outcome
from aeries_tui.settings.certificate import secret_variables

_GOOD = "kind = 'pull' AND applied = 1 AND outcome IN ({})".format(", ".join(f"'{o}'" for o in sorted(GOOD)))
_SAID_SOMETHING = "kind = 'pull' AND outcome NOT IN ('running', 'discarded', 'cancelled')"


def after_import(here: Context, number: int) -> None:
    """Start the district's command and raise the alarms; what fails is told, and changes nothing about the import."""
    for ended in run_after_import(here.district, here.credential, here.settings):
        if not ended.ok:
            say(f"exports.after_import {ended.in_words()}; the import itself is as it was.")
    _raise(here, report_of(here, number))


def tell_without_import(here: Context, begun: dt.datetime) -> None:
    """Raise the alarms of a pull that ended without an import to be told from: the disk, or a defect."""
    before = good = None
    if here.district.master.exists():
        with contextlib.suppress(AeriesTuiError), here.master(read_only=True) as db:
            before, good = imports.latest(db, _SAID_SOMETHING), imports.latest(db, _GOOD)
    report = PullReport(
        here.district.name, None, Outcome.ERROR, before.outcome if before else None, begun,
        dt.datetime.now(dt.UTC), _ended(good),
    )  # fmt: skip
    _raise(here, report)


def _raise(here: Context, report: PullReport) -> None:
    hidden = secret_variables(here.credential.source)
    ca_file = here.settings.source.ca_file
    raised = raise_alarms(report, here.settings.alarms, ca_file=ca_file, hidden=hidden)
    for delivery in raised.deliveries:
        if not delivery.ok:
            say(f"The alarm by {delivery.channel} failed: {delivery.detail}")


def report_of(here: Context, number: int) -> PullReport:
    """What the alarms need to know of an import: counts and codes, no names."""
    with here.master(read_only=True) as db:
        found = imports.get(db, number)
        # Only a pull recovers from a pull; an undo or a restore brings nothing new from Aeries.
        is_pull = found.kind == "pull"
        before = imports.latest(db, f"id < {int(number)} AND {_SAID_SOMETHING}") if is_pull else None
        good = imports.latest(db, _GOOD)
        held = imports.holds(db, number) if found.outcome is Outcome.HELD else []
        return PullReport(
            here.district.name, number, found.outcome, before.outcome if before else None,
            _moment(found.started_at), _moment(found.ended_at or found.started_at),
            _ended(good),
            imports.counts(db, number), description_codes(db, number),
            tuple(dict.fromkeys(hold.code for hold in held)),
        )  # fmt: skip


def _ended(found: imports.Import | None) -> dt.datetime | None:
    return _moment(found.ended_at) if found is not None and found.ended_at else None


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
