"""The reasons for a mapping or a suggestion in words for the user."""

from __future__ import annotations

from aeries_tui.mapping.evidence import Evidence, Side
from aeries_tui.mapping.relations import left_over
from aeries_tui.mapping.words import COMMON

_GROUPS = {"P": "preschool", "E": "elementary", "M": "middle", "H": "high", "A": "adult"}


def reasons_for(left: Side, right: Side, evidence: Evidence) -> tuple[str, ...]:
    """What speaks for the pair and against it: words first, then kind of school and grades."""
    words = ["same name"] if evidence["same_key"] else _words(left, right, evidence)
    return (*words, *_kinds(left, right, evidence))


def _words(left: Side, right: Side, evidence: Evidence) -> list[str]:
    shared = evidence.shared
    extras = left_over(left.name, right.name, shared)
    named = [pair for pair in shared if pair[0] not in COMMON]
    out: list[str] = []
    if evidence.words in ("equal", "given_added", "common_added", "cut", "common_changed") and named:
        out.append("same distinctive words")
    elif evidence["only_one_each"]:
        rarest = max(named, key=lambda pair: (left.weights[pair[0]] + right.weights[pair[1]], pair))
        out.append(f"only school with '{left.name.spelled[rarest[0]]}'")
    elif shared:
        out.append(f"both have '{left.name.spelled[max(shared, key=lambda pair: left.weights[pair[0]])[0]]}'")
    out.extend(
        f"'{left.name.spelled[a]}' read as '{right.name.spelled[b]}'" for a, b, score in shared if score < 1
    )
    if evidence["numbers_differ"]:
        out.append("different numbers")
    for side, extra in zip((left, right), extras, strict=True):
        telling = [side.name.spelled[w] for w in extra if w not in COMMON and w not in side.name.given]
        if telling:
            out.append(f"'{' '.join(telling)}' in one name only")
    if evidence["points_elsewhere"]:
        out.append("another school's name has that word")
    return out or ["few words in common"]


def _kinds(left: Side, right: Side, evidence: Evidence) -> list[str]:
    out: list[str] = []
    if left.span and right.span:
        out.append(f"both {left.span}" if left.span == right.span else f"{left.span} and {right.span}")
    elif evidence.kinds == "same":
        out.append(f"both {_groups(left)}")
    if evidence.kinds in ("differs", "far"):
        out.append(f"{_groups(left)} and {_groups(right)}")
    out.extend(f"'{word}' in one name only" for word in sorted(left.name.programs ^ right.name.programs)[:2])
    return out


def _groups(side: Side) -> str:
    return "/".join(word for letter, word in _GROUPS.items() if letter in side.name.groups)
