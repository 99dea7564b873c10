"""How alike two words are: misspelled, abbreviated, cut off, or run together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

# A word this alike counts as the same word, at the share given by `likeness`.
LEAST = 0.6


def likeness(left: str, right: str) -> float:
    """How surely two different words are one, 0 to 1; below `LEAST` it is 0.

    Numbers are never alike: 1 and 61 are two schools.
    """
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    if short[:1] == "#" or long[:1] == "#" or len(short) < 2:
        return 0.0
    if len(short) >= 3 and long.startswith(short):
        # "Creek" is no short form of "Creekside"; short forms are shorter, or nearly whole.
        return 0.9 if len(long) - len(short) <= 2 else 0.8 if len(short) < 5 else 0.65
    if len(short) >= 4 and _within(left, right, 1 if len(long) < 7 else 2):
        return 0.85 if len(long) >= 6 else 0.7
    if len(short) >= 5 and long.endswith(short) and len(long) - len(short) <= 3:
        return 0.75
    if len(short) >= 3 and len(long) >= len(short) + 2 and short[0] == long[0] and _inside(short, long):
        return 0.65
    if len(short) == 2 and long.startswith(short) and len(long) >= 4:
        return 0.6
    return 0.0


def _within(left: str, right: str, edits: int) -> bool:
    return OSA.distance(left, right, score_cutoff=edits) <= edits


def _inside(short: str, long: str) -> bool:
    """Whether the letters of the short word stand in the long one in order: chg in change."""
    letters = iter(long)
    return all(letter in letters for letter in short)


def alike_words(left: Iterable[str], right: Iterable[str]) -> dict[str, dict[str, float]]:
    """For each left word the right words it may stand for, with their likeness; equal words left out.

    A word found on both sides stands for itself and is compared no further, except that the other
    side may cut it off or abbreviate it.
    """
    lefts, rights = sorted(set(left)), sorted(set(right))
    both = set(lefts) & set(rights)
    by_initial: dict[str, list[str]] = defaultdict(list)
    for word in rights:
        by_initial[word[0]].append(word)
    tails = [word for word in rights if word not in both and len(word) >= 4]
    alike: dict[str, dict[str, float]] = {}
    for word in lefts:
        near = by_initial[word[0]]
        if word in both:
            near = [other for other in near if other not in both]
        elif len(word) >= 4:
            near = [*near, *(o for o in _misspelled(word, tails) if o[0] != word[0])]
        scored = {other: likeness(word, other) for other in near if other != word}
        close = {other: score for other, score in scored.items() if score >= LEAST}
        if close:
            alike[word] = close
    return alike


def _misspelled(word: str, others: list[str]) -> list[str]:
    hits = process.extract(word, others, scorer=OSA.distance, score_cutoff=3, limit=8)
    return [hit[0] for hit in hits]
