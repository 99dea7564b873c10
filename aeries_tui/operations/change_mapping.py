"""A change of the mapping by a person, written down in the journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import TypeVar

from aeries_tui.audit import Act
from aeries_tui.master.schools import schools
from aeries_tui.operations.district import District

T = TypeVar("T")


def codes_that_changed(
    before: Mapping[int, schools.Mapping], after: Mapping[int, schools.Mapping]
) -> list[int]:
    """The Aeries schools whose mapping is another one, by code."""
    return sorted(code for code in before.keys() | after.keys() if before.get(code) != after.get(code))


def change_mapping(district: District, change: Callable[[sqlite3.Connection], T]) -> T:
    """Change the mapping of a district, and write down of which schools.

    Raises:
        AeriesTuiError: what the change raised, nothing was changed; or the journal can't be written.
    """
    with district.journal.recording(Act.MAPPED, district.name) as about, district.writing() as db:
        before = schools.mappings(db)
        result = change(db)
        about["schools"] = codes_that_changed(before, schools.mappings(db))
    return result
