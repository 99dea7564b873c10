"""Reading a list page by page without losing anybody (contract, section 6). Knows no HTTP.

Each page begins with the last row of the page before. If that row is another one, rows have moved
and the list is read again from the start; after two such attempts it is asked for whole. The end is
never assumed: the list ends where asking on from the last row brings that row alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256

MOST_PAGED_ATTEMPTS = 2


@dataclass(frozen=True)
class Window:
    """Rows to ask for: the first and last place, from 1, both inclusive."""

    first: int
    last: int


@dataclass(frozen=True)
class ResumePoint:
    """Where to go on in a list of which some pages are safe already.

    Attributes:
        attempt: to which those pages belong.
        position: of the last safe row in the list, from 1.
        last_mark: identifies that row, by a hash: it is written down, and is to name nobody.
        number: of the last safe page, from 1; later pages are counted on from it.
    """

    attempt: int
    position: int
    last_mark: str
    number: int = 1


@dataclass(frozen=True)
class Rows:
    """What the pager needs to know of an answer: how many rows, and what identifies the first and last."""

    count: int
    first_mark: str = ""
    last_mark: str = ""


class Verdict(Enum):
    """What an answer is."""

    TAKE_ALL = auto()
    """All rows are new."""
    TAKE_REST = auto()
    """The first row is known already, the others are new."""
    END = auto()
    """Nothing new; the list has been read."""
    MOVED = auto()
    """Rows have moved: what was read of this attempt is void, a new attempt begins."""


class Pager:
    """The state of reading one list.

    Ask `window` for the rows to fetch (None: the whole list in one answer), give what came to `take`,
    until `is_done`.

    Args:
        page_size: new rows per page.
        resume: where to go on.
    """

    def __init__(self, page_size: int, resume: ResumePoint | None = None) -> None:
        if page_size < 1:
            raise ValueError("a page has at least one row")
        self._size = page_size
        self.attempt = resume.attempt if resume else 1
        self._moves = 0
        self.number = resume.number if resume else 0
        self._position = resume.position if resume else 0
        self._last_mark = resume.last_mark if resume else ""
        self._first: Rows | None = None
        self._was_full = False
        self.is_done = False

    @property
    def is_unpaged(self) -> bool:
        """The list is now asked for whole, because its rows kept moving."""
        return self._moves >= MOST_PAGED_ATTEMPTS

    @property
    def window(self) -> Window | None:
        """The rows to ask for next; None for all of them, without paging."""
        if self.is_unpaged:
            return None
        first = max(1, self._position)
        return Window(first, first + self._size - (0 if self._position else 1))

    @property
    def resume_point(self) -> ResumePoint:
        """Where to go on once the rows taken so far are safe."""
        return ResumePoint(self.attempt, self._position, self._last_mark, self.number)

    def take(self, rows: Rows) -> Verdict:
        """Judge the answer to `window`; an empty one and a 404 past the first page are `Rows(0)`."""
        if self.is_unpaged or self._position == 0:
            return self._take_first(rows)
        if rows == self._first and rows.count > 1:
            # Whatever is asked, the same rows come: the server ignores the parameters, and its first answer
            # was the whole list. Unless the list begins and ends alike; then nobody can tell.
            return self._end() if rows.first_mark != rows.last_mark else self._moved()
        if rows.count == 0:
            return self._moved() if self._was_full else self._end()
        if fingerprint(rows.first_mark) != self._last_mark:
            return self._moved()
        if rows.count == 1:
            return self._end()
        self._go_on(rows, new=rows.count - 1)
        return Verdict.TAKE_REST

    def _take_first(self, rows: Rows) -> Verdict:
        self._first = rows
        self._go_on(rows, new=rows.count)
        self.is_done = self.is_unpaged or rows.count == 0
        return Verdict.TAKE_ALL

    def _go_on(self, rows: Rows, new: int) -> None:
        self.number += 1
        self._position += new
        self._last_mark = fingerprint(rows.last_mark)
        self._was_full = new >= self._size

    def _end(self) -> Verdict:
        self.is_done = True
        return Verdict.END

    def _moved(self) -> Verdict:
        self._moves += 1
        self.attempt += 1
        self.number = self._position = 0
        self._last_mark = ""
        self._first = None
        return Verdict.MOVED


def fingerprint(mark: str) -> str:
    """A mark of a row as it is kept."""
    return sha256(mark.encode()).hexdigest()[:32]
