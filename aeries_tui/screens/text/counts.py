"""Counts in words, and lines put together from cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from aeries_tui.kinds import KIND_NAMES
from aeries_tui.listing import Cell
from aeries_tui.master.lists.changes import Tally

_ORDER = ("deactivated", "removed", "created", "reactivated", "updated")

NAMED = 3
"""Kinds of records that a question names."""

SCHOOLS_SHOWN = 40
"""Schools whose changes are written out."""


def counted(kind: str, count: int) -> str:
    """`1 student`, `14 students`."""
    name = KIND_NAMES[kind]
    return f"{count:,} {name.singular if count == 1 else name.plural}"


def in_figures(tallies: Sequence[Tally], would: str = "") -> str:
    """What a change set does, losses and people first: `14 students would be deactivated`.

    Args:
        tallies: by kind and school.
        would: `would be` or `would have been`; blank for what has happened.
    """
    parts: list[str] = []
    sums: Counter[tuple[str, str]] = Counter()
    for tally in tallies:
        for action, count in tally.counts.items():
            sums[action, tally.kind.name] += count
    for action in _ORDER:
        there = {kind: sums[action, kind] for kind in KIND_NAMES if sums[action, kind]}
        if there:
            verb = would or ("was" if sum(there.values()) == 1 else "were")
            # The verb is said once; what follows is of the same kind.
            parts.append(f"{_listed(there)} {action if parts else f'{verb} {action}'}")
    if not parts:
        return f"nothing {would or 'was'} changed"
    return ", ".join(parts)


def by_school(tallies: Sequence[Tally]) -> list[Cell]:
    """What was changed at each school: a line for the school, one for each kind with what came, went and changed.

    Of very many schools those with the most changes: a text of thousands of lines would hold the keys up.
    """
    schools: dict[int, list[Tally]] = {}
    for tally in tallies:
        if tally.school is not None:
            schools.setdefault(tally.school, []).append(tally)
    most = sorted(schools, key=lambda code: -sum(tally.total for tally in schools[code]))[:SCHOOLS_SHOWN]
    lines: list[Cell] = []
    for code in filter(set(most).__contains__, schools):
        there = schools[code]
        lines += ["\n" if lines else "", there[0].school_name or "School", (f"  {code}\n", "muted")]
        for tally in there:
            lines += [(f"  {tally.kind.plural.capitalize():<20}", "muted"), *_signed(tally), "\n"]
    more = len(schools) - len(most)
    if more:
        plural = "school" if more == 1 else "schools"
        lines.append((f"\n{more:,} more {plural} with fewer changes: Changes (c) lists them.", "muted"))
    return trimmed(lines) or [("Nothing was changed at any school.", "muted")]


def _signed(tally: Tally) -> list[Cell]:
    """`+2  -11  ~14`: what came, what went, what is otherwise now."""
    counts = tally.counts
    signed = (
        ("+", counts.get("created", 0) + counts.get("reactivated", 0), "good"),
        ("-", counts.get("deactivated", 0) + counts.get("removed", 0), "error"),
        ("~", counts.get("updated", 0), "info"),
    )
    return [(f"{f'{sign}{count:,}':>8}", style) if count else " " * 8 for sign, count, style in signed]


def _listed(counts: Mapping[str, int]) -> str:
    named = [counted(kind, count) for kind, count in counts.items()]
    if len(named) > NAMED:
        rest = sum(list(counts.values())[NAMED - 1 :])
        named = [*named[: NAMED - 1], f"{rest:,} other records"]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def trimmed(cells: Iterable[Cell]) -> list[Cell]:
    """The cells without the line break at their end."""
    wanted = list(cells)
    if wanted:
        last = wanted[-1]
        wanted[-1] = last.rstrip("\n") if isinstance(last, str) else (last[0].rstrip("\n"), last[1])
    return wanted
