"""Each outcome raises what it should, and only what the settings want to hear."""

import datetime as dt

import pytest

from aeries_tui.alarms import events_of
from aeries_tui.outcome import Outcome
from aeries_tui.settings import Alarms

from .conftest import ENDED, Report


@pytest.mark.parametrize(
    ("previous", "outcome", "events"),
    [
        (None, Outcome.COMPLETED, ()),
        (Outcome.COMPLETED, Outcome.COMPLETED, ()),
        (Outcome.COMPLETED, Outcome.ERROR, ("error",)),
        (None, Outcome.INTERRUPTED, ("error",)),
        (None, Outcome.COMPLETED_WITH_ERROR, ("completed_with_error",)),
        (Outcome.ERROR, Outcome.COMPLETED_WITH_ERROR, ("completed_with_error",)),
        (None, Outcome.HELD, ("held",)),
        (Outcome.ERROR, Outcome.COMPLETED, ("recovered",)),
        (Outcome.HELD, Outcome.COMPLETED, ("recovered",)),
        (Outcome.INTERRUPTED, Outcome.COMPLETED, ("recovered",)),
        (Outcome.COMPLETED_WITH_ERROR, Outcome.COMPLETED, ("recovered",)),
        (Outcome.CANCELLED, Outcome.COMPLETED, ()),
        (Outcome.ERROR, Outcome.CANCELLED, ()),
        (Outcome.ERROR, Outcome.DISCARDED, ()),
    ],
)
def test_an_outcome_raises_its_event(
    report: Report, previous: Outcome | None, outcome: Outcome, events: tuple[str, ...]
) -> None:
    assert events_of(report(outcome, previous), Alarms()) == events


@pytest.mark.parametrize(
    ("outcome", "hours", "events"),
    [
        (Outcome.ERROR, 25.9, ("error",)),
        (Outcome.ERROR, 26.1, ("error", "stale")),
        (Outcome.HELD, 100, ("held", "stale")),
        (Outcome.CANCELLED, 100, ("stale",)),
        (Outcome.COMPLETED, 0, ()),
    ],
)
def test_no_good_import_for_long_is_stale(
    report: Report, outcome: Outcome, hours: float, events: tuple[str, ...]
) -> None:
    good = ENDED - dt.timedelta(hours=hours)
    assert events_of(report(outcome, last_good_at=good), Alarms()) == events


def test_a_district_that_never_had_an_import_is_not_stale(report: Report) -> None:
    assert events_of(report(Outcome.ERROR, last_good_at=None), Alarms()) == ("error",)


def test_a_delivery_that_is_held_or_failed_raises_its_event_whatever_the_pull_did(report: Report) -> None:
    for state, events in (("ok", ()), ("held", ("delivery",)), ("failed", ("delivery",))):
        assert events_of(report(deliveries={"clever": state, "other": "ok"}), Alarms()) == events


def test_only_what_is_wanted_is_raised(report: Report) -> None:
    stale = report(Outcome.ERROR, last_good_at=ENDED - dt.timedelta(days=3))
    assert events_of(stale, Alarms(on=("stale",))) == ("stale",)
    assert events_of(stale, Alarms(on=())) == ()


def test_what_is_no_code_is_left_out_of_a_report(report: Report) -> None:
    made = report(Outcome.HELD, codes={"SRC-TIMEOUT": 1, "Ann Lee": 2}, held=("RUN-HELD-LOSS", "Ann Lee"))
    assert made.codes == {"SRC-TIMEOUT": 1}
    assert made.held == ("RUN-HELD-LOSS",)
