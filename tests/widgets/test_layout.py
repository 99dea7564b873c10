"""How wide the columns of a table are: all of the room, and none below what it needs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aeries_tui.listing import Column, Row
from aeries_tui.widgets.table.layout import GAP, NARROWEST, fitted_widths, natural_widths, needed

COLUMNS = st.lists(
    st.builds(
        lambda flex, least, width: Column("", "", flex=flex, min_width=least, width=width),
        st.integers(0, 4), st.integers(0, 12), st.sampled_from([0, 0, 0, 5]),
    ),
    min_size=1, max_size=6,
).map(lambda columns: [Column(f"c{n}", "", flex=c.flex, min_width=c.min_width, width=c.width) for n, c in enumerate(columns)])  # fmt: skip


@given(COLUMNS, st.lists(st.booleans(), min_size=6, max_size=6), st.integers(0, 60))
def test_flexible_columns_that_may_need_more_share_all_that_is_left_over(
    columns: list[Column], long: list[bool], more: int
) -> None:
    natural = [
        column.width or (column.max_width if is_long else max(NARROWEST, column.min_width))
        for column, is_long in zip(columns, long, strict=False)
    ]
    widths = fitted_widths(columns, natural, needed(natural) + more, {})
    flexible = [
        column.flex if is_long and not column.width else 0
        for column, is_long in zip(columns, long, strict=False)
    ]
    assert needed(widths) == needed(natural) + (more if any(flexible) else 0)
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
    room = max(1, needed(natural) - less)
    widths = fitted_widths(columns, natural, room, {})
    assert all(low <= width for low, width in zip(least, widths, strict=True) if width >= low)
    if needed(least) <= room:
        assert all(low <= width <= asked for low, width, asked in zip(least, widths, natural, strict=True))
        assert needed(widths) == room
    else:
        ends = [needed(widths[: place + 1]) for place in range(len(widths))]
        begins = [0, *(end + GAP for end in ends)]
        assert all(
            end <= room or begin >= room or not place or columns[place].width
            for place, (begin, end) in enumerate(zip(begins, ends, strict=False))
        ), "none is cut at the edge"


def test_a_width_that_a_person_chose_stays() -> None:
    columns = [Column("a", "", flex=1), Column("b", "", flex=1, min_width=0)]
    assert fitted_widths(columns, [10, 40], 60, {"a": 5}) == [5, 53]
    assert fitted_widths(columns, [10, 10], 12, {"a": 8}) == [8, NARROWEST]


def test_numbers_are_never_cut_and_columns_that_say_nothing_give_their_room() -> None:
    columns = [
        Column("name", "Name", min_width=6, flex=1), Column("grade", "Grade", align="right"),
        Column("email", "E-mail"), Column("count", "Records", align="right", min_width=2),
    ]  # fmt: skip
    rows = [Row(1, ("Robin Sample-Montgomery", "", "robin.sample@lincoln.example", "28,154"))]
    natural = natural_widths(columns, rows)
    assert natural == [23, 0, 28, 7]
    assert fitted_widths(columns, natural, 80, {}) == [23, 5, 28, 7], "no value stands far from its label"
    assert fitted_widths(columns, natural, 62, {}) == [23, 0, 28, 7]
    assert fitted_widths(columns, natural, 40, {}) == [15, 0, 14, 7]


def test_where_not_all_columns_fit_the_first_ones_fill_the_room() -> None:
    columns = [
        Column("code", "Code", min_width=13),
        Column("name", "Name", min_width=8),
        Column("what", "What", min_width=28, flex=1),
        Column("field", "Field"),
    ]
    assert fitted_widths(columns, [18, 20, 90, 12], 55, {}) == [13, 9, 29, 12], "all but the last"
    assert fitted_widths(columns, [18, 20, 90, 12], 44, {}) == [16, 11, 13, 12], "the beginning of What"
    assert fitted_widths(columns, [18, 20, 90, 12], 32, {}) == [17, 13, 90, 12], "nothing of What"
