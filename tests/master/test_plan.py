"""A plan is made and carried out by going through what it concerns, and through nothing else."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from aeries_tui.master.database import immediate
from aeries_tui.master.roster.apply import attached, rehearse_plan
from aeries_tui.master.roster.gone import note_gone
from aeries_tui.master.roster.kinds import KINDS, STUDENT, Kind
from aeries_tui.master.roster.plan import compare, new_plan
from engine import PaperAeries, Station


@pytest.fixture
def pulled(station: Station) -> Station:
    station.aeries = PaperAeries.usual()
    station.begin(7, 8)
    return station


def looks(db: sqlite3.Connection, statement: str) -> list[str]:
    """How SQLite goes about a statement, step by step."""
    return [str(row["detail"]) for row in db.execute(f"EXPLAIN QUERY PLAN {statement}")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_who_is_absent_is_found_by_going_through_master_and_lists_side_by_side(
    pulled: Station, tmp_path: Path, kind: Kind
) -> None:
    asked: list[str] = []
    with new_plan(tmp_path / "plan.sqlite3", pulled.district.master) as plan:
        plan.connection.set_trace_callback(asked.append)
        compare(plan, kind, is_partial=False)
        plan.connection.set_trace_callback(None)
        (found,) = (one for one in asked if "EXCEPT" in one)
        steps = looks(plan.connection, found[found.index("SELECT") :])
    assert "MERGE (EXCEPT)" in steps
    assert [step for step in steps if "TEMP B-TREE" in step] == []


@pytest.mark.parametrize("is_partial", [False, True])
def test_absent_is_whoever_is_active_and_did_not_come(
    pulled: Station, tmp_path: Path, is_partial: bool
) -> None:
    with new_plan(tmp_path / "plan.sqlite3", pulled.district.master) as plan:
        columns = ", ".join(STUDENT.names)
        plan.connection.execute(
            f"INSERT INTO new_student ({columns}) SELECT {columns} FROM active_student WHERE student_id <> 7001"
        )
        compare(plan, STUDENT, is_partial=is_partial)
        absent = plan.connection.execute(f"SELECT {columns} FROM not_in_student").fetchall()
        there = plan.connection.execute(f"SELECT {columns} FROM active_student WHERE student_id = 7001")
        assert [tuple(row) for row in absent] == [tuple(there.fetchone())]
        assert plan.connection.execute("SELECT count(*) FROM plan_student").fetchone()[0] == 0


@pytest.fixture
def carried_out(pulled: Station) -> list[tuple[str, list[str]]]:
    """The statements that carry out a plan which changes one student, and how SQLite goes about each."""
    pulled.aeries.lists["7/students"][0]["FirstName"] = "Changed"
    number = pulled.pull(plan_only=True)["import"]
    path = pulled.district.pulls / str(number) / "plan.sqlite3"
    done: list[str] = []
    with pulled.master() as db:
        db.set_trace_callback(done.append)
        rehearse_plan(db, path, number, lambda master: None)
        db.set_trace_callback(None)
        with attached(db, path):
            return [(one, looks(db, one)) for one in done if "plan_" in one and "action" in one]


def test_a_plan_is_not_searched_for_what_it_seldom_does(carried_out: list[tuple[str, list[str]]]) -> None:
    rare = [steps for one, steps in carried_out if "'updated'" not in one]
    assert len(rare) >= 5 * len(KINDS)
    searched = [step for steps in rare for step in steps if step.startswith(("SCAN q", "SCAN plan_"))]
    assert [step for step in searched if "_action" not in step] == []


def test_the_earlier_versions_of_what_a_plan_changes_are_looked_up_and_not_searched_for(
    carried_out: list[tuple[str, list[str]]],
) -> None:
    kept = [steps for one, steps in carried_out if "INSERT INTO past_" in one and "JOIN" in one]
    assert len(kept) == len(KINDS)
    assert [step for steps in kept for step in steps if step.startswith("SCAN t")] == []


def test_who_is_gone_is_found_by_going_through_the_people_side_by_side(pulled: Station) -> None:
    asked: list[str] = []
    with pulled.master() as db, immediate(db):
        db.set_trace_callback(asked.append)
        note_gone(db)
        db.set_trace_callback(None)
        found = [looks(db, one) for one in asked if "EXCEPT" in one]
    assert len(found) == 2
    assert all("MERGE (EXCEPT)" in steps for steps in found)
