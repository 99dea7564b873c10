"""The rules of OneRoster, section 7, that no cell breaks by itself: ids, references, days, roles.

Rows are judged some at a time, by whole columns, file after file in the order of `tables.WRITTEN`. What must be remembered
of them is mostly hashes, so that a district of any size is judged in little memory. The writer of a bundle hands over the
rows that it writes, the check of one those that it reads.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import chain, repeat
from operator import itemgetter
from typing import NamedTuple

from aeries_tui.exports.oneroster.cell_formats import items
from aeries_tui.exports.oneroster.hashes import hashes, not_among, repeated
from aeries_tui.exports.oneroster.notices import Notices
from aeries_tui.exports.oneroster.tables import Column, names_of
from aeries_tui.exports.oneroster.wishes import Wishes

Broken = tuple[int, str, int, str, str]
"""A broken rule: its number, file, line, column, message."""

Cells = dict[str, Sequence[str]]
"""Some rows of a file, by column."""


class Block(NamedTuple):
    """Some rows of a file.

    Attributes:
        lines: where they stand.
        cells: by column.
    """

    lines: Sequence[int]
    cells: Cells


def block_of(columns: tuple[Column, ...], lines: Sequence[int], rows: Sequence[Sequence[str]]) -> Block:
    """Rows that have a cell for each column."""
    cells = zip(*rows, strict=True) if rows else repeat(())
    return Block(lines, dict(zip(names_of(columns), cells, strict=False)))


Reader = Callable[[str], Iterator[Block]]
"""Reads the rows of a file once more."""

_Span = tuple[str, str]
"""The first and the last day of something."""

_InRow = tuple[int, int, str, str]
"""A rule that one row breaks by itself: its number, line, column, message."""


class _Rule(NamedTuple):
    """A rule on keys, of which only hashes are remembered.

    Attributes:
        number, named, message: as of `check.Fault`; `named` is its column.
        keys: of each row, in order; a blank one or None where the rule is not about the row.
        once: a key stands in one row only; any other rule's leads to a row.
        many: a key is a list, and each of its items leads to a row.
    """

    number: int
    named: str
    message: str
    keys: Callable[[Cells], Iterable[Hashable]]
    once: bool = False
    many: bool = False


class BetweenRows:
    """Judges the rows of one bundle: `begin` a file, `judge` all its rows, `end` it, and in the end ask what is `broken`."""

    def __init__(self) -> None:
        self._ids: dict[str, array[int]] = {}
        self._typed: dict[tuple[str, str], array[int]] = {}
        self._days: dict[str, _Span] = {}
        self._terms: dict[str, _Span | None] = {}
        self._homes, self._posts = hashes(), hashes()
        self._suspects: list[tuple[str, _Rule, set[int]]] = []
        self._circles: list[Broken] = []
        self._wishes = Wishes()
        self._file = ""

    def begin(self, file: str, columns: tuple[Column, ...]) -> None:
        """A file, of which no row was judged; those that it refers to come before it."""
        self._file = file
        self._once = [(rule, hashes()) for rule in (_ID, *_ONCE.get(file, ()))]
        self._references = {column: hashes() for column in columns if column.target}
        self._parents: dict[str, tuple[str, int]] = {}

    def judge(self, block: Block) -> list[Broken]:
        """More of its rows; returns the rules that one row breaks by itself."""
        if not block.lines:
            return []
        cells = block.cells
        for rule, seen in self._once:
            seen.extend(map(hash, filter(None, rule.keys(cells))))
        for column, led in self._references.items():
            values = {*cells[column.name]}
            values.discard("")
            led.extend(map(hash, chain.from_iterable(map(items, values)) if _is_list(column) else values))
        self._wishes.see(self._file, cells)
        look = {
            "academicSessions": self._sessions,
            "orgs": self._tree,
            "courses": _subjects,
            "classes": self._classes,
            "users": self._users,
            "roles": self._roles,
            "enrollments": self._enrollments,
        }.get(self._file)
        return (
            [(rule, self._file, line, named, message) for rule, line, named, message in look(block)]
            if look
            else []
        )

    def end(self) -> None:
        """All rows of the file were judged."""
        file = self._file
        self._ids[file] = self._once[0][1]
        for rule, seen in self._once:
            self._suspect(file, rule, repeated(seen))
        for column, led in self._references.items():
            lost = not_among(led, self._ids.get(column.target, hashes()))
            self._suspect(file, _leads(column, 6, f"It is not in {column.target}.csv."), lost)
            if column.target_type:
                right = self._typed.get((column.target, column.target_type), hashes())
                message = f"It does not lead to a {column.target_type}."
                self._suspect(file, _leads(column, 7, message), not_among(led, right) - lost)
        self._circles += [
            (6, file, line, "parentSourcedId", "It is its own ancestor.")
            for name, (_, line) in self._parents.items()
            if _is_above_itself(name, self._parents)
        ]
        if file == "roles":
            self._judge_homes()
        self._wishes.end(file, {column.name: led for column, led in self._references.items()})

    def broken(self, read: Reader) -> Iterator[Broken]:
        """The rules that rows break together, once all files have ended."""
        yield from self._circles
        self._judge_homes()
        for file, rule, suspects in self._suspects:
            for line in _lines(rule, suspects, read(file)):
                yield rule.number, file, line, rule.named, rule.message

    def tell(self, notices: Notices) -> None:
        """Tell what products ask for beyond the standard; only where no rule is broken."""
        self._wishes.tell(notices)

    def _judge_homes(self) -> None:
        self._suspect("users", _HOME, not_among(self._homes, self._posts))
        self._homes, self._posts = hashes(), hashes()

    def _suspect(self, file: str, rule: _Rule, suspects: set[int]) -> None:
        if suspects:
            self._suspects.append((file, rule, suspects))

    # What is remembered of each file, and what one row breaks by itself: rule, line, column, message

    def _sessions(self, block: Block) -> Iterator[_InRow]:
        first, last = block.cells["startDate"], block.cells["endDate"]
        self._days.update(zip(block.cells["sourcedId"], zip(first, last, strict=True), strict=True))
        self._tree(block)
        for line, begin, end in zip(block.lines, first, last, strict=True):
            if end < begin:
                yield 4, line, "endDate", "It is before the start."

    def _tree(self, block: Block) -> Iterator[_InRow]:
        names, cells = block.cells["sourcedId"], block.cells
        for name, word in zip(names, cells["type"], strict=True):
            self._typed.setdefault((self._file, word), hashes()).append(hash(name))
        for name, parent, line in zip(names, cells["parentSourcedId"], block.lines, strict=True):
            if parent:
                self._parents.setdefault(name, (parent, line))
        return iter(())

    def _classes(self, block: Block) -> Iterator[_InRow]:
        terms = block.cells["termSourcedIds"]
        spans = {some: self._span(items(some)) for some in {*terms}}
        self._terms.update(zip(block.cells["sourcedId"], map(spans.__getitem__, terms), strict=True))
        return _subjects(block)

    def _span(self, terms: list[str]) -> _Span | None:
        """The first and the last day of some sessions."""
        known = [self._days[term] for term in terms if term in self._days]
        return (min(first for first, _ in known), max(last for _, last in known)) if known else None

    def _users(self, block: Block) -> Iterator[_InRow]:
        if "primaryOrgSourcedId" in block.cells:
            self._homes.extend(map(hash, filter(None, _HOME.keys(block.cells))))
        return iter(())

    def _roles(self, block: Block) -> Iterator[_InRow]:
        posts = zip(block.cells["userSourcedId"], block.cells["orgSourcedId"], strict=True)
        self._posts.extend(map(hash, posts))
        return iter(())

    def _enrollments(self, block: Block) -> Iterator[_InRow]:
        cells = block.cells
        of_row = [cells[name] for name in ("classSourcedId", "beginDate", "endDate")]
        wrong = {
            row: why
            for row in {*zip(*of_row, strict=True)}
            if (why := _wrong_days(row[1], row[2], self._terms.get(row[0])))
        }
        if wrong:
            for line, row in zip(block.lines, zip(*of_row, strict=True), strict=True):
                if row in wrong:
                    yield 4, line, *wrong[row]
        if "true" in cells["primary"]:
            for line, role, word in zip(block.lines, cells["role"], cells["primary"], strict=True):
                if word == "true" and role != "teacher":
                    yield 8, line, "primary", "Only a teacher can be primary."


def _subjects(block: Block) -> Iterator[_InRow]:
    subjects, codes = block.cells["subjects"], block.cells["subjectCodes"]
    if any(subjects) or any(codes):
        for line, some, others in zip(block.lines, subjects, codes, strict=True):
            if len(items(some)) != len(items(others)):
                yield 10, line, "subjectCodes", "There are not as many as subjects."


def _wrong_days(begin: str, end: str, term: _Span | None) -> tuple[str, str] | None:
    """What is wrong with the days of somebody in a class of that term: column and message."""
    if begin and end and end < begin:
        return "endDate", "It is before the begin."
    if term and (begin or end) and not term[0] <= (begin or end) <= (end or begin) <= term[1]:
        return "beginDate", "The dates are not within the class's term."
    return None


def _is_above_itself(name: str, parents: dict[str, tuple[str, int]]) -> bool:
    seen, above = set[str](), parents[name][0]
    while above != name and above in parents and above not in seen:
        seen.add(above)
        above = parents[above][0]
    return above == name


def _lines(rule: _Rule, suspects: set[int], blocks: Iterable[Block]) -> Iterator[int]:
    """Where each key stands that breaks a rule: the first line of what leads nowhere, the last of what stands several times."""
    lines: dict[Hashable, list[int]] = {}
    for block in blocks:
        for key, line in zip(rule.keys(block.cells), block.lines, strict=True):
            for one in items(str(key)) if rule.many else (key,):
                if one and hash(one) in suspects:
                    lines.setdefault(one, []).append(line)
    for of_key in lines.values():
        if not rule.once:
            yield of_key[0]
        elif len(of_key) > 1:
            yield of_key[-1]


def _is_list(column: Column) -> bool:
    return column.form == "references"


def _leads(column: Column, number: int, message: str) -> _Rule:
    return _Rule(number, column.name, message, itemgetter(column.name), many=_is_list(column))


def _pairs(first: str, second: str, where: str, word: str = "") -> Callable[[Cells], Iterable[Hashable]]:
    """Two columns together, of the rows in which a third holds that word, or anything."""

    def keys(cells: Cells) -> Iterable[Hashable]:
        meant = cells[where]
        if word and word not in meant:
            return (None,) * len(meant)
        rows = zip(cells[first], cells[second], meant, strict=True)
        return [(one, other) if (held == word if word else held) else None for one, other, held in rows]

    return keys


_ID = _Rule(5, "sourcedId", "It stands twice in the file.", itemgetter("sourcedId"), once=True)
_HOME = _Rule(
    8, "primaryOrgSourcedId", "The user has no role there.",
    _pairs("sourcedId", "primaryOrgSourcedId", "primaryOrgSourcedId"),
)  # fmt: skip
_ONCE = {
    "roles": (
        _Rule(
            8, "roleType", "The user has several primary roles in one org.",
            _pairs("userSourcedId", "orgSourcedId", "roleType", "primary"), once=True,
        ),
    ),
    "enrollments": (
        _Rule(
            8, "primary", "The class has several primary teachers.",
            _pairs("classSourcedId", "role", "primary", "true"), once=True,
        ),
    ),
}  # fmt: skip
"""What stands once in a file, beside its ids."""
