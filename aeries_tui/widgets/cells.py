"""Text measured and cut in terminal cells."""

from __future__ import annotations

from typing import Literal

from rich.cells import cell_len, get_character_cell_size

__all__ = ["cell_len", "cut", "fit"]


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """The text in at most `width` cells; what is cut ends in an ellipsis, on a whole character."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    room = width - cell_len(ellipsis)
    kept: list[str] = []
    for character in text:
        room -= get_character_cell_size(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + ellipsis


def fit(text: str, width: int, align: Literal["left", "right"] = "left") -> str:
    """The text in exactly `width` cells: cut, or padded with blanks."""
    shown = cut(text, width)
    blanks = " " * (width - cell_len(shown))
    return blanks + shown if align == "right" else shown + blanks
