"""The terminal, with its worst moments survived: bytes that are no UTF-8, a line that is gone, answers that come late."""

from __future__ import annotations

import os
import selectors
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from aeries_tui.widgets.escape import tell_escape_apart
from aeries_tui.widgets.garbage import QUIET_SECONDS, look_if_due
from aeries_tui.widgets.ground import QUESTION, Answers, Ground, GroundQuestion

_TICK = 0.1
"""Seconds after which an Esc that nothing followed is the key."""


tell_escape_apart()


class SteadyDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, for lines that drop.

    After a reconnect some terminals send mouse reports in an old form that is no UTF-8; what cannot be
    read is dropped and reading goes on. When the terminal is gone, nothing is written any more (a write
    would wait for ever) and the app is told. What the terminal answers about its colours is no key, whenever
    it comes; the app is told as well.
    """

    def start_application_mode(self) -> None:
        """Take over from the question that was asked before the start."""
        question = getattr(self._app, "ground_question", None)
        self._typed = ""
        self._answers = Answers()
        if isinstance(question, GroundQuestion):
            self._answers, self._typed = question.answers, question.typed
            question.typed = ""
            question.give_back()
        self._answers.told = self._tell_ground
        forget = getattr(self._app, "forget_frame", None)
        if callable(forget):
            forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def ask_ground(self) -> None:
        """Ask the terminal about its colours again."""
        self._answers.expect()
        self.write(QUESTION)

    def _tell_ground(self, ground: Ground) -> None:
        told = getattr(self._app, "ground_told", None)
        if callable(told):
            self._app.call_later(told, ground)

    def _run_input_thread(self) -> None:
        try:
            self._read_keys()
        except OSError:
            self._line_lost()

    def _read_keys(self) -> None:
        parser, answers = XTermParser(self._debug), self._answers
        decode = getincrementaldecoder("utf-8")("ignore").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            self._process(parser.feed(self._typed) if self._typed else ())
            heard = time.monotonic()
            while not self.exit_event.is_set():
                text = answers.overdue()
                if selector.select(_TICK):
                    read = os.read(self.fileno, 4096)
                    if not read:
                        raise OSError("the terminal is gone")
                    text += answers.keys(decode(read))
                if text:
                    heard = time.monotonic()
                    self._process(parser.feed(text))
                elif time.monotonic() - heard > QUIET_SECONDS:
                    look_if_due()
                self._process(parser.tick())

    def _process(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)

    def _line_lost(self) -> None:
        lost = getattr(self._app, "line_lost", None)
        if callable(lost):
            self._app.call_later(lost)

    def write(self, data: str) -> None:
        """Write to the terminal while there is one."""
        if self._writer_thread is not None and self._writer_thread.is_alive():
            super().write(data)
