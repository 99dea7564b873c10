"""How wide the columns of a table are: all of the room, and none below what it needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.listing import Column
from aeries_tui.widgets.table.layout import GAP, NARROWEST, fitted_widths

COLUMNS = st.lists(
    st.builds(
        lambda flex, least, width: Column("", "", flex=flex, min_width=least, width=width),
        st.integers(0, 4), st.integers(0, 12), st.sampled_from([0, 0, 0, 5]),
    ),
    min_size=1, max_size=6,
).map(lambda columns: [Column(f"c{n}", "", flex=c.flex, min_width=c.min_width, width=c.width) for n, c in enumerate(columns)])  # fmt: skip


def room_of(widths: list[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


@given(COLUMNS, st.integers(0, 60))
def test_flexible_columns_share_all_that_is_left_over(columns: list[Column], more: int) -> None:
    natural = [column.width or max(NARROWEST, column.min_width) for column in columns]
    widths = fitted_widths(columns, natural, room_of(natural) + more, {})
    flexible = [column.flex if not column.width else 0 for column in columns]
    assert room_of(widths) == room_of(natural) + (more if any(flexible) else 0)
    for width, asked, flex in zip(widths, natural, flexible, strict=True):
        fair = more * flex / sum(flexible) if flex else 0
        assert abs(width - asked - fair) < len(columns)


@given(COLUMNS, st.lists(st.integers(0, 30), min_size=6, max_size=6), st.integers(0, 60))
def test_what_is_missing_is_taken_from_columns_that_can_spare_it(
    columns: list[Column], extra: list[int], less: int
) -> None:
    least = [column.width or max(NARROWEST, column.min_width) for column in columns]
    natural = [
        width if column.width else width + more
        for column, width, more in zip(columns, least, extra, strict=False)
    ]
    widths = fitted_widths(columns, natural, room_of(natural) - less, {})
    assert all(low <= width <= asked for low, width, asked in zip(least, widths, natural, strict=True))
    assert room_of(widths) == max(room_of(least), room_of(natural) - less)


def test_a_width_that_a_person_chose_stays() -> None:
    columns = [Column("a", "", flex=1), Column("b", "", flex=1, min_width=0)]
    assert fitted_widths(columns, [10, 10], 40, {"a": 5}) == [5, 33]
    assert fitted_widths(columns, [10, 10], 12, {"a": 8}) == [8, NARROWEST]
