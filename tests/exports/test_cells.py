"""No cell is a formula for a spreadsheet, whatever it cuts rows at."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.exports.cells import cell
from aeries_tui.widgets.table.saving import harmless_cell

RUNS = "=+-@\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("plain", "plain"), (7, "7"), (None, ""), ("-5", "-5"), ("+1.5", "+1.5"), ("O'Neil", "O'Neil"),
        ("=1+1", "'=1+1"), ("@sum", "'@sum"), ("-2+3", "'-2+3"), (" =1", "'=1"), ("\t=1", "'=1"), ("\x00=1", "'=1"),
        # full-width and small signs
        ("\uff1d1+1", "'\uff1d1+1"), ("\uff0b1", "'\uff0b1"), ("\uff0d1", "'\uff0d1"), ("\uff20sum", "'\uff20sum"),
        ("\ufe661", "'\ufe661"),
        # what can't be seen before a sign
        ("\ufeff=1", "'=1"), ("\u200b=1", "'=1"), ("\u200b \ufeff\u2060=1", "'=1"), ("\u00ad\u202e@x", "'@x"),
        ("\u3164=1", "'=1"), ("\u00a0=1", "'=1"),
        # what another separator would cut
        ("x;=1+1;y", "x;'=1+1;y"), ("x; =1", "x;' =1"), ('x;"=1"', "x;'\"=1\""), ("x;\uff1d1", "x;'\uff1d1"),
        ("x;\u200b=1", "x;'\u200b=1"), ("x\t=1", "x =1"), ("a\r\n=1", "a =1"), ("a@x.org;b@x.org", "a@x.org;b@x.org"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_text(value: object, safe: str) -> None:
    assert cell(value) == safe


TEXTS = st.text(st.sampled_from(RUNS + "ab1;\t ,\"'\n\r\ufeff\u200b\u00a0\x00"), max_size=12)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from([",", ";", "\t"]))
def test_no_piece_of_a_row_is_a_formula_at_whatever_it_is_cut(texts: list[str], separator: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([cell(one) for one in texts])
    for row in csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=separator):
        for piece in row:
            first = piece.lstrip(" \u00a0\u200b\ufeff")
            # a number is none, nor is one with the next cell behind its comma
            assert not first or first[0] not in RUNS or re.match(r"[+-]?\d+(\.\d+)?(,|$)", first)


@given(st.text(max_size=20))
def test_a_cell_is_one_line_and_the_same_when_it_is_made_twice(text: str) -> None:
    safe = harmless_cell(text)
    assert not any(unicodedata.category(one) in {"Cc", "Zl", "Zp"} for one in safe)
    assert harmless_cell(safe) == safe
