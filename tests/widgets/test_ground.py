"""What the terminal answers about its colours is taken out of the keys, whole or in parts, early or late."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.widgets.ground import Answers, Ground

WHITE = "\x1b]10;rgb:0000/0000/0000\x1b\\\x1b]11;rgb:ffff/ffff/ffff\x1b\\"


@pytest.mark.parametrize(
    ("said", "dark"),
    [
        (WHITE, False),
        ("\x1b]11;rgb:1c1c/1c1c/1c1c\x07", True),
        ("\x1b]11;rgb:ff/ff/ff\x07", False),
        ("\x1b]11;rgba:0000/2b2b/3636/ffff\x07", True),
        ("\x1b]10;rgb:8080/8080/8080\x07\x1b]11;rgb:6060/6060/6060\x07", True),
        ("\x1b]10;rgb:0000/0000/0000\x07\x1b]11;rgb:0000/0000/0000\x07", True),
    ],
)
def test_the_ground_is_dark_or_light_as_the_terminal_says(said: str, dark: bool) -> None:
    answers = Answers()
    assert answers.keys(said) == ""
    assert answers.ground == Ground(dark)


@given(st.lists(st.integers(0, len(WHITE) + 4), max_size=6))
def test_in_whatever_parts_an_answer_comes_only_the_keys_are_left(cuts: list[int]) -> None:
    text = f"jk{WHITE}\x1b[A"
    told: list[Ground] = []
    answers = Answers()
    answers.expect()
    answers.told = told.append
    places = [0, *sorted(cuts), len(text)]
    left = "".join(answers.keys(text[a:b]) for a, b in itertools.pairwise(places))
    assert left == "jk\x1b[A"
    assert told == [Ground(dark=False)]


@given(st.text(alphabet="\x1b[]1;?ABqjrgb:0/\\\x07", max_size=20))
def test_what_is_no_answer_reaches_the_screens_as_it_came(text: str) -> None:
    now = [0.0]
    answers = Answers(clock=lambda: now[0])
    left = answers.keys(text)
    now[0] = 1.0
    left += answers.overdue()
    assert text.startswith(left)
    assert left == text or text[len(left) :].startswith("\x1b]1") or answers.ground is not None


def test_esc_is_a_key_as_soon_as_nothing_follows_and_half_an_answer_never_is() -> None:
    now = [0.0]
    answers = Answers(clock=lambda: now[0])
    assert answers.keys("\x1b") == "\x1b", "nothing was asked"
    answers.expect()
    assert answers.keys("\x1b") == ""
    assert answers.overdue() == ""
    now[0] = 0.2
    assert answers.overdue() == "\x1b"
    assert answers.keys("\x1b]11;rgb:ff") == ""
    now[0] = 9.0
    assert answers.overdue() == ""
    assert answers.keys("q") == "q"
