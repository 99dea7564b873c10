"""The form of the weights that evidence is judged by; `learned.py` holds those in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aeries_tui.mapping.relations import Kinds, Words


@dataclass(frozen=True)
class Weights:
    """Log-odds that each piece of evidence adds.

    Args:
        base: of any two schools that share a word.
        words, kinds, both: by how words and kinds of school stand to each other, each and together.
        measures: for each of `evidence.MEASURES`.
        sure_base, sure: of an assigned pair, for each of `judge.RIVALRY`.
    """

    base: float
    words: Mapping[Words, float]
    kinds: Mapping[Kinds, float]
    both: Mapping[tuple[Words, Kinds], float]
    measures: tuple[float, ...]
    sure_base: float
    sure: tuple[float, ...]
