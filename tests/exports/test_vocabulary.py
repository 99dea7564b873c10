from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.exports.oneroster.cell_formats import wrong_cell
from aeries_tui.exports.oneroster.tables import WRITTEN
from aeries_tui.exports.oneroster.vocabulary import course_id, grade, grades, safe_id, sex, year_end

ID = WRITTEN["1.1"]["courses"][0]


@given(st.text(min_size=1, max_size=6))
def test_every_course_has_an_id_that_every_consumer_takes(number: str) -> None:
    assert wrong_cell(ID, course_id(number)) is None


@given(st.lists(st.text(alphabet="aT.x2bd-_ +É", max_size=8), unique=True))
def test_no_two_texts_share_an_id(numbers: list[str]) -> None:
    assert len({safe_id(number) for number in numbers}) == len(numbers)


@pytest.mark.parametrize("number", [".", ".."])
def test_no_id_is_the_name_of_a_folder(number: str) -> None:
    """An address that ends with it is another one, before it leaves the product."""
    assert (
        urljoin("https://x.example/courses/", safe_id(number))
        == f"https://x.example/courses/{safe_id(number)}"
    )


@given(st.text(alphabet="-=+@a7", min_size=1, max_size=5))
def test_no_id_begins_with_what_a_spreadsheet_would_run(number: str) -> None:
    assert safe_id(number)[0] not in "-=+@"
    assert safe_id(f"a{number}").count("-") == number.count("-"), "only the first hyphen is in the way"


@given(st.text(max_size=6), st.integers(0, 10**9))
def test_no_course_takes_the_id_of_a_homeroom(number: str, lead: int) -> None:
    for course in (f"TCH_{number}", f"TCH_{lead}"):
        assert not course_id(course).startswith("TCH_")


@given(st.none() | st.integers(-99, 10**9), st.none() | st.integers(-99, 10**9))
def test_any_span_of_grades_is_a_list_of_codes(low: int | None, high: int | None) -> None:
    cell = grades(low, high)
    assert wrong_cell(WRITTEN["1.1"]["classes"][4], cell) is None
    assert len(cell) < 60


def test_grades_go_from_low_to_high() -> None:
    assert grades(9, 12) == "09,10,11,12"
    assert grades(None, 3) == "03"
    assert grades(5, 4) == ""
    assert grade(None) == ""


@pytest.mark.parametrize(
    ("year", "day", "end"),
    [
        ("2026-2027", "2026-10-05", 2027), ("2026", "2026-10-05", 2027), (None, "2026-10-05", 2027),
        (None, "2027-06-30", 2027), (None, "2027-07-01", 2028), ("odd", "2027-01-01", 2027),
    ],
)  # fmt: skip
def test_a_school_year_is_called_after_its_end(year: str | None, day: str, end: int) -> None:
    assert year_end(year, dt.date.fromisoformat(day)) == end


def test_what_is_neither_m_nor_f_is_other_where_there_is_such_a_word() -> None:
    assert [sex(code, "1.1") for code in ("M", "f", "N", None)] == ["male", "female", "", ""]
    assert [sex(code, "1.2") for code in ("M", "f", "N", None)] == ["male", "female", "other", ""]
