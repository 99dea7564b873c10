"""The pages in memory: which are kept, and which are asked for again."""

from __future__ import annotations

from aeries_tui.widgets.pages import PAGE, Pages


def with_pages(*numbers: int, keep: int = 3) -> Pages[int]:
    pages: Pages[int] = Pages(keep)
    for number in numbers:
        pages.put(number, range(number * PAGE, (number + 1) * PAGE))
    return pages


def here(pages: Pages[int], numbers: int = 6) -> list[int]:
    missing = pages.missing(number * PAGE for number in range(numbers))
    return [number for number in range(numbers) if number not in missing]


def test_an_item_is_found_on_its_page_or_not_at_all() -> None:
    pages = with_pages(1)
    assert (pages.get(PAGE), pages.get(2 * PAGE - 1)) == (PAGE, 2 * PAGE - 1)
    assert pages.get(0) is pages.get(2 * PAGE) is None
    pages.put(2, range(3))
    assert pages.get(2 * PAGE + 2) == 2
    assert pages.get(2 * PAGE + 3) is None


def test_the_page_that_was_looked_at_longest_ago_is_dropped_first() -> None:
    pages = with_pages(0, 1, 2)
    pages.get(0)
    pages.put(3, range(3))
    assert here(pages) == [0, 2, 3]


def test_a_page_that_came_anew_is_kept_longest() -> None:
    pages = with_pages(0, 1, 2, 0, 3)
    assert here(pages) == [0, 2, 3]


def test_from_an_item_on_all_is_forgotten_with_the_page_it_is_on() -> None:
    pages = with_pages(0, 1, 2)
    pages.drop_from(PAGE + 7)
    assert here(pages) == [0]
