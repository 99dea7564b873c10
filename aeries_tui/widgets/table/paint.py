"""A row of a table as a strip of few segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from aeries_tui.listing import Cell, Column, Row
from aeries_tui.text import clean_text, places_of
from aeries_tui.widgets.cells import fit
from aeries_tui.widgets.table.layout import GAP, needed

MARK_WIDTH = 2
"""Cells of the mark in front of each row, where rows can be marked."""

MATCH = Style(bold=True, underline=True)
"""What is searched, where it stands."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rows of a table have in common.

    Attributes:
        columns: the columns.
        widths: the cells of each; 0 where it is not shown.
        markable: whether a mark stands in front.
        styles: style name to style.
    """

    columns: Sequence[Column]
    widths: Sequence[int]
    markable: bool
    styles: Mapping[str, Style]

    @property
    def width(self) -> int:
        """All cells of a row."""
        return needed(self.widths) + (MARK_WIDTH if self.markable else 0)

    @property
    def shown(self) -> list[tuple[int, Column, int]]:
        """Place, column and cells of each column that is shown."""
        return [
            (place, column, width)
            for place, (column, width) in enumerate(zip(self.columns, self.widths, strict=True))
            if width
        ]

    def start(self, place: int) -> int:
        """The cells before a column, without the mark."""
        before = [width for width in self.widths[:place] if width]
        return sum(before) + GAP * len(before)


def row_strip(
    shape: Shape, row: Row, base: Style, *, marked: bool, plain: bool, words: Sequence[str] = ()
) -> Strip:
    """One row.

    Args:
        shape: of the table.
        row: the row.
        base: the style under all cells.
        marked: the row is marked.
        plain: styles of single cells are left out, as under the cursor.
        words: folded words that are searched; where they stand they are set off.
    """
    segments: list[Segment] = []
    if shape.markable:
        segments.append(Segment("● " if marked else "  ", base))
    for number, (place, column, width) in enumerate(shape.shown):
        if number:
            segments.append(Segment(" " * GAP, base))
        cell = row.cells[place] if place < len(row.cells) else ""
        text, style = _cell(cell, shape.styles, base, plain)
        segments += with_words(fit(clean_text(text), width, column.align), style, words)
    return Strip(merged(segments, base), shape.width)


def with_words(text: str, style: Style, words: Sequence[str]) -> list[Segment]:
    """A text in pieces, with the places of the folded words in bold and underlined, which shows in every terminal."""
    segments, at = [], 0
    for begin, end in places_of(text, words) if words else ():
        segments.append(Segment(text[at:begin], style))
        segments.append(Segment(text[begin:end], style + MATCH))
        at = end
    return [*(segment for segment in segments if segment.text), Segment(text[at:], style)]


def _cell(cell: Cell, styles: Mapping[str, Style], base: Style, plain: bool) -> tuple[str, Style]:
    if isinstance(cell, str):
        return cell, base
    text, name = cell
    return text, base if plain else base + styles.get(name, Style.null())


def merged(segments: Sequence[Segment], base: Style) -> list[Segment]:
    """The segments with blanks drawn into their neighbour, and equal neighbours joined.

    A blank shows only its background, so it takes the style before it wherever that has the same
    background and no line: fewer changes of style, fewer bytes.
    """
    result: list[Segment] = []
    for text, style, _ in segments:
        here = style or base
        if result:
            before, before_style, _ = result[-1]
            if before_style == here or (not text.strip() and _same_blank(before_style, here)):
                result[-1] = Segment(before + text, before_style)
                continue
        result.append(Segment(text, here))
    return result


def _same_blank(left: Style | None, right: Style | None) -> bool:
    if left is None or right is None:
        return False
    lines = ("underline", "reverse", "strike", "overline")
    return left.bgcolor == right.bgcolor and all(
        getattr(left, kind) == getattr(right, kind) for kind in lines
    )


def cut_with_sign(strip: Strip, edge: int) -> Strip:
    """The row up to the edge of what is seen; a word or number that goes on behind it ends in a sign.

    Args:
        strip: the whole row.
        edge: the first cell that is not seen.
    """
    around = strip.crop(edge - 1, edge + 1)
    if strip.cell_length <= edge or " " in around.text:
        return strip
    return Strip.join([strip.crop(0, edge - 1), Strip([Segment("…", next(iter(around)).style)], 1)])


def header_strip(shape: Shape, style: Style, marked: int | None, sort: tuple[str | None, bool]) -> Strip:
    """The heading of the columns, with the order shown at the column that is sorted by.

    Args:
        shape: of the table.
        style: of the heading.
        marked: the place of the column that keys act on; its title is underlined.
        sort: the column sorted by, None for none, and whether it is descending.
    """
    segments = [Segment("  ", style)] if shape.markable else []
    for number, (place, column, width) in enumerate(shape.shown):
        if number:
            segments.append(Segment(" " * GAP, style))
        title = column.title
        if sort[0] == column.key:
            arrow = "↓" if sort[1] else "↑"
            title = f"{arrow} {title}" if column.align == "right" else f"{title} {arrow}"
        drawn = fit(title, width, column.align)
        before = len(drawn) - len(drawn.lstrip())
        segments.append(Segment(drawn[:before], style))
        here = style + Style(underline=True) if place == marked else style
        segments.append(Segment(drawn.strip(), here))
        segments.append(Segment(drawn[len(drawn.rstrip()) :] if drawn.strip() else "", style))
    return Strip(Strip(segments, shape.width).simplify(), shape.width)
