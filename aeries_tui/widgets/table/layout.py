"""How wide the columns of a table are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from aeries_tui.listing import Column, Row, cell_text
from aeries_tui.text import clean_text
from aeries_tui.widgets.cells import cell_len

GAP = 2
"""Blank cells between two columns."""

NARROWEST = 2


def natural_widths(columns: Sequence[Column], rows: Iterable[Row]) -> list[int]:
    """The width each column asks for: its fixed one, or what title and rows need, within its bounds."""
    widths = [max(column.min_width, cell_len(column.title) + 2 * column.sortable) for column in columns]
    for row in rows:
        for place, cell in enumerate(row.cells[: len(widths)]):
            widths[place] = max(widths[place], cell_len(clean_text(cell_text(cell))))
    return [
        column.width or max(NARROWEST, min(width, column.max_width))
        for column, width in zip(columns, widths, strict=True)
    ]


def fitted_widths(
    columns: Sequence[Column], natural: Sequence[int], room: int, chosen: Mapping[str, int]
) -> list[int]:
    """The widths for a table of `room` cells.

    What is left over goes to the flexible columns by their share; what is missing is taken
    from the widest columns down to their least width. Widths a person chose stay.

    Args:
        columns: the columns.
        natural: what each asks for.
        room: cells the table has.
        chosen: column key to the width a person gave it.
    """
    widths = [chosen.get(column.key, width) for column, width in zip(columns, natural, strict=True)]
    spare = room - sum(widths) - GAP * (len(widths) - 1)
    free = [place for place, column in enumerate(columns) if column.key not in chosen and not column.width]
    if spare > 0:
        _grow(widths, columns, [place for place in free if columns[place].flex], spare)
    elif spare < 0:
        _shrink(widths, columns, free, -spare)
    return widths


def _grow(widths: list[int], columns: Sequence[Column], flexible: list[int], spare: int) -> None:
    shares = sum(columns[place].flex for place in flexible)
    for place in flexible:
        share = spare * columns[place].flex // shares
        widths[place] += share
        spare -= share
        shares -= columns[place].flex


def _shrink(widths: list[int], columns: Sequence[Column], free: list[int], missing: int) -> None:
    while missing > 0:
        able = [place for place in free if widths[place] > max(NARROWEST, columns[place].min_width)]
        if not able:
            return
        widest = max(able, key=lambda place: widths[place] - columns[place].min_width)
        widths[widest] -= 1
        missing -= 1
