"""A focus that moves without the whole screen being painted."""

from __future__ import annotations

from textual.reactive import Reactive
from textual.widget import Widget


class QuietFocus:
    """Mixed into a screen, before Textual's: what loses the focus and what gets it paint themselves, and nothing else.

    Textual paints the whole screen for each move of the focus.
    """

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
