"""How two names stand to each other: their words, and the kinds of school they say they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aeries_tui.mapping.names import Name
from aeries_tui.mapping.words import COMMON

Words = Literal[
    "equal",  # every word has its counterpart, spelled the same
    "alike",  # every word has its counterpart, some spelled differently
    "cut",  # one name is cut off, and the other goes on from there
    "given_added",  # one has a given name more
    "common_added",  # one has words more that many schools bear: academy, magnet, science
    "before",  # one has telling words more, before the shared ones
    "after",  # one has telling words more, after the shared ones
    "common_changed",  # both have common words that the other has not
    "mixed",  # both have words that the other has not, telling ones at most on one side
    "both_left_over",  # both have telling words that the other has not
    "given_only",  # nothing shared but given names
    "common_only",  # nothing shared but words that many schools bear
]
Kinds = Literal[
    "same",
    "unsaid",  # one name says none, the other elementary, or neither says any
    "unsaid_upper",  # one name says none, the other middle or high
    "unsaid_odd",  # one name says none, the other preschool or adult
    "cut",  # as unsaid, but one name was cut off before it could say
    "cut_upper",
    "near",  # elementary and K-8, middle and junior high
    "differs",  # elementary and middle, middle and high
    "far",  # elementary and high, preschool or adult and any other
]

# A word of the left name, its counterpart in the right one, and how alike they are, 0 to 1.
Pairing = tuple[str, str, float]

_NEIGHBOURS = frozenset(("EM", "ME", "MH", "HM", "PE", "EP"))


def left_over(left: Name, right: Name, shared: Sequence[Pairing]) -> tuple[list[str], list[str]]:
    """The words of each name that have no counterpart in the other."""
    lefts, rights = {a for a, _, _ in shared}, {b for _, b, _ in shared}
    return [w for w in left.words if w not in lefts], [w for w in right.words if w not in rights]


def words_relation(
    left: Name, right: Name, shared: Sequence[Pairing], extras: tuple[list[str], list[str]]
) -> Words:
    """Which of `Words` holds for two names, given the words they share and those left over."""
    if shared and not extras[0] and not extras[1]:
        return "equal" if all(score > 0.99 for _, _, score in shared) else "alike"
    named = [(a, b) for a, b, _ in shared if a not in COMMON and b not in COMMON]
    if not named:
        return "common_only"
    if all(a in left.given and b in right.given for a, b in named):
        return "given_only"
    if left.is_cut and not extras[0] and _goes_on(right, extras[1]):
        return "cut"
    if right.is_cut and not extras[1] and _goes_on(left, extras[0]):
        return "cut"
    telling = (_telling(left, extras[0]), _telling(right, extras[1]))
    if telling[0] and telling[1]:
        return "both_left_over"
    if extras[0] and extras[1]:
        common = all(word in COMMON for word in (*extras[0], *extras[1]))
        return "common_changed" if common else "mixed"
    if not telling[0] and not telling[1]:
        return "common_added" if COMMON.intersection((*extras[0], *extras[1])) else "given_added"
    longer, more = (left, telling[0]) if telling[0] else (right, telling[1])
    last_shared = max(
        place for place, word in enumerate(longer.words) if word not in {*extras[0], *extras[1]}
    )
    return "before" if all(longer.words.index(word) < last_shared for word in more) else "after"


def _telling(name: Name, words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in COMMON and word not in name.given]


def _goes_on(name: Name, extra: Sequence[str]) -> bool:
    """Whether what a name has more stands at its end, but for given names ("Nelson Dilworth" for "Dilworth")."""
    last_shared = max(place for place, word in enumerate(name.words) if word not in extra)
    return all(name.words.index(word) > last_shared or word in name.given for word in extra)


def kinds_relation(left: Name, right: Name) -> Kinds:
    """Which of `Kinds` holds for two names."""
    if not left.groups or not right.groups:
        return _unsaid(left.groups | right.groups, is_cut=left.is_cut or right.is_cut)
    if left.groups == right.groups and left.kinds == right.kinds:
        return "same"
    if left.groups & right.groups:
        return "near"
    neighbours = any(a + b in _NEIGHBOURS for a in left.groups for b in right.groups)
    return "differs" if neighbours else "far"


def _unsaid(said: frozenset[str], *, is_cut: bool) -> Kinds:
    if said & {"A", "P"}:
        return "unsaid_odd"
    if said and "E" not in said:
        return "cut_upper" if is_cut else "unsaid_upper"
    return "cut" if is_cut else "unsaid"
