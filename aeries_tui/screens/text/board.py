"""The board beside the lines of home: the last thirty nights, changes, students by school, codes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from aeries_tui.codes import CODES
from aeries_tui.listing import Cell
from aeries_tui.operations.board import DAYS, Board
from aeries_tui.outcome import Outcome
from aeries_tui.screens.times import local, moment
from aeries_tui.text import clean_text
from aeries_tui.widgets.bars import chart
from aeries_tui.widgets.cells import fit
from aeries_tui.widgets.palette import OF_SEVERITY

WEEK = 7
NAME = 28
"""Cells of a school's name."""


def nights(board: Board, now: dt.datetime) -> list[Cell]:
    """A sign for each of the last thirty days, apart by weeks, with what was changed below it, and how often each was."""
    today = local(now).date()
    days = [today - dt.timedelta(days=back) for back in reversed(range(DAYS))]
    last = {local(moment(pull.started_at)).date(): pull for pull in board.pulls}
    signs: list[Cell] = [
        (last[day].outcome.look.sign, last[day].outcome.look.style) if day in last else ("·", "muted")
        for day in days
    ]
    changed = [
        sum(pull.changed for pull in board.pulls if local(moment(pull.started_at)).date() == day)
        for day in days
    ]
    bars: list[Cell] = [
        (bar, "info") if day in last else " " for bar, day in zip(chart(changed), days, strict=True)
    ]
    width = DAYS + (DAYS - 1) // WEEK
    first, until = f"{days[0]:%b %-d}", f"{days[-1]:%b %-d}"
    lines: list[Cell] = [
        ("Last 30 days\n", "strong"), (f"{first}{until:>{width - len(first)}}\n", "muted"),
        *_by_weeks(signs), "\n", *_by_weeks(bars), "\n",
    ]  # fmt: skip
    told = [
        (outcome.look, sum(pull.outcome is outcome for pull in last.values()))
        for outcome in Outcome
        if any(pull.outcome is outcome for pull in last.values())
    ]
    for place, (look, count) in enumerate(told):
        lines += ["   " if place else "", (look.sign, look.style), f" {count} {look.label}"]
    most = max(changed)
    return [*lines, (f"\nBelow: records changed a day, at most {most:,}\n", "muted")]


def _by_weeks(cells: Sequence[Cell]) -> list[Cell]:
    """The cells with a blank between weeks, counted from the last day back."""
    apart: list[Cell] = []
    for place, cell in enumerate(cells):
        if place and (len(cells) - place) % WEEK == 0:
            apart.append(" ")
        apart.append(cell)
    return apart


def schools(board: Board, most: int) -> list[Cell]:
    """Each school with its students now and how many more or fewer than a week ago; then all.

    Args:
        board: what was read.
        most: schools that have a line; the rest have one together.
    """
    # Where not all have room, those that changed most have it, in the order of their size.
    changed = sorted(board.schools, key=lambda one: -abs(_more(one.now, one.before) or 0))
    room = most if len(board.schools) > most + 1 else len(board.schools)
    with_room = {one.code for one in changed[:room]}
    shown = [one for one in board.schools if one.code in with_room]
    rest = [one for one in board.schools if one.code not in with_room]
    lines: list[Cell] = [(f"{'Students by school':<{NAME}}", "strong"), (f"{'now':>9}{'week':>9}\n", "muted")]
    for school in shown:
        lines += _line(clean_text(school.name), school.now, _more(school.now, school.before))
    every = list(board.schools)
    named = [(f"… {len(rest)} more", rest)] if rest else []
    named.append((f"{len(every)} school{'' if len(every) == 1 else 's'}", every))
    for name, those in named:
        before = [one.before for one in those if one.before is not None]
        now = sum(one.now for one in those)
        lines += _line(name, now, _more(now, sum(before)) if before else None, "muted")
    twice = sum(one.now for one in every) - board.students
    if twice > 0:
        lines.append((f"{twice:,} of these are a student's second school\n", "muted"))
    return lines


def _line(name: str, now: int, more: int | None, style: str = "") -> list[Cell]:
    change: Cell = ("        -", "muted")
    if more is not None:
        text = f"{more:+,}" if more else "0"
        sign, colour = ("▲", "good") if more > 0 else ("▼", "warning") if more < 0 else (" ", "muted")
        change = (f"{text:>9} {sign}", colour)
    return [(fit(name, NAME), style), f"{now:>9,}", change, "\n"]


def _more(now: int, before: int | None) -> int | None:
    return None if before is None else now - before


def codes(board: Board, most: int) -> list[Cell]:
    """The codes of the last pull, the gravest and most frequent first, with how many more or fewer than the one before."""
    lines: list[Cell] = [("Problems of the last pull", "strong"), ("       change\n", "muted")]
    if not board.codes:
        return [*lines, ("none\n", "muted")]
    ranked = sorted(board.codes.items(), key=lambda item: ("FEW".find(_severity(item[0])), -item[1], item[0]))
    for code, count in ranked[:most]:
        before = board.codes_before.get(code, 0) if board.codes_before is not None else None
        more = _more(count, before)
        trend = "" if more is None else f"{more:+,}" if more else "0"
        lines += [f"{count:>7,}  ", (f"{code:<24}", OF_SEVERITY.get(_severity(code), "")), f"{trend:>7}\n"]
    if len(ranked) > most:
        lines.append((f"… and {len(ranked) - most} more\n", "muted"))
    return lines


def _severity(code: str) -> str:
    known = CODES.get(code)
    return known.severity if known else "W"
