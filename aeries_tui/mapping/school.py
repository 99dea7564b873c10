"""What the mapping takes and gives: schools of both lists, suggestions, decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Match = Literal["code", "same", "similar"]


@dataclass(frozen=True)
class School:
    """One school of either list; everything but the id may be blank.

    Args:
        id: opaque; says nothing about the school and is never compared.
        name: as its list spells it.
        codes: state, county-district-school or NCES codes, in any of their usual forms.
        low_grade, high_grade: PK, TK, K, 1 to 12, AD, or the numbers Aeries uses
            (-2, -1, 0 to 12, 13 and more for adults), as text.
    """

    id: str
    name: str
    codes: tuple[str, ...] = ()
    low_grade: str = ""
    high_grade: str = ""


@dataclass(frozen=True)
class Suggestion:
    """An ALI school that may be the one meant, with its score (0 to 100) and the reasons in words."""

    ali_id: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Decision:
    """What the mapping says of one Aeries school.

    Args:
        aeries_id: the school this is about.
        ali_id: the ALI school it is mapped to; None when it is left to a person.
        match: how it was found; None where nothing was decided here.
        score: confidence of the mapping, or of the best suggestion, 0 to 100.
        reasons: why, in words for the user.
        suggestions: best first, at most ten.
    """

    aeries_id: str
    ali_id: str | None
    match: Match | None
    score: float
    reasons: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]
