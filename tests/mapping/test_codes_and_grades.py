from __future__ import annotations

import pytest

from aeries_tui.mapping.codes import code_key
from aeries_tui.mapping.grades import Span, grade_number, grade_span


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("6071351", "19642126071351"),
        ("19-64212-6071351", "6071351"),
        ("19 64212 6071351", "19642126071351"),
        ("1611190130229", "01611190130229"),
        ("130229", "0130229"),
        ("19642126071351.0", "19642126071351"),
        ("060162000014", "60162000014"),
        ("03m084", "03M084"),
        ("22017-2860", "220172860"),
    ],
)
def test_the_usual_forms_of_a_code_are_one_code(one: str, other: str) -> None:
    assert code_key(one) is not None
    assert code_key(one) == code_key(other)


@pytest.mark.parametrize(
    "code", ["", " ", "994", "12345", "0000000", "9999999", "00000000000000", "ABCDEFG", "n/a", "٠١٢٣٤٥٦"]
)
def test_blanks_fillers_and_short_numbers_are_no_codes(code: str) -> None:
    assert code_key(code) is None


def test_a_national_code_is_not_taken_for_a_state_code_with_the_same_ending() -> None:
    assert code_key("060006071351") != code_key("6071351")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("PK", -2),
        ("TK", -1),
        ("K", 0),
        (" k ", 0),
        ("1", 1),
        ("09", 9),
        ("12", 12),
        ("AD", 13),
        ("-2", -2),
        ("-1", -1),
        ("0", 0),
        ("13", 13),
        ("18", 13),
        ("", None),
        ("?", None),
        ("ungraded", None),
    ],
)
def test_grade_labels_and_the_numbers_of_aeries_mean_the_same(text: str, number: int | None) -> None:
    assert grade_number(text) == number


def test_spans_are_read_from_one_end_from_both_and_in_either_order() -> None:
    assert grade_span("K", "5") == Span(0, 5)
    assert grade_span("8", "6") == Span(6, 8)
    assert grade_span("", "12") == Span(12, 12)
    assert grade_span("", "") is None


def test_the_overlap_of_spans_is_the_share_of_grades_in_common() -> None:
    assert Span(0, 5).overlap(Span(0, 5)) == 1
    assert Span(0, 5).overlap(Span(6, 8)) == 0
    assert Span(6, 8).overlap(Span(7, 9)) == pytest.approx(0.5)
