"""What a single cell must look like (OneRoster, sections 3 and 5)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from aeries_tui.exports.oneroster.tables import GRADES, Column

REQUIRED, FORMAT = 3, 4
"""The rules of OneRoster, section 7, that a single cell can break."""

ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
USER_ID = re.compile(r"\{[^{}:,\n]+:[^{}:,\n]+\}")
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
MARK = "\ufeff"
"""The byte-order mark."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EXTENSION = re.compile(r"ext:.+")
_GRADES = frozenset(GRADES)


def wrong_cell(column: Column, value: str) -> tuple[int, str] | None:
    """The rule a cell breaks and how, or None for a good one. Never repeats what stands in the cell."""
    if not value:
        return (REQUIRED, "It is blank and must not be.") if column.required else None
    if column.name in {"status", "dateLastModified"}:
        return FORMAT, "It is filled in a bulk file."
    if value[0] == MARK or CONTROL.search(value):
        return FORMAT, "It holds a line break or another control character."
    if column.form == "choice":
        right = value in column.choices or (column.extensible and bool(_EXTENSION.fullmatch(value)))
        return None if right else (FORMAT, "It is not one of the words of the standard.")
    test = _TESTS.get(column.form)
    return None if test is None or test(value) else (FORMAT, f"It is not a {column.form.replace('_', ' ')}.")


def items(value: str) -> list[str]:
    """The items of a list cell."""
    return [item.strip() for item in value.split(",")] if value else []


def _is_date(value: str) -> bool:
    if not _DATE.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True


_TESTS: dict[str, Callable[[str], bool]] = {
    "id": lambda value: bool(ID.fullmatch(value)),
    "reference": lambda value: bool(ID.fullmatch(value)),
    "references": lambda value: all(ID.fullmatch(item) for item in items(value)),
    "list": lambda value: all(items(value)),
    "date": _is_date,
    "year": lambda value: value.isascii() and value.isdigit() and len(value) == 4,
    "grades": lambda value: _GRADES.issuperset(items(value)),
    "user_ids": lambda value: all(USER_ID.fullmatch(item) for item in items(value)),
}
