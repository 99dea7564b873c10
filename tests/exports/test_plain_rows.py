"""Whole blocks of rows are written at once only where that is the same as cell by cell."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aeries_tui.exports.cells import are_plain, cell

ODD = st.text(alphabet="a7 -+=@\t\r\n\x00\x85\u2028\u00a0é\"',", max_size=4)
CELL = ODD | st.none() | st.integers(-5, 5)


def written(rows: list[list[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


@given(st.lists(st.lists(CELL, min_size=1, max_size=3), min_size=1, max_size=4))
@example([["a "], ["b"]])
@example([["a", "b "]])
@example([[" a"]])
@example([["a\nb"]])
@example([["a", ""], [None, 0]])
@example([["=1"]])
def test_rows_that_pass_as_plain_are_written_as_their_safe_cells_would_be(rows: list[list[Any]]) -> None:
    if are_plain(rows):
        assert written(rows) == written([[cell(value) for value in row] for row in rows])


@pytest.mark.parametrize(
    "rows", [[["a", "b"], ["c d", "Ñandú"]], [["a", None, 7]], [["", "a"]], [[None]], []]
)
def test_usual_rows_pass_as_plain(rows: list[list[Any]]) -> None:
    assert are_plain(rows)
