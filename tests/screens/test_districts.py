"""The Districts board tells one state in one way: in the row, in the line of all, and at the command line."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from aeries_tui.alarms import State
from aeries_tui.alarms.status_file import unknown_status
from aeries_tui.operations.overview import Glance
from aeries_tui.outcome import Outcome
from aeries_tui.screens.text.districts import Shown, about, outcome, summary

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


def shown(stands_by: Outcome, latest: Outcome) -> Shown:
    status = msgspec.structs.replace(
        unknown_status("elm"), latest_import=6, latest_outcome=latest, verdict_outcome=stands_by,
        latest_ended_at="2026-11-30T11:00:00Z", last_good_outcome=Outcome.COMPLETED,
        last_good_ended_at="2026-11-30T10:00:00Z", stale_after_hours=26,
    )  # fmt: skip
    glance = Glance("elm", status=status)
    return Shown(glance, glance.verdict(NOW).state, None)


def text(cells: list[object]) -> str:
    return "".join(cell if isinstance(cell, str) else str(cell[0]) for cell in cells)  # type: ignore[index]


@pytest.mark.parametrize("wish", [Outcome.CANCELLED, Outcome.DISCARDED, Outcome.SUPERSEDED])
def test_who_ends_a_pull_by_a_wish_mends_nothing_and_it_is_told_so(wish: Outcome) -> None:
    one = shown(Outcome.ERROR, wish)
    assert outcome(one) == ("✖ ERROR", "error")
    assert text(summary([one], 0)) == "1 district · 1 failed"
    assert f"Last import   6: {wish.look.label}, " in text(about(one, "The last pull failed."))


def test_a_pull_that_was_killed_is_not_counted_among_those_that_failed() -> None:
    killed, failed = (shown(one, one) for one in (Outcome.INTERRUPTED, Outcome.ERROR))
    assert (killed.state, failed.state) == (State.FAILED, State.FAILED)
    assert outcome(killed)[0] == "■ Interrupted"
    assert text(summary([killed, failed, failed], 0)) == "3 districts · 2 failed · 1 interrupted"
