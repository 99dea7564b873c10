"""The reasons for a mapping or a suggestion in words for the user."""

from __future__ import annotations

from aeries_tui.mapping.evidence import FEATURES, Evidence, Side
from aeries_tui.mapping.words import COMMON, DIRECTIONS

_KIND_WORDS = {"P": "preschool", "E": "elementary", "M": "middle", "H": "high", "A": "adult"}


def reasons_for(left: Side, right: Side, evidence: Evidence) -> tuple[str, ...]:
    """What speaks for the pair, then what speaks against it."""
    found = dict(zip(FEATURES, evidence.values, strict=True))
    return (*_words(left, right, evidence, found), *_kinds(left, right, found))


def _words(left: Side, right: Side, evidence: Evidence, found: dict[str, float]) -> list[str]:
    if found["same_key"]:
        return ["same name"]
    out: list[str] = []
    named = [a for a, _ in evidence.shared if a not in COMMON]
    extras = [
        [word for word in side.name.words if word not in {pair[index] for pair in evidence.shared}]
        for index, side in enumerate((left, right))
    ]
    distinctive = [word for word in (*extras[0], *extras[1]) if word not in COMMON]
    if named and not distinctive:
        out.append("same distinctive words")
    if found["only_one_each"]:
        rarest = max(named, key=lambda word: (left.weights[word], word))
        if distinctive or len(named) == 1:
            out.append(f"only school with '{left.name.spelled[rarest]}'")
    elif named and distinctive:
        out.append(f"both have '{left.name.spelled[named[0]]}'")
    if found["guessed_spelling"]:
        a, b = next(pair for pair in evidence.shared if pair[0] != pair[1])
        out.append(f"'{left.name.spelled[a]}' read as '{right.name.spelled[b]}'")
    if found["numbers_differ"]:
        out.append("numbers differ")
    for word in sorted(DIRECTIONS.intersection((*extras[0], *extras[1]))):
        out.append(f"'{word}' on one side only")
    return out or ["few words in common"]


def _kinds(left: Side, right: Side, found: dict[str, float]) -> list[str]:
    out: list[str] = []
    if left.span and right.span:
        if left.span == right.span:
            out.append(f"both {left.span}")
        else:
            out.append(f"grades {left.span} and {right.span}")
    if found["kind_same"] and left.name.kinds and not (left.span and right.span):
        out.append(f"both {' '.join(sorted(left.name.kinds))}")
    if found["kind_differs"] or found["kind_far"]:
        kinds = [
            "/".join(_KIND_WORDS[letter] for letter in sorted(side.name.groups)) for side in (left, right)
        ]
        out.append(f"one is {kinds[0]}, the other {kinds[1]}")
    if found["program_extra"]:
        for word in sorted(left.name.programs ^ right.name.programs)[:2]:
            out.append(f"'{word}' on one side only")
    return out
