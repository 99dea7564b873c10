"""From evidence to confidence: how alike a pair is by itself, then how sure it is among its rivals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from aeries_tui.mapping.assign import assign
from aeries_tui.mapping.evidence import District, Evidence
from aeries_tui.mapping.learned import WEIGHTS
from aeries_tui.mapping.weights import Weights

# Right schools looked at closely for each left one; the true one is practically always among them.
CANDIDATES = 6
# Log-odds beyond this say no more.
LIMIT = 8.0
# A pair below these log-odds is rather left alone than assigned.
FLOOR = -4.0

# From these log-odds on, and with this lead over every rival, a pair is mapped without asking. Measured by
# cross-validation over districts (benchmarks/mapping.py): beyond it a wrong mapping is practically always a
# school that changed its code or its name in one of the lists, which names cannot tell.
THRESHOLD = 3.85
LEAD = 1.0

# What makes an assigned pair sure, in the order of `Judged.values`: how alike it is, by how much it beats
# every other pair of its row and of its column, by how much those whose other side is not better served
# elsewhere, whether those come close, whether it is weak in itself, and whether the names are the same.
RIVALRY = (
    "alike",
    "row_gap",
    "column_gap",
    "free_row_gap",
    "free_column_gap",
    "row_close",
    "column_close",
    "weak",
    "same_key",
)


@dataclass(frozen=True)
class Judged:
    """An assigned pair: its evidence, its standing among its rivals (`RIVALRY`), and the narrowest free gap."""

    row: int
    column: int
    evidence: Evidence
    values: tuple[float, ...]
    lead: float


class Field:
    """All candidate pairs of a district with their log-odds, and the assignment for the whole district.

    Attributes:
        rows: for each left row its (right row, log-odds), best first.
        assigned: for each left row its right row, or None.
    """

    def __init__(self, district: District, weights: Weights = WEIGHTS) -> None:
        self.evidence: dict[tuple[int, int], Evidence] = {}
        self.rows: list[list[tuple[int, float]]] = []
        self._columns: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for row in range(len(district.left)):
            edges = []
            for column in district.candidates(row, CANDIDATES):
                evidence = self.evidence[row, column] = district.evidence(row, column)
                odds = max(-LIMIT, min(LIMIT, alike(evidence, weights)))
                edges.append((column, odds))
                self._columns[column].append((row, odds))
            edges.sort(key=lambda edge: -edge[1])
            self.rows.append(edges)
        self.assigned = assign([[(column, odds - FLOOR) for column, odds in edges] for edges in self.rows])
        self._held_by_row: dict[int, float] = {}
        self._held_by_column: dict[int, float] = {}
        for row, held in enumerate(self.assigned):
            if held is not None:
                self._held_by_row[row] = self._held_by_column[held] = dict(self.rows[row])[held]

    def judged(self, row: int) -> Judged | None:
        """The assigned pair of a row, seen among its rivals; None where the row stays alone."""
        column = self.assigned[row]
        if column is None:
            return None
        odds = self._held_by_row[row]
        in_row = [(theirs, self._held_by_column.get(c)) for c, theirs in self.rows[row] if c != column]
        in_column = [(theirs, self._held_by_row.get(r)) for r, theirs in self._columns[column] if r != row]
        gaps = [_gap(odds, in_row), _gap(odds, in_column)]
        free = [_gap(odds, _free(in_row)), _gap(odds, _free(in_column))]
        evidence = self.evidence[row, column]
        values = (
            odds / 4,
            *(min(gap, LIMIT) / 4 for gap in (*gaps, *free)),
            *(max(0.0, 2 - gap) / 2 for gap in free),
            max(0.0, 1 - odds / 3),
            evidence["same_key"],
        )
        return Judged(row, column, evidence, values, min(free))


def _gap(odds: float, rivals: Sequence[tuple[float, float | None]]) -> float:
    """By how much a pair beats the best of its rivals, each with its log-odds first."""
    return odds - max((theirs for theirs, _ in rivals), default=-LIMIT)


def _free(rivals: Sequence[tuple[float, float | None]]) -> list[tuple[float, float | None]]:
    """Rivals, each the weaker the better its other side is served where it is assigned."""
    return [
        (theirs - max(0.0, held - theirs) if held is not None else theirs, held) for theirs, held in rivals
    ]


def alike(evidence: Evidence, weights: Weights = WEIGHTS) -> float:
    """The log-odds that a pair is one school, its rivals left aside."""
    return (
        weights.base
        + weights.words.get(evidence.words, 0.0)
        + weights.kinds.get(evidence.kinds, 0.0)
        + weights.both.get((evidence.words, evidence.kinds), 0.0)
        + sum(map(float.__mul__, weights.measures, evidence.measures))
    )


def sure(judged: Judged, weights: Weights = WEIGHTS) -> float:
    """The log-odds that an assigned pair is right."""
    return weights.sure_base + sum(map(float.__mul__, weights.sure, judged.values))


def confidence(odds: float) -> float:
    """Log-odds as a score from 0 to 100."""
    return 100 / (1 + exp(-max(-30.0, min(30.0, odds))))
