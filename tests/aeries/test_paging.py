"""Whatever the server does with the paging parameters, nobody who stays in the list is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.aeries.paging import (
    MOST_PAGED_ATTEMPTS,
    Pager,
    ResumePoint,
    Rows,
    Verdict,
    Window,
    fingerprint,
)

Server = Callable[[Window | None], list[str]]


def well_behaved(rows: list[str]) -> Server:
    return lambda window: rows if window is None else rows[window.first - 1 : window.last]


def rows_of(answer: list[str]) -> Rows:
    return Rows(len(answer), answer[0], answer[-1]) if answer else Rows(0)


def read(server: Server, size: int, resume: ResumePoint | None = None, most: int = 200) -> list[str]:
    """All rows of the last attempt, as a consumer that obeys the verdicts keeps them."""
    pager, kept, attempt = Pager(size, resume), [], 1
    for _ in range(most):
        if pager.is_done:
            return kept
        answer = server(pager.window)
        verdict = pager.take(rows_of(answer))
        if pager.attempt != attempt:
            kept, attempt = [], pager.attempt
        if verdict is Verdict.TAKE_ALL:
            kept += answer
        elif verdict is Verdict.TAKE_REST:
            kept += answer[1:]
    raise AssertionError("the pager does not come to an end")


def people(count: int) -> list[str]:
    return [f"1:{number}" for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 6, 9, 10, 11, 25])
def test_every_row_is_read_once_whether_or_not_the_last_page_is_full(count: int) -> None:
    assert read(well_behaved(people(count)), 5) == people(count)


def test_each_page_begins_with_the_last_row_of_the_page_before() -> None:
    pager = Pager(5)
    assert pager.window == Window(1, 5)
    pager.take(Rows(5, "a", "e"))
    assert pager.window == Window(5, 10)


def test_the_end_is_proven_after_a_short_page() -> None:
    pager = Pager(5)
    pager.take(Rows(3, "a", "c"))
    assert not pager.is_done
    assert pager.window == Window(3, 8)
    assert pager.take(Rows(1, "c", "c")) is Verdict.END
    assert pager.is_done


def test_a_server_that_caps_its_pages_is_read_to_the_end() -> None:
    server = well_behaved(people(23))
    assert read(lambda window: server(window)[:4] if window else server(None), 10) == people(23)


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 30])
def test_a_server_that_ignores_the_parameters_gives_the_whole_list_at_once(count: int) -> None:
    assert read(lambda window: people(count), 10) == people(count)


@pytest.mark.parametrize("over", [1, 3])
def test_a_server_that_gives_some_more_than_asked_is_read_on(over: int) -> None:
    rows = people(40)
    assert read(lambda window: rows[window.first - 1 : window.last + over] if window else rows, 10) == rows


def test_nothing_past_a_short_page_is_an_end_and_past_a_full_page_is_not() -> None:
    short, full = Pager(5), Pager(5)
    short.take(Rows(3, "a", "c"))
    full.take(Rows(5, "a", "e"))
    assert short.take(Rows(0)) is Verdict.END
    assert full.take(Rows(0)) is Verdict.MOVED


def test_rows_that_moved_begin_a_new_attempt_from_the_first_row() -> None:
    pager = Pager(5)
    pager.take(Rows(5, "a", "e"))
    assert pager.take(Rows(5, "f", "j")) is Verdict.MOVED
    assert (pager.attempt, pager.number, pager.window) == (2, 0, Window(1, 5))


def test_after_two_attempts_that_moved_the_list_is_asked_for_whole() -> None:
    pager = Pager(5)
    for _ in range(MOST_PAGED_ATTEMPTS):
        pager.take(Rows(5, "a", "e"))
        pager.take(Rows(5, "x", "y"))
    assert pager.window is None
    assert pager.take(Rows(40, "a", "z")) is Verdict.TAKE_ALL
    assert pager.is_done


def test_a_server_without_a_stable_order_is_asked_for_the_whole_list() -> None:
    asked: list[Window | None] = []

    def server(window: Window | None) -> list[str]:
        asked.append(window)
        turned = people(30)[len(asked) :] + people(30)[: len(asked)]
        return turned if window is None else turned[window.first - 1 : window.last]

    assert sorted(read(server, 10)) == sorted(people(30))
    assert asked[-1] is None


def test_a_list_that_begins_and_ends_alike_comes_to_an_end() -> None:
    rows = ["1:1", "1:2", "1:1"]
    assert read(lambda window: rows, 10) == rows


def test_reading_goes_on_from_the_safe_pages() -> None:
    first = read(well_behaved(people(20)), 5)[:10]
    rest = read(well_behaved(people(20)), 5, ResumePoint(1, 10, fingerprint("1:9"), number=2))
    assert first + rest == people(20)


def test_safe_pages_are_void_when_rows_have_moved_since() -> None:
    pager = Pager(5, ResumePoint(3, 10, fingerprint("1:9"), number=2))
    assert pager.window == Window(10, 15)
    assert pager.take(Rows(6, "1:10", "1:15")) is Verdict.MOVED
    assert pager.attempt == 4


def test_a_resume_point_taken_anywhere_leads_to_the_same_list() -> None:
    pager = Pager(4)
    rows = people(11)
    pager.take(rows_of(rows[:4]))
    pager.take(rows_of(rows[3:8]))
    assert pager.resume_point == ResumePoint(1, 8, fingerprint("1:7"), number=2)
    assert read(well_behaved(rows), 4, pager.resume_point) == rows[8:]


def test_a_page_has_at_least_one_row() -> None:
    with pytest.raises(ValueError, match="at least one row"):
        Pager(0)


@given(
    count=st.integers(0, 60),
    size=st.integers(1, 20),
    changes=st.dictionaries(st.integers(1, 12), st.tuples(st.integers(0, 60), st.booleans()), max_size=6),
)
def test_whoever_is_in_the_list_all_the_time_is_read(
    count: int, size: int, changes: dict[int, tuple[int, bool]]
) -> None:
    """Between two requests one row comes or goes; two opposite moves at the same instant can't be seen."""
    rows = people(count)
    stayed = set(rows)
    requests = 0

    def server(window: Window | None) -> list[str]:
        nonlocal requests
        where, comes = changes.get(requests, (count + 61, False))
        if comes:
            rows.insert(min(where, len(rows)), f"new:{requests}")
        elif where < len(rows):
            stayed.discard(rows.pop(where))
        requests += 1
        return list(rows) if window is None else rows[window.first - 1 : window.last]

    assert stayed <= set(read(server, size))
