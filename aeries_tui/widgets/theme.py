"""How the program looks in the terminal it finds: theme, colours, signs.

There are two themes of our own, one for dark and one for light grounds. A terminal of sixteen colours
gets its own colours instead. NO_COLOR means no colour at all, not grey ones.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rich.color import Color, ColorSystem
from rich.style import Style
from textual.app import App
from textual.theme import BUILTIN_THEMES, Theme

from aeries_tui.errors import ConfigurationError
from aeries_tui.widgets.ground import Ground
from aeries_tui.widgets.palette import DARK_TONES, LIGHT_TONES, Tone, inks

DARK, LIGHT = "aeries-dark", "aeries-light"

_OF_TERMINAL = {DARK: "ansi-dark", LIGHT: "ansi-light"}
"""The theme of the terminal's own colours that stands in where ours can't be shown."""

_LIGHT_BACKGROUNDS = frozenset({"7", "9", "10", "11", "12", "13", "14", "15"})


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal gets.

    Attributes:
        theme: the name of a Textual theme.
        ascii_only: nothing but ASCII is written.
        colourless: no colour is written.
        mouse: the mouse is asked for.
        few_bytes: colours are taken from the table of 256, in half the bytes of true colour.
        follows: dark or light follow the terminal's ground.
        basic_colours: sixteen colours only; None asks the terminal, pictures say False.
    """

    theme: str = DARK
    ascii_only: bool = False
    colourless: bool = False
    mouse: bool = False
    few_bytes: bool = False
    follows: bool = False
    basic_colours: bool | None = None


def own_themes() -> tuple[Theme, Theme]:
    """The dark and the light theme."""
    return _theme(DARK, DARK_TONES), _theme(LIGHT, LIGHT_TONES)


def _theme(name: str, own: Mapping[str, Tone]) -> Theme:
    fine = {key: tone.fine for key, tone in own.items()}
    text, muted, cursor, ground, rule = (fine[key] for key in ("text", "muted", "cursor", "ground", "rule"))
    variables = {
        "text": text, "text-muted": muted, "text-disabled": muted, "foreground-muted": muted,
        "block-cursor-background": cursor, "block-cursor-foreground": text, "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": cursor, "block-cursor-blurred-foreground": text,
        "block-hover-background": fine["panel"], "border": rule, "border-blurred": rule,
        "input-cursor-background": text, "input-cursor-foreground": ground, "input-cursor-text-style": "none",
        "input-selection-background": cursor, "input-selection-foreground": text,
        "scrollbar": rule, "scrollbar-hover": rule, "scrollbar-active": muted, "scrollbar-background": fine["surface"],
        "scrollbar-background-hover": fine["surface"], "scrollbar-background-active": fine["surface"],
        "scrollbar-corner-color": fine["surface"],
    }  # fmt: skip
    return Theme(
        name,
        primary=fine["accent"],
        secondary=fine["accent"],
        accent=fine["accent"],
        warning=fine["held"],
        error=fine["error"],
        success=fine["completed"],
        foreground=text,
        background=ground,
        surface=fine["surface"],
        panel=fine["panel"],
        dark=name == DARK,
        variables=variables,
    )


def theme_names() -> list[str]:
    """What `[ui] theme` of config.toml may be."""
    return ["auto", "dark", "light", DARK, LIGHT, *sorted(BUILTIN_THEMES)]


def choose_look(
    env: Mapping[str, str],
    *,
    theme: str = "auto",
    ascii_only: bool | None = None,
    mouse: bool = False,
    few_bytes: bool = False,
    ground: Ground | None = None,
) -> Look:
    """The look for a terminal.

    Args:
        env: the environment (TERM, COLORFGBG, NO_COLOR, LC_ALL, LC_CTYPE, LANG).
        theme: `auto`, `dark`, `light`, or the name of a theme.
        ascii_only: None finds out.
        mouse: ask the terminal for mouse events.
        few_bytes: take colours from the table of 256 even where there are more.
        ground: what the terminal said of its colours; None where it said nothing.

    Raises:
        ConfigurationError: there is no such theme.
    """
    name = named_theme(theme, env, ground)
    plain = needs_ascii(env) if ascii_only is None else ascii_only
    return Look(name, plain, bool(env.get("NO_COLOR")), mouse, few_bytes, theme == "auto")


def named_theme(theme: str, env: Mapping[str, str], ground: Ground | None) -> str:
    """The theme that `auto`, `dark` or `light` stand for, or the one of this name; ConfigurationError for none."""
    dark = ground.dark if ground is not None else not _is_light(env)
    name = {"auto": DARK if dark else LIGHT, "dark": DARK, "light": LIGHT}.get(theme, theme)
    if name not in theme_names():
        raise ConfigurationError(
            f'There is no theme named "{theme}".',
            remedy="Choose auto, dark, light, or one of " + ", ".join(sorted(BUILTIN_THEMES)) + ".",
        )
    return name


def _is_light(env: Mapping[str, str]) -> bool:
    return env.get("COLORFGBG", "").rpartition(";")[2] in _LIGHT_BACKGROUNDS


def shown_theme(name: str, *, basic: bool, colourless: bool) -> str:
    """The theme that can be shown: the terminal's own colours where it has sixteen only, or none are wanted.

    Args:
        name: the theme that is wanted.
        basic: the terminal has sixteen colours only.
        colourless: no colour is written, which only these themes can do without.
    """
    if not (basic or colourless):
        return name
    if name in _OF_TERMINAL:
        return _OF_TERMINAL[name]
    stock = BUILTIN_THEMES[name]
    return name if stock.ansi or not colourless else _OF_TERMINAL[DARK if stock.dark else LIGHT]


_NUMBERS: dict[str, int] = {
    tone.fine: tone.number for own in (DARK_TONES, LIGHT_TONES) for tone in own.values()
}


@lru_cache(maxsize=1024)
def in_few_bytes(style: Style) -> Style:
    """The style with its colours by their numbers in the table of 256; that of a tone of ours is its own."""
    return style + Style(color=_numbered(style.color), bgcolor=_numbered(style.bgcolor))


def _numbered(color: Color | None) -> Color | None:
    if color is None or color.triplet is None:
        return color
    number = _NUMBERS.get(color.triplet.hex)
    return Color.from_ansi(number) if number is not None else color.downgrade(ColorSystem.EIGHT_BIT)


def needs_ascii(env: Mapping[str, str]) -> bool:
    """Whether the terminal is known not to show more than ASCII: the Linux console, or no UTF-8 locale."""
    if env.get("TERM", "") in {"linux", "vt100", "vt220", "ansi"}:
        return True
    kind = "" if _coerced(env) else env.get("LC_CTYPE")
    name = env.get("LC_ALL") or kind or env.get("LANG") or ""
    encoding = name.partition(".")[2].partition("@")[0]
    try:
        return codecs.lookup(encoding).name != "utf-8"
    except LookupError:
        return True


def _coerced(env: Mapping[str, str]) -> bool:
    """Whether Python itself put a UTF-8 LC_CTYPE in the place of the C locale (PEP 538)."""
    forced = env.get("LC_CTYPE") in {"C.UTF-8", "C.utf8", "UTF-8"} and not env.get("LC_ALL")
    return forced and bool(sys.flags.utf8_mode) and "PYTHONUTF8" not in env


def terminal_refusal(env: Mapping[str, str]) -> str | None:
    """Why the screens can't be shown in this terminal, with what to do; None where they can."""
    if env.get("TERM", "") in {"dumb", "unknown"}:
        return (
            f"This terminal (TERM={env['TERM']}) can't show screens. "
            "Everything can be done by command: see aeries-tui --help."
        )
    return None


def is_basic(app: App[Any]) -> bool:
    """Whether the terminal has sixteen colours only."""
    look = getattr(app, "look", None)
    if isinstance(look, Look) and look.basic_colours is not None:
        return look.basic_colours
    return app.console.color_system in {None, "standard", "windows"}


def is_own(app: App[Any]) -> bool:
    """Whether one of the two themes of our own is shown."""
    return app.theme in _OF_TERMINAL


def styles_of(app: App[Any]) -> dict[str, Style]:
    """Every style name (see `aeries_tui.widgets.palette`) as the app's terminal shows it."""
    return inks(is_basic(app), app.current_theme.dark, is_own(app))


def is_ascii(app: App[Any]) -> bool:
    """Whether the app writes ASCII only."""
    return bool(getattr(app, "ascii_only", False))
