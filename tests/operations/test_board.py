"""The board counts what the Master holds: nights by outcome, students now and a week ago, accounts, codes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from aeries_tui.listing import Cell
from aeries_tui.master.imports.board import last_applied_by, students_by_school
from aeries_tui.master.roster.roster_answers import RosterAnswers
from aeries_tui.operations.archive_year import archive_year, checklist
from aeries_tui.operations.board import Board, read_board
from aeries_tui.outcome import Outcome
from aeries_tui.screens.text.board import codes, nights, schools
from aeries_tui.settings import Accounts
from engine import PaperAeries, Station, student

NOW = dt.datetime.now(dt.UTC)


def aged(station: Station, number: int, days: int) -> None:
    """Let an import have been so many days ago."""
    at = f"{NOW - dt.timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
    with station.master() as db:
        db.execute("UPDATE import SET started_at = ?, ended_at = ? WHERE id = ?", (at, at, number))


def board_of(station: Station) -> Board:
    with station.master() as db:
        return read_board(db, Accounts(), NOW, RosterAnswers())


def plain(cells: list[Cell]) -> str:
    return "".join(cell if isinstance(cell, str) else cell[0] for cell in cells)


@pytest.fixture
def weeks(station: Station) -> Station:
    """Ten days ago schools 7 and 9 had six students each; since then one came to 7, two left 9 and one of them came back."""
    aeries = station.aeries = PaperAeries.usual()
    station.begin(7, 9)
    aged(station, 1, 10)
    gone = aeries.lists["9/students"][:2]
    del aeries.lists["9/students"][:2]
    aeries.lists["7/students"].append(student(7, 7999))
    station.pull()
    aged(station, 2, 2)
    aeries.lists["9/students"].append(gone[0])
    station.pull()
    return station


def test_students_are_counted_by_school_now_and_a_week_ago(weeks: Station) -> None:
    found = {school.code: (school.now, school.before) for school in board_of(weeks).schools}
    assert found == {7: (7, 6), 9: (5, 6)}
    text = plain(schools(board_of(weeks), 20))
    assert "+1 ▲" in text and "-1 ▼" in text and "2 schools" in text


@pytest.mark.parametrize(("then", "counts"), [(1, (6, 6)), (2, (7, 4)), (3, (7, 5))])
def test_each_state_of_the_roster_is_counted_as_it_was(
    weeks: Station, then: int, counts: tuple[int, int]
) -> None:
    with weeks.master() as db:
        found = {school.code: school.before for school in students_by_school(db, then)}
    assert (found[7], found[9]) == counts


def test_without_a_pull_of_a_week_ago_nothing_is_compared(station: Station) -> None:
    station.aeries = PaperAeries.usual()
    station.begin(7)
    assert [school.before for school in board_of(station).schools] == [None]
    assert "▲" not in plain(schools(board_of(station), 20))


def test_after_an_archive_the_roster_of_before_is_not_compared(weeks: Station) -> None:
    with weeks.master() as db:
        assert last_applied_by(db, f"{NOW - dt.timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}") == 1
        assert {one.what: one.state for one in checklist(weeks.district, db)}["School year"] == "notice"
    archive_year(weeks.district, weeks.settings)
    aged(weeks, 4, 8)
    with weeks.master() as db:
        assert last_applied_by(db, f"{NOW - dt.timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}") is None


def test_schools_beyond_the_room_have_a_line_together_and_the_sum_is_of_all(weeks: Station) -> None:
    found = board_of(weeks).schools
    steady = tuple(replace(found[0], code=code, now=50, before=50) for code in range(20, 24))
    text = plain(schools(Board(schools=(*steady, *found), students=200), 2))
    assert "School 7" in text and "School 9" in text
    assert "… 4 more" in text and "6 schools" in text and f"{212:>9}" in text
    assert "12 of these are a student's second school" in text


def test_each_day_has_the_sign_of_its_last_pull_and_the_days_add_up(weeks: Station) -> None:
    with weeks.master() as db:
        db.execute("UPDATE import SET outcome = ? WHERE id = 2", (Outcome.ERROR,))
    signs = plain(nights(board_of(weeks), NOW)).splitlines()
    assert len(signs[2].replace(" ", "")) == 30
    assert signs[2].count("✖") == 1 and signs[2].count("·") == 27
    assert "✖ 1 ERROR" in signs[4]


def test_codes_are_told_with_how_many_more_than_before() -> None:
    board = Board(
        codes={"SECTION-NO-TEACHER": 9, "REC-DATE": 4, "REC-REQUIRED": 1}, codes_before={"REC-DATE": 6}
    )
    lines = plain(codes(board, 2)).splitlines()
    assert lines[1].split() == ["4", "REC-DATE", "-2"] and lines[-1] == "… and 1 more"
    assert "none" in plain(codes(Board(), 2))
