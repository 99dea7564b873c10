"""Grade spans: the labels of both lists as numbers, and what two spans say of each other."""

from __future__ import annotations

from dataclasses import dataclass

PRESCHOOL, TRANSITIONAL, KINDERGARTEN, ADULT = -2, -1, 0, 13

_LABELS = {
    "pk": PRESCHOOL,
    "p": PRESCHOOL,
    "ps": PRESCHOOL,
    "prek": PRESCHOOL,
    "tk": TRANSITIONAL,
    "k": KINDERGARTEN,
    "kg": KINDERGARTEN,
    "kn": KINDERGARTEN,
    "ad": ADULT,
    "adult": ADULT,
}


@dataclass(frozen=True)
class Span:
    """Grades from low to high, both included: -2 preschool, -1 transitional, 0 kindergarten, 13 adult."""

    low: int
    high: int

    def overlap(self, other: Span) -> float:
        """The share of grades both have among those either has, 0 to 1."""
        both = min(self.high, other.high) - max(self.low, other.low) + 1
        either = max(self.high, other.high) - min(self.low, other.low) + 1
        return max(0, both) / either

    def __str__(self) -> str:
        if self.low == self.high:
            return "adult" if self.low == ADULT else f"grade {label(self.low)}"
        return f"{label(self.low)}-{label(self.high)}"


def label(grade: int) -> str:
    """The usual label of a grade number."""
    return {PRESCHOOL: "PK", TRANSITIONAL: "TK", KINDERGARTEN: "K", ADULT: "adult"}.get(grade, str(grade))


def grade_number(text: str) -> int | None:
    """The number of a grade label or of Aeries' grade number as text; None if it is blank or unknown."""
    word = text.strip().casefold()
    if word in _LABELS:
        return _LABELS[word]
    try:
        number = int(word)
    except ValueError:
        return None
    return max(PRESCHOOL, min(ADULT, number))


def grade_span(low: str, high: str) -> Span | None:
    """The span two labels stand for; one of them alone counts for both; None if neither is known."""
    ends = [number for number in (grade_number(low), grade_number(high)) if number is not None]
    return Span(min(ends), max(ends)) if ends else None
