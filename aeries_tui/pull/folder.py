"""The files of one pull inside the district's `pulls` folder."""

from __future__ import annotations

from pathlib import Path

from aeries_tui.settings import DistrictPlaces


def plan_file(district: DistrictPlaces, number: int) -> Path:
    """Where the plan of an import lies until it is applied or discarded."""
    return district.pulls / str(number) / "plan.sqlite3"


def pages_file(district: DistrictPlaces, number: int) -> Path:
    """Where the staged pages of a pull lie until its plan is made, or while it may be resumed."""
    return district.pulls / str(number) / "pages.sqlite3"


def log_file(district: DistrictPlaces, number: int) -> Path:
    """The log of a pull."""
    return district.pulls / str(number) / "log.sqlite3"


def check_cache_file(district: DistrictPlaces, number: int) -> Path:
    """Where the books of an import's check lie, for the next pull, until another import's do."""
    return district.pulls / str(number) / "known.sqlite3"
