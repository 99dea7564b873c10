"""What stands on the terminal, so that only what has changed is written to it.

Textual draws a screen anew when it comes, when a box opens over it, whenever it is laid out. Over a slow line
that takes seconds. Most of what is drawn stands there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import Color
from rich.console import COLOR_SYSTEMS, Console
from rich.control import Control
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

Piece = tuple[int, int, Strip]
"""Column, line, and what is drawn there."""

Cell = tuple[str, object]
"""A sign, and what is seen of its style."""

NEAR = 8
"""Cells between two changes that are written along: to move over them takes as many bytes."""


class Frame:
    """The lines of the terminal as they were written last.

    Args:
        written: how a style is written, where that is otherwise than it was drawn.
    """

    def __init__(self, written: Callable[[Style], Style] | None = None) -> None:
        self.written = written
        self._lines: list[list[Cell] | None] = []
        self._size = Size(0, 0)

    def forget(self) -> None:
        """Something else may have written to the terminal: all is written anew."""
        self._lines = []
        self._size = Size(0, 0)

    def update(self, drawn: LayoutUpdate | ChopsUpdate, size: Size) -> FrameUpdate:
        """What has to be written for what was drawn.

        Args:
            drawn: by Textual.
            size: of the terminal.
        """
        return FrameUpdate(self, drawn, size)

    def changed(self, pieces: Iterator[Piece], size: Size) -> Iterator[Piece]:
        """Those parts of what is drawn that don't stand there yet; from now on they do."""
        if size != self._size:
            self._size, self._lines = size, [None] * size.height
        for x, y, strip in pieces:
            cells = cells_of(strip)
            before = self._lines[y] if y < len(self._lines) else None
            if before is None:
                if y < len(self._lines) and x == 0 and len(cells) == size.width:
                    self._lines[y] = cells
                yield x, y, strip
                continue
            old = before[x : x + len(cells)]
            if old != cells:
                before[x : x + len(cells)] = cells
                yield from ((x + begin, y, strip.crop(begin, end)) for begin, end in _ranges(old, cells))


class FrameUpdate(CompositorUpdate):
    """Writes what has changed; works it out only when it is written.

    Args:
        frame: what stands there.
        drawn: by Textual.
        size: of the terminal.
    """

    def __init__(self, frame: Frame, drawn: LayoutUpdate | ChopsUpdate, size: Size) -> None:
        self._frame, self._drawn, self._size = frame, drawn, size

    def render_segments(self, console: Console) -> str:
        """The codes for the terminal."""
        pieces = _of_layout(self._drawn) if isinstance(self._drawn, LayoutUpdate) else _of_chops(self._drawn)
        written: list[str] = []
        as_written = self._frame.written or (lambda style: style)
        style: Style | None = None
        for x, y, strip in self._frame.changed(pieces, self._size):
            written.append(Control.move_to(x, y).segment.text)
            for segment in strip:
                here = as_written(segment.style or Style.null())
                if here != style:
                    written.append(_codes(style, here, console.color_system))
                    style = here
                written.append(segment.text)
        return "".join([*written, "\x1b[0m"]) if written else ""


@lru_cache(maxsize=4096)
def _codes(before: Style | None, style: Style, system: str | None) -> str:
    """The codes that lead from one style to the next: only its colour where that is all that differs."""
    if system is None:
        return ""
    if before is not None and None not in {before.color, before.bgcolor, style.color, style.bgcolor}:
        plain = before.without_color == style.without_color
        if plain and before.bgcolor == style.bgcolor:
            return _sequence(_of_color(style.color, system, foreground=True))
        if plain and before.color == style.color:
            return _sequence(_of_color(style.bgcolor, system, foreground=False))
    drawn = style.render("x", color_system=COLOR_SYSTEMS[system])
    codes = drawn.partition("m")[0].removeprefix("\x1b[") if drawn.startswith("\x1b[") else ""
    return _sequence(["0", codes] if codes else ["0"])


def _of_color(color: Color | None, system: str, *, foreground: bool) -> Sequence[str]:
    return color.downgrade(COLOR_SYSTEMS[system]).get_ansi_codes(foreground) if color is not None else ()


def _sequence(codes: Sequence[str]) -> str:
    return f"\x1b[{';'.join(codes)}m"


def _of_layout(drawn: LayoutUpdate) -> Iterator[Piece]:
    for y, line in enumerate(drawn.strips, drawn.region.y):
        yield drawn.region.x, y, Strip.join(list(line)).simplify()


def _of_chops(drawn: ChopsUpdate) -> Iterator[Piece]:
    for y, first, last in drawn.spans:
        for end, (x, strip) in zip(drawn.chop_ends[y], drawn.chops[y].items(), strict=False):
            if strip is not None and x < last and end > first:
                yield x, y, strip.crop(0, min(end, last) - x).simplify()


def cells_of(strip: Strip) -> list[Cell]:
    """The signs of a strip by cells; of one that takes two cells the second is empty."""
    cells: list[Cell] = []
    for text, style, _ in strip:
        look, blank = _looks(style or Style.null())
        if text.isascii():
            cells += [(sign, blank if sign == " " else look) for sign in text]
            continue
        for sign in text:
            width = get_character_cell_size(sign)
            if width:
                cells += [(sign, blank if sign == " " else look), ("", look)][:width]
            elif cells:
                cells[-1] = (cells[-1][0] + sign, look)
    return cells


@lru_cache(maxsize=4096)
def _looks(style: Style) -> tuple[object, object]:
    """What is seen of a style: of letters, and of a blank, which shows its ground and lines alone."""
    plain = style.clear_meta_and_links()
    lined = plain.underline or plain.reverse or plain.strike or plain.overline
    return plain, plain if lined else plain.bgcolor


def _ranges(old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """From where to where cells differ; what lies close together is one range, and no sign is halved."""
    begin, end = -1, -1
    for place, cell in enumerate(new):
        if place < len(old) and old[place] == cell:
            continue
        first = place - 1 if "" in {cell[0], old[place][0] if place < len(old) else "."} else place
        last = place + 2 if place + 1 < len(new) and not new[place + 1][0] else place + 1
        if begin >= 0 and first <= end + NEAR:
            end = last
            continue
        if begin >= 0:
            yield begin, end
        begin, end = max(0, first), last
    if begin >= 0:
        yield begin, end
