"""How well what is drawn can be read: the contrast of every text with its ground."""

from __future__ import annotations

from typing import Any

from rich.color import Color
from textual.app import App

LEAST = 4.5
"""To 1; what WCAG 2 asks of text (1.4.3)."""

_DRAWN = {*map(chr, range(0x2500, 0x25A0)), " "}
"""Lines, blocks and blanks: they are no text."""


def luminance(color: Color) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in color.get_truecolor())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def faint_texts(app: App[Any]) -> list[str]:
    """What is on the screen and can't be read well, with its contrast and colours."""
    found = {}
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if set(text) <= _DRAWN:
                continue
            assert style is not None and style.color is not None and style.bgcolor is not None, text
            assert not style.dim, text
            fore, back = (style.bgcolor, style.color) if style.reverse else (style.color, style.bgcolor)
            reached = contrast(fore, back)
            if reached < LEAST:
                found[f"{text.strip()!r} {fore.name} on {back.name}: {reached:.2f}"] = None
    return list(found)
