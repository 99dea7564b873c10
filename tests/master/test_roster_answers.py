"""What a screen asks of the whole roster is worked out once for each roster."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from aeries_tui.master.database import connect
from aeries_tui.master.roster.apply import next_generation
from aeries_tui.master.roster.roster_answers import RosterAnswers


class Counting:
    """Says how often it was asked, each time it is."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, db: sqlite3.Connection) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "master.sqlite3")) as db:
        yield db


def test_the_same_question_about_the_same_roster_is_answered_once(db: sqlite3.Connection) -> None:
    answers, work = RosterAnswers(), Counting()
    assert [answers.ask(db, "heads", work) for _ in range(3)] == [1, 1, 1]
    assert answers.ask(db, "another question", work) == 2


def test_another_roster_is_asked_anew(db: sqlite3.Connection) -> None:
    answers, work = RosterAnswers(), Counting()
    answers.ask(db, "heads", work)
    next_generation(db)
    assert [answers.ask(db, "heads", work) for _ in range(2)] == [2, 2]


def test_a_copy_of_the_master_that_was_put_back_is_asked_anew(db: sqlite3.Connection) -> None:
    answers, work = RosterAnswers(), Counting()
    next_generation(db)
    answers.ask(db, "heads", work)
    db.execute("UPDATE meta SET value = 'another name' WHERE name = 'roster'")  # of the same generation
    assert answers.ask(db, "heads", work) == 2


def test_another_district_of_the_same_generation_is_asked_anew(
    db: sqlite3.Connection, tmp_path: Path
) -> None:
    answers, work = RosterAnswers(), Counting()
    answers.ask(db, "heads", work)
    with closing(connect(tmp_path / "other.sqlite3")) as other:
        assert answers.ask(other, "heads", work) == 2


def test_only_the_newest_answers_are_kept(db: sqlite3.Connection) -> None:
    answers, work = RosterAnswers(), Counting()
    for number in range(100):
        answers.ask(db, number, work)
    assert answers.ask(db, 99, work) == 100
    assert answers.ask(db, 0, work) == 101


def test_what_could_not_be_worked_out_is_tried_again(db: sqlite3.Connection) -> None:
    def fail(db: sqlite3.Connection) -> int:
        raise sqlite3.OperationalError("disk I/O error")

    answers = RosterAnswers()
    with pytest.raises(sqlite3.OperationalError):
        answers.ask(db, "heads", fail)
    assert answers.ask(db, "heads", Counting()) == 1


def test_who_asks_while_it_is_worked_out_waits_for_that_answer(tmp_path: Path) -> None:
    answers, work, begun, goes_on = RosterAnswers(), Counting(), Event(), Event()
    connect(tmp_path / "master.sqlite3").close()

    def slowly(db: sqlite3.Connection) -> int:
        begun.set()
        assert goes_on.wait(10)
        return work(db)

    def ask() -> int:
        with closing(connect(tmp_path / "master.sqlite3", read_only=True)) as db:
            return answers.ask(db, "heads", slowly)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask)
        assert begun.wait(10)
        second = pool.submit(ask)
        goes_on.set()
        assert (first.result(10), second.result(10)) == (1, 1)
