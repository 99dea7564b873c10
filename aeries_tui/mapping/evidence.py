"""The evidence that two schools of a district are one: found here for a pair, weighed in judge.py."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from rapidfuzz.distance import Indel

from aeries_tui.mapping.grades import Span
from aeries_tui.mapping.names import Name
from aeries_tui.mapping.relations import Kinds, Pairing, Words, kinds_relation, left_over, words_relation
from aeries_tui.mapping.spelling import alike_words
from aeries_tui.mapping.words import COMMON, DIRECTIONS, KIND_GROUPS

# What is measured of a pair beside how its words and kinds stand to each other, in the order of
# `Evidence.measures`; each from 0 (not so) to 1.
MEASURES = (
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
    "points_elsewhere",
    "named_grades_differ",
    "programs_same",
    "program_extra",
    "initials_agree",
    "initials_differ",
    "letters",
    "guessed_spelling",
    "same_key",
    "grades_overlap",
    "grades_apart",
    "kind_against_grades",
)

_PLACE = {name: place for place, name in enumerate(MEASURES)}

# What a word counts for in telling schools apart: words that many schools bear, given names, kinds.
_COMMON, _GIVEN, _KIND = 0.35, 0.35, 0.15
_GROUP_SPANS = {"P": (-2, -1), "E": (0, 6), "M": (5, 9), "H": (9, 12), "A": (13, 13)}


@dataclass(frozen=True)
class Side:
    """One school as the evidence sees it: its name read, its grades, the weight of each of its words."""

    name: Name
    span: Span | None
    weights: dict[str, float]
    total: float
    letters: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for one pair: how words and kinds stand to each other, measures, and the words shared."""

    words: Words
    kinds: Kinds
    measures: tuple[float, ...]
    shared: list[Pairing]

    def __getitem__(self, measure: str) -> float:
        return self.measures[_PLACE[measure]]


class District:
    """Both lists of one district: how rare each word is in it, which pairs are worth a look, and why.

    Args:
        left, right: names and grade spans of the two lists.
    """

    def __init__(
        self, left: Sequence[tuple[Name, Span | None]], right: Sequence[tuple[Name, Span | None]]
    ) -> None:
        self._bearers = tuple(Counter(w for name, _ in side for w in name.words) for side in (left, right))
        self._named = tuple(
            Counter(w for name, _ in side for w in name.words if w not in name.given)
            for side in (left, right)
        )
        self._size = max(len(left), len(right))
        self.left = [self._side(name, span) for name, span in left]
        self.right = [self._side(name, span) for name, span in right]
        self._alike = alike_words(self._bearers[0], self._bearers[1])
        self._places: dict[str, list[int]] = defaultdict(list)
        for index, (name, _) in enumerate(right):
            for word in name.words:
                self._places[word].append(index)

    def _side(self, name: Name, span: Span | None) -> Side:
        weights = {word: self._weight(word, name) for word in name.words}
        return Side(name, span, weights, sum(weights.values()), "".join(name.words))

    def _weight(self, word: str, name: Name) -> float:
        """How much a word tells schools of this district apart: the rarer the more."""
        bearers = max(self._bearers[0][word], self._bearers[1][word])
        rarity = log((self._size + 1) / bearers) / log(self._size + 1)
        kind = _KIND if word in KIND_GROUPS else _COMMON if word in COMMON else 1.0
        return kind * (_GIVEN if word in name.given else 1.0) * (0.3 + 0.7 * max(rarity, 0.0))

    def candidates(self, row: int, most: int) -> list[int]:
        """The right schools whose words overlap most with a left one's, best first."""
        side = self.left[row]
        overlap_of: dict[int, float] = defaultdict(float)
        for word, weight in side.weights.items():
            for index in self._places.get(word, ()):
                overlap_of[index] += weight
            for other, score in self._alike.get(word, {}).items():
                for index in self._places[other]:
                    overlap_of[index] += weight * score
        overlaps = sorted(
            [(-2 * part / (side.total + self.right[i].total), i) for i, part in overlap_of.items()]
        )
        # Far behind the best there is no rival any more.
        return [index for overlap, index in overlaps[:most] if overlap <= 0.4 * overlaps[0][0]]

    def evidence(self, row: int, column: int) -> Evidence:
        """The evidence for one pair."""
        left, right = self.left[row], self.right[column]
        shared = self._shared(left.name, right.name)
        extras = left_over(left.name, right.name, shared)
        words = words_relation(left.name, right.name, shared, extras)
        measures = (*self._measures(left, right, shared, extras), *_grades(left, right))
        return Evidence(words, kinds_relation(left.name, right.name), measures, shared)

    def _shared(self, left: Name, right: Name) -> list[Pairing]:
        """Words of both names that stand for each other: equal ones first, then the most alike."""
        both = set(left.words) & set(right.words)
        shared = [(word, word, 1.0) for word in left.words if word in both]
        rest = [word for word in left.words if word not in both and word in self._alike]
        free = {word for word in right.words if word not in both}
        if rest and free:
            pairs = [(-self._alike[a][b], a, b) for a in rest for b in free if b in self._alike[a]]
            taken: set[str] = set()
            for score, a, b in sorted(pairs):
                if a not in taken and b in free:
                    taken.add(a)
                    free.discard(b)
                    shared.append((a, b, 1.0 if _cut_off(left, a, b) or _cut_off(right, b, a) else -score))
        return shared

    def _measures(
        self, left: Side, right: Side, shared: list[Pairing], extras: tuple[list[str], list[str]]
    ) -> tuple[float, ...]:
        """The measures that the names give, in the order of `MEASURES`."""
        name, other = left.name, right.name
        common, common_right, guessed = 0.0, 0.0, 0.0
        for a, b, score in shared:
            common += left.weights[a] * score
            common_right += right.weights[b] * score
            guessed += 1 - score
        covered = common / (left.total or 1.0)
        covered_right = common_right / (right.total or 1.0)
        extra = sum([left.weights[word] for word in extras[0]])
        extra_right = sum([right.weights[word] for word in extras[1]])
        alone = self._alone(name, other, shared)
        return (
            (common + common_right) / ((left.total + right.total) or 1.0),
            min(covered, covered_right),
            max(covered, covered_right),
            min((common + common_right) / 4, 1.0),
            1.0 if alone == 2 else 0.0,
            1.0 if alone == 1 else 0.0,
            min(extra, extra_right, 1.0),
            *_numbers(name, other),
            0.0 if DIRECTIONS.isdisjoint(extras[0]) and DIRECTIONS.isdisjoint(extras[1]) else 1.0,
            1.0 if self._elsewhere(extras[0], 1) or self._elsewhere(extras[1], 0) else 0.0,
            1.0 if name.span != other.span else 0.0,
            1.0 if name.programs and name.programs == other.programs else 0.0,
            1.0 if name.programs != other.programs else 0.0,
            *_initials(name, other),
            Indel.normalized_similarity(left.letters, right.letters),
            min(guessed, 1.0),
            1.0 if name.key == other.key else 0.0,
        )

    def _alone(self, left: Name, right: Name, shared: list[Pairing]) -> int:
        """On how many sides the two schools are the only ones with one of the telling words they share."""
        most = 0
        for a, b, _ in shared:
            if a not in COMMON and b not in COMMON and not (a in left.given and b in right.given):
                most = max(most, (self._bearers[0][a] == 1) + (self._bearers[1][b] == 1))
        return most

    def _elsewhere(self, extra: list[str], other: int) -> bool:
        """Whether a telling word without counterpart names another school of the other list."""
        return any(self._named[other][word] for word in extra if word not in COMMON)


def _cut_off(name: Name, word: str, whole: str) -> bool:
    return name.is_cut and word == name.words[-1] and whole.startswith(word)


def _numbers(left: Name, right: Name) -> tuple[float, float, float]:
    """Whether the numbers in two names are equal, differ, or stand in one of them only."""
    if left.numbers == right.numbers:
        return (1.0 if left.numbers else 0.0), 0.0, 0.0
    if left.numbers and right.numbers and left.numbers.isdisjoint(right.numbers):
        return 0.0, 1.0, 0.0
    return 0.0, 0.0, 1.0


def _initials(left: Name, right: Name) -> tuple[float, float]:
    """How far the single letters agree with letters or words of the other name, and whether any contradicts."""
    agree = differ = 0
    for name, other in ((left, right), (right, left)):
        if name.initials:
            heads = {word[0] for word in other.words} | other.initials
            agree += len(name.initials & heads)
            differ += bool(other.initials and name.initials - heads)
    return min(agree, 2) / 2, float(differ > 0)


def _grades(left: Side, right: Side) -> tuple[float, float, float]:
    """What the grade spans say: share in common, nothing in common, a kind of school against the other's grades."""
    overlap = apart = against = 0.0
    spans = left.span or left.name.span, right.span or right.name.span
    if (left.span or right.span) and spans[0] and spans[1]:
        overlap = spans[0].overlap(spans[1])
        apart = float(overlap == 0)
    for name, span in ((left.name, right.span), (right.name, left.span)):
        if span and name.groups and not any(_reaches(span, group) for group in name.groups):
            against = 1.0
    return overlap, apart, against


def _reaches(span: Span, group: str) -> bool:
    low, high = _GROUP_SPANS[group]
    return span.low <= high and span.high >= low
