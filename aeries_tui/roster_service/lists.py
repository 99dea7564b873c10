"""The lists that were asked for last, as numbers of versions: found once for each state, consumer's schools and filter, then sliced.

So a page costs the same at any offset, its total is known, and all pages of a walk are of one state.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from dataclasses import dataclass

from aeries_tui.roster_service.operations import Operation
from aeries_tui.roster_service.parameters import Parameters
from aeries_tui.roster_service.records import View

_MOST_BYTES = 20_000_000
"""Lists that are kept for the next page: some ten of all enrollments of 100,000 students."""

_MOST_LISTS = 2_000
"""The same of short ones, such as of one e-mail address each: what they were asked by takes more than what is in them."""


@dataclass(frozen=True)
class Asked:
    """A list that is asked for, of one state.

    Attributes:
        operation: which.
        parameters: filter and order; where the page lies does not matter.
        view: for whom.
        state: the number of the state.
    """

    operation: Operation
    parameters: Parameters
    view: View
    state: int

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same list."""
        found = self.parameters
        return (
            self.state, self.view.stamps[self.state], self.operation, self.view.schools, found.filter, found.sort,
            found.descending,
        )  # fmt: skip


class Lists:
    """Lists that were found, those asked for last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], array[int]] = OrderedDict()
        self._bytes = 0

    def get(self, asked: Asked) -> array[int] | None:
        """The numbers of the versions in a list, in its order; None where it is to be found first."""
        found = self._kept.get(asked.key)
        if found is not None:
            self._kept.move_to_end(asked.key)
        return found

    def keep(self, asked: Asked, numbers: array[int]) -> None:
        """Keep a list that was found."""
        if asked.key in self._kept:
            return
        self._kept[asked.key] = numbers
        self._bytes += _size(numbers)
        while len(self._kept) > 1 and (self._bytes > _MOST_BYTES or len(self._kept) > _MOST_LISTS):
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(numbers: array[int]) -> int:
    return len(numbers) * numbers.itemsize
