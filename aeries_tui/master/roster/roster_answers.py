"""Answers that hold for as long as the roster is the same, so that a screen need not have them worked out again.

In a large district each reads the whole roster: at a million students that takes seconds of a core.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from aeries_tui.master.fence import sorting_on_disk

T = TypeVar("T")

_MOST = 16


@dataclass
class _Answer:
    lock: Lock = field(default_factory=Lock)
    is_known: bool = False
    value: Any = None


class RosterAnswers:
    """The newest answers about one roster; may be asked from several threads.

    A question that is being answered is not worked out a second time beside that. What another roster answers, that of
    another district too, is forgotten with the first question about this one.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._roster: object = None
        self._answers: dict[Hashable, _Answer] = {}

    def ask(self, db: sqlite3.Connection, question: Hashable, work: Callable[[sqlite3.Connection], T]) -> T:
        """The answer to a question.

        Args:
            db: the Master, open for reading, outside of a transaction; its temporary tables are dropped.
            question: by which the answer is known again; it names all but the roster that the answer depends on.
            work: works the answer out.
        """
        answer = self._place_of(_roster(db), question)
        with answer.lock:
            if not answer.is_known:
                with sorting_on_disk(db):
                    answer.value = work(db)
                answer.is_known = True
            found: T = answer.value
            return found

    def _place_of(self, roster: object, question: Hashable) -> _Answer:
        with self._lock:
            if roster != self._roster:
                self._roster, self._answers = roster, {}
            # The one asked last stands last.
            answer = self._answers.pop(question, None) or _Answer()
            self._answers[question] = answer
            if len(self._answers) > _MOST:
                del self._answers[next(iter(self._answers))]
            return answer


def _roster(db: sqlite3.Connection) -> object:
    """Which roster of which Master this is; `next_generation` makes another of it."""
    (file,) = db.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
    facts = db.execute("SELECT value FROM meta WHERE name IN ('generation', 'roster') ORDER BY name")
    return file, [str(value) for (value,) in facts]
