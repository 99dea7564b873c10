"""Which alarms a pull raises; pure."""

from __future__ import annotations

from aeries_tui.alarms.report import PullReport
from aeries_tui.outcome import GOOD, Outcome
from aeries_tui.settings import Alarms

_OF_OUTCOME: dict[Outcome, str] = {
    Outcome.ERROR: "error",
    Outcome.INTERRUPTED: "error",
    Outcome.COMPLETED_WITH_ERROR: "completed_with_error",
    Outcome.HELD: "held",
}


def events_of(report: PullReport, alarms: Alarms) -> tuple[str, ...]:
    """The events of a pull that the settings want to hear of, the most telling first.

    An interrupted pull counts as an error, since nobody chose it; a cancelled or discarded one raises
    nothing but `stale`. A delivery that is held or failed raises one whatever the pull did. `recovered` is a pull without any error after one that was not.
    """
    events = []
    if report.outcome in _OF_OUTCOME:
        events.append(_OF_OUTCOME[report.outcome])
    if report.outcome is Outcome.COMPLETED and report.previous in _OF_OUTCOME:
        events.append("recovered")
    if report.undelivered:
        events.append("delivery")
    hours = report.hours_since_good
    if report.outcome not in GOOD and hours is not None and hours > alarms.stale_after_hours:
        events.append("stale")
    return tuple(event for event in events if event in alarms.on)
