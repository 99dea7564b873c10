"""The rules of a feed judged by columns leave out the same rows, for the same reasons, as rules judged row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aeries_tui.exports.cells import cell, columns_of_texts, plain, stay
from aeries_tui.exports.feeds.rules import Breach, FileRules, Row, Rules
from aeries_tui.settings.feeds import Feed, FeedFile, Reference

FILES = (
    FeedFile("a", "", "a.csv", required=("id",), unique=(("id",), ("id", "school"))),
    FeedFile(
        "b", "", "b.csv", required=("id",), one_of={"school": ("", "7", "8")}, unique=(("school", "name"),),
        refers=(Reference(("id",), "a.csv", ("id",)), Reference(("id", "school"), "a.csv", ("id", "school"))),
    ),
)  # fmt: skip
COLUMNS = ("id", "school", "name")
ROW = st.tuples(*[st.sampled_from(["", "7", "8", "9", "x"])] * 3)
Sift = Callable[[FileRules, list[Row]], list[Row]]


def one_by_one(of_file: FileRules, rows: list[Row]) -> list[Row]:
    return [row for row in rows if of_file._is_good(row)]


def by_blocks_of(size: int) -> Sift:
    def sift(of_file: FileRules, rows: list[Row]) -> list[Row]:
        blocks = (rows[start : start + size] for start in range(0, len(rows), size))
        return [row for block in blocks for row in of_file.sift(list(zip(*block, strict=True)))]

    return sift


def sifted(files: list[list[Row]], sift: Sift) -> tuple[list[list[Row]], list[Breach]]:
    rules = Rules(Feed("mine", "", "", FILES))
    kept = [sift(rules.of(one, COLUMNS), rows) for one, rows in zip(FILES, files, strict=True)]
    return kept, rules.breaches()


@given(st.lists(st.lists(ROW, max_size=8), min_size=2, max_size=2), st.integers(1, 8))
def test_blocks_of_any_size_are_judged_as_single_rows_are(files: list[list[Row]], size: int) -> None:
    assert sifted(files, by_blocks_of(size)) == sifted(files, one_by_one)


def test_each_row_that_is_left_out_is_named_once_by_what_tells_rows_apart() -> None:
    _, breaches = sifted(
        [[("7", "8", "x")], [("1", "7", "x"), ("2", "7", "x"), ("1", "8", "x")]], by_blocks_of(9)
    )
    (breach,) = breaches
    assert (breach.rule, breach.rows) == ("id is not in a.csv", 3)
    assert breach.examples == ["7, x", "8, x"], "by school and name"


VALUE = st.text(alphabet="a7 -+=@;\t\r\n\x00\x85\u2028\u00a0\u3164é\"',", max_size=4) | st.none()
VALUES = VALUE | st.integers(-5, 5) | st.floats(allow_nan=False) | st.binary(max_size=2)


@pytest.mark.parametrize("safe", [True, False])
@given(st.lists(st.tuples(VALUES, VALUE), min_size=1, max_size=4))
@example([("a ", "b"), ("c", None)])
@example([(-5, "b")])
def test_a_block_holds_what_each_cell_alone_would(safe: bool, rows: list[tuple[Any, Any]]) -> None:
    clean = cell if safe else plain
    assert list(zip(*columns_of_texts(rows, safe=safe), strict=True)) == [
        tuple(map(clean, row)) for row in rows
    ]


@given(st.lists(VALUE.filter(lambda value: value is not None), max_size=4), st.booleans())
def test_texts_that_stay_are_those_that_nothing_is_to_be_done_to(texts: list[str], safe: bool) -> None:
    if stay(texts, safe=safe):
        assert [(cell if safe else plain)(text) for text in texts] == texts
