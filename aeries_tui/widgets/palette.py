"""Colours by meaning: what each style name looks like with 16 colours, and with 256 or more, on dark and light."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style


@dataclass(frozen=True, slots=True)
class Ink:
    """The colour of one style name.

    Attributes:
        basic: a colour of the terminal's own sixteen, None for its plain foreground.
        dark: number in the 256-colour table for dark backgrounds; at least 4.5 to 1 on black.
        light: the same for light backgrounds, on white.
        bold: set in bold as well.
        dim: faint where there are only sixteen colours.
    """

    basic: str | None
    dark: int
    light: int
    bold: bool = False


INKS: dict[str, Ink] = {
    "running": Ink("cyan", 75, 25),
    "completed": Ink("green", 34, 28),
    "completed_with_error": Ink("bright_green", 148, 64),
    "error": Ink("red", 203, 160, bold=True),
    "held": Ink("yellow", 214, 130),
    "cancelled": Ink("bright_black", 246, 242),
    "warning": Ink("yellow", 214, 130),
    "info": Ink("cyan", 75, 25),
    "muted": Ink("bright_black", 246, 242),
    "good": Ink("green", 34, 28),
    "before": Ink("red", 203, 160),
    "after": Ink("green", 34, 28),
    "strong": Ink(None, -1, -1, bold=True),
}
"""Outcomes under the style names of `aeries_tui.outcome`, and the few others that screens need."""

OF_SEVERITY: dict[str, str] = {"F": "error", "E": "error", "W": "warning"}
"""The style name for a severity of `aeries_tui.codes`."""


@lru_cache(maxsize=8)
def inks(basic: bool, dark: bool) -> dict[str, Style]:
    """Every style name as a Rich style.

    Args:
        basic: the terminal has sixteen colours only.
        dark: the background is dark.
    """
    return {name: Style(color=_colour(ink, basic, dark), bold=ink.bold or None) for name, ink in INKS.items()}


def _colour(ink: Ink, basic: bool, dark: bool) -> Color | None:
    if ink.basic is None:
        return None
    return Color.parse(ink.basic) if basic else Color.from_ansi(ink.dark if dark else ink.light)


def css_variables(basic: bool, dark: bool) -> dict[str, str]:
    """The same colours for stylesheets: `$ink-held`, `$ink-completed-with-error` and so on."""
    variables = {}
    for name, ink in INKS.items():
        if ink.basic is None or basic:
            value = f"ansi_{ink.basic or 'default'}"
        else:
            value = Color.from_ansi(ink.dark if dark else ink.light).get_truecolor().hex
        variables[f"ink-{name.replace('_', '-')}"] = value
    return variables
