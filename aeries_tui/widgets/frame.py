"""What stands on the terminal, so that only what has changed is written to it.

Textual draws a screen anew when it comes, when a box opens over it, whenever it is laid out. Over a slow line
that takes seconds. Most of what is drawn stands there already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rich.color import Color
from rich.console import COLOR_SYSTEMS, Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size
from textual.strip import Strip

Piece = tuple[int, int, Strip]
"""Column, line, and what is drawn there."""


class Frame:
    """The lines of the terminal as they were written last."""

    def __init__(self) -> None:
        self._lines: list[Strip | None] = []
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
            before = self._lines[y] if y < len(self._lines) else None
            if before is None:
                if y < len(self._lines) and x == 0 and strip.cell_length == size.width:
                    self._lines[y] = strip
                yield x, y, strip
                continue
            end = x + strip.cell_length
            yield from _differing(x, y, before.crop(x, end).simplify(), strip)
            self._lines[y] = Strip.join([before.crop(0, x), strip, before.crop(end, size.width)]).simplify()


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
        style: Style | None = None
        for x, y, strip in self._frame.changed(pieces, self._size):
            written.append(Control.move_to(x, y).segment.text)
            for segment in strip:
                here = segment.style or Style.null()
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


def _differing(x: int, y: int, before: Strip, strip: Strip) -> Iterator[Piece]:
    old, new = list(before), list(strip)
    if before.cell_length != strip.cell_length:
        yield x, y, strip
        return
    same = _same(old, new)
    begin = sum(segment.cell_length for segment in new[:same])
    same_after = _same(old[same:][::-1], new[same:][::-1])
    changed = new[same : len(new) - same_after]
    if changed:
        yield x + begin, y, Strip(changed)


def _same(old: Sequence[Segment], new: Sequence[Segment]) -> int:
    """How many segments at the beginning are alike."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count
