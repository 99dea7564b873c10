"""What keeps a set of files from its receiver."""

from __future__ import annotations

from aeries_tui.errors import AeriesTuiError


class Undelivered(AeriesTuiError):
    """The receiver does not have the set; it stays in the outbox."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message, meaning="The set stays in the outbox and is sent again.", remedy=remedy)
