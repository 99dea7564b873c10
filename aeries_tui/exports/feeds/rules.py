"""The rules of a feed: which rows break one, and are left out.

A row that breaks a rule does not leave, and neither does one that refers to it; all are counted, and the first of each
rule are named by what tells the rows of their file apart, where that is said, or by their first two columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aeries_tui.master.fence import QueryRefused
from aeries_tui.settings.feeds import Feed, FeedFile

MOST_NAMED = 10
"""Rows of one rule that are named."""

Row = tuple[str, ...]
Key = tuple[str, ...]


@dataclass
class Breach:
    """A rule that rows of a file broke.

    Attributes:
        file: of the feed.
        rule: what they lack, as words.
        rows: how many rows were left out for it.
        examples: the first of them, each once.
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

    def of(self, one: FeedFile, columns: Sequence[str]) -> FileRules:
        """The rules of one of its files.

        Raises:
            QueryRefused: a rule names a column that the query does not give.
        """
        return FileRules(self, one, columns)

    def there(self, file: str, columns: Key) -> set[Any]:
        """What stands in these columns of a file, for those who refer to it."""
        return self._there[file, columns]

    def wanted_of(self, file: str) -> list[Key]:
        """The columns of a file that others refer to."""
        return [columns for name, columns in self._wanted if name == file]

    def note(self, one: FeedFile, rule: str, named: str) -> None:
        """A row was left out; `named` is what it is called."""
        breach = self._breaches.setdefault((one.file, rule), Breach(one.file, rule))
        breach.rows += 1
        if len(breach.examples) < MOST_NAMED and named not in breach.examples:
            breach.examples.append(named)


class FileRules:
    """The rules of one file, with what they remember of its rows.

    Args:
        rules: those of the feed.
        one: the file.
        columns: what its query gives.

    Raises:
        QueryRefused: a rule names a column that the query does not give.
    """

    def __init__(self, rules: Rules, one: FeedFile, columns: Sequence[str]) -> None:
        self._rules, self._one, self._columns = rules, one, columns
        self._required = [(name, self._place([name])) for name in one.required]
        self._one_of = [(name, self._place([name]), set(known)) for name, known in one.one_of.items()]
        self._refers = [
            (
                f"{' + '.join(r.columns)} is not in {r.file}",
                self._place(r.columns),
                rules.there(r.file, r.there),
            )
            for r in one.refers
        ]
        self._unique = [(" + ".join(names), self._place(names), set[Any]()) for names in one.unique]
        self._names = self._unique[0][1] if self._unique else [*range(len(columns))][:2]
        self._keep = [
            (self._place(names), rules.there(one.file, names)) for names in rules.wanted_of(one.file)
        ]

    def _place(self, names: Sequence[str]) -> list[int]:
        for name in names:
            if name not in self._columns:
                raise QueryRefused(
                    f"{self._one.where}: a rule names the column {name}, which the query does not give.",
                    remedy=f"It gives {', '.join(self._columns)}.",
                )
        return [len(self._columns) - 1 - self._columns[::-1].index(name) for name in names]

    def sift(self, columns: Sequence[Row]) -> list[Row]:
        """Those of some rows, given as columns, that break no rule."""
        rows = kept = list(zip(*columns, strict=True))
        bad = self._bad(columns)
        if bad:
            kept = [row for at, row in enumerate(rows) if at not in bad]
            columns = list(zip(*kept, strict=True)) or [()] * len(self._columns)
        uniques = [(seen, _keys(columns, place)) for _, place, seen in self._unique]
        if not all(len(set(keys)) == len(kept) and seen.isdisjoint(keys) for seen, keys in uniques):
            return [row for row in rows if self._is_good(row)]
        for at in sorted(bad):
            self._note(self._broken(rows[at]), rows[at])
        for seen, keys in uniques:
            seen.update(keys)
        for place, there in self._keep:
            there.update(_keys(columns, place))
        return kept

    def _bad(self, columns: Sequence[Row]) -> set[int]:
        """The rows that break a rule by themselves; looks at whole columns, and at cells only where one is wrong."""
        bad: set[int] = set()
        for _, place in self._required:
            keys = _keys(columns, place)
            if not all(keys):
                bad.update(at for at, key in enumerate(keys) if not key)
        for _, place, known in (*self._one_of, *self._refers):
            keys = _keys(columns, place)
            if not known.issuperset(keys):
                bad.update(at for at, key in enumerate(keys) if key not in known)
        return bad

    def _is_good(self, row: Row) -> bool:
        broken = self._broken(row)
        if broken:
            self._note(broken, row)
            return False
        for _, place, seen in self._unique:
            seen.add(_key(row, place))
        for place, there in self._keep:
            there.add(_key(row, place))
        return True

    def _note(self, rule: str, row: Row) -> None:
        self._rules.note(self._one, rule, ", ".join(row[at] for at in self._names))

    def _broken(self, row: Row) -> str:
        """The first rule that a row breaks, as words."""
        for name, place in self._required:
            if not _key(row, place):
                return f"{name} is blank"
        for name, place, known in self._one_of:
            if _key(row, place) not in known:
                return f"{name} has none of its values"
        for rule, place, there in self._refers:
            if _key(row, place) not in there:
                return rule
        for name, place, seen in self._unique:
            if _key(row, place) in seen:
                return f"{name} stands twice"
        return ""


def _key(row: Row, place: Sequence[int]) -> Any:
    return row[place[0]] if len(place) == 1 else tuple(row[at] for at in place)


def _keys(columns: Sequence[Row], place: Sequence[int]) -> Sequence[Any]:
    """`_key` of all rows, out of their columns."""
    return columns[place[0]] if len(place) == 1 else list(zip(*(columns[at] for at in place), strict=True))
