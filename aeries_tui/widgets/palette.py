"""Colours by meaning: what each style name looks like, in the two themes of our own and in the terminal's own colours.

Every tone has a number in the 256-colour table, which takes half the bytes, and a finer true colour
beside it. Text has a contrast of 4.5 to 1 or more on every ground that it is drawn on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style


@dataclass(frozen=True, slots=True)
class Tone:
    """One colour.

    Attributes:
        number: in the 256-colour table.
        fine: the same in true colour.
    """

    number: int
    fine: str


@dataclass(frozen=True, slots=True)
class Ink:
    """The colour of one style name.

    Attributes:
        tone: its name in `DARK_TONES` and `LIGHT_TONES`.
        basic: a colour of the terminal's own sixteen, None for its plain foreground.
        bold: set in bold as well.
    """

    tone: str
    basic: str | None
    bold: bool = False


DARK_TONES: dict[str, Tone] = {
    "ground": Tone(234, "#1b1d21"),
    "surface": Tone(235, "#24272c"),
    "panel": Tone(236, "#2d3036"),
    "cursor": Tone(238, "#3c4149"),
    "rule": Tone(240, "#4d535d"),
    "text": Tone(253, "#d8dade"),
    "muted": Tone(247, "#9ea3ab"),
    "accent": Tone(110, "#86b3e0"),
    "key": Tone(179, "#dcb366"),
    "completed": Tone(71, "#5fb466"),
    "completed_with_error": Tone(149, "#b4d65c"),
    "error": Tone(203, "#ff6b66"),
    "held": Tone(214, "#ffb020"),
    "cancelled": Tone(248, "#a6a9af"),
}
LIGHT_TONES: dict[str, Tone] = {
    "ground": Tone(231, "#ffffff"),
    "surface": Tone(255, "#f2f3f4"),
    "panel": Tone(255, "#eceef0"),
    "cursor": Tone(254, "#e2e5e9"),
    "rule": Tone(249, "#b4b9c0"),
    "text": Tone(236, "#2b2e33"),
    "muted": Tone(241, "#5f656d"),
    "accent": Tone(25, "#0b5cad"),
    "key": Tone(94, "#865800"),
    "completed": Tone(22, "#0a6322"),
    "completed_with_error": Tone(58, "#565d00"),
    "error": Tone(124, "#b0101c"),
    "held": Tone(94, "#8a5200"),
    "cancelled": Tone(241, "#5c6066"),
}
"""The two themes: what all is drawn on, one accent for where one is, one colour for keys, five outcomes."""

INKS: dict[str, Ink] = {
    "running": Ink("accent", "cyan"),
    "completed": Ink("completed", "green"),
    "completed_with_error": Ink("completed_with_error", "bright_green"),
    "error": Ink("error", "red", bold=True),
    "held": Ink("held", "yellow", bold=True),
    "cancelled": Ink("cancelled", "bright_black"),
    "warning": Ink("held", "yellow"),
    "info": Ink("accent", "cyan"),
    "accent": Ink("accent", "cyan"),
    "key": Ink("key", "yellow", bold=True),
    "muted": Ink("muted", "bright_black"),
    "good": Ink("completed", "green"),
    "before": Ink("error", "red"),
    "after": Ink("completed", "green"),
    "strong": Ink("text", None, bold=True),
}
"""Outcomes under the style names of `aeries_tui.outcome`, and the few others that screens need."""

OF_SEVERITY: dict[str, str] = {"F": "error", "E": "error", "W": "warning"}
"""The style name for a severity of `aeries_tui.codes`."""


def tones(dark: bool) -> dict[str, Tone]:
    """The tones for dark or for light."""
    return DARK_TONES if dark else LIGHT_TONES


@lru_cache(maxsize=8)
def inks(basic: bool, dark: bool, own: bool = False) -> dict[str, Style]:
    """Every style name as a Rich style, with `cursor` and `tab` for what is filled.

    Args:
        basic: the terminal has sixteen colours only.
        dark: the background is dark.
        own: a theme of our own is shown, so the ground is ours to fill.
    """
    found = {
        name: Style(color=_colour(ink, basic, dark, own), bold=ink.bold or None) for name, ink in INKS.items()
    }
    if own and not basic:
        fine = tones(dark)
        filled = Style(color=fine["text"].fine, bgcolor=fine["cursor"].fine)
        found["cursor"], found["tab"] = filled, filled + Style(bold=True)
    else:
        found["cursor"], found["tab"] = Style(reverse=True), Style(reverse=True, bold=True)
    return found


def _colour(ink: Ink, basic: bool, dark: bool, own: bool) -> Color | None:
    tone = tones(dark)[ink.tone]
    if own and not basic:
        return Color.parse(tone.fine)
    if ink.basic is None:
        return None
    return Color.parse(ink.basic) if basic else Color.from_ansi(tone.number)


def css_variables(basic: bool, dark: bool, own: bool = False) -> dict[str, str]:
    """The same colours for stylesheets: `$ink-held`, `$ink-completed-with-error` and so on.

    Args:
        basic: the terminal has sixteen colours only.
        dark: the background is dark.
        own: a theme of our own is shown.
    """
    variables = {}
    for name, ink in INKS.items():
        tone = tones(dark)[ink.tone]
        if own and not basic:
            value = tone.fine
        elif ink.basic is None or basic:
            value = f"ansi_{ink.basic or 'default'}"
        else:
            value = Color.from_ansi(tone.number).get_truecolor().hex
        variables[f"ink-{name.replace('_', '-')}"] = value
    return variables


def css_style(name: str) -> str:
    """A style name as a style of Textual's, which follows the theme that is shown; blank for none."""
    if not name:
        return ""
    ink = INKS[name]
    return f"$ink-{name.replace('_', '-')}{' bold' if ink.bold else ''}"
