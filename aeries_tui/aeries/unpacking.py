"""The bytes of an answer, unpacked once, by gzip alone, in bounded steps."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping

from aeries_tui.aeries.errors import Truncated, WronglyPacked

_STEP = 256 * 1024
_GZIP = 31  # zlib's word for: a gzip header and trailer, the largest window
_SHOWN = 40


def unpacker(headers: Mapping[str, str], where: str) -> Unpacker:
    """What unpacks an answer with these headers.

    Args:
        headers: of the answer.
        where: the list, as an error names it.

    Raises:
        WronglyPacked: in another way than was offered, or more than once.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        return Unpacker(where)
    if encoding in {"gzip", "x-gzip"}:
        return Gunzipper(where)
    shown = re.sub(r"[^a-z0-9, -]", "?", encoding)[:_SHOWN]
    raise WronglyPacked(
        f"The answer for {where} is packed by {shown!r}; only gzip, once, was offered.",
        remedy="Have whoever runs the Aeries server, or what stands before it, send answers by gzip or unpacked.",
    )


class Unpacker:
    """Takes what comes as it is.

    Args:
        where: the list, as an error names it.
    """

    def __init__(self, where: str) -> None:
        self._where = where

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk holds, some hundred kilobytes at a time."""
        yield chunk

    def finish(self) -> None:
        """The answer has ended.

        Raises:
            Truncated: what was packed has not.
        """


class Gunzipper(Unpacker):
    """Takes one layer of gzip off; a file of several members, one after the other, is one layer."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What a chunk holds, some hundred kilobytes at a time.

        Raises:
            Truncated: it can't be unpacked.
        """
        while chunk:
            if self._member.eof:
                chunk = chunk.lstrip(b"\0")  # padding, which gzip allows at the end
                if not chunk:
                    return
                self._member = zlib.decompressobj(_GZIP)
            try:
                out = self._member.decompress(chunk, _STEP)
            except zlib.error:
                raise Truncated(f"The packed answer for {self._where} can't be unpacked.") from None
            chunk = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            yield out

    def finish(self) -> None:
        """The answer has ended.

        Raises:
            Truncated: what was packed has not.
        """
        if not self._member.eof:
            raise Truncated(f"The packed answer for {self._where} broke off.")
