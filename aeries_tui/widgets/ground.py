"""What colours the terminal has: it is asked (OSC 10 and 11), and its answers are kept out of the keys.

The question is sent before the screens are loaded, so that nobody waits for the answer. It may come late all
the same, over a slow line; whoever reads the keys takes it out by `Answers`. tmux answers by itself.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

QUESTION = "\x1b]10;?\x07\x1b]11;?\x07"
"""Asks for the foreground and the background."""

WAIT = 0.1
"""Seconds from the question for which an answer is waited for before the first screen is drawn."""

_ANSWER = re.compile(
    r"\x1b\](1[01]);rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?(?:\x07|\x1b\\)"
)
_BEGUN = re.compile(r"\x1b(?:\](?:1(?:[01](?:;[rgba:0-9a-fA-F/]{0,40}\x1b?)?)?)?)?\Z")
_SURE = 3
"""Characters of a beginning from which on it is no key any more."""

_LOST = 2.0
"""Seconds after which the rest of an answer does not come any more."""

_EXPECTED = 5.0
"""Seconds from the question in which an answer is likely to come."""

_PLAIN = ("linux", "vt", "ansi", "dumb", "unknown")


@dataclass(frozen=True, slots=True)
class Ground:
    """The terminal's own colours, as far as it told them.

    Attributes:
        dark: its background is dark, or darker than its foreground.
    """

    dark: bool


class Answers:
    """Takes the terminal's answers out of what it sends; the rest are keys.

    Args:
        clock: seconds; for tests.

    Attributes:
        ground: what the terminal said last; None while it said nothing.
        told: gets the ground whenever an answer makes it known.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.ground: Ground | None = None
        self.told: Callable[[Ground], None] = lambda ground: None
        self._clock = clock
        self._light: dict[str, float] = {}
        self._held, self._since = "", 0.0
        self._expected_until = -1.0

    def expect(self) -> None:
        """The terminal was asked: for a while an Esc may be the beginning of an answer."""
        self._expected_until = self._clock() + _EXPECTED

    def keys(self, text: str) -> str:
        """What is left of a text that was read; the beginning of an answer is held until the rest comes."""
        text = self._held + text
        self._held = ""
        rest, place = [], 0
        for match in _ANSWER.finditer(text):
            rest.append(text[place : match.start()])
            place = match.end()
            self._take(match)
        begun = _BEGUN.search(text, place)
        if begun is not None and begun[0] == "\x1b" and self._clock() > self._expected_until:
            begun = None
        if begun is not None:
            self._held, self._since = begun[0], self._clock()
        rest.append(text[place : begun.start() if begun is not None else len(text)])
        return "".join(rest)

    def overdue(self) -> str:
        """What was held too long to be the beginning of an answer: Esc, that a person pressed."""
        is_key = len(self._held) < _SURE
        if not self._held or self._clock() - self._since < (WAIT if is_key else _LOST):
            return ""
        held, self._held = self._held, ""
        return held if is_key else ""

    def _take(self, match: re.Match[str]) -> None:
        red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in match.groups()[1:4])
        self._light[match[1]] = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        back, text = self._light.get("11"), self._light.get("10")
        if back is not None:
            self.ground = Ground(back < (0.5 if text is None or text == back else text))
            self._expected_until = -1.0
            self.told(self.ground)


class GroundQuestion:
    """The question to the terminal, from when it is asked until the screens read the keys.

    Nothing of what the terminal sends is shown meanwhile.

    Args:
        env: the environment: TERM says which terminals aren't asked.

    Attributes:
        answers: takes the answers out, also those that are still to come.
        typed: what a person typed meanwhile.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self.answers, self.typed = Answers(), ""
        self._before: list[Any] | None = None
        self._since = time.monotonic()
        if env.get("TERM", "dumb").startswith(_PLAIN) or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return
        try:
            self._before = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno(), termios.TCSANOW)
            os.write(sys.stderr.fileno(), QUESTION.encode())
            self.answers.expect()
        except (OSError, termios.error):
            self.give_back()

    def answer(self) -> Ground | None:
        """The ground; waited for until `WAIT` seconds after the question, None where there is no answer by then."""
        while self._before is not None and self.answers.ground is None:
            left = max(0.0, self._since + WAIT - time.monotonic())
            try:
                if not select.select([sys.stdin.fileno()], [], [], left)[0]:
                    break
                read = os.read(sys.stdin.fileno(), 4096)
            except OSError:
                break
            if not read:
                break
            self.typed += self.answers.keys(read.decode("utf-8", "replace"))
        return self.answers.ground

    def give_back(self) -> None:
        """Leave the terminal's modes as they were."""
        if self._before is not None:
            with contextlib.suppress(OSError, termios.error):
                termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self._before)
            self._before = None
