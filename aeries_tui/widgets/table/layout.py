"""How wide the columns of a table are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aeries_tui.listing import Column, Row, cell_text
from aeries_tui.text import clean_text
from aeries_tui.widgets.cells import cell_len

GAP = 2
"""Blank cells between two columns."""

NARROWEST = 2

_WORTH_READING = 10
"""Cells from which on the beginning of a text is worth more than blanks."""


def natural_widths(columns: Sequence[Column], rows: Iterable[Row]) -> list[int]:
    """The width each column asks for: its fixed one, or what title and rows need; 0 where no row says anything."""
    widths = [column.width for column in columns]
    for row in rows:
        for place, cell in enumerate(row.cells[: len(widths)]):
            if not columns[place].width:
                widths[place] = max(widths[place], cell_len(clean_text(cell_text(cell))))
    return [
        column.width or (width and max(NARROWEST, min(max(width, cell_len(column.title)), column.max_width)))
        for column, width in zip(columns, widths, strict=True)
    ]


def fitted_widths(
    columns: Sequence[Column], natural: Sequence[int], room: int, chosen: Mapping[str, int]
) -> list[int]:
    """The widths for a table of `room` cells; 0 for a column that is not shown.

    What is left over goes to the flexible columns that ask for all they may have, by their share; a table that needs
    less leaves the rest blank, so that no value stands far from its label. What is missing is taken first from columns that
    say nothing, then from the widest down to their least width; numbers are never cut. Where even that is not
    enough, the first columns fill the room and the others follow to its right. Widths a person chose stay.

    Args:
        columns: the columns.
        natural: what each asks for; 0 where it says nothing.
        room: cells the table has.
        chosen: column key to the width a person gave it.
    """
    widths = [
        chosen.get(column.key, width or max(NARROWEST, cell_len(column.title)))
        for column, width in zip(columns, natural, strict=True)
    ]
    if room < needed(widths):
        widths = [
            width if natural[place] or columns[place].key in chosen else 0
            for place, width in enumerate(widths)
        ]
    free = [
        place
        for place, column in enumerate(columns)
        if column.key not in chosen and not column.width and widths[place]
    ]
    least = [_least(columns[place], width) if place in free else width for place, width in enumerate(widths)]
    if room < needed(least):
        return _first_ones(columns, widths, least, free, room)
    spare = room - needed(widths)
    if spare > 0:
        _grow(widths, columns, [place for place in free if _is_cut(columns[place], natural[place])], spare)
    elif spare < 0:
        _shrink(widths, least, free, -spare)
    return widths


def _is_cut(column: Column, asked: int) -> bool:
    """Whether its rows may need more than the column may ask for."""
    return column.flex > 0 and asked >= column.max_width


def needed(widths: Sequence[int]) -> int:
    """The cells of a row: its columns and what is between them."""
    shown = [width for width in widths if width]
    return sum(shown) + GAP * max(0, len(shown) - 1)


def _least(column: Column, width: int) -> int:
    return width if column.align == "right" else min(width, max(NARROWEST, column.min_width))


def _first_ones(
    columns: Sequence[Column], widths: list[int], least: list[int], free: list[int], room: int
) -> list[int]:
    """As many columns as fit fill the room, the next one with its beginning where it is a text; the rest follows."""
    count = max(1, sum(needed(least[: place + 1]) <= room for place in range(len(least))))
    least = list(least)
    if count in free and columns[count].flex and needed(least[:count]) + GAP + _WORTH_READING <= room:
        least[count] = min(least[count], _WORTH_READING)
        count += 1
    first = widths[:count]
    inside = [place for place in free if place < count]
    _shrink(first, least, inside, needed(first) - room)
    _grow(first, columns, [place for place in inside if columns[place].flex], max(0, room - needed(first)))
    texts = [place for place in inside if columns[place].align == "left"]
    if texts:
        # Nothing of the next one is seen: a sign alone would say nothing.
        first[texts[-1]] += max(0, room - needed(first))
    return first + widths[count:]


def _grow(widths: list[int], columns: Sequence[Column], flexible: list[int], spare: int) -> None:
    shares = sum(columns[place].flex for place in flexible)
    for place in flexible:
        share = spare * columns[place].flex // shares
        widths[place] += share
        spare -= share
        shares -= columns[place].flex


def _shrink(widths: list[int], least: Sequence[int], free: list[int], missing: int) -> None:
    while missing > 0:
        able = [place for place in free if widths[place] > least[place]]
        if not able:
            return
        widest = max(able, key=lambda place: widths[place] - least[place])
        widths[widest] -= 1
        missing -= 1
