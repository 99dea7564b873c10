"""A plan that waits is overtaken by the next import that is applied: by which, and that nothing brings it back."""

from __future__ import annotations

import pytest

from aeries_tui.aeries import Feed
from aeries_tui.errors import NotAllowedNow
from aeries_tui.operations.archive_year import archive_year
from aeries_tui.pull.folder import plan_file
from engine import PaperAeries, Station, student


@pytest.fixture
def waiting(station: Station) -> Station:
    """A district whose second pull waits as a plan, of one student more."""
    station.aeries = PaperAeries.usual()
    station.map(7, 8)
    station.pull()
    station.aeries.lists["7/students"].append(student(7, 4711))
    assert station.pull(plan_only=True)["outcome"] == "held"
    return station


def superseded(station: Station, number: int) -> int | None:
    document = station.document(number)
    by: int | None = document["superseded_by"]
    assert (document["status"] == "Superseded") is (by is not None)
    return by


def test_a_later_pull_supersedes_it_and_its_plan_is_gone(waiting: Station) -> None:
    assert waiting.pull()["outcome"] == "completed"
    assert superseded(waiting, 2) == 3
    assert not plan_file(waiting.district, 2).exists()
    assert any("Superseded by import 3" in line for line in waiting.log(2))


def test_so_does_one_that_found_nothing_to_change(waiting: Station) -> None:
    waiting.aeries.lists["7/students"].pop()
    assert waiting.pull()["counts"]["student"]["created"] == 0
    assert superseded(waiting, 2) == 3


def test_a_quick_pull_that_found_nothing_leaves_it(waiting: Station) -> None:
    waiting.aeries.lists.update({f"{feed.value}/2026/10/05/07/50": [] for feed in Feed})
    assert waiting.pull(quick=True)["outcome"] == "completed"
    assert superseded(waiting, 2) is None
    assert waiting.approve(2) == "completed"


def test_a_pull_that_waits_or_fails_supersedes_nothing(waiting: Station) -> None:
    waiting.pull(plan_only=True)
    waiting.aeries.faults["schools"] = RuntimeError("down")
    with pytest.raises(RuntimeError):
        waiting.pull()
    assert superseded(waiting, 2) is None


def test_of_two_that_wait_the_one_that_is_approved_supersedes_the_other(waiting: Station) -> None:
    waiting.pull(plan_only=True)
    waiting.approve(2)
    assert superseded(waiting, 3) == 2


@pytest.mark.parametrize("decide", ["approve", "discard"])
def test_deciding_about_it_is_refused_and_names_the_import(waiting: Station, decide: str) -> None:
    waiting.pull()
    with pytest.raises(NotAllowedNow, match="superseded by import 3"):
        getattr(waiting, decide)(2)


def test_undoing_what_superseded_it_does_not_bring_it_back(waiting: Station) -> None:
    waiting.pull()
    waiting.undo(3)
    assert superseded(waiting, 2) == 3
    with pytest.raises(NotAllowedNow, match="superseded by import 3"):
        waiting.approve(2)


def test_an_undo_supersedes_it(waiting: Station) -> None:
    number = waiting.undo(1)["import"]
    if waiting.document(number)["outcome"] == "held":
        waiting.approve(number)
    assert superseded(waiting, 2) == number


def test_an_archive_supersedes_it(waiting: Station) -> None:
    number, _ = archive_year(waiting.district, waiting.settings)
    assert superseded(waiting, 2) == number
    assert not plan_file(waiting.district, 2).exists()


def test_a_change_of_the_mapping_makes_it_stale_and_the_next_pull_supersedes_it(waiting: Station) -> None:
    waiting.map(9)
    with pytest.raises(NotAllowedNow, match="earlier state"):
        waiting.approve(2)
    assert superseded(waiting, 2) is None
    waiting.pull()
    assert superseded(waiting, 2) == 3
