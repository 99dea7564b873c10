"""A program in a real pseudo-terminal: keys in, bytes out, sizes, signals."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from rich.cells import get_character_cell_size

_MOVE = re.compile(rb"\x1b\[(\d+);(\d+)H")
_ESCAPES = re.compile(
    rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\|\x1b[=>78c]"
)


class PtyApp:
    """A process whose terminal is ours.

    Args:
        argv: what is run.
        cols: width of the terminal.
        rows: height of the terminal.
        env: the whole environment.
    """

    def __init__(
        self, argv: Sequence[str], cols: int = 80, rows: int = 24, env: Mapping[str, str] | None = None
    ) -> None:
        self.output = bytearray()
        self.status: int | None = None
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], list(argv), dict(env if env is not None else os.environ))  # noqa: S606
        self.resize(cols, rows)

    def __enter__(self) -> PtyApp:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def resize(self, cols: int, rows: int) -> None:
        """Give the terminal another size; the program is told by SIGWINCH."""
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def send(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self._terminal, keys.encode() if isinstance(keys, str) else keys)

    def signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self._terminal], [], [], max(0.0, seconds))
        if not ready:
            return b""
        try:
            got = os.read(self._terminal, 65536)
        except OSError:
            got = b""
        if not got:
            self._ended()
            return b""
        self.output += got
        return got

    def _ended(self) -> None:
        if self.status is None:
            self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def read_until(self, condition: Callable[[str], object], seconds: float = 20.0, *, since: int = 0) -> str:
        """Read until the condition holds for the text that came (without escape codes); returns it.

        Args:
            condition: gets the text.
            seconds: how long at most.
            since: place in `output` to begin at.
        """
        end = time.monotonic() + seconds
        while True:
            text = self.text(since)
            if condition(text):
                return text
            if self.status is not None or time.monotonic() > end:
                raise AssertionError(
                    f"This never came true (status {self.status}). There was:\n{text[-4000:]}"
                )
            self._read(0.05)

    def sees(self, *words: str, seconds: float = 20.0) -> None:
        """Read until all the words stand on the terminal, in whatever parts they came."""
        self.read_until(lambda _: all(word in self.screen() for word in words), seconds)

    def answer(self, keys: str | bytes) -> bytes:
        """Type, and read what that brings: something, and then until nothing more comes."""
        since = len(self.output)
        self.send(keys)
        self.read_until(lambda _: len(self.output) > since)
        self.read_quiet()
        return bytes(self.output[since:])

    def read_quiet(self, silence: float = 0.25, seconds: float = 20.0) -> bytes:
        """Read until nothing came for `silence` seconds; returns what came."""
        got = bytearray()
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.status is None:
            part = self._read(silence)
            if not part:
                break
            got += part
        return bytes(got)

    def wait(self, seconds: float = 20.0) -> int:
        """Read until the program has ended; returns its status, negative for a signal."""
        end = time.monotonic() + seconds
        while self.status is None:
            if time.monotonic() > end:
                raise AssertionError(f"It did not end. There was:\n{self.text()[-4000:]}")
            self._read(0.05)
        return self.status

    def hang_up(self) -> None:
        """Let the line drop: the terminal is gone."""
        os.close(self._terminal)
        self._terminal = -1

    def wait_for_end(self, seconds: float = 20.0) -> int:
        """Wait for a program whose terminal is gone; returns its status, negative for a signal."""
        end = time.monotonic() + seconds
        while self.status is None:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise AssertionError("It did not end.")
            else:
                select.select([], [], [], 0.02)
        return self.status

    def text(self, since: int = 0) -> str:
        """What came since a place in `output`, without escape codes."""
        return _ESCAPES.sub(b"", bytes(self.output[since:])).decode("utf-8", "replace")

    def screen(self) -> str:
        """What stands on the terminal; only what has changed is sent, so `text` may hold parts of words."""
        cells: dict[tuple[int, int], str] = {}
        x = y = end = 0
        output = bytes(self.output)
        for code in [*_ESCAPES.finditer(output), None]:
            for sign in output[end : code.start() if code else len(output)].decode("utf-8", "replace"):
                if sign >= " ":
                    cells[y, x] = sign
                    x += get_character_cell_size(sign)
            moved = _MOVE.fullmatch(code[0]) if code else None
            if moved is not None:
                y, x = int(moved[1]), int(moved[2])
            end = code.end() if code else end
        lines = {line for line, _ in cells}
        return "\n".join(
            "".join(cells[line, column] for column in sorted(c for row, c in cells if row == line))
            for line in sorted(lines)
        )

    def close(self) -> None:
        """End the program where it still runs."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self._ended()
        os.close(self._terminal)
