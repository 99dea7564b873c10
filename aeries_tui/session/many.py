"""Starting pulls of many districts from a screen: one command, which goes on whatever becomes of the screens."""

from __future__ import annotations

from collections.abc import Sequence

from aeries_tui.session.command_process import CommandProcess
from aeries_tui.settings import Places


def start_pulls(places: Places, districts: Sequence[str]) -> CommandProcess:
    """Start the pulls of districts, as many side by side as the machine bears.

    Args:
        places: the configuration and data they use.
        districts: their names.
    """
    only = [word for name in districts for word in ("--only", name)]
    return CommandProcess(
        places, ["pull", "--all", "--jobs", "auto", "--quiet", "--trigger", "ui", "--json", *only]
    )
