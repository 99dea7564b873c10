"""The pages of a long list that are in memory: few, the latest used."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")

PAGE = 200
"""Items on a page."""


class Pages(Generic[T]):
    """A bounded store of pages, the least recently used dropped first.

    Args:
        keep: pages kept.
    """

    def __init__(self, keep: int = 16) -> None:
        self._keep = keep
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()

    def get(self, index: int) -> T | None:
        """The item, None where its page isn't here."""
        number, place = divmod(index, PAGE)
        page = self._pages.get(number)
        if page is None or place >= len(page):
            return None
        self._pages.move_to_end(number)
        return page[place]

    def put(self, number: int, items: Sequence[T]) -> None:
        """Keep a page by its number."""
        self._pages[number] = items
        self._pages.move_to_end(number)
        while len(self._pages) > self._keep:
            self._pages.popitem(last=False)

    def missing(self, indexes: Iterable[int]) -> list[int]:
        """The numbers of the pages that hold these items and aren't here."""
        wanted = dict.fromkeys(index // PAGE for index in indexes)
        return [number for number in wanted if number not in self._pages]

    def drop_from(self, index: int) -> None:
        """Forget the page that holds this item and all later ones."""
        for number in [number for number in self._pages if number >= index // PAGE]:
            del self._pages[number]

    def clear(self) -> None:
        """Forget all pages."""
        self._pages.clear()
