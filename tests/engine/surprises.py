"""Which change of a roster the guard must not let through, worked out in plain Python (design, promise 6).

Nothing here is shared with the engine. It asks less than the guard may: what it finds must have been held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from aeries_tui.settings import GuardLimits

Row = dict[str, Any]
Roster = Mapping[str, list[Row]]
"""Rows of the roster tables by kind."""
_NO_FIELDS = {"active", "created_import"}
_KEYS = {
    "staff": ("staff_id",), "student": ("student_id",), "course": ("course_id",), "section": ("section_id",),
    "enrollment": ("section_id", "student_id"), "teaching": ("section_id", "staff_id"),
    "school_enrollment": ("school_code", "student_id"),
}  # fmt: skip


def _active(roster: Roster, kind: str) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[name] for name in _KEYS[kind]): row for row in roster[kind] if row["active"]}


def _schools(roster: Roster, kind: str, row: Row) -> set[int | None]:
    """Where a record counts, beside the district."""
    if kind == "staff":
        there = _active(roster, "teaching").values()
        return {one["school_code"] for one in there if one["staff_id"] == row["staff_id"]}
    school = row.get("primary_school" if kind == "student" else "school_code")
    return set() if school is None else {school}


def too_much(before: Roster, after: Roster, limits: GuardLimits) -> Iterator[str]:
    """What went beyond the limits: losses, changes, and fields that are blank now, in the district or a school."""
    for kind, keys in _KEYS.items():
        old, new = _active(before, kind), _active(after, kind)
        there: Counter[int | None] = Counter()
        hit: Counter[tuple[str, int | None]] = Counter()
        filled: Counter[tuple[str, int | None]] = Counter()
        for key, row in old.items():
            now = new.get(key)
            fields = [name for name in row if name not in _NO_FIELDS and name not in keys]
            for school in {None, *_schools(before, kind, row)}:
                there[school] += 1
                if now is None:
                    hit["loss", school] += 1
                    continue
                hit["change", school] += any(row[name] != now[name] for name in fields)
                for name in fields:
                    filled[name, school] += row[name] is not None
                    hit[name, school] += row[name] is not None and now[name] is None
        for (what, school), n in hit.items():
            limit = what if what in {"loss", "change"} else "blanked"
            whole = filled[what, school] if limit == "blanked" else there[school]
            least, most = getattr(limits, f"{limit}_minimum"), getattr(limits, f"{limit}_percent")
            if n >= least and n * 100 > most * whole:
                yield f"{what} of {n} of {whole} {kind} at {school}"
