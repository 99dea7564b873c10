"""Strips of cells that go with their last use, so that what was painted is no garbage that has to be looked for.

Textual's strip keeps what it was cut into. One that a cut leaves whole keeps itself, and stays with all of its cells:
every paint leaves hundreds, and a look at the garbage of some minutes keeps the keys waiting for most of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.style import Style
from textual.strip import Strip

_divide, _crop_extend = Strip.divide, Strip.crop_extend


def let_strips_go() -> None:
    """Let a strip that a cut leaves whole be given back as it is, and not be kept by itself."""
    Strip.divide = _divided  # type: ignore[method-assign]
    Strip.crop_extend = _cropped  # type: ignore[method-assign]


def _divided(self: Strip, cuts: Iterable[int]) -> Sequence[Strip]:
    within = [cut for cut in cuts if cut <= self.cell_length]
    return [self] if within == [self.cell_length] else _divide(self, within)


def _cropped(self: Strip, start: int, end: int, style: Style | None) -> Strip:
    return self if start <= 0 and end == self.cell_length else _crop_extend(self, start, end, style)
