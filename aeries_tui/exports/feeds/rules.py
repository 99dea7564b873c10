"""The rules of a feed: which rows break one, and are left out.

A row that breaks a rule does not leave, and neither does one that refers to it; all are counted, and the first of each
rule are named by the columns that the rule is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from aeries_tui.master.fence import QueryRefused
from aeries_tui.settings.feeds import Feed, FeedFile

MOST_NAMED = 10
"""Rows of one rule that are named."""

Row = Sequence[str]
Key = tuple[str, ...]


@dataclass
class Breach:
    """A rule that rows of a file broke.

    Attributes:
        file: of the feed.
        rule: what they lack, as words.
        rows: how many rows were left out for it.
        examples: the first of them, by the columns that the rule is about, or by their first ones.
    """

    file: str
    rule: str
    rows: int = 0
    examples: list[str] = field(default_factory=list)


class Rules:
    """The rules of one feed, while its files are written in their order.

    Args:
        feed: the feed.
    """

    def __init__(self, feed: Feed) -> None:
        self._wanted = {(reference.file, reference.there) for one in feed.files for reference in one.refers}
        self._there: dict[tuple[str, Key], set[Any]] = {wanted: set() for wanted in self._wanted}
        self._breaches: dict[tuple[str, str], Breach] = {}

    def breaches(self) -> list[Breach]:
        """All that were broken, in the order in which they were met."""
        return list(self._breaches.values())

    def sift(self, one: FeedFile, columns: Sequence[str], rows: Iterator[Row]) -> Iterator[Row]:
        """The rows of a file that break no rule.

        Raises:
            QueryRefused: a rule names a column that the query does not give.
        """
        place = {name: at for at, name in enumerate(columns)}

        def at(names: Sequence[str]) -> Any:
            for name in names:
                if name not in place:
                    raise QueryRefused(
                        f"{one.where}: a rule names the column {name}, which the query does not give.",
                        remedy=f"It gives {', '.join(columns)}.",
                    )
            return itemgetter(*(place[name] for name in names))

        required = [(name, at([name])) for name in one.required]
        one_of = [(name, at([name]), frozenset(known)) for name, known in one.one_of.items()]
        refers = [(r, at(r.columns), self._there[r.file, r.there]) for r in one.refers]
        unique = [(" + ".join(names), at(names), set[Any]()) for names in one.unique]
        keep = [(at(names), self._there[file, names]) for file, names in self._wanted if file == one.file]
        for row in rows:
            broken = (
                next((f"{name} is blank" for name, get in required if not get(row)), "")
                or next(
                    (
                        f"{name} has none of its values"
                        for name, get, known in one_of
                        if get(row) not in known
                    ),
                    "",
                )
                or next(
                    (
                        f"{' + '.join(r.columns)} is not in {r.file}"
                        for r, get, known in refers
                        if get(row) not in known
                    ),
                    "",
                )
                or next((f"{name} stands twice" for name, get, seen in unique if get(row) in seen), "")
            )
            if broken:
                self._note(one, broken, row)
                continue
            for _, get, seen in unique:
                seen.add(get(row))
            for get, there in keep:
                there.add(get(row))
            yield row

    def _note(self, one: FeedFile, rule: str, row: Row) -> None:
        breach = self._breaches.setdefault((one.file, rule), Breach(one.file, rule))
        breach.rows += 1
        if len(breach.examples) < MOST_NAMED:
            breach.examples.append(", ".join(row[:2]))
