"""SQL fragments over what Aeries gave: text, whole numbers and dates, as the check takes them."""

from __future__ import annotations

_SPACE = "char(32, 9, 10, 11, 12, 13, 160)"


def text(column: str) -> str:
    """The column without white space around it; blank, null and a single space are one thing."""
    return f"NULLIF(TRIM({column}, {_SPACE}), '')"


def whole_number(column: str) -> str:
    """The column where it holds a whole number, else null: staging keeps what was sent, whatever its type."""
    return f"iif(typeof({column}) = 'integer', {column}, NULL)"


NO_DATES = ("0001-01-01", "1899-12-30", "1900-01-01", "1901-01-01")
"""Days that stand for none: in Aeries, and in what was imported from a spreadsheet (contract, section 3)."""


def date(column: str) -> str:
    """A wire date as YYYY-MM-DD; null for a missing one and for a day that stands for none."""
    trimmed = f"substr(TRIM({column}, {_SPACE}), 1, 10)"
    none = "".join(f" WHEN '{day}' THEN NULL" for day in ("", *NO_DATES))
    return f"CASE {trimmed}{none} ELSE {trimmed} END"


def is_bad_date(column: str) -> str:
    """True where an extracted date is not one that exists."""
    # Only with a modifier does SQLite work out the day: it takes 30 February at its word otherwise.
    return f"({column} IS NOT NULL AND {column} IS NOT date({column}, '+0 days'))"


def is_teacher_number(column: str) -> str:
    """True where a homeroom teacher is a number other than zero, which is how Aeries says nobody."""
    return f"({column} GLOB '*[1-9]*' AND {column} NOT GLOB '*[^0-9]*')"
