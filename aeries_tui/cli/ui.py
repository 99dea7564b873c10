"""Opening the terminal UI."""

from __future__ import annotations

import argparse
import os
import sys

from aeries_tui.errors import WrongUse


def open_ui(options: argparse.Namespace) -> int:
    """Open the terminal UI; without a terminal say which commands do the same."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUse(
            "The terminal UI needs a terminal, and this is none.",
            remedy="Everything it does there is a command for: see aeries-tui --help.",
        )
    from aeries_tui.launch import run_app

    return run_app(options.district, mouse=options.mouse, env=os.environ)
