"""The district's board: what its last thirty days were like, who is where, and who can sign on."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from aeries_tui.master.accounts.readiness import Readiness, sso_readiness
from aeries_tui.master.imports import imports
from aeries_tui.master.imports.board import (
    PullOfBoard,
    SchoolOfBoard,
    last_applied_by,
    pulls_since,
    students_by_school,
)
from aeries_tui.master.imports.descriptions import description_codes
from aeries_tui.master.roster.head_count import head_count
from aeries_tui.master.roster.roster_answers import RosterAnswers
from aeries_tui.settings import Accounts

DAYS = 30
"""Days of the strip, today with them."""

_COMPARED = dt.timedelta(days=7)


@dataclass(frozen=True)
class Board:
    """What the board shows.

    Attributes:
        pulls: those of the last `DAYS` days, oldest first.
        schools: with the students now and a week ago.
        people: active students and staff.
        students: active students; one who is at two schools counts once.
        ready: those of them who are ready for single sign-on.
        codes: description codes of the last applied pull, and how many of each.
        codes_before: the same of the one before it; None where there was none.
    """

    pulls: tuple[PullOfBoard, ...] = ()
    schools: tuple[SchoolOfBoard, ...] = ()
    people: int = 0
    students: int = 0
    ready: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    codes_before: Mapping[str, int] | None = None


def read_readiness(db: sqlite3.Connection, accounts: Accounts, answers: RosterAnswers) -> Readiness:
    """Who can sign on, worked out once for a roster; the arguments are those of `read_board`."""
    return answers.ask(db, ("readiness", accounts), partial(sso_readiness, rule=accounts))


def read_board(db: sqlite3.Connection, accounts: Accounts, now: dt.datetime, answers: RosterAnswers) -> Board:
    """Read it; takes a moment in a large district.

    Args:
        db: the Master.
        accounts: the rules of accounts.
        now: the present moment, with its zone.
        answers: knows what was worked out before of the same roster.
    """
    readiness = read_readiness(db, accounts, answers)
    applied = [one for one in imports.every(db, 100) if one.kind == "pull" and one.applied][:2]
    return Board(
        tuple(pulls_since(db, _text(now - dt.timedelta(days=DAYS)))),
        tuple(students_by_school(db, last_applied_by(db, _text(now - _COMPARED)))),
        readiness.total,
        answers.ask(db, "heads", head_count).students,
        sum(readiness.ready.values()),
        description_codes(db, applied[0].id) if applied else {},
        description_codes(db, applied[1].id) if len(applied) > 1 else None,
    )


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
