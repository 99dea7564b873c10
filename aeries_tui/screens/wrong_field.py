"""What is wrong with a field of a form, and which field it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from aeries_tui.errors import AeriesTuiError, WrongUse

T = TypeVar("T")


class WrongField(WrongUse):
    """A field that can't be taken; `field` is its id."""

    def __init__(self, field: str, error: AeriesTuiError) -> None:
        super().__init__(error.message, meaning=error.meaning, remedy=error.remedy, code=error.code)
        self.field = field


def in_field(field: str, read: Callable[[], T]) -> T:
    """What is read from a field; raises WrongField in the place of what reading it raises."""
    try:
        return read()
    except AeriesTuiError as error:
        raise WrongField(field, error) from error
