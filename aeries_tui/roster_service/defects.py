"""Telling of a defect of the service: each once, with a report of where in the code it happened."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from aeries_tui.defects import keep_report


class Defects:
    """The defects that were met.

    Args:
        say: tells a sentence to whoever runs the service.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._told: set[str] = set()

    def tell(self, error: Exception) -> None:
        """Keep a report of a defect and say so; one that was told before is told no more: every request may meet it."""
        same = repr([type(error), *traceback.extract_tb(error.__traceback__)[-1:]])
        if same in self._told:
            return
        self._told.add(same)
        path = keep_report(error, "serve")
        where = f" Please report it with the file {path}, which holds no data and no secret." if path else ""
        self._say(f"The service has a defect: {type(error).__name__}.{where}")
