"""Deciding from a screen: the same command as at a prompt, as a process that outlives the screens."""

from __future__ import annotations

from collections.abc import Sequence

from aeries_tui.session.command_process import CommandProcess
from aeries_tui.settings import Places


def run_command(places: Places, district: str, words: Sequence[str], *, typed: str = "") -> None:
    """Run `aeries-tui WORDS --district DISTRICT --json` to its end; waits, so not in the screen's own thread.

    Quitting the program, or losing the line, does not end the command half way, and what follows an
    import (files, alarms, the district's own command) is done as for any other.

    Args:
        places: the configuration and data it uses.
        district: the district's name.
        words: the command and its arguments, which everybody on this machine can read.
        typed: what it reads from its standard input, such as the reason of a decision.

    Raises:
        AeriesTuiError: what the command said no with, of the same class and so of the same exit status.
    """
    process = CommandProcess(places, [*words, "--district", district, "--json"], typed=typed)
    try:
        process.wait()
        refusal = process.refusal()
    finally:
        process.leave()
    if refusal is not None:
        raise refusal
