"""Alarms after a pull, the verdict for monitors, and the Prometheus textfile; counts and codes, never names."""

from aeries_tui.alarms.events import events_of
from aeries_tui.alarms.prometheus import remove_metrics, write_metrics
from aeries_tui.alarms.report import PullReport
from aeries_tui.alarms.send import Delivery, Raised, raise_alarms
from aeries_tui.alarms.verdict import State, Verdict, parse_age, verdict, worst

__all__ = [
    "Delivery",
    "PullReport",
    "Raised",
    "State",
    "Verdict",
    "events_of",
    "parse_age",
    "raise_alarms",
    "remove_metrics",
    "verdict",
    "worst",
    "write_metrics",
]
