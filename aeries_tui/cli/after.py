"""What follows an import, however it was started: alarms, and the district's own command."""

from __future__ import annotations

import datetime as dt

from aeries_tui.alarms import GOOD, PullReport, raise_alarms
from aeries_tui.cli.context import Context
from aeries_tui.cli.output import say
from aeries_tui.master import imports
from aeries_tui.pull.after import run_after_import
from aeries_tui.settings.certificate import secret_variables


def after_import(here: Context, number: int) -> None:
    """Start the district's command and raise the alarms; what fails is told, and changes nothing about the import."""
    for ended in run_after_import(here.district, here.credential, here.settings):
        if not ended.ok:
            say(f"exports.after_import {ended.in_words()}; the import itself is as it was.")
    hidden = secret_variables(here.credential.source)
    raised = raise_alarms(
        report_of(here, number), here.settings.alarms, ca_file=here.settings.source.ca_file, hidden=hidden
    )
    for delivery in raised.deliveries:
        if not delivery.ok:
            say(f"The alarm by {delivery.channel} failed: {delivery.detail}")


def report_of(here: Context, number: int) -> PullReport:
    """What the alarms need to know of an import: counts and codes, no names."""
    with here.master(read_only=True) as db:
        found = imports.get(db, number)
        before = imports.latest(db, f"id < {int(number)} AND outcome NOT IN ('running', 'discarded')")
        good = imports.latest(db, "outcome IN ({}) AND applied = 1".format(", ".join(f"'{o}'" for o in GOOD)))
        return PullReport(
            here.district.name, number, found.outcome, before.outcome if before else None,
            _moment(found.started_at), _moment(found.ended_at or found.started_at),
            _moment(good.ended_at) if good and good.ended_at else None,
            imports.counts(db, number), imports.description_codes(db, number),
            tuple(hold.code for hold in imports.holds(db, number)),
        )  # fmt: skip


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
