"""A text that scrolls by the same keys everywhere."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.containers import VerticalScroll

from aeries_tui.actions import TEXT
from aeries_tui.widgets.bindings import bindings_of


class ScrollText(VerticalScroll, can_focus=True, inherit_bindings=False):
    """A text, or several one below the other, moved by the arrow block and as in vi."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of(TEXT)

    def action_lines(self, lines: int) -> None:
        """Some lines up or down."""
        self.scroll_relative(y=lines, animate=False)

    def action_pages(self, pages: float) -> None:
        """Some pages up or down, or parts of one."""
        height = self.scrollable_content_region.height
        self.scroll_relative(y=int(pages * max(1, height)), animate=False)

    def action_edge(self, way: int) -> None:
        """To the beginning or to the end."""
        self.scroll_to(y=self.max_scroll_y if way > 0 else 0, animate=False)
