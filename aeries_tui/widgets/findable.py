"""What the palette finds, and in which order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from aeries_tui.text import fold, words_of

SHOWN = 60
"""Entries shown at most."""

LEAST = 78
"""Likeness in per cent below which a name is not taken for a misspelt one."""


@dataclass(frozen=True)
class Findable:
    """One thing to get to.

    Attributes:
        key: tells it from all others.
        label: its name.
        where: what kind of thing it is, or where it belongs.
        does: one sentence; it is searched as well.
        press: the key for it, blank where there is none.
        run: goes there, or does it.
    """

    key: str
    label: str
    where: str
    does: str
    press: str
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Ranked:
    """What was found.

    Attributes:
        sure: names that hold every word, after those whose own number was typed.
        told: those of whom only the sentence or the kind holds the rest of the words.
        alike: names that are only like what was typed.
    """

    sure: tuple[Findable, ...] = ()
    told: tuple[Findable, ...] = ()
    alike: tuple[Findable, ...] = ()


class Finder:
    """The order of entries for what was typed.

    Args:
        entries: all there are, the likely ones first.
    """

    def __init__(self, entries: Sequence[Findable]) -> None:
        self._entries = list(entries)
        self._labels = [fold(entry.label) for entry in entries]
        self._places = [fold(entry.where).split() for entry in entries]
        self._texts = [fold(f"{entry.label} {entry.where} {entry.does}") for entry in entries]

    def ranked(self, text: str) -> Ranked:
        """The entries for a text; all of them, in their own order, where it is blank."""
        words = words_of(text)
        if not words:
            return Ranked(tuple(self._entries))
        query = " ".join(words)
        sure = [
            place
            for place, label in enumerate(self._labels)
            if all(word in label for word in words) or self._has_number(place, words)
        ]
        sure.sort(
            key=lambda place: (
                not self._has_number(place, words),
                self._labels[place] != query,
                not _begins(self._labels[place], words),
            )
        )
        taken = set(sure)
        told = [
            place
            for place, folded in enumerate(self._texts)
            if place not in taken and all(word in folded for word in words)
        ]
        taken.update(told)
        alike: list[int] = []
        if len(query) >= 3:
            found = process.extract(
                query, self._labels, scorer=fuzz.WRatio, score_cutoff=LEAST, limit=SHOWN, processor=None
            )
            alike = [place for _, _, place in found if place not in taken]
        return Ranked(*(tuple(self._entries[place] for place in places) for places in (sure, told, alike)))

    def _has_number(self, place: int, words: Sequence[str]) -> bool:
        """Whether its own number was typed: 994, or school 994."""
        return words[-1].isdigit() and list(words) in (self._places[place], self._places[place][-1:])


def _begins(label: str, words: Sequence[str]) -> bool:
    """Whether every word begins one of the label's."""
    parts = label.split()
    return all(any(part.startswith(word) for part in parts) for word in words)
