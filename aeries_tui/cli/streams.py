"""The three standard streams: closed, full or gone, none of them decides what becomes of the work."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Any

from aeries_tui.errors import MasterError
from aeries_tui.os_errors import refusal_of

if TYPE_CHECKING:
    from typing_extensions import Buffer


class _Output(io.RawIOBase):
    """A descriptor that takes everything; what the system would not take is dropped and remembered.

    Args:
        descriptor: to write to.
        gone_ends: raise BrokenPipeError where the reader has gone, instead of dropping what is left.
    """

    def __init__(self, descriptor: int, *, gone_ends: bool) -> None:
        self._descriptor = descriptor
        self.gone_ends = gone_ends
        self.failed: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, content: Buffer, /) -> int:
        view = memoryview(content)
        if self.failed is not None:
            return len(view)
        try:
            return os.write(self._descriptor, view)
        except OSError as error:
            self.failed = error
            if error.errno == errno.EPIPE and self.gone_ends:
                raise  # this once: what is still buffered is written again when the stream is closed
            return len(view)


def open_streams() -> None:
    """A closed stream leads nowhere, and neither a full disk nor a letter that the terminal lacks ends the work."""
    _open_closed()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.stdout = _steady(sys.stdout, gone_ends=True)
    sys.stderr = _steady(sys.stderr, gone_ends=False)


def let_readers_leave() -> None:
    """From now on a reader of the output that goes away (`| head`) ends nothing: the work has a status of its own."""
    raw = _raw(sys.stdout)
    if raw is not None:
        raw.gone_ends = False


def what_was_lost() -> MasterError | None:
    """Why the output could not be written, in words; None where all of it was."""
    sys.stdout.flush()
    raw = _raw(sys.stdout)
    if raw is None or raw.failed is None or raw.failed.errno == errno.EPIPE:
        return None
    refusal = refusal_of(raw.failed)
    return MasterError(
        f"The output could not be written: {refusal.what}.",
        meaning="What the command did is done all the same.",
        remedy="See that there is room where the output goes, then look again: aeries-tui results.",
    )


def _open_closed() -> None:
    """Put /dev/null where a stream is closed, under its own number: no file that is opened later may get that."""
    for number, name, mode, flags in (
        (0, "stdin", "r", os.O_RDONLY), (1, "stdout", "w", os.O_WRONLY), (2, "stderr", "w", os.O_WRONLY),
    ):  # fmt: skip
        if getattr(sys, name) is not None:
            continue
        nowhere = os.open(os.devnull, flags)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
        os.set_inheritable(number, True)
        setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _steady(stream: Any, *, gone_ends: bool) -> Any:
    """The same stream over an `_Output`; one that is no file of the system's, as in tests, is left as it is."""
    buffer = getattr(stream, "buffer", None)
    # Where PYTHONUNBUFFERED is set there is no buffer in between.
    if buffer is None or not isinstance(getattr(buffer, "raw", buffer), io.FileIO):
        return stream
    output = io.BufferedWriter(_Output(buffer.fileno(), gone_ends=gone_ends))
    return io.TextIOWrapper(
        output, encoding=stream.encoding, errors=stream.errors, line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )  # fmt: skip


def _raw(stream: Any) -> _Output | None:
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw if isinstance(raw, _Output) else None
