"""Text from outside is made harmless."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.text import clean_text, fold, holds, in_age, words_of


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Roosevelt [/x]", "Roosevelt [/x]"),
        ("José Ñandú 東京 שלום", "José Ñandú 東京 שלום"),
        ("a\tb\nc\r\nd\u2028e", "a b c  d e"),
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("\x7f\x9b", "\ufffd\ufffd"),
        ("abc\u202edef\u2066\u200b\ufeff", "abcdef"),
        ("half \ud800", "half \ufffd"),
        ("private \ue000", "private \ufffd"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
        ("\u0301x", "\u25cc\u0301x"),
        ("non\u00a0breaking\u3000wide", "non breaking wide"),
    ],
)
def test_what_could_move_the_terminal_is_shown_or_gone_and_letters_stay(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])))
def test_cleaned_text_is_one_printable_line_and_cleaning_it_again_changes_nothing(text: str) -> None:
    clean = clean_text(text)
    clean.encode()
    assert clean.isprintable()
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in clean)
    assert clean_text(clean) == clean


def test_searching_leaves_case_accents_and_the_order_of_words_aside() -> None:
    assert fold("GARCÍA Straße \uff21") == "garcia strasse a"
    assert holds("García Márquez, Gabriel", words_of("gabriel GARCIA"))
    assert not holds("García Márquez", words_of("garcia lorca"))


def test_a_name_is_found_as_lists_show_it_and_a_number_with_its_comma() -> None:
    for typed in ("O'Connor, Mia", "oconnor,mia", "Connor , M", "mia,"):
        assert holds("O\u2019Connor Mia", words_of(typed))
    assert not holds("939 of 1", words_of("1,939"))
    assert holds("1,939 records", words_of("1,939"))


@pytest.mark.parametrize(
    "typed",
    [
        "o'neil",
        "o\u2019neil",
        "o\u2018neil",
        "oneil",
        "O`Neil",
        "o\u00b4neil",
        "o\u02bcneil",
        "o\uff07neil",
        "O\u2032Neil",
    ],
)
@pytest.mark.parametrize(
    "name", ["O\u2019Neil", "O'Neil", "ONeil", "O\u00b4Neil", "O\u02bbneil", "O\u201bNeil", "O\u200b'Neil"]
)
def test_apostrophes_of_all_kinds_are_one_and_none_when_searching(typed: str, name: str) -> None:
    assert holds(f"Shaun {name}", words_of(typed))


def test_letters_that_no_accent_makes_are_found_by_a_plain_keyboard() -> None:
    assert holds("Đỗ Sørensen Wałęsa", words_of("do sorensen walesa"))


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(-5, "0 seconds"), (1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7199, "119 minutes"),
     (7200, "2 hours"), (259_199, "71 hours"), (259_200, "3 days"), (3_931_740, "45 days")],
)  # fmt: skip
def test_a_span_of_time_is_told_in_its_largest_sensible_unit(seconds: float, says: str) -> None:
    assert in_age(seconds) == says
