"""A district of a thousand schools is written in one way through them, not in one for each: keys wait for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aeries_tui.mapping import Suggestion
from aeries_tui.master.imports.board import SchoolOfBoard
from aeries_tui.master.schools.schools import Mapping, Row
from aeries_tui.master.schools.schools_table import AeriesSchool, AliSchool
from aeries_tui.operations.board import Board
from aeries_tui.screens.school_rows import about, ali_note, grid_row, summary
from aeries_tui.screens.text import board
from aeries_tui.session.mapping import Grid, GridRow

SCHOOLS = 300
MAPPED = 200
WAYS = 10


class Walked(tuple[Any, ...]):
    """Counts how often it is gone through."""

    ways = 0

    def __iter__(self) -> Iterator[Any]:
        self.ways += 1
        return super().__iter__()


class Compared(SchoolOfBoard):
    """Counts how often any of them is compared with another."""

    times = 0

    def __eq__(self, other: object) -> bool:
        Compared.times += 1
        return super().__eq__(other)

    __hash__ = SchoolOfBoard.__hash__


def line(code: int, ali: AliSchool) -> GridRow:
    """A school that is mapped, or one that may be what its suggestion says."""
    school = AeriesSchool(code, f"School {code}", "", False, "", "", 0, 5, "Elementary")
    if code < MAPPED:
        return GridRow(Row(school, Mapping(code, ali.id, "code", 100.0, (), False, False), ali, 500), ())
    nothing = Mapping(code, None, None, None, (), False, False)
    return GridRow(Row(school, nothing, None, 0), (Suggestion(ali.id, 60.0, ("name",)),))


def test_the_grid_and_what_is_known_of_each_school_are_written_in_few_ways_through_them() -> None:
    ali = Walked(AliSchool(f"A{code}", f"ALI {code}", "", "", "", "aeries") for code in range(SCHOOLS))
    rows = Walked(line(code, ali[code]) for code in range(SCHOOLS))
    grid = Grid(rows, ali)
    cells = [grid_row(row, grid).cells for row in tuple(rows)]
    assert cells[7][0:4] == (("✔", "completed"), "7", "School 7", "ALI 7")
    assert cells[MAPPED][3] == (f"? ALI {MAPPED}", "held")
    for code in range(SCHOOLS):
        found = grid.row(code)
        assert found is rows[code] and about(found, grid)
        assert ali_note(ali[0], found, grid) == ("" if code == 0 else "mapped to School 0")
    assert summary(grid).startswith(f"{MAPPED} mapped · {SCHOOLS - MAPPED} not mapped")
    assert rows.ways + ali.ways < WAYS


def test_the_schools_on_the_board_are_chosen_without_comparing_them_with_each_other() -> None:
    schools = tuple(
        Compared(code, f"School {code}", 500 + code, 500 + (code < 3) * 9) for code in range(SCHOOLS)
    )
    Compared.times = 0
    told = "".join(
        cell if isinstance(cell, str) else cell[0] for cell in board.schools(Board(schools=schools), 20)
    )
    assert f"… {SCHOOLS - 20} more" in told
    assert Compared.times == 0
