"""How the program looks in the terminal it finds: theme, colours, signs.

The default is one of the two ANSI themes: the terminal's own background and colours, and less
than half the bytes of a true-colour theme. NO_COLOR means no colour at all, not grey ones.
"""

from __future__ import annotations

import codecs
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.style import Style
from textual.app import App
from textual.theme import BUILTIN_THEMES

from aeries_tui.errors import ConfigurationError
from aeries_tui.widgets.palette import inks

DARK, LIGHT = "ansi-dark", "ansi-light"

_LIGHT_BACKGROUNDS = frozenset({"7", "9", "10", "11", "12", "13", "14", "15"})


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal gets.

    Attributes:
        theme: the name of a Textual theme.
        ascii_only: nothing but ASCII is written.
        colourless: no colour is written.
        mouse: the mouse is asked for.
        basic_colours: sixteen colours only; None asks the terminal, pictures say False.
    """

    theme: str = DARK
    ascii_only: bool = False
    colourless: bool = False
    mouse: bool = False
    basic_colours: bool | None = None


def choose_look(
    env: Mapping[str, str], *, theme: str = "auto", ascii_only: bool | None = None, mouse: bool = False
) -> Look:
    """The look for a terminal.

    Args:
        env: the environment (TERM, COLORFGBG, NO_COLOR, LC_ALL, LC_CTYPE, LANG).
        theme: `auto`, `dark`, `light`, or the name of a Textual theme.
        ascii_only: None finds out.
        mouse: ask the terminal for mouse events.

    Raises:
        ConfigurationError: there is no such theme.
    """
    colourless = bool(env.get("NO_COLOR"))
    name = {"auto": _by_background(env), "dark": DARK, "light": LIGHT}.get(theme, theme)
    if name not in BUILTIN_THEMES:
        raise ConfigurationError(
            f'There is no theme named "{theme}".',
            remedy="Choose auto, dark, light, or one of " + ", ".join(sorted(BUILTIN_THEMES)) + ".",
        )
    if colourless and not BUILTIN_THEMES[name].ansi:
        name = DARK if BUILTIN_THEMES[name].dark else LIGHT
    plain = needs_ascii(env) if ascii_only is None else ascii_only
    return Look(name, plain, colourless, mouse)


def _by_background(env: Mapping[str, str]) -> str:
    background = env.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in _LIGHT_BACKGROUNDS else DARK


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


def styles_of(app: App[Any]) -> dict[str, Style]:
    """Every style name (see `aeries_tui.widgets.palette`) as the app's terminal shows it."""
    return inks(is_basic(app), app.current_theme.dark)


def is_ascii(app: App[Any]) -> bool:
    """Whether the app writes ASCII only."""
    return bool(getattr(app, "ascii_only", False))
