"""One thread that asks a slow source, so that the screen never waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillBusy
from typing import TypeVar

from textual.message_pump import MessagePump

from aeries_tui.widgets.base import tell_defect

T = TypeVar("T")


class Background:
    """Questions are asked one after the other; each answer reaches the owner in its own turn.

    A question that fails by a defect of the program is told and kept for a report, whatever the owner makes of it.

    Args:
        owner: the widget that asks; answers are given as its callbacks and end with it.
        name: of the thread.
    """

    def __init__(self, owner: MessagePump, name: str) -> None:
        self._owner = owner
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._closed = False

    def ask(
        self,
        question: Callable[[], T],
        answered: Callable[[T], None],
        failed: Callable[[BaseException], None],
        *,
        patience: float = 0.0,
    ) -> bool:
        """Ask; `answered` or `failed` is called once, in the owner's thread.

        Args:
            question: runs in the background thread.
            answered: gets what it returned.
            failed: gets what it raised.
            patience: seconds to wait for a quick answer; then it is given before this returns.

        Returns:
            whether the answer has been given.
        """
        if self._closed:
            return True
        future = self._pool.submit(question)
        if patience:
            try:
                future.exception(timeout=patience)
            except StillBusy:
                pass
            else:
                self._deliver(future, answered, failed)
                return True
        future.add_done_callback(
            lambda done: self._owner.call_later(self._deliver, done, answered, failed) or None
        )
        return False

    def _deliver(
        self, future: Future[T], answered: Callable[[T], None], failed: Callable[[BaseException], None]
    ) -> None:
        if self._closed or future.cancelled():
            return
        problem = future.exception()
        if problem is None:
            answered(future.result())
        else:
            failed(problem)
            tell_defect(self._owner.app, problem)

    def close(self) -> None:
        """Take no more questions and give no more answers; what runs is left to end."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
