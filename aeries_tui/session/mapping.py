"""The mapping as the grid of schools shows and changes it; every change can be taken back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from aeries_tui.audit import Act
from aeries_tui.errors import NotAllowedNow
from aeries_tui.mapping import Decision, Suggestion
from aeries_tui.master.imports import imports
from aeries_tui.master.schools import schools, schools_table
from aeries_tui.master.schools.schools import Mapping
from aeries_tui.master.schools.schools_table import AliSchool
from aeries_tui.operations import update_schools
from aeries_tui.operations.change_mapping import codes_that_changed
from aeries_tui.session.session import Session
from aeries_tui.who import user_name

T = TypeVar("T")

LIKELY = 20.0
"""Score below which a suggestion only puts an ALI school near the top where one is picked."""


@dataclass(frozen=True)
class GridRow:
    """One line of the grid.

    Attributes:
        row: the Aeries school, what it is mapped to, its active students.
        suggestions: ALI schools for it, best first; none where it is mapped or in doubt a school.
    """

    row: schools.Row
    suggestions: tuple[Suggestion, ...]

    @property
    def code(self) -> int:
        """The Aeries code."""
        return self.row.school.code

    @property
    def best(self) -> Suggestion | None:
        """The best suggestion, where it is likely enough to be shown as one."""
        best = self.suggestions[0] if self.suggestions else None
        return best if best is not None and best.score >= LIKELY else None

    @property
    def is_open(self) -> bool:
        """It waits for a person: not mapped and not excluded."""
        return self.row.mapping.ali_id is None and not self.row.mapping.excluded


@dataclass(frozen=True)
class Grid:
    """All lines, the product's schools, and the import whose plan a change would make stale."""

    rows: tuple[GridRow, ...] = ()
    ali: tuple[AliSchool, ...] = ()
    held: int | None = None

    def row(self, code: int) -> GridRow | None:
        """The line of an Aeries school."""
        return self._by_code.get(code)

    def ali_school(self, ali_id: str) -> AliSchool | None:
        """An ALI school by its id."""
        return self._by_id.get(ali_id)

    # Each line of the grid asks for these; they are made once, or a thousand schools would be gone through for each.

    @cached_property
    def _by_code(self) -> dict[int, GridRow]:
        return {row.code: row for row in self.rows}

    @cached_property
    def _by_id(self) -> dict[str, AliSchool]:
        return {school.id: school for school in self.ali}

    @cached_property
    def used(self) -> dict[str, list[GridRow]]:
        """The lines mapped to each ALI school."""
        lines: dict[str, list[GridRow]] = {}
        for row in self.rows:
            if row.row.mapping.ali_id is not None:
                lines.setdefault(row.row.mapping.ali_id, []).append(row)
        return lines


def read_grid(db: sqlite3.Connection) -> Grid:
    """The grid with suggestions for what is not mapped; may take a second for many hundreds of schools."""
    advice = update_schools.decisions(db)
    rows = []
    for row in schools.grid(db):
        advised = advice.get(row.school.code)
        waits = row.mapping.ali_id is None and not row.mapping.excluded
        rows.append(GridRow(row, _suggestions(advised) if advised and waits else ()))
    # What only a person would map stands below the schools.
    rows.sort(key=lambda row: row.row.school.is_doubtful and row.row.mapping.ali_id is None)
    held = imports.latest_held(db)
    return Grid(tuple(rows), tuple(schools_table.ali_schools(db)), held.id if held else None)


def _suggestions(advised: Decision) -> tuple[Suggestion, ...]:
    """What was found; what would be mapped without asking, had it not been taken away, comes first."""
    if advised.ali_id is None:
        return tuple(advised.suggestions)
    return (Suggestion(advised.ali_id, advised.score, advised.reasons), *advised.suggestions)


@dataclass(frozen=True)
class Step(Generic[T]):
    """One change of the mapping, with what is needed to take it back.

    Attributes:
        label: what was done, for the sentence that says it was taken back.
        before: the mappings that the change touched, as they were.
        made: ids of ALI schools that it made.
        result: what the change returned.
    """

    label: str
    before: tuple[Mapping, ...]
    made: tuple[str, ...]
    result: T


def change_mapping(session: Session, label: str, change: Callable[[sqlite3.Connection], T]) -> Step[T]:
    """Change the mapping and remember what was before.

    Raises:
        NotAllowedNow: something is being done to the district; a change would make its plan stale.
        AeriesTuiError: what the change raised; nothing was changed.
    """
    running = session.running()
    if running is not None:
        raise NotAllowedNow(
            f"The mapping can't be changed while the district is in use ({running.what}).",
            meaning="Nothing was changed. A change now would make the plan of the pull stale.",
            remedy="Wait until the pull is done, or cancel it on the screen Pull.",
        )
    with session.writing() as db:
        mappings, ali = schools.mappings(db), {school.id for school in schools_table.ali_schools(db)}
        with session.journal.recording(Act.MAPPED, session.district.name) as about:
            result = change(db)
            about["schools"] = codes_that_changed(mappings, schools.mappings(db))
        after = schools.mappings(db)
        touched = [mappings.get(code, _nothing(code)) for code in codes_that_changed(mappings, after)]
        made = {school.id for school in schools_table.ali_schools(db)} - ali
    return Step(label, tuple(touched), tuple(sorted(made)), result)


def take_back(session: Session, step: Step[object]) -> Step[None]:
    """Put everything back to what it was before a step."""
    return change_mapping(
        session,
        f"undo: {step.label}",
        lambda db: schools.restore_mappings(db, step.before, by=user_name(), made=step.made),
    )


def _nothing(code: int) -> Mapping:
    return Mapping(code, None, None, None, (), False, False)


def accept(db: sqlite3.Connection, accepted: Sequence[tuple[int, Suggestion]]) -> int:
    """Map schools to what was suggested for them, in this user's name; returns how many."""
    for code, suggestion in accepted:
        schools.set_mapping(
            db,
            code,
            suggestion.ali_id,
            by=user_name(),
            match="similar",
            score=suggestion.score,
            reasons=suggestion.reasons,
        )
    return len(accepted)


def take_in_again(db: sqlite3.Connection, codes: Sequence[int]) -> None:
    """Forget that schools were excluded; they are then as if nobody had decided."""
    schools.restore_mappings(db, [_nothing(code) for code in codes], by=user_name())
