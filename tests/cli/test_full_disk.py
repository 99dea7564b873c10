"""The disk fills at each stage of an import: what is told is what the District Master is, and so is the exit status."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Desk, Said


def told(said: Said) -> str:
    return " ".join(f"{said.out} {said.err}".split())


def is_told_as_unchanged(said: Said) -> None:
    assert said.status == 5, told(said)
    assert "disk" in told(said)
    assert "Nothing was changed" in told(said)
    assert "applied" not in told(said)


def is_told_as_applied(said: Said, number: int) -> None:
    assert said.status == 4, told(said)
    assert f"Import {number} was applied: the District Master was brought up to date." in told(said)
    assert "disk" in told(said)
    assert "made at the next start" in told(said)
    assert "othing was changed" not in told(said)


def nothing_is_missing(desk: Desk) -> None:
    """The next pull makes what was missing, and then each import is told as what it was applied as."""
    assert desk("pull").status == 0
    for number, written, outcome, problem in desk.station.query(
        "SELECT id, files_written, outcome, problem_message FROM import WHERE applied = 1"
    ):
        assert (written, outcome, problem) == (1, "completed", None), number
        files = desk.station.district.imports / str(number)
        assert sorted(path.name for path in files.iterdir()) == ["staff.csv", "student.csv"]


# --- pull ---------------------------------------------------------------------------------------

BEFORE = {
    "begin": "aeries_tui.pull.beginning.recover",
    "log": "aeries_tui.pull.run.open_log",
    "staging": "aeries_tui.pull.run.open_staging",
    "fetch": "aeries_tui.pull.run.fetch_all",
    "check": "aeries_tui.pull.run.new_plan",
    "guard": "aeries_tui.pull.run.guard",
    "decide": "aeries_tui.pull.run.copy_books",
    "apply": "aeries_tui.master.roster.apply._refuse_stale",
    "commit": "aeries_tui.master.roster.apply._finish",
}
AFTER = {
    "applied": "aeries_tui.pull.run.ended_after",
    "accounts": "aeries_tui.pull.stages.files.ensure_accounts",
    "files": "aeries_tui.pull.stages.files.write_import_files",
    "files done": "aeries_tui.master.imports.result.files_done",
}
WHOLE = {
    "tidying": "aeries_tui.pull.run.tidy",
    "what follows": "aeries_tui.operations.pull_roster.follow_up",
    "report": "aeries_tui.cli.pull._report",
}
JSON = pytest.mark.parametrize("options", [(), ("--json",)], ids=["lines", "json"])


@pytest.mark.parametrize("stage", BEFORE)
def test_a_pull_that_meets_a_full_disk_before_it_is_applied_changed_nothing(desk: Desk, stage: str) -> None:
    desk.change()
    before = desk.station.contents()
    with desk.full_from(BEFORE[stage]):
        said = desk("pull")
    is_told_as_unchanged(said)
    assert desk.station.contents() == before
    nothing_is_missing(desk)


@JSON
@pytest.mark.parametrize("stage", AFTER)
def test_a_pull_that_meets_a_full_disk_once_it_is_applied_is_told_as_applied(
    desk: Desk, stage: str, options: tuple[str, ...]
) -> None:
    desk.change()
    with desk.full_from(AFTER[stage]):
        said = desk("pull", *options)
    is_told_as_applied(said, 2)
    if options:
        assert (said.json["import"], said.json["status"]) == (2, "Completed with ERROR")
        assert "was applied" in said.json["problem"]["meaning"]
    else:
        assert "Import 2 of demo: ! Completed with ERROR" in said.out
    assert desk.has_new_student
    nothing_is_missing(desk)


@JSON
@pytest.mark.parametrize("stage", WHOLE)
def test_a_pull_that_meets_a_full_disk_at_its_end_keeps_its_status(
    desk: Desk, stage: str, options: tuple[str, ...]
) -> None:
    desk.change()
    with desk.full_from(WHOLE[stage]):
        said = desk("pull", *options)
    assert said.status == 0, told(said)
    assert "othing was changed" not in told(said)
    assert (json.loads(said.out)["outcome"] == "completed") if options else ("+ Completed" in said.out)
    assert desk.has_new_student
    nothing_is_missing(desk)


def test_a_pull_that_waits_for_a_person_is_told_as_that_on_a_full_disk(desk: Desk) -> None:
    desk.change()
    with desk.full_from("aeries_tui.operations.pull_roster.follow_up"):
        assert desk("pull", "--plan").status == 3
    assert not desk.has_new_student


def test_an_import_whose_result_can_not_be_read_is_told_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.change()
    usual = importlib.import_module("aeries_tui.operations.pull_roster").follow_up

    def gone(*args: Any) -> Any:
        master = desk.station.district.master
        master.rename(master.with_suffix(".away"))
        master.write_bytes(b"no database " * 1000)
        return usual(*args)

    monkeypatch.setattr("aeries_tui.operations.pull_roster.follow_up", gone)
    said = desk("pull", "--json")
    assert said.status == 0, told(said)
    assert (said.json["import"], said.json["outcome"]) == (2, "completed")
    assert "The result of import 2 can't be read now" in said.err
    assert "aeries-tui results 2" in said.err


def test_the_command_after_an_import_that_a_full_disk_keeps_from_starting_is_named_and_starts_later(
    desk: Desk,
) -> None:
    (desk.station.places.config_file).write_text(
        f"[exports]\nafter_import = ['{sys.executable}', '-c', 'pass']\n"
    )
    desk.station.places.config_file.chmod(0o600)
    desk.change()
    waiting = "SELECT value FROM meta WHERE name = 'owed'"
    with desk.full_from("aeries_tui.operations.pull_roster.follow_up"):
        said = desk("pull")
    assert said.status == 0
    assert "exports.after_import" in said.err
    assert desk("pull").status == 0
    assert desk.station.query(waiting) == [("[]",)]


# --- approve, undo ------------------------------------------------------------------------------

Decide = Callable[[Desk], Said]


def approve(desk: Desk) -> Said:
    return desk("approve", "2", "--reason", "a test")


def undo(desk: Desk) -> Said:
    return desk("undo", "2")


def before_approval(desk: Desk) -> None:
    desk.change()
    assert desk("pull", "--plan").status == 3


def before_undo(desk: Desk) -> None:
    desk.change()
    assert desk("pull").status == 0


DECISIONS = pytest.mark.parametrize(
    ("prepare", "decide", "number"),
    [(before_approval, approve, 2), (before_undo, undo, 3)],
    ids=["approve", "undo"],
)
DECIDED_BEFORE = (
    "aeries_tui.operations.decisions.recover",
    "aeries_tui.master.roster.apply._refuse_stale",
    "aeries_tui.master.roster.apply._finish",
)
DECIDED_AFTER = (
    "aeries_tui.operations.decisions.ended_after",
    "aeries_tui.pull.stages.files.ensure_accounts",
    "aeries_tui.pull.stages.files.write_import_files",
)


@DECISIONS
@pytest.mark.parametrize("function", DECIDED_BEFORE)
def test_a_decision_that_meets_a_full_disk_before_it_is_applied_changed_nothing(
    desk: Desk, prepare: Callable[[Desk], None], decide: Decide, number: int, function: str
) -> None:
    prepare(desk)
    before = desk.station.contents()
    with desk.full_from(function):
        said = decide(desk)
    is_told_as_unchanged(said)
    assert desk.station.contents() == before


@DECISIONS
@pytest.mark.parametrize("function", DECIDED_AFTER)
def test_a_decision_that_meets_a_full_disk_once_it_is_applied_is_told_as_applied(
    desk: Desk, prepare: Callable[[Desk], None], decide: Decide, number: int, function: str
) -> None:
    prepare(desk)
    before = desk.station.contents()
    with desk.full_from(function):
        said = decide(desk)
    is_told_as_applied(said, number)
    assert desk.station.contents() != before
    nothing_is_missing(desk)


def test_a_plan_that_was_discarded_is_so_whatever_can_not_be_cleared_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_approval(desk)

    def refuse(*_: Any) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("aeries_tui.operations.decisions.drop_staging", refuse)
    said = desk("discard", "2", "--reason", "a test")
    assert said.status == 0, told(said)
    assert "is discarded" in said.out
