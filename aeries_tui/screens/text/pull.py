"""The sentences of the screen Pull."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aeries_tui.listing import Cell
from aeries_tui.outcome import Outcome
from aeries_tui.screens.pull_state import PullState
from aeries_tui.screens.text.result import STARTED_BY
from aeries_tui.screens.text.result import headline as result_headline
from aeries_tui.screens.times import shown_time
from aeries_tui.widgets.bars import duration

Key = Callable[[str], str]

_MEGA = 1e6


def headline(state: PullState) -> list[Cell]:
    """What runs, or what became of the last one."""
    found, running = state.found, state.running
    if running is not None and running.what != "pull":
        return [("▶ ", "running"), f"{running.what.capitalize()} runs since {shown_time(running.since)}."]
    if state.is_pulling and found is None:
        return [("▶ ", "running"), "The pull is beginning …"]
    if found is None:
        return ["Nothing has been pulled yet."]
    if state.is_pulling:
        who = STARTED_BY.get(found.trigger, found.trigger)
        return [("▶ ", "running"), f"Import {found.id} runs, started {shown_time(found.started_at)} {who}"]
    # One that the book still has as running was killed.
    outcome = Outcome.INTERRUPTED if found.outcome is Outcome.RUNNING else found.outcome
    return result_headline(replace(found, outcome=outcome))


def figures(state: PullState, requests: float | None, size: float | None) -> str:
    """Time, records, requests and bytes in one line; the pace only while it runs."""
    began, until = state.began, state.at if state.is_pulling else state.ended
    parts = []
    if began is not None and until is not None:
        parts.append(duration(until - began))
    if state.records:
        parts.append(f"{state.records:,} records")
    live = state.is_pulling
    if state.facts.get("requests"):
        pace = f" ({requests:.1f}/s)" if live and requests else ""
        parts.append(f"{int(state.facts['requests']):,} requests{pace}")
    if state.facts.get("bytes"):
        pace = f" ({size / _MEGA:.2f} MB/s)" if live and size else ""
        parts.append(f"{int(state.facts['bytes']) / _MEGA:,.1f} MB{pace}")
    return " · ".join(parts)


def advice(state: PullState, key: Key) -> list[Cell]:
    """What the last pull means and what can be done now."""
    if state.is_pulling:
        return []
    lines: list[Cell] = []
    found = state.found
    if found is not None and found.problem:
        lines.append((" ".join(found.problem.sentences) + "\n", "warning"))
    if state.held is not None:
        lines.append(
            (
                f"The plan of import {state.held.id} "
                + ("is stale and can only be discarded" if state.held_is_stale else "waits")
                + f": {key('pull-view-plan')} shows it"
                + (".\n" if state.held_is_stale else ", to approve or discard.\n"),
                "held",
            )
        )
    if state.resumable is not None:
        lines.append(
            f"{key('pull-resume')} goes on with import {state.resumable} from what was read; "
            f"{key('pull-start')} reads everything anew.\n"
        )
    elif not state.mapped:
        lines.append(
            f"No school is mapped yet, so there is nothing to pull: {key('go-schools')} leads to Schools.\n"
        )
    elif state.running is None:
        lines.append(
            f"{key('pull-start')} starts a pull. {key('pull-plan-only')} only plans: it shows what would change. "
            "A pull goes on when you leave the program or lose the line.\n"
        )
    if found is not None and found.applied:
        lines.append(f"{key('go-results')} shows the results of import {found.id}.\n")
    return lines
