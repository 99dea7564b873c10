"""From evidence to confidence: one pair by itself, then the pair among its rivals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from aeries_tui.mapping.assign import assign
from aeries_tui.mapping.evidence import District, Evidence
from aeries_tui.mapping.weights import ALIKE, SURE

# Right schools looked at closely for each left one; the true one is practically always among them.
CANDIDATES = 8
# Log-odds beyond this say no more.
LIMIT = 8.0
# A pair below these log-odds is rather left alone than assigned.
FLOOR = -4.0

# What decides whether a pair that was assigned may act alone: how alike it is, by how much it beats
# every other pair of its row and its column, and by how much those that nobody else wants more.
RIVALRY = ("alike", "row_gap", "column_gap", "free_row_gap", "free_column_gap")


@dataclass(frozen=True)
class Judged:
    """An assigned pair with its evidence and what `SURE` is applied to."""

    row: int
    column: int
    evidence: Evidence
    values: tuple[float, ...]


class Field:
    """All candidate pairs of a district with their log-odds of being one school."""

    def __init__(self, district: District, alike: Sequence[float] = ALIKE) -> None:
        self.evidence: dict[tuple[int, int], Evidence] = {}
        self.rows: list[list[tuple[int, float]]] = []
        self._columns: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for row in range(len(district.left)):
            edges = []
            for column in district.candidates(row, CANDIDATES):
                evidence = self.evidence[row, column] = district.evidence(row, column)
                odds = max(-LIMIT, min(LIMIT, log_odds(alike, evidence.values)))
                edges.append((column, odds))
                self._columns[column].append((row, odds))
            self.rows.append(sorted(edges, key=lambda edge: -edge[1]))
        self.assigned = assign([[(column, odds - FLOOR) for column, odds in edges] for edges in self.rows])
        self._held = self._held_odds()

    def _held_odds(self) -> tuple[dict[int, float], dict[int, float]]:
        """The log-odds at which rows and columns are assigned."""
        by_row, by_column = {}, {}
        for row, column in enumerate(self.assigned):
            if column is not None:
                by_row[row] = by_column[column] = dict(self.rows[row])[column]
        return by_row, by_column

    def judged(self, row: int) -> Judged | None:
        """The assigned pair of a row, seen among its rivals; None where the row stays alone."""
        column = self.assigned[row]
        if column is None:
            return None
        odds = self._held[0][row]
        in_row = [(theirs, self._held[1].get(other)) for other, theirs in self.rows[row] if other != column]
        in_column = [
            (theirs, self._held[0].get(other)) for other, theirs in self._columns[column] if other != row
        ]
        gaps = (
            _gap(odds, in_row, free=free) if side else _gap(odds, in_column, free=free)
            for free, side in _ORDER
        )
        evidence = self.evidence[row, column]
        return Judged(row, column, evidence, (odds / 4, *gaps, *evidence.values))


# As in RIVALRY: (only what nobody else wants more, in the row).
_ORDER = ((False, True), (False, False), (True, True), (True, False))


def _gap(odds: float, rivals: Sequence[tuple[float, float | None]], *, free: bool) -> float:
    """By how much a pair beats the best rival.

    Args:
        odds: of the pair.
        rivals: odds of the others, and the odds at which their other side is assigned elsewhere.
        free: a rival counts the less the better its other side is served elsewhere.
    """
    best = -LIMIT
    for theirs, held in rivals:
        best = max(best, theirs - max(0.0, held - theirs) if free and held is not None else theirs)
    return min(odds - best, LIMIT) / 4


def log_odds(weights: Sequence[float], values: Sequence[float]) -> float:
    """The weighted sum of evidence; the first weight stands alone."""
    return weights[0] + sum(weight * value for weight, value in zip(weights[1:], values, strict=True))


def confidence(odds: float) -> float:
    """Log-odds as a score from 0 to 100."""
    return 100 / (1 + exp(-max(-30.0, min(30.0, odds))))


def sureness(judged: Judged, sure: Sequence[float] = SURE) -> float:
    """The log-odds that an assigned pair is right."""
    return log_odds(sure, judged.values)
