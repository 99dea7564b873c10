"""The rows of the Districts board, and what is said of one district beside them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aeries_tui.alarms import State
from aeries_tui.alarms.verdict import GRAVITY
from aeries_tui.listing import Cell, Column, Row, RowKey
from aeries_tui.operations.overview import Glance
from aeries_tui.screens.times import listed_time, moment, shown_moment, shown_time
from aeries_tui.settings import Credential
from aeries_tui.text import clean_text, in_bytes, in_number, took_in_figures
from aeries_tui.widgets.status import outcome_cell

COLUMNS = (
    Column("name", "District", flex=1, min_width=18, max_width=28),
    Column("outcome", "Last outcome", min_width=22, max_width=24),
    Column("when", "When", min_width=15, max_width=20),
    Column("held", "Held", align="right", min_width=4),
    Column("stale", "Stale", align="right", min_width=5),
    Column("students", "Students", align="right", min_width=8),
    Column("changed", "Changes", align="right", min_width=7),
    Column("usual", "Usual", align="right", min_width=6),
    Column("took", "Took", align="right", min_width=6),
    Column("next", "Next run", min_width=14, max_width=20),
    Column("disk", "Disk", align="right", min_width=6),
)

MANY_TIMES = 5
"""So many times the usual changes, and at least `MANY`, are set off."""
MANY = 50

REASONS_SHOWN = 12

_NONE: Cell = ("-", "muted")
_STYLE = {State.FAILED: "error", State.HELD: "held", State.LATE: "warning", State.NEVER: "muted"}


@dataclass(frozen=True)
class Shown:
    """One district as the board shows it.

    Attributes:
        glance: how it stands, and who works on it.
        state: how it stands now.
        next_run: when its daily import runs next; None for not at all.
        doing: what is being done from here, such as `approving`; blank for nothing.
    """

    glance: Glance
    state: State
    next_run: dt.datetime | None
    doing: str = ""


def rows(shown: Sequence[Shown]) -> tuple[list[Row], dict[RowKey, Mapping[str, float]]]:
    """A row for each, the gravest first, and the numbers that its cells are sorted by."""
    ordered = sorted(shown, key=lambda one: (-GRAVITY.index(one.state), one.glance.name))
    return [_row(one) for one in ordered], {one.glance.name: _values(one) for one in ordered}


def _row(one: Shown) -> Row:
    glance, status = one.glance, one.glance.status
    next_run: Cell = listed_time(one.next_run.isoformat()) if one.next_run else _NONE
    cells: tuple[Cell, ...] = (_NONE,) * 7
    if status is not None:
        cells = (
            _NONE if status.held is None else (f"‖ {status.held}", "held"),
            _NONE if not status.stale else (f"{status.stale:,}", "warning"),
            _figure(status.active.get("student")),
            _figure(status.changed, "warning" if is_unusual(glance) else ""),
            _figure(status.usual, "muted"),
            took_in_figures(status.seconds) or _NONE,
            in_bytes(status.disk),
        )
    when: Cell = _NONE
    if status is not None and status.latest_ended_at:
        ended = listed_time(status.latest_ended_at)
        when = (ended, "warning") if one.state is State.LATE else ended
    return Row(glance.name, (glance.name, outcome(one), when, *cells[:6], next_run, cells[6]))


def outcome(one: Shown) -> Cell:
    """What is being done to the district, else the outcome by which it stands: not that of an import ended by a wish."""
    glance = one.glance
    if one.doing or glance.running is not None:
        what = one.doing or (glance.running.what if glance.running else "")
        return f"▶ {clean_text(what).capitalize()}", "running"
    if glance.unread:
        return "✖ Unreadable", "error"
    if glance.status is None or glance.status.stands_by is None:
        return "· Nothing imported yet", "muted"
    return outcome_cell(glance.status.stands_by)


def is_unusual(glance: Glance) -> bool:
    """Whether the last import changed far more than those before it usually did."""
    status = glance.status
    if status is None or status.changed is None or status.usual is None:
        return False
    return status.changed >= max(MANY, MANY_TIMES * status.usual)


def _figure(number: int | None, style: str = "") -> Cell:
    if number is None:
        return _NONE
    return (f"{number:,}", style) if style else f"{number:,}"


def _values(one: Shown) -> dict[str, float]:
    """What the cells whose texts do not say it are sorted by; what is not known comes first."""
    status = one.glance.status
    return {
        "outcome": float(GRAVITY.index(one.state)),
        "when": moment(status.latest_ended_at).timestamp() if status and status.latest_ended_at else 0.0,
        "students": float(status.active.get("student", -1)) if status else -1.0,
        "changed": -1.0 if status is None or status.changed is None else float(status.changed),
        "usual": -1.0 if status is None or status.usual is None else float(status.usual),
        "held": float(status.held or -1) if status else -1.0,
        "stale": float(status.stale) if status else -1.0,
        "took": -1.0 if status is None or status.seconds is None else status.seconds,
        "next": one.next_run.timestamp() if one.next_run else 0.0,
        "disk": float(status.disk) if status else -1.0,
    }


def summary(shown: Collection[Shown], unread: int) -> list[Cell]:
    """All districts in a line: how many stand how, the gravest first.

    Args:
        shown: all.
        unread: how many Masters are still to be read.
    """
    counts = Counter(one.state for one in shown)
    running = sum(bool(one.doing or one.glance.running) for one in shown)
    words = {
        State.FAILED: "failed", State.NEVER: "without an import", State.LATE: "too old", State.HELD: "held",
        State.WITH_ERRORS: "with errors", State.OK: "good",
    }  # fmt: skip
    parts: list[Cell] = [(in_number(len(shown), "district"), "strong")]
    interrupted = sum(one.glance.is_interrupted and one.state is State.FAILED for one in shown)
    counts[State.FAILED] -= interrupted
    for state in reversed(GRAVITY):
        if counts[state]:
            parts += [" · ", (f"{counts[state]:,} {words[state]}", _STYLE.get(state, ""))]
        if state is State.FAILED and interrupted:
            parts += [" · ", (f"{interrupted:,} interrupted", _STYLE[state])]
    if running:
        parts += [" · ", (f"▶ {running:,} at work", "running")]
    if unread:
        parts += [" · ", (f"reading {in_number(unread, 'District Master')} …", "muted")]
    return parts


def about(one: Shown, sentence: str) -> list[Cell]:
    """One district: how it stands, why its plan waits, what went wrong at last."""
    glance, status = one.glance, one.glance.status
    lines: list[Cell] = [outcome(one), "\n"]
    if glance.running is not None:
        lines.append(f"Since {shown_time(glance.running.since)}, process {glance.running.pid}.\n")
    # What the sentence says to type is about the district that is shown.
    lines.append(f"{sentence.partition(' See: ')[0]}\n")
    if status is not None and status.problem:
        lines.append((f"{status.problem}\n", "error"))
    if status is not None and status.held is not None:
        lines.append((f"\nThe plan of import {status.held} waits\n", "strong"))
        lines += [(f"‖ {reason}\n", "held") for reason in status.reasons[:REASONS_SHOWN]]
        if len(status.reasons) > REASONS_SHOWN:
            lines.append(f"… and {len(status.reasons) - REASONS_SHOWN} more reasons.\n")
        if not status.reasons:
            lines.append("Only a plan was asked for; nothing speaks against it.\n")
    if status is not None:
        lines += _problems(status.descriptions, status.stale)
    return [*lines, "\n", *_facts(one)]


def _problems(descriptions: Mapping[str, int], stale: int) -> list[Cell]:
    lines: list[Cell] = []
    if stale:
        lines.append((f"\n{in_number(stale, 'list')} could not be read lately\n", "warning"))
    if descriptions:
        lines.append(("\nProblems of the last import\n", "strong"))
        ranked = sorted(descriptions.items(), key=lambda item: (-item[1], item[0]))
        lines += [f"{count:>7,}  {code}\n" for code, count in ranked[:REASONS_SHOWN]]
        if len(ranked) > REASONS_SHOWN:
            lines.append((f"… and {len(ranked) - REASONS_SHOWN} more codes\n", "muted"))
    return lines


def _facts(one: Shown) -> list[Cell]:
    credential, status = one.glance.credential, one.glance.status
    facts: list[tuple[str, str]] = []
    if credential is not None:
        facts.append(("Instance URL", clean_text(credential.url)))
    if status is not None and status.latest_import is not None and status.latest_ended_at:
        ended = "" if status.latest_outcome is None else f"{status.latest_outcome.look.label}, "
        facts.append(("Last import", f"{status.latest_import}: {ended}{shown_time(status.latest_ended_at)}"))
    if status is not None and status.last_good_ended_at:
        facts.append(("Last good", shown_time(status.last_good_ended_at)))
    if status is not None and status.changed is not None:
        usual = "" if status.usual is None else f", usually {status.usual:,}"
        facts.append(("Changes", f"{status.changed:,}{usual}"))
    facts.append(("Next run", shown_moment(one.next_run) if one.next_run else _no_run(credential)))
    return [cell for name, value in facts for cell in ((f"{name:<14}", "muted"), f"{value}\n")]


def _no_run(credential: Credential | None) -> str:
    is_on = credential is not None and credential.daily_import is not None
    return "none: no timer is installed" if is_on else "none: the daily import is off"
