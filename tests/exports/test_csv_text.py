"""Blocks of rows become the very text that csv.writer makes of them."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.exports.csv_text import csv_text

CELL = st.sampled_from(("", "a", "7", "Ana", "a b")) | st.text('ab ,;\t"\r\n\x00é\u2028', max_size=3)
ROWS = st.integers(1, 3).flatmap(lambda cells: st.lists(st.tuples(*[CELL] * cells), max_size=4))


@given(ROWS, st.sampled_from(",\t"), st.sampled_from(("\n", "\r\n")), st.booleans())
def test_a_block_is_the_text_that_csv_makes_of_it(
    rows: list[tuple[str, ...]], delimiter: str, line_end: str, quote_all: bool
) -> None:
    made = io.StringIO(newline="")
    csv.writer(
        made,
        delimiter=delimiter,
        lineterminator=line_end,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    ).writerows(rows)
    assert csv_text(rows, delimiter=delimiter, line_end=line_end, quote_all=quote_all) == made.getvalue()
