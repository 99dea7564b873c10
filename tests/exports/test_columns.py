"""Whole columns are judged as their cells are one by one: in the sieve before a bundle is written, and in the check of it."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.exports.cells import cell, plain
from aeries_tui.exports.oneroster.cell_formats import wrong_cell
from aeries_tui.exports.oneroster.column_judge import unchanged, written
from aeries_tui.exports.oneroster.hashes import not_among, repeated
from aeries_tui.exports.oneroster.notices import Notice, Notices
from aeries_tui.exports.oneroster.rows import Row
from aeries_tui.exports.oneroster.sieve import Sieve
from aeries_tui.exports.oneroster.tables import WRITTEN, Column

COLUMNS = sorted(
    {column for files in WRITTEN.values() for columns in files.values() for column in columns}, key=repr
)
GOOD = (
    "7", "7_1", "TCH_1", "7,8", "{Aeries:7}", "2026-09-01", "2027", "01,02", "active", "school", "term", "true",
    "student", "primary", "Ana", "a@example.org",
)  # fmt: skip
ODD = (
    "-7", "-a", "=1", "a;=1", " a", "a ", "a\nb", "7\n8", "\ufeffa", "a\ufeff", "\u2028", "\x85", "\u3164a", "2027-02-30",
    "\u0662026-01-01", "{a", "b:c}", "{a:b}\n", "7,", "7, 8", "ext:x", "a" * 101, "É", "\x00", ",", "1,2", "\u0661\u0661\u0661\u0661",
)  # fmt: skip
CELL = st.sampled_from(("", *GOOD)) | st.sampled_from(ODD) | st.text(max_size=3)
BLOCKS = st.lists(st.lists(CELL, min_size=1, max_size=5), min_size=1, max_size=4)
"""What comes of one column, some at a time: a judge may have learned from those before."""


@given(st.sampled_from(COLUMNS), BLOCKS)
def test_a_written_column_is_right_where_each_of_its_cells_is(
    column: Column, blocks: list[list[str]]
) -> None:
    judge = written(column)
    for block in blocks:
        assert judge.bad(block) == [place for place, value in enumerate(block) if wrong_cell(column, value)]


@pytest.mark.parametrize("safe", [True, False])
@given(st.sampled_from(COLUMNS), BLOCKS)
def test_a_column_is_let_through_where_each_of_its_cells_is_right_as_it_is(
    safe: bool, column: Column, blocks: list[list[str]]
) -> None:
    judge, clean = unchanged(column, safe=safe), cell if safe else plain
    for block in blocks:
        through = [value for place, value in enumerate(block) if place not in judge.bad(block)]
        assert [value for value in block if judge.is_good(value)] == through
        assert not any(wrong_cell(column, value) for value in through)
        if column.form not in {"id", "reference", "references"}:
            assert [clean(value) for value in through] == through


Sift = Callable[[Sieve, str, tuple[Column, ...], list[Row]], list[Row]]


def one_by_one(sieve: Sieve, file: str, columns: tuple[Column, ...], rows: list[Row]) -> list[Row]:
    judges = [unchanged(column, safe=True) for column in columns]
    return [made for row in rows if (made := sieve._row(file, columns, judges, row)) is not None]


def by_blocks(sieve: Sieve, file: str, columns: tuple[Column, ...], rows: list[Row]) -> list[Row]:
    return [row for block in sieve.blocks(file, columns, rows) for row in block]


def sifted(files: dict[str, list[Row]], sift: Sift) -> tuple[dict[str, list[Row]], tuple[Notice, ...]]:
    notices = Notices()
    sieve = Sieve(notices)
    return {
        file: sift(sieve, file, WRITTEN["1.1"][file], rows) for file, rows in files.items()
    }, notices.all()


@st.composite
def rosters(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Rows of some files that are mostly right and refer to each other, with odd cells among them."""
    files = {}
    for file in ("orgs", "users", "demographics"):
        columns = WRITTEN["1.1"][file]
        rows = []
        for number in range(draw(st.integers(0, 5))):
            row = [_usual(column, number) for column in columns]
            for place in draw(st.lists(st.integers(0, len(columns) - 1), max_size=2)):
                row[place] = draw(st.sampled_from(("", "0", "1", "2", "0,1", *GOOD, *ODD)))
            rows.append(tuple(row))
        files[file] = rows
    return files


def _usual(column: Column, number: int) -> str:
    if column.name == "sourcedId":
        return str(number)
    if column.target:
        return str(max(0, number - 1))
    return column.choices[0] if column.required and column.choices else "a" if column.required else ""


@given(rosters(), st.integers(1, 5))
def test_blocks_leave_out_what_single_rows_do_and_tell_the_same(
    files: dict[str, list[Row]], at_once: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aeries_tui.exports.oneroster.sieve._AT_ONCE", at_once)
        assert sifted(files, by_blocks) == sifted(files, one_by_one)


SOME = st.lists(st.integers(-9, 9), max_size=12)


@given(SOME, SOME, st.integers(1, 12))
def test_what_stands_twice_or_nowhere_else_is_found(some: list[int], others: list[int], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aeries_tui.exports.oneroster.hashes._AT_ONCE", at_once)
        assert repeated(array("q", some)) == {one for one in some if some.count(one) > 1}
        assert not_among(array("q", some), array("q", others)) == {*some} - {*others}
