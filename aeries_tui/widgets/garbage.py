"""When the UI looks for garbage: while nobody types.

A look at everything takes 60 to 200 ms with the screens there, and would come between a key and its paint.
"""

from __future__ import annotations

import gc

QUIET_SECONDS = 10.0
"""Time without a key after which a look is made, where one is due: few pauses between two keys are that long."""

_NEVER = 1 << 30
_DUE = 50
"""Looks at younger objects after which one at everything is due: some 350,000 objects more than were given up."""


def look_only_when_quiet() -> None:
    """Let Python look at young objects by itself, at everything only when it is told to."""
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)


def look_if_due() -> None:
    """Look for garbage among everything, where enough was made since the last time."""
    if gc.get_count()[2] >= _DUE:
        gc.collect()


def keep_what_is_loaded() -> None:
    """Look once at everything, and never again at what is there now: the code and the first screen stay."""
    gc.collect()
    gc.freeze()
