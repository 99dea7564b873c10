from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.mapping.assign import assign


def worth(values: list[list[int]], places: tuple[int, ...]) -> int:
    return sum(max(values[row][column], 0) for row, column in enumerate(places) if column < len(values[0]))


@given(
    st.integers(1, 4).flatmap(
        lambda rows: st.integers(1, 4).flatmap(
            lambda columns: st.lists(
                st.lists(st.integers(-5, 9), min_size=columns, max_size=columns), min_size=rows, max_size=rows
            )
        )
    )
)
def test_no_other_assignment_is_worth_more(values: list[list[int]]) -> None:
    found = assign([[(column, float(value)) for column, value in enumerate(row)] for row in values])
    taken = [column for column in found if column is not None]
    assert len(taken) == len(set(taken))
    places = range(len(values[0]) + len(values))
    best = max(worth(values, order) for order in permutations(places, len(values)))
    assert sum(values[row][column] for row, column in enumerate(found) if column is not None) == best


def test_a_row_gives_way_when_that_is_better_for_the_whole_district() -> None:
    assert assign([[(0, 5.0), (1, 4.0)], [(0, 5.0)]]) == [1, 0]


def test_a_row_without_worth_stays_alone() -> None:
    assert assign([]) == []
    assert assign([[], [(0, -1.0)], [(7, 2.0)]]) == [None, None, 7]
