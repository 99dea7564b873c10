"""What a decision leaves behind."""

from __future__ import annotations

import pytest

from aeries_tui.errors import NotAllowedNow, WrongUse
from engine import PaperAeries, Station


@pytest.fixture
def waiting(station: Station) -> Station:
    """An applied import, and the plan of a second one, which waits."""
    station.aeries = PaperAeries.usual()
    station.begin(7, 8, 9)
    station.aeries.lists["7/students"][0]["LastName"] = "Planned"
    assert station.pull(plan_only=True)["outcome"] == "held"
    return station


def kept(station: Station) -> set[str]:
    """What lies in the folder of the second pull, SQLite's own files left aside."""
    return {path.name for path in (station.district.pulls / "2").glob("*.sqlite3")}


def test_a_plan_that_is_discarded_goes_with_what_was_read_for_it_and_its_log_stays(waiting: Station) -> None:
    before = waiting.roster()
    assert "plan.sqlite3" in kept(waiting)
    waiting.discard(2)
    assert kept(waiting) == {"log.sqlite3"}
    assert any("Discarded by" in line and "a test" in line for line in waiting.log(2))
    assert waiting.roster() == before


def test_a_plan_that_is_approved_goes_too(waiting: Station) -> None:
    waiting.approve(2)
    assert not {"plan.sqlite3", "pages.sqlite3"} & kept(waiting)
    assert any("Approved by" in line and "a test" in line for line in waiting.log(2))


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_decision_without_a_reason_changes_nothing(waiting: Station, reason: str) -> None:
    before = waiting.roster()
    for decide in (waiting.approve, waiting.discard):
        with pytest.raises(WrongUse, match="reason"):
            decide(2, reason)
    assert waiting.roster() == before
    assert waiting.document(2)["outcome"] == "held"


def test_what_was_decided_is_not_decided_again(waiting: Station) -> None:
    waiting.discard(2)
    with pytest.raises(NotAllowedNow, match="does not wait"):
        waiting.approve(2)
    with pytest.raises(NotAllowedNow, match="does not wait"):
        waiting.discard(1)
