"""Values of a list that say the same as the Master's, and those that don't."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.exports.oneroster import vocabulary
from aeries_tui.mapping.grades import label
from aeries_tui.operations.listed_values import is_same


def says_the_same(ours: str, theirs: str) -> bool:
    return is_same("grade", {"grade": ours}, theirs)


@given(st.integers(-2, 18))
def test_a_grade_is_the_same_in_the_words_of_onerosters_bundle_and_of_aeries_labels(grade: int) -> None:
    assert says_the_same(str(grade), vocabulary.grade(grade))
    assert grade > 12 or says_the_same(str(grade), label(grade))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("-2", "PK"), ("-2", "Preschool"), ("-1", "TK"), ("-1", "PK"), ("-1", "Transitional Kindergarten"),
        ("0", "KN"), ("0", "kg"), ("0", "Kindergarten"), ("1", "01"), ("1", "1st"), ("3", "3rd Grade"),
        ("9", "Grade 9"), ("12", "12th grade"), ("14", "UG"), ("15", "Adult"),
    ],
)  # fmt: skip
def test_a_grade_is_the_same_in_any_usual_word(ours: str, theirs: str) -> None:
    assert says_the_same(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("0", "TK"), ("-2", "KG"), ("1", "10"), ("14", "15"), ("12", "Other"), ("9", ""), ("", "9"), ("9", "?")],
)
def test_another_grade_differs(ours: str, theirs: str) -> None:
    assert not says_the_same(ours, theirs)
