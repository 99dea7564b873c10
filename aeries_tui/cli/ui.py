"""Opening the terminal UI."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import MutableMapping

from aeries_tui.errors import WrongUse

_OF_DRAWING = frozenset(
    {
        "TEXTUAL_ANIMATIONS",
        "TEXTUAL_COLOR_SYSTEM",
        "TEXTUAL_DIM_FACTOR",
        "TEXTUAL_DISABLE_KITTY_KEY",
        "TEXTUAL_FILTERS",
        "TEXTUAL_FPS",
        "TEXTUAL_SMOOTH_SCROLL",
    }
)
"""Variables of Textual's that only say how it draws."""


def forget_debugging(env: MutableMapping[str, str]) -> None:
    """Take out what lets Textual and asyncio write down keys, messages and screens, before they are loaded.

    Textual's log holds every key in clear, so a typed certificate as well, its screenshots whoever is on the screen
    (promise 8); what it loads or presses at a start is nobody's to say either.
    """
    for name in [*env]:
        if (name.startswith("TEXTUAL") and name not in _OF_DRAWING) or name == "PYTHONASYNCIODEBUG":
            del env[name]


def open_ui(options: argparse.Namespace) -> int:
    """Open the terminal UI; without a terminal say which commands do the same."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUse(
            "The terminal UI needs a terminal, and this is none.",
            remedy="Everything it does there is a command for: see aeries-tui --help.",
        )
    forget_debugging(os.environ)
    from aeries_tui.launch import run_app

    return run_app(options.district, mouse=options.mouse, env=os.environ)
