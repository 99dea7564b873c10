"""Progress and history as text; nothing moves by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from aeries_tui.text import clean_text
from aeries_tui.widgets.cells import cell_len, fit
from aeries_tui.widgets.theme import is_ascii, styles_of

_LEVELS = "▁▂▃▄▅▆▇█"
_ASCII_LEVELS = "_.:-=+*#"

BAR_LEAST, BAR_MOST = 8, 40
"""Cells of a bar; where there is less room there is none."""


def bar(done: int, total: int, width: int, *, ascii_only: bool = False) -> str:
    """A bar of `width` cells, filled by done of total; full only when all is done."""
    filled = 0 if total <= 0 else min(width, width * done // total)
    full, rest = ("#", ".") if ascii_only else ("█", "░")
    return full * filled + rest * (width - filled)


def chart(values: Sequence[float], *, ascii_only: bool = False) -> str:
    """One sign for each value, the higher the greater; zero and none at all are the lowest."""
    levels = _ASCII_LEVELS if ascii_only else _LEVELS
    top = max(values, default=0)
    if top <= 0:
        return levels[0] * len(values)
    return "".join(levels[max(0, min(7, round(7 * value / top)))] for value in values)


def duration(seconds: float) -> str:
    """A time to wait as a person reads it: `45 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one stage is.

    Attributes:
        label: the stage, or a school.
        done: how much is done.
        total: of how much; None where that can't be known.
        state: `waiting`, `running`, `done`, `failed` or `skipped`.
        unit: what is counted: `requests`, `records`.
        rate: units a second; None where it isn't known.
        left: seconds to go; None where it isn't known.
    """

    label: str
    done: int = 0
    total: int | None = None
    state: str = "waiting"
    unit: str = ""
    rate: float | None = None
    left: float | None = None


_SIGN = {"waiting": "·", "running": "▶", "done": "✔", "failed": "✖", "skipped": "-"}
_STYLE = {
    "waiting": "muted",
    "running": "running",
    "done": "completed",
    "failed": "error",
    "skipped": "muted",
}


def bar_width(lines: Sequence[Progress], room: int) -> int:
    """The cells of the bars of several lines, so that all figures stand below each other; 0 for none.

    Args:
        lines: the lines.
        room: cells left of the labels, for bars and figures.
    """
    widest = max((cell_len(_figures(line)) for line in lines), default=0)
    width = min(BAR_MOST, room - widest - 1)
    return width if width >= BAR_LEAST else 0


def progress_parts(
    progress: Progress, label_width: int, width: int, *, ascii_only: bool
) -> tuple[str, str, str]:
    """A line of progress: sign and label, the bar, the figures.

    Args:
        progress: what is shown.
        label_width: cells of the label, the same for all lines below each other.
        width: cells of the bar, the same for all; 0 for none.
        ascii_only: no signs but ASCII.
    """
    head = f"{_SIGN[progress.state]} {fit(clean_text(progress.label), label_width)} "
    if not width:
        return head, "", _figures(progress)
    done, total = progress.done, progress.total
    # What is done is still: its sign and its figures say enough.
    is_over = not total or progress.state == "done"
    drawn = " " * width if is_over else bar(done, total or 0, width, ascii_only=ascii_only)
    return head, drawn, f" {_figures(progress)}"


def _figures(progress: Progress) -> str:
    if progress.state in {"waiting", "skipped"}:
        return progress.state
    parts = []
    if progress.total:
        parts.append(f"{100 * progress.done // progress.total:>3} %  {progress.done:,}/{progress.total:,}")
    elif progress.done:
        parts.append(f"{progress.done:,}")
    if progress.unit and (progress.done or progress.total):
        parts[-1] += f" {progress.unit}"
    if progress.state == "running":
        if progress.rate is not None:
            parts.append(f"{progress.rate:,.0f}/s")
        if progress.left is not None:
            parts.append(f"{duration(progress.left)} left")
    elif not parts:
        parts.append(progress.state)
    return "  ".join(parts)


class ProgressLines(Widget):
    """Several lines of progress below each other; drawn anew only where they changed."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    ProgressLines { height: auto; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: tuple[Progress, ...] = ()

    def show(self, lines: Sequence[Progress]) -> None:
        """Show these lines."""
        before, self._lines = self._lines, tuple(lines)
        if len(before) != len(self._lines):
            self.refresh(layout=True)
            return
        if self._columns(before) != self._columns(self._lines):
            self.refresh()
            return
        for place, (old, new) in enumerate(zip(before, self._lines, strict=True)):
            if old != new:
                self.refresh(Region(0, place, self.size.width, 1))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line each."""
        return len(self._lines)

    def _columns(self, lines: Sequence[Progress]) -> tuple[int, int]:
        """Cells for the labels and for the bars; all lines share them."""
        width = self.size.width
        labels = min(max((cell_len(clean_text(line.label)) for line in lines), default=0), width // 3)
        return labels, bar_width(lines, width - labels - 3)

    def render_line(self, y: int) -> Strip:
        """One line."""
        base, width = self.rich_style, self.size.width
        if y >= len(self._lines):
            return Strip.blank(width, base)
        progress = self._lines[y]
        label_width, bars = self._columns(self._lines)
        head, drawn, tail = progress_parts(progress, label_width, bars, ascii_only=is_ascii(self.app))
        colour = base + styles_of(self.app)[_STYLE[progress.state]]
        segments = [Segment(head, colour), Segment(drawn, colour), Segment(tail, base)]
        return Strip(segments).crop_extend(0, width, base).simplify()
