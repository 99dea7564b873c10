"""The evidence that two schools of a district are one: found for a pair, weighed elsewhere (`weights.py`)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz import fuzz

from aeries_tui.mapping.grades import Span
from aeries_tui.mapping.names import Name
from aeries_tui.mapping.spelling import alike_words
from aeries_tui.mapping.words import COMMON, DIRECTIONS, KIND_GROUPS

# What a pair is judged by, in the order of the numbers in `Evidence.values`.
FEATURES = (
    "overlap",
    "least_covered",
    "most_covered",
    "shared_weight",
    "only_one_each",
    "only_one_on_one_side",
    "left_over_both",
    "numbers_equal",
    "numbers_differ",
    "number_extra",
    "direction_extra",
    "kind_same",
    "kind_near",
    "kind_differs",
    "kind_far",
    "programs_same",
    "program_extra",
    "initials_agree",
    "initials_differ",
    "letters",
    "guessed_spelling",
    "first_name_added",
    "name_continued",
    "only_common_words",
    "no_words",
    "grades_overlap",
    "grades_apart",
    "kind_against_grades",
    "same_key",
)

_GROUP_SPANS = {"P": (-2, -1), "E": (0, 6), "M": (5, 9), "H": (9, 12), "A": (13, 13)}
_FAR = frozenset(("EH", "HE", "PM", "MP", "PH", "HP", "AE", "EA", "AM", "MA", "AP", "PA", "AH", "HA"))


@dataclass(frozen=True)
class Side:
    """One school as the evidence sees it: its name read, its grades, its weight of words."""

    name: Name
    span: Span | None
    weights: dict[str, float]
    total: float
    letters: str


@dataclass(frozen=True)
class Evidence:
    """The evidence for one pair: numbers in the order of `FEATURES`, and the words both share."""

    values: tuple[float, ...]
    shared: tuple[tuple[str, str], ...]


class District:
    """Both lists of one district: how rare each word is in it, and which pairs are worth a look.

    Args:
        left, right: names and grade spans of the two lists.
    """

    def __init__(
        self, left: Sequence[tuple[Name, Span | None]], right: Sequence[tuple[Name, Span | None]]
    ) -> None:
        self.counts = (
            Counter(word for name, _ in left for word in set(name.words)),
            Counter(word for name, _ in right for word in set(name.words)),
        )
        self._size = max(len(left), len(right), 1)
        self.left = [self._side(name, span) for name, span in left]
        self.right = [self._side(name, span) for name, span in right]
        self._alike = alike_words(self.counts[0], self.counts[1])
        self._bearers: dict[str, list[int]] = defaultdict(list)
        for index, side in enumerate(self.right):
            for word in side.name.words:
                self._bearers[word].append(index)
        self._likeness = {
            (word, other): score for word, others in self._alike.items() for other, score in others
        }

    def _side(self, name: Name, span: Span | None) -> Side:
        weights = {word: self._weight(word) for word in name.words}
        return Side(name, span, weights, sum(weights.values()), "".join(name.words))

    def _weight(self, word: str) -> float:
        """How much a word tells schools of this district apart: rare words most, common kinds of words least."""
        bearers = max(self.counts[0][word], self.counts[1][word], 1)
        rarity = log((self._size + 1) / bearers) / log(self._size + 1)
        factor = 0.15 if word in KIND_GROUPS else 0.35 if word in COMMON else 1.0
        return factor * (0.3 + 0.7 * rarity)

    def candidates(self, row: int, most: int) -> list[int]:
        """The right schools that share the most with a left one, best first."""
        found: dict[int, float] = defaultdict(float)
        side = self.left[row]
        for word, weight in side.weights.items():
            for index in self._bearers.get(word, ()):
                found[index] += weight
            for other, score in self._alike.get(word, ()):
                for index in self._bearers[other]:
                    found[index] += weight * score
        ranked = sorted(
            ((2 * shared / (side.total + self.right[index].total), index) for index, shared in found.items()),
            reverse=True,
        )
        return [index for _, index in ranked[:most]]

    def evidence(self, row: int, column: int) -> Evidence:
        """The evidence for one pair."""
        left, right = self.left[row], self.right[column]
        shared = self._shared(left, right)
        return Evidence(
            (*self._words(left, right, shared), *_context(left, right)), tuple((a, b) for a, b, _ in shared)
        )

    def _shared(self, left: Side, right: Side) -> list[tuple[str, str, float]]:
        """Words of both names that stand for each other, with their likeness."""
        free = dict.fromkeys(right.name.words)
        shared: list[tuple[str, str, float]] = []
        rest: list[str] = []
        for word in left.name.words:
            if word in free:
                del free[word]
                shared.append((word, word, 1.0))
            else:
                rest.append(word)
        if rest and free:
            pairs = [(self._likeness.get((a, b), 0.0), a, b) for a in rest for b in free]
            for score, a, b in sorted((p for p in pairs if p[0] > 0), reverse=True):
                if a in rest and b in free:
                    rest.remove(a)
                    del free[b]
                    shared.append((a, b, score))
        return shared

    def _words(self, left: Side, right: Side, shared: list[tuple[str, str, float]]) -> tuple[float, ...]:
        """The part of the evidence that the words give."""
        common = sum((left.weights[a] + right.weights[b]) * score for a, b, score in shared) / 2
        covered = (
            sum(left.weights[a] * score for a, _, score in shared) / left.total if left.total else 0.0,
            sum(right.weights[b] * score for _, b, score in shared) / right.total if right.total else 0.0,
        )
        lefts, rights = {a for a, _, _ in shared}, {b for _, b, _ in shared}
        extra_left = [word for word in left.name.words if word not in lefts]
        extra_right = [word for word in right.name.words if word not in rights]
        named = [(a, b) for a, b, _ in shared if a not in COMMON and b not in COMMON]
        alone = [(self.counts[0][a] == 1) + (self.counts[1][b] == 1) for a, b in named]
        numbers = [{word for word in side.name.words if word[0] == "#"} for side in (left, right)]
        guessed = sum((1 - score) for _, _, score in shared)
        longer, extra = (right, extra_right) if len(extra_right) >= len(extra_left) else (left, extra_left)
        distinct = [
            word for word in extra if word not in COMMON and word[0] != "#" and word not in DIRECTIONS
        ]
        one_sided = bool(shared) and min(len(extra_left), len(extra_right)) == 0 and bool(extra)
        position = {word: place for place, word in enumerate(longer.name.words)}
        first_shared = min((position[w] for w in (rights if longer is right else lefts)), default=0)
        return (
            2 * common / (left.total + right.total) if left.total + right.total else 0.0,
            min(covered),
            max(covered),
            min(common, 2.0) / 2,
            float(2 in alone),
            float(2 not in alone and 1 in alone),
            min(_mass(extra_left, left), _mass(extra_right, right), 1.0),
            float(bool(numbers[0]) and numbers[0] == numbers[1]),
            float(bool(numbers[0] and numbers[1]) and not numbers[0] & numbers[1]),
            float(
                numbers[0] != numbers[1] and not (numbers[0] and numbers[1] and not numbers[0] & numbers[1])
            ),
            float(bool(DIRECTIONS.intersection((*extra_left, *extra_right)))),
            *_kinds(left.name, right.name),
            float(bool(left.name.programs) and left.name.programs == right.name.programs),
            float(left.name.programs != right.name.programs),
            *_initials(left.name, right.name),
            fuzz.ratio(left.letters, right.letters) / 100,
            min(guessed, 1.0),
            float(
                one_sided and bool(distinct) and position[distinct[0]] < first_shared and len(distinct) <= 2
            ),
            float(one_sided and bool(named) and first_shared == 0),
            float(bool(shared) and not named),
            float(not shared),
        )


def _mass(words: list[str], side: Side) -> float:
    return sum(side.weights[word] for word in words)


def _kinds(left: Name, right: Name) -> tuple[float, float, float, float]:
    """Same, near, different, far kind of school; all 0 where one name says no kind."""
    if not left.groups or not right.groups:
        return 0.0, 0.0, 0.0, 0.0
    if left.kinds == right.kinds and left.groups == right.groups:
        return 1.0, 0.0, 0.0, 0.0
    if left.groups & right.groups:
        return 0.0, 1.0, 0.0, 0.0
    far = all(a + b in _FAR for a in left.groups for b in right.groups)
    return 0.0, 0.0, float(not far), float(far)


def _initials(left: Name, right: Name) -> tuple[float, float]:
    """Whether the single letters agree with each other or with a word of the other name, or contradict."""
    agree = differ = 0
    for one, other in ((left, right), (right, left)):
        heads = {word[0] for word in other.words}
        for letter in one.initials:
            if letter in other.initials or letter in heads:
                agree += 1
            elif other.initials:
                differ += 1
    return min(agree, 2) / 2, float(differ > 0)


def _context(left: Side, right: Side) -> tuple[float, float, float, float]:
    """The part of the evidence that grades give, and whether the names say quite the same."""
    spans = left.span or left.name.span, right.span or right.name.span
    overlap = apart = against = 0.0
    if spans[0] and spans[1]:
        overlap = spans[0].overlap(spans[1])
        apart = float(overlap == 0)
    for name, span in ((left.name, right.span), (right.name, left.span)):
        if span and name.groups and not any(_reaches(span, group) for group in name.groups):
            against = 1.0
    return overlap, apart, against, float(left.name.key == right.name.key)


def _reaches(span: Span, group: str) -> bool:
    low, high = _GROUP_SPANS[group]
    return span.low <= high and span.high >= low
