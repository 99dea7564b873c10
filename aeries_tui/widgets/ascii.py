"""ASCII only: whatever any widget draws leaves as ASCII, in as many cells."""

# The signs of other scripts are what this module is about.
# ruff: noqa: RUF001

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from aeries_tui.outcome import LOOKS

_DRAWN: dict[str, str] = {
    **dict.fromkeys("─━═╌╍┄┅┈┉▔▁╴╶", "-"),
    **dict.fromkeys("│┃║╎╏┆┇┊┋▏▎▍▌▐▕▊▉╵╷", "|"),
    **dict.fromkeys("┌┐└┘┏┓┗┛╔╗╚╝╭╮╰╯├┤┬┴┼┣┫┳┻╋╠╣╦╩╬▛▜▙▟▗▖▝▘", "+"),
    **dict.fromkeys("█▇▆▓▒", "#"),
    **dict.fromkeys("▅▄▃▂▀", "="),
    **dict.fromkeys("–—‐‑‒−", "-"),
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("“”„″«»", '"'),
    **dict.fromkeys("•●◆◉∙", "*"),
    **dict.fromkeys("○◯◇", "o"),
    **dict.fromkeys("▸▶›→❯►", ">"),
    **dict.fromkeys("◂◀‹←❮◄", "<"),
    **dict.fromkeys("✓✔", "+"),
    **dict.fromkeys("✗✘✖×", "x"),
    **dict.fromkeys("↑▴⭘", "^"),
    **dict.fromkeys("↓▾▼", "v"),
    **dict.fromkeys("·░", "."),
    "…": "~",
    "¡": "!",
    "¿": "?",
    "ß": "s",
    "Ø": "O",
    "ø": "o",
    "Ł": "L",
    "ł": "l",
    "Đ": "D",
    "đ": "d",
    "Æ": "A",
    "æ": "a",
    "ı": "i",
    **{look.sign: look.ascii_sign for look in LOOKS.values()},
}


@lru_cache(maxsize=4096)
def _ascii_character(character: str) -> str:
    if character.isascii():
        return character
    width = cell_len(character)
    drawn = _DRAWN.get(character)
    if drawn is None:
        base = unicodedata.normalize("NFKD", character)[0]
        drawn = base if base.isascii() and base.isprintable() else "?"
    return drawn * width


def to_ascii(text: str) -> str:
    """The text in ASCII and in as many cells: signs and lines by likeness, letters without their accents."""
    return text if text.isascii() else "".join(map(_ascii_character, text))


class AsciiOnly(LineFilter):
    """Turns every drawn line into ASCII; borders, scroll bars and Textual's own signs included."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with their text in ASCII; colours stay."""
        return [
            segment
            if segment.control or segment.text.isascii()
            else Segment(to_ascii(segment.text), segment.style)
            for segment in segments
        ]
