"""School codes: one form for each of the ways in which state and national codes are written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from aeries_tui.mapping.school import School

# A county-district-school code of California ends in the 7-digit school code, so both find each other.
_CDS, _STATE, _NCES = 14, 7, 12
# Spreadsheets drop the leading zero: one digit fewer stands for the whole code.
_PADDED = {_CDS - 1: _CDS, _NCES - 1: _NCES, _STATE - 1: _STATE}
_SHORTEST = 6


def code_key(code: str) -> tuple[str, str] | None:
    """The family and the comparable form of a code; None if it is blank, too short or a filler like 0000000.

    Families: "state" (7 digits, or the last 7 of a 14-digit county-district-school code), "nces"
    (12 digits), and for anything else of at least six letters and digits its shape ("99A999").
    """
    text = re.sub(r"\.0+$", "", code.strip())
    text = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    if text.isascii() and text.isdigit():
        text = text.zfill(_PADDED.get(len(text), len(text)))
        tail = text[-_STATE:]
        if len(text) in (_CDS, _STATE):
            return None if len(set(tail)) == 1 else ("state", tail)
        if len(text) == _NCES:
            return None if len(set(text)) == 1 else ("nces", text)
    if len(text) < _SHORTEST or len(set(text)) == 1 or not any(mark.isdigit() for mark in text):
        return None
    return re.sub(r"[A-Z]", "A", re.sub(r"[0-9]", "9", text)), text


def code_keys(school: School) -> frozenset[tuple[str, str]]:
    """The comparable codes of a school."""
    return frozenset(key for key in map(code_key, school.codes) if key is not None)


def codes_differ(
    left: frozenset[tuple[str, str]], right: frozenset[tuple[str, str]], shared: frozenset[str]
) -> bool:
    """Whether both have a code of one family and none of those is the same.

    Args:
        left, right: the codes of both schools.
        shared: families that both lists are known to use (`shared_families`).
    """
    families = {family for family, _ in left} & {family for family, _ in right} & shared
    return bool(families) and not left & right


def shared_families(
    left: Sequence[frozenset[tuple[str, str]]], right: Sequence[frozenset[tuple[str, str]]]
) -> frozenset[str]:
    """The families in which two different codes mean two schools.

    State and national codes always; others only where at least one code stands in both lists,
    for codes of one shape may still be two numberings.
    """
    both = {key for keys in left for key in keys} & {key for keys in right for key in keys}
    return frozenset({"state", "nces"} | {family for family, _ in both})


def pairs_by_code(
    left: Sequence[frozenset[tuple[str, str]]], right: Sequence[frozenset[tuple[str, str]]]
) -> tuple[dict[int, tuple[int, str]], set[int]]:
    """Pairs whose code says so by itself, and the left rows whose codes contradict each other.

    Returns:
        left row → (right row, the code), where the code stands on one row of either list only and
        nothing else of both rows points elsewhere; and the left rows left out because of a conflict.
    """
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    columns: dict[tuple[str, str], list[int]] = defaultdict(list)
    for owners, keys_of in ((rows, left), (columns, right)):
        for index, keys in enumerate(keys_of):
            for key in keys:
                owners[key].append(index)
    partners: dict[int, set[int]] = defaultdict(set)
    suitors: dict[int, set[int]] = defaultdict(set)
    for key in rows.keys() & columns.keys():
        for row in rows[key]:
            partners[row].update(columns[key])
        for column in columns[key]:
            suitors[column].update(rows[key])
    best: dict[int, tuple[int, str]] = {}
    for row, targets in partners.items():
        column = next(iter(targets))
        if len(targets) == 1 and len(suitors[column]) == 1:
            best[row] = column, max(left[row] & right[column])[1]
    return best, set(partners) - set(best)
