"""The school year of the simulated district: its terms and the way dates are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

DEFAULT_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Term:
    """A term as the source gives it; both dates belong to it."""

    code: str
    title: str
    begin: date
    end: date


@lru_cache(maxsize=8)
def terms_of(year: int) -> dict[str, Term]:
    """All terms of the school year that begins in `year`, by code, for schools of four quarters."""
    nxt = year + 1
    spans = (
        ("1", "1st Quarter", date(year, 8, 12), date(year, 10, 9)),
        ("2", "2nd Quarter", date(year, 10, 12), date(year, 12, 18)),
        ("3", "3rd Quarter", date(nxt, 1, 4), date(nxt, 3, 19)),
        ("4", "4th Quarter", date(nxt, 3, 22), date(nxt, 6, 4)),
        ("F", "Fall", date(year, 8, 12), date(year, 12, 18)),
        ("S", "Spring", date(nxt, 1, 4), date(nxt, 6, 4)),
        ("Y", "Year", date(year, 8, 12), date(nxt, 6, 4)),
    )
    return {code: Term(code, title, begin, end) for code, title, begin, end in spans}


@lru_cache(maxsize=8)
def elementary_terms_of(year: int) -> dict[str, Term]:
    """The same for schools of three trimesters."""
    nxt = year + 1
    spans = (
        ("1", "1st Trimester", date(year, 8, 12), date(year, 11, 6)),
        ("2", "2nd Trimester", date(year, 11, 9), date(nxt, 2, 26)),
        ("3", "3rd Trimester", date(nxt, 3, 1), date(nxt, 6, 4)),
        ("Y", "Year", date(year, 8, 12), date(nxt, 6, 4)),
    )
    return {code: Term(code, title, begin, end) for code, title, begin, end in spans}


def first_day(year: int) -> date:
    """The date of day 0 of a district's life: a quiet Wednesday in the autumn."""
    return date(year, 10, 14)


def year_name(year: int) -> str:
    """A school year as Aeries writes it, 2026-2027."""
    return f"{year}-{year + 1}"


@lru_cache(maxsize=4096)
def stamp(day: date) -> str:
    """A date as the source writes it (contract, section 3)."""
    return f"{day.isoformat()}T00:00:00"
