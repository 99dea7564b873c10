"""What became of a pull: its stages in a line, counts by kind, what it means, the problems that matter."""

from __future__ import annotations

from collections.abc import Sequence

from aeries_tui.kinds import KIND_NAMES
from aeries_tui.listing import Cell
from aeries_tui.master.lists.changes import Tally
from aeries_tui.outcome import Outcome
from aeries_tui.screens.pull_state import STAGE_LABELS, Became, PullState
from aeries_tui.screens.text.counts import in_figures
from aeries_tui.screens.text.result import not_read
from aeries_tui.widgets.bars import duration
from aeries_tui.widgets.joined import joined
from aeries_tui.widgets.palette import OF_SEVERITY

SCHOOLS_NAMED = 3
"""Schools that a sentence names."""

_GRAVEST = "FEW"
_CAME, _WENT = ("created", "reactivated"), ("deactivated", "removed")


def folded(state: PullState) -> list[Cell]:
    """The stages of a pull that has ended in one line: those that took time with it, the one that failed with how far."""
    cells: list[Cell] = []
    for stage in state.stages:
        label = STAGE_LABELS.get(stage.name, stage.name)
        if stage.state == "done":
            seconds = (stage.ended_at or 0) - (stage.started_at or 0) if stage.ended_at else 0
            words: Cell = joined(label, *duration(seconds).split()) if seconds >= 1 else label
        elif stage.state in {"failed", "running"}:
            far = f"after {stage.done:,} of {stage.total:,} {stage.unit}" if stage.total else "failed"
            words = (f"✖ {label} {far}", "error")
        else:
            continue
        cells += [" · ", words] if cells else [words]
    return cells


def counts_table(became: Became) -> list[Cell]:
    """A line for each kind that was read: how many are in now, who came, went and changed."""
    found, tallies = became.result.found, became.tallies
    if not tallies and not found.applied:
        return []
    now = "now" if found.applied else ""
    lines: list[Cell] = [(f"{'':<12}{now:>10}{'+':>9}{'-':>9}{'~':>9}\n", "muted")]
    for kind, name in KIND_NAMES.items():
        counted = became.result.counts.get(kind)
        if counted is None:
            continue
        active = f"{counted['active']:,}" if found.applied else ""
        lines.append(f"{name.title:<12}{active:>10}")
        for actions, sign, style in (
            (_CAME, "+", "good"),
            (_WENT, "-", "error"),
            (("updated",), "~", "info"),
        ):
            count = _sum(tallies, kind, actions)
            lines.append((f"{f'{sign}{count:,}':>9}", style) if count else (f"{'0':>9}", "muted"))
        lines.append("\n")
    if not found.applied:
        lines.append(("What the plan would change.\n", "muted"))
    return lines


def meaning(became: Became, *, counted_beside: bool, most: int) -> list[Cell]:
    """What the pull means for who is in: in a few sentences.

    Args:
        became: what became of it.
        counted_beside: the counts stand beside the text, so that no sentence says them.
        most: reasons of a held plan that are written out.
    """
    found, tallies = became.result.found, became.tallies
    lines: list[Cell] = [(f"‖ {hold.code} {hold.message}\n", "held") for hold in became.result.holds[:most]]
    if len(became.result.holds) > most:
        lines.append((f"… and {len(became.result.holds) - most} more reasons.\n", "held"))
    if found.applied and not tallies:
        lines.append("The District Master is as Aeries has it: nothing had to be changed.\n")
    elif found.applied and not counted_beside:
        said = in_figures(tallies)
        lines.append(f"{said[0].upper()}{said[1:]}.\n")
    elif found.outcome in {Outcome.HELD, Outcome.CANCELLED, Outcome.INTERRUPTED, Outcome.RUNNING}:
        would = f" The plan: {in_figures(tallies, 'would be')}." if tallies and not counted_beside else ""
        lines.append(f"Nothing was changed in the District Master.{would}\n")
    is_first = _sum(tallies, "school_enrollment", ("created",)) == sum(
        t.total for t in tallies if t.kind.name == "school_enrollment"
    )
    if not is_first:
        lines += _at_schools("Left" if found.applied else "Would leave", tallies, _WENT)
        lines += _at_schools("Joined" if found.applied else "Would join", tallies, _CAME)
    rejected = sum(counts["rejected"] for counts in became.result.counts.values())
    if rejected and found.applied:
        what = (
            "1 record had an error and was" if rejected == 1 else f"{rejected:,} records had errors and were"
        )
        lines.append(f"{what} left out; who was in before keeps the last good version.\n")
    return lines


def problems(became: Became, most: int) -> list[Cell]:
    """The lists that were not read, then the codes of the descriptions, the gravest and most frequent first."""
    lines = not_read(became.result)
    codes = sorted(
        became.result.codes.items(),
        key=lambda item: (_GRAVEST.find(_severity(became, item[0])), -item[1], item[0]),
    )
    room = max((len(f"{count:,}") for _, count in codes[:most]), default=0)
    for code, count in codes[:most]:
        text = became.result.text_of(code)
        style = OF_SEVERITY.get(_severity(became, code), "")
        lines += [
            (joined(f"{count:>{room},}", code), style),
            f"  {text.sentence if text else ''}".rstrip() + "\n",
        ]
    if len(codes) > most:
        rest = len(codes) - most
        lines.append((f"… and {rest} more {'code' if rest == 1 else 'codes'}.\n", "muted"))
    return lines


def _severity(became: Became, code: str) -> str:
    known = became.result.text_of(code)
    return known.severity if known else "W"


def _sum(tallies: Sequence[Tally], kind: str, actions: Sequence[str]) -> int:
    return sum(t.counts.get(action, 0) for t in tallies if t.kind.name == kind for action in actions)


def _at_schools(verb: str, tallies: Sequence[Tally], actions: Sequence[str]) -> list[Cell]:
    """`Left: 9 at Lincoln High, 2 at Roosevelt Middle.`; nothing where nobody did."""
    there = [
        (sum(t.counts.get(action, 0) for action in actions), t.school_name or f"school {t.school}")
        for t in tallies
        if t.kind.name == "school_enrollment"
    ]
    ranked = sorted((one for one in there if one[0]), key=lambda one: -one[0])
    if not ranked:
        return []
    named = [f"{count:,} at {name}" for count, name in ranked[:SCHOOLS_NAMED]]
    if len(ranked) > SCHOOLS_NAMED:
        rest = ranked[SCHOOLS_NAMED:]
        named.append(f"{sum(count for count, _ in rest):,} at {len(rest)} more")
    return [f"{verb}: {', '.join(named)}.\n"]
