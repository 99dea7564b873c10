"""A server on a bare socket that answers for an Aeries in memory, and spoils what it answers by chance.

It never tells a well-formed lie: what it spoils is broken, odd, too large, late or out of place, but no list it sends
is a valid one of fewer people. So whoever pulls from it must end with everybody that was there.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import socket
import struct
import threading
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

import httpx

from engine.paper import PaperAeries

Pieces = Iterator[bytes | float | None]
"""What goes over the line: bytes, a wait in seconds, None for a reset. At the end the connection is closed."""

STRUCTURE = b'",:[]{}\\'
ODD_BYTES = (
    b"\x00",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\x1b[31m",
    b"\\ud800",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"//",
    b"NaN",
)
ODD_LETTERS = (b"\xef\xbb\xbf", b"//", b"NaN", b"\xc2\xa0", b"null")
BODIES = (
    b"", b" ", b"[]", b"{}", b"null", b"0", b'""', b"[null]", b"[{}]", b"[[]]", b"[0]", b"{", b"]", b'{"Message":"No."}',
    b"<!DOCTYPE html><title>Sign In</title>", b"\x1f\x8b\x08", b"[" * 200_000, b'[{"a":' * 50_000, b"[1e999999]",
    b"[" + b"9" * 50_000 + b"]", b'["' + b"x" * 3_000_000 + b'"]', b"[" + b"{}," * 100_000 + b"{}]",
    b"[" + b"null," * 200_000 + b"null]", b"\xff\xfe" + "[]".encode("utf-16-le"),
)  # fmt: skip
DECIDING = ("InactiveStatusCode", "HomeRoomTeacherNumber", "StaffID1", "SectionStaffMembers")
HEADERS = (
    b"X: " + b"a" * 70_000, b"X: \x00", b"X", b": x", b"X: \xff\xfe", b"X: a\r\n folded", b"Set-Cookie: a=b; Domain=.com",
    b"Content-Type: text/html; charset=utf-7", b"Content-Type: \xff", b"Date: never", b"Retry-After: -1",
    b"Retry-After: 99999999999999999999", b"Connection: upgrade\r\nUpgrade: h2c", b"Location: http://127.0.0.1:9/",
    b"Location: //\x00", b"WWW-Authenticate: NTLM", b"Content-Range: bytes 5-1/0", b"Transfer-Encoding: gzip",
)  # fmt: skip
STATUSES = (
    100, 101, 103, 201, 204, 206, 226, 299, 300, 301, 302, 304, 307, 399, 400, 401, 403, 404, 407, 408, 410, 413, 418,
    421, 429, 451, 499, 500, 501, 502, 503, 504, 511, 520, 599, 600, 999, 0, -1,
)  # fmt: skip
ENCODINGS = (
    b"gzip, gzip",
    b"deflate",
    b"br",
    b"zstd",
    b"gzip",
    b"identity",
    b"x-gzip",
    b"\xff",
    b"gzip" * 500,
    b"",
)


class Hostile:
    """Spoils answers.

    Args:
        aeries: what the right answers come from.
        seed: the same seed spoils the same requests in the same way, as far as they come in the same order.

    Attributes:
        share: how many of the requests are spoiled, from 0 to 1.
        ways: the ways to spoil one; each comes up once before one comes up again.
        done: how often each way came up.
    """

    def __init__(self, aeries: PaperAeries, seed: int) -> None:
        self.aeries = aeries
        self.share = 0.0
        self.done: Counter[str] = Counter()
        self._bag: list[Callable[[int, bytes], Pieces]] = []
        self._random = random.Random(seed)
        self.ways: tuple[Callable[[int, bytes], Pieces], ...] = (
            self.reset, self.silence, self.cut, self.trickle, self.no_http, self.wrong_length, self.bad_chunks,
            self.odd_header, self.odd_status, self.odd_encoding, self.bomb, self.endless, self.odd_body,
            self.out_of_place, self.broken_json, self.odd_text, self.endless_header, self.two_answers,
        )  # fmt: skip

    def answer(self, target: str) -> Pieces:
        """What goes over the line for a GET of `target`."""
        found = self.aeries(httpx.Request("GET", f"http://x{target}"))
        status, body = found.status_code, found.content
        if self._random.random() >= self.share:
            return iter([whole(status, body), b""])
        if not self._bag:
            self._bag = self._random.sample(self.ways, len(self.ways))
        way = self._bag.pop()
        self.done[way.__name__] += 1
        return way(status, body)

    # --- transport ---

    def reset(self, status: int, body: bytes) -> Pieces:
        """Reset, at once or in the middle."""
        answer = whole(status, body)
        yield answer[: self._random.choice([0, 5, len(answer) // 2])]
        yield None

    def silence(self, status: int, body: bytes) -> Pieces:
        """Nothing more, after nothing or a part."""
        answer = whole(status, body)
        yield answer[: self._random.choice([0, 30, len(answer) // 2])]
        yield 60.0

    def cut(self, status: int, body: bytes) -> Pieces:
        """A part of the answer, and the end."""
        answer = whole(status, body)
        yield answer[: self._random.randrange(len(answer))]

    def trickle(self, status: int, body: bytes) -> Pieces:
        """A byte at a time, for ever or as good as."""
        for byte in whole(status, body):
            yield bytes([byte])
            yield 0.05

    # --- headers ---

    def no_http(self, status: int, body: bytes) -> Pieces:
        """Something that is no HTTP."""
        yield self._random.choice(
            [b"\x16\x03\x01\x00\x02", b"HTTP/9.9 200 OK\r\n\r\n", b"SSH-2.0-x\r\n", b"HTTP/1.1\r\n\r\n", b"\r\n" * 500, body, b"HTTP/1.1 200 \xff\r\n\r\n"]
        )  # fmt: skip

    def wrong_length(self, status: int, body: bytes) -> Pieces:
        """A Content-Length that is too small, too large, twice, or no number."""
        lengths = [
            b"Content-Length: 1", b"Content-Length: %d" % (len(body) + 9), b"Content-Length: -1", b"Content-Length: x",
            b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: " + b"9" * 40,
            b"Content-Length: %d\r\nTransfer-Encoding: chunked" % len(body),
        ]  # fmt: skip
        yield head(status, self._random.choice(lengths)) + body

    def bad_chunks(self, status: int, body: bytes) -> Pieces:
        """Chunks whose lengths do not hold."""
        sizes = [
            b"%x" % (len(body) + 5),
            b"-1",
            b"zz",
            b"f" * 30,
            b"1",
            b"%x;%s" % (len(body), b"e" * 20_000),
        ]
        yield (
            head(status, b"Transfer-Encoding: chunked")
            + self._random.choice(sizes)
            + b"\r\n"
            + body
            + b"\r\n0\r\n\r\n"
        )

    def odd_header(self, status: int, body: bytes) -> Pieces:
        """The right answer under a header that is odd."""
        yield whole(status, body, self._random.choice(HEADERS))

    def endless_header(self, status: int, body: bytes) -> Pieces:
        """Headers that never end."""
        yield b"HTTP/1.1 200 OK\r\n"
        for number in range(5_000):
            yield b"X-%d: %s\r\n" % (number, b"a" * 1_000)

    def odd_status(self, status: int, body: bytes) -> Pieces:
        """Another status, with the right body or none."""
        yield whole(self._random.choice(STATUSES), self._random.choice([body, b"", b"<html>no</html>"]))

    def two_answers(self, status: int, body: bytes) -> Pieces:
        """A second answer that nobody asked for, behind the first."""
        yield whole(status, body) + whole(200, b"[]")
        yield b""

    # --- encodings and sizes ---

    def odd_encoding(self, status: int, body: bytes) -> Pieces:
        """An encoding that was not offered, or not the one of the body."""
        packed = self._random.choice([body, gzip.compress(body), gzip.compress(gzip.compress(body)), zlib.compress(body), gzip.compress(body)[:-4], gzip.compress(body) + b"xx"])  # fmt: skip
        yield whole(status, packed, b"Content-Encoding: " + self._random.choice(ENCODINGS))

    def bomb(self, status: int, body: bytes) -> Pieces:
        """A few kilobytes that unpack to hundreds of megabytes."""
        pack = zlib.compressobj(9, zlib.DEFLATED, 31)
        piece = self._random.choice(
            [b" " * 1_000_000, b"{}," * 300_000, b'{"StudentID":1,"FirstName":"x"},' * 30_000]
        )
        packed = [pack.compress(b"[")]
        packed += [pack.compress(piece) for _ in range(self._random.choice([3, 30, 300]))]
        packed.append(pack.flush())
        yield whole(200, b"".join(packed), b"Content-Encoding: gzip")

    def endless(self, status: int, body: bytes) -> Pieces:
        """Without a length, as much as is taken."""
        piece = self._random.choice([b" " * 65_536, b"[{}," + b"{}," * 20_000, b"x" * 65_536])
        yield head(status)
        for _ in range(5_000):
            yield piece

    # --- JSON ---

    def odd_body(self, status: int, body: bytes) -> Pieces:
        """Something else in place of the list."""
        yield whole(200, self._random.choice(BODIES))

    def out_of_place(self, status: int, body: bytes) -> Pieces:
        """The list that stands under another address."""
        yield whole(
            200,
            httpx.Response(200, json=self.aeries.lists[self._random.choice(list(self.aeries.lists))]).content,
        )

    def broken_json(self, status: int, body: bytes) -> Pieces:
        """Marks of the structure left out, put in or taken for others."""
        places = [at for at, byte in enumerate(body) if byte in STRUCTURE] or [0]

        def spoiled() -> bytes:
            at = self._random.choice(places)
            behind = at + self._random.choice([0, 1])
            return (
                body[:at] + self._random.choice([b"", *(bytes([mark]) for mark in STRUCTURE)]) + body[behind:]
            )

        yield whole(status, _no_lie(body, spoiled))

    def odd_text(self, status: int, body: bytes) -> Pieces:
        """Bytes that are no letters, within a text or without; and such as a text may hold, outside of any."""

        def spoiled() -> bytes:
            at = self._random.randrange(len(body) + 1)
            odd = self._random.choice(ODD_BYTES)
            if self._random.random() < 0.3:
                odd, at = self._random.choice(ODD_LETTERS), max(0, body.find(b"{", at))
            return body[:at] + odd + body[at:]

        yield whole(status, _no_lie(body, spoiled))


def _no_lie(right: bytes, spoil: Callable[[], bytes]) -> bytes:
    """A spoiled body that is no list with another status or homeroom in it, or without one: nobody could tell that."""
    while True:
        spoiled = spoil()
        try:
            told = json.loads(spoiled.decode())
            json.dumps(told, ensure_ascii=False).encode()  # not with half a character in it
        except (ValueError, RecursionError):
            return spoiled
        if _deciding(told) == _deciding(json.loads(right)):
            return spoiled


def _deciding(found: object) -> list[object]:
    """What decides who is in, from beginning to end; a row that lacks it gives less."""
    if isinstance(found, list):
        return [value for item in found for value in _deciding(item)]
    if isinstance(found, dict):
        own: list[object] = [found[name] for name in DECIDING if name in found]
        return own + [value for item in found.values() for value in _deciding(item)]
    return []


def head(status: int, *lines: bytes) -> bytes:
    """Status line and headers."""
    return b"".join(line + b"\r\n" for line in (b"HTTP/1.1 %d Odd" % status, *lines, b""))


def whole(status: int, body: bytes, *lines: bytes) -> bytes:
    """A well-formed answer."""
    return head(status, b"Content-Type: application/json", b"Content-Length: %d" % len(body), *lines) + body


@contextlib.contextmanager
def listening(hostile: Hostile) -> Iterator[str]:
    """Serve on the loopback for as long as the block runs; gives the address."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as listener:
        loop, ended = asyncio.new_event_loop(), asyncio.Event()

        async def serve() -> None:
            async with await asyncio.start_server(partial(talk, hostile), sock=listener, limit=1_000_000):
                await ended.wait()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/aeries"
        finally:
            loop.call_soon_threadsafe(ended.set)
            thread.join()
            loop.close()


async def talk(hostile: Hostile, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Talk over one connection, to its end."""
    with contextlib.suppress(
        OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError
    ):
        async for target in _asked(reader):
            if not await _say(hostile.answer(target), reader, writer):
                break
        writer.close()
        return
    writer.transport.abort()


async def _asked(reader: asyncio.StreamReader) -> AsyncIterator[str]:
    while True:
        request = await reader.readuntil(b"\r\n\r\n")
        yield request.split(b" ", 2)[1].decode()


async def _say(pieces: Pieces, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Send an answer; False where the connection ends with it, as it does unless the last piece is empty bytes."""
    last: bytes | float | None = None
    for piece in pieces:
        last = piece
        if piece is None:
            line = writer.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
            return False
        if isinstance(piece, float):
            # until the client goes, or so long
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(piece):
                    if not await reader.read(1):
                        return False
            continue
        writer.write(piece)
        await writer.drain()
    return last == b""
