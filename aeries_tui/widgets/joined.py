"""Words that stay together: a blank at which no line is broken, drawn as any other."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

JOINT = "\u2800"
"""Stands for the blank until it is drawn; lines are broken at every blank of Unicode, also at U+00A0."""


def joined(*words: str) -> str:
    """The words with blanks between them at which no line is broken."""
    return JOINT.join(words)


class Joined(LineFilter):
    """Draws the blanks that `joined` put between words."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with plain blanks."""
        return [
            Segment(segment.text.replace(JOINT, " "), segment.style, segment.control)
            if JOINT in segment.text
            else segment
            for segment in segments
        ]
